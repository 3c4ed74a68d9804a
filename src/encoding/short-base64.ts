/** Standard base64 of a digest, a signature or anything else that is short: a few thousand bytes at most. */
export function shortBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
}
