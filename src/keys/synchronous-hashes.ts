import type { Bytes } from '../encoding/bytes.js'

/** A hash that answers at once. Old key derivations run thousands of rounds, and each hop through WebCrypto costs 30 µs. */
export interface SynchronousHash {
  /** How many bytes the hash takes in at a time. */
  readonly blockLength: number
  /** How many bytes a digest has. */
  readonly outputLength: number
  digest(data: Uint8Array): Bytes
}

/** The names of the hashes as WebCrypto spells them. */
export type SynchronousHashName = 'SHA-1' | 'SHA-256' | 'SHA-384' | 'SHA-512'

/** Loads one hash. */
export async function synchronousHash(name: SynchronousHashName): Promise<SynchronousHash> {
  const hash = name === 'SHA-1' ? (await import('@noble/hashes/legacy.js')).sha1 : await sha2(name)
  return {
    blockLength: hash.blockLen,
    outputLength: hash.outputLen,
    digest: (data) => new Uint8Array(hash(data)),
  }
}

async function sha2(name: Exclude<SynchronousHashName, 'SHA-1'>): Promise<NobleHash> {
  const { sha256, sha384, sha512 } = await import('@noble/hashes/sha2.js')
  return { 'SHA-256': sha256, 'SHA-384': sha384, 'SHA-512': sha512 }[name]
}

interface NobleHash {
  (data: Uint8Array): Uint8Array
  readonly blockLen: number
  readonly outputLen: number
}
