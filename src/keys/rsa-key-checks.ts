import { type Bytes, toHex } from '../encoding/bytes.js'
import { ConfigurationError } from '../errors.js'
import { fingerprint } from './fingerprint.js'
import { bitLength, writeRsaPublicKey } from './rsa-key.js'

/** What is known of an RSA key once its numbers are. */
export interface RsaKeyFacts {
  /** The API key fingerprint. */
  readonly fingerprint: string
  /** The SubjectPublicKeyInfo in DER. */
  readonly publicKey: Bytes
  /** The length of the modulus in bits. */
  readonly bits: number
}

/** Works out the facts from the public numbers. */
export function rsaKeyFacts(n: Bytes, e: Bytes): RsaKeyFacts {
  const publicKey = writeRsaPublicKey({ n, e })
  return { publicKey, fingerprint: fingerprint(publicKey), bits: bitLength(n) }
}

/**
 * Checks the eight numbers of a private key before it is imported.
 *
 * @throws ConfigurationError `KEY_TOO_SMALL`; `KEY_CORRUPT` when the numbers do not belong together. A key damaged in one
 * digit still has the right form, and some runtimes import it without complaint, only to sign nonsense.
 * @see https://www.rfc-editor.org/rfc/rfc8017#section-3.2
 */
export function checkRsaKey(numbers: readonly Bytes[], minimumBits: number): RsaKeyFacts {
  const [n, e] = numbers
  if (!n || !e || !belongTogether(numbers)) throw corruptKey()
  const facts = rsaKeyFacts(n, e)
  assertLength(facts.bits, minimumBits)
  return facts
}

/**
 * Makes sure that a key is long enough.
 *
 * @throws ConfigurationError `KEY_TOO_SMALL`
 */
export function assertLength(bits: number, minimumBits: number): void {
  if (bits >= minimumBits) return
  throw new ConfigurationError(
    'KEY_TOO_SMALL',
    `Expected an RSA key of ${minimumBits} bits or more, found one of ${bits}; make a longer one: openssl genrsa -out key.pem 2048`,
  )
}

/** The error for a key that has the form of one, but is none. */
export function corruptKey(options?: ErrorOptions): ConfigurationError {
  return new ConfigurationError(
    'KEY_CORRUPT',
    'Expected a private RSA key, found one whose numbers do not belong together; copy the key again, or check it: openssl pkey -in key.pem -check -noout',
    options,
  )
}

/** Passes on, as ours, what WebCrypto says of a key that it does not take. */
export function refuseKey(cause: unknown): never {
  throw corruptKey({ cause })
}

function belongTogether(numbers: readonly Bytes[]): boolean {
  const [n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dP, dQ, qInverse = 0n] = numbers.map(toBigInt)
  if (p < 2n || q < 2n || p * q !== n) return false
  const isInverse = [p, q].every((prime) => (d * e) % (prime - 1n) === 1n)
  return isInverse && d % (p - 1n) === dP && d % (q - 1n) === dQ && (qInverse * q) % p === 1n
}

function toBigInt(number: Bytes): bigint {
  return BigInt(`0x0${toHex(number)}`)
}
