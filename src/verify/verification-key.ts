import { type Bytes, isBytes, tagOf } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'
import { fingerprint } from '../keys/fingerprint.js'

/** A public RSA key: SubjectPublicKeyInfo in DER, a JWK, or a `CryptoKey` for RSASSA-PKCS1-v1_5 with SHA-256. */
export type PublicKeySource = Bytes | JsonWebKey | CryptoKey

// Fixed here and in the key object; no message has a say in it.
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const MAX_BITS = 8192

/**
 * A key that may verify: RSA of a fit length with a sound exponent.
 *
 * @throws VerificationError `KEY_REFUSED`
 */
export async function verificationKey(source: PublicKeySource, minimumBits = 2048): Promise<CryptoKey> {
  const key = await imported(source)
  const { name, hash, modulusLength, publicExponent } = key.algorithm as RsaHashedKeyAlgorithm
  if (name !== ALGORITHM.name || hash?.name !== ALGORITHM.hash || !key.usages.includes('verify')) {
    throw refused('a public key for RSASSA-PKCS1-v1_5 with SHA-256', `${name} with ${key.usages.join(', ')}`)
  }
  if (modulusLength < minimumBits || modulusLength > MAX_BITS) {
    throw refused(`an RSA key of ${minimumBits} to ${MAX_BITS} bits`, `${modulusLength} bits`)
  }
  if (!isSound(publicExponent)) throw refused('an odd public exponent of 65537 or more', 'another')
  return key
}

async function imported(source: PublicKeySource): Promise<CryptoKey> {
  try {
    if (isBytes(source)) return await crypto.subtle.importKey('spki', source, ALGORITHM, true, ['verify'])
    if (tagOf(source) === 'CryptoKey') return source as CryptoKey
    const { kty = '', n = '', e = '' } = source as JsonWebKey
    return await crypto.subtle.importKey('jwk', { kty, n, e }, ALGORITHM, true, ['verify'])
  } catch {
    throw refused('an RSA public key', 'one that cannot be imported')
  }
}

function isSound(exponent: Uint8Array): boolean {
  const value = exponent.reduce((sum, byte) => sum * 256 + byte, 0)
  return value >= 65_537 && (exponent.at(-1) ?? 0) % 2 === 1
}

/**
 * Makes sure that a key is the one its fingerprint names, so that a resolver that mixes up keys does no harm.
 *
 * @throws VerificationError `KEY_REFUSED`
 */
export async function assertFingerprint(key: CryptoKey, expected: string): Promise<void> {
  if (!key.extractable)
    throw refused('an exportable public key, whose fingerprint can be checked', 'one that is not extractable')
  const actual = fingerprint(new Uint8Array(await crypto.subtle.exportKey('spki', key)))
  if (actual !== expected) throw refused(`the key with the fingerprint ${expected}`, `one with ${actual}`)
}

/**
 * Verifies with the platform's own RSA; padding is not for us to parse.
 *
 * @throws VerificationError `SIGNATURE_MISMATCH`
 */
export async function assertSignature(key: CryptoKey, signature: Bytes, data: Bytes): Promise<void> {
  const { modulusLength } = key.algorithm as RsaHashedKeyAlgorithm
  const fits = signature.length === Math.ceil(modulusLength / 8)
  if (fits && (await crypto.subtle.verify(ALGORITHM.name, key, signature, data))) return
  throw new VerificationError(
    'SIGNATURE_MISMATCH',
    'Expected a signature that this key made over this request, found another.',
  )
}

function refused(expected: string, found: string): VerificationError {
  return new VerificationError('KEY_REFUSED', `Expected ${expected}, found ${found}.`)
}
