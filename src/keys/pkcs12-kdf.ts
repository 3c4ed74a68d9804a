import { type Bytes, concat } from '../encoding/bytes.js'
import type { SynchronousHash } from './synchronous-hashes.js'

/** What the derived bytes are for: the number that makes the same password give different bytes. */
export const PURPOSE = { key: 1, iv: 2, mac: 3 } as const

/** A derivation as a PKCS#12 file describes it. */
export interface Pkcs12Derivation {
  readonly hash: SynchronousHash
  readonly purpose: keyof typeof PURPOSE
  /** As {@link bmpPassword} writes it. */
  readonly password: Bytes
  readonly salt: Bytes
  readonly iterations: number
  /** How many bytes to derive. */
  readonly length: number
}

/**
 * Derives bytes from a password the way PKCS#12 does.
 *
 * @see https://www.rfc-editor.org/rfc/rfc7292#appendix-B.2
 */
export function derivePkcs12(derivation: Pkcs12Derivation): Bytes {
  const { hash, purpose, password, salt, iterations, length } = derivation
  const diversifier = new Uint8Array(hash.blockLength).fill(PURPOSE[purpose])
  let mixed = concat(repeated(salt, hash.blockLength), repeated(password, hash.blockLength))
  let derived = new Uint8Array(0)
  while (derived.length < length) {
    const digest = iterated(hash, concat(diversifier, mixed), iterations)
    derived = concat(derived, digest)
    mixed = stirred(mixed, filled(digest, hash.blockLength))
  }
  return derived.slice(0, length)
}

/** The password as big-endian UTF-16 with two zero bytes behind. */
export function bmpPassword(password: string): Bytes {
  const units = Array.from({ length: password.length }, (_, index) => password.charCodeAt(index))
  return Uint8Array.from([...units, 0].flatMap((unit) => [unit >> 8, unit & 0xff]))
}

function iterated(hash: SynchronousHash, input: Bytes, iterations: number): Bytes {
  let digest = hash.digest(input)
  for (let round = 1; round < iterations; round++) digest = hash.digest(digest)
  return digest
}

/** The bytes over and over until they fill a whole number of blocks; none stay none. */
function repeated(bytes: Bytes, block: number): Bytes {
  return filled(bytes, block * Math.ceil(bytes.length / block))
}

function filled(bytes: Bytes, length: number): Bytes {
  return Uint8Array.from({ length }, (_, index) => bytes[index % bytes.length] ?? 0)
}

/** Adds the addend and one to every block, as big-endian numbers that wrap around. */
function stirred(mixed: Bytes, addend: Bytes): Bytes {
  const result = mixed.slice()
  for (let start = 0; start < result.length; start += addend.length) {
    let carry = 1
    for (let index = addend.length - 1; index >= 0; index--) {
      carry += (result[start + index] ?? 0) + (addend[index] ?? 0)
      result[start + index] = carry & 0xff
      carry >>= 8
    }
  }
  return result
}
