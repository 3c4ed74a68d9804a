import type { Bytes } from './bytes.js'

/** `String.fromCharCode` takes its bytes as arguments, and engines limit how many of those there may be. */
const CHUNK = 0x8000

/** Standard base64 with padding, on one line. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = ''
  for (let offset = 0; offset < bytes.length; offset += CHUNK) {
    // Several times as fast as spreading the bytes, which goes through their iterator.
    binary += String.fromCharCode.apply(null, bytes.subarray(offset, offset + CHUNK) as unknown as number[])
  }
  return btoa(binary)
}

/**
 * The bytes of standard base64, or `undefined` when the text is anything else. Strict: no white space, padding where it
 * belongs, no stray bits in the last character, so that one byte string has one spelling.
 */
export function decodeBase64(encoded: string): Bytes | undefined {
  if (encoded.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(encoded)) return undefined
  const binary = atob(encoded)
  const bytes = new Uint8Array(binary.length)
  for (let index = 0; index < binary.length; index++) bytes[index] = binary.charCodeAt(index)
  return encodeBase64(bytes.subarray(-(bytes.length % 3 || 3))) === encoded.slice(-4) ? bytes : undefined
}

/** Base64 with the URL-safe alphabet and no padding, as JWTs and JWKs use it. */
export function encodeBase64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
}

/** The bytes of unpadded URL-safe base64, or `undefined` when the text is anything else. As strict as `decodeBase64`. */
export function decodeBase64Url(encoded: string): Bytes | undefined {
  if (!/^[\w-]*$/.test(encoded)) return undefined
  const standard = encoded.replace(/-/g, '+').replace(/_/g, '/')
  return decodeBase64(standard.padEnd(Math.ceil(standard.length / 4) * 4, '='))
}
