import { decodeBase64Url, encodeBase64, encodeBase64Url } from '../encoding/base64.js'
import type { Bytes } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'
import { readRsaPublicKey } from './rsa-key.js'

/** A short-lived key pair that a security token is bound to. */
export interface SessionKey {
  readonly privateKey: CryptoKey
  /** The SubjectPublicKeyInfo in DER. */
  readonly publicKey: Bytes
  /** The SubjectPublicKeyInfo in base64 on one line, as token services want it. */
  readonly publicKeyBase64: string
  /** The public numbers as a security token's `jwk` claim spells them. */
  readonly jwk: { readonly n: string; readonly e: string }
}

export interface SessionKeyOptions {
  /** The length of the modulus. Default: 2048; longer ones take many times as long to make. */
  readonly bits?: 2048 | 3072 | 4096
  /** Whether the private key may be exported again, to be stored for instance. Default: false. */
  readonly extractable?: boolean
}

/**
 * Makes a new session key pair. Its private key cannot leave WebCrypto unless asked for.
 *
 * @throws UsageError `OPTION_INVALID` for a length other than 2048, 3072 or 4096 bits.
 * @example
 * ```ts
 * import { generateSessionKey } from 'countersign/keys/session-key'
 *
 * const { privateKey, publicKeyBase64 } = await generateSessionKey()
 * ```
 */
export async function generateSessionKey(options: SessionKeyOptions = {}): Promise<SessionKey> {
  const { bits = 2048, extractable = false } = options
  if (![2048, 3072, 4096].includes(bits)) throw invalid(`bits to be 2048, 3072 or 4096, got ${bits}`)
  const publicExponent = Uint8Array.of(1, 0, 1)
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: bits, publicExponent }
  return sessionKeyFrom(await crypto.subtle.generateKey(algorithm, extractable, ['sign', 'verify']))
}

/**
 * Uses a key pair that exists already, such as one kept in IndexedDB.
 *
 * @throws UsageError `OPTION_INVALID` when the pair is not one for RSASSA-PKCS1-v1_5 with SHA-256.
 * @example
 * ```ts
 * import { sessionKeyFrom } from 'countersign/keys/session-key'
 *
 * declare const stored: CryptoKeyPair
 * const { jwk } = await sessionKeyFrom(stored)
 * ```
 */
export async function sessionKeyFrom({ privateKey, publicKey }: CryptoKeyPair): Promise<SessionKey> {
  const { name, hash } = privateKey.algorithm as RsaHashedKeyAlgorithm
  if (name !== 'RSASSA-PKCS1-v1_5' || hash.name !== 'SHA-256' || !privateKey.usages.includes('sign')) {
    throw invalid(`a pair that signs with RSASSA-PKCS1-v1_5 and SHA-256, got ${name} ${hash?.name ?? ''}`)
  }
  const exported = await crypto.subtle.exportKey('spki', publicKey).catch(() => new ArrayBuffer())
  const spki = new Uint8Array(exported)
  const numbers = readRsaPublicKey(spki)
  if (!numbers) throw invalid('an RSA public key in the pair that can be exported, got another')
  const jwk = { n: encodeBase64Url(numbers.n), e: encodeBase64Url(numbers.e) }
  return { privateKey, publicKey: spki, publicKeyBase64: encodeBase64(spki), jwk }
}

/** Whether two spellings of a key's public numbers mean the same key; some writers pad them with zero octets. */
export function sameJwk(
  a: { readonly n: string; readonly e: string },
  b: { readonly n: string; readonly e: string },
): boolean {
  return canonical(a.n) === canonical(b.n) && canonical(a.e) === canonical(b.e)
}

function canonical(number: string): string {
  const bytes = decodeBase64Url(number.replace(/(?<!=)=+$/, ''))
  if (!bytes) return number
  return encodeBase64Url(
    bytes.subarray(
      Math.max(
        bytes.findIndex((byte) => byte !== 0),
        0,
      ),
    ),
  )
}

function invalid(expected: string): UsageError {
  return new UsageError('OPTION_INVALID', `Expected ${expected}.`)
}
