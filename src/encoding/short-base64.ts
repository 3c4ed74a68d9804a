/** Standard base64 of a digest, a signature or anything else that is short: a few thousand bytes at most. */
export function shortBase64(bytes: Uint8Array): string {
  // Several times as fast as spreading the bytes, which goes through their iterator.
  return btoa(String.fromCharCode.apply(null, bytes as unknown as number[]))
}
