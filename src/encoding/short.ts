// Encodings of what is short, in a file of their own for the main bundle: of a file that is needed later too, bundlers
// load all of it at once.

/** Standard base64 of a digest, a signature or anything else of a few thousand bytes at most. */
export function shortBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode.apply(null, bytes as unknown as number[]))
}

/** The escape of one ASCII character in a URL. */
export function hexOf(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
