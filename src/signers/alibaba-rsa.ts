import type { SignFunction } from '../types.js'

const PKCS1 = { name: 'RSASSA-PKCS1-v1_5' } as const

/** An RSASSA-PKCS1-v1_5 signature with SHA-256, by a key or by a function that holds one. */
export async function rsaSha256(
  key: CryptoKey | SignFunction,
  data: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  if (typeof key === 'function') return key(data)
  return new Uint8Array(await crypto.subtle.sign(PKCS1, key, data))
}
