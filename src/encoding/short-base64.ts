/**
 * Standard base64 of a digest, a signature or anything else that is short: a few thousand bytes at most. In a file of its
 * own, for the main bundle: of a file that is needed later too, bundlers load all of it at once.
 */
export function shortBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode.apply(null, bytes as unknown as number[]))
}
