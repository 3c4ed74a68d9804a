import { type Bytes, fromHex, toHex } from '../encoding/bytes.js'
import { DER, readSequence, readUnsigned, writeElement, writeUnsigned } from '../encoding/der.js'

/** SEQUENCE { rsaEncryption, NULL }, the algorithm identifier of RFC 8017 appendix A.1. */
const RSA_ENCRYPTION = fromHex('300d06092a864886f70d0101010500') as Bytes

/** The two numbers of an RSA public key, big-endian without sign octet. */
export interface RsaPublicNumbers {
  readonly n: Bytes
  readonly e: Bytes
}

/** An RSA private key in the form that WebCrypto imports, with its public numbers. */
export interface RsaPrivateKeyDer extends RsaPublicNumbers {
  readonly pkcs8: Bytes
}

/**
 * Reads an RSA private key from PKCS#8 or PKCS#1; `undefined` when the bytes are neither, or when the numbers of the key
 * do not belong together. Some runtimes import such a key without complaint and then sign nonsense.
 *
 * @see https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2
 */
export function readRsaPrivateKey(der: Bytes): RsaPrivateKeyDer | undefined {
  const [version, algorithm, key] = readSequence(der) ?? []
  if (version?.tag !== DER.integer) return undefined
  if (algorithm?.tag !== DER.sequence) return readPkcs1(der)
  return isRsaEncryption(algorithm.bytes) && key?.tag === DER.octetString ? readPkcs1(key.content) : undefined
}

/** Writes a PKCS#1 private key from its numbers: n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p. */
export function writePkcs1(numbers: readonly Uint8Array[]): Bytes {
  return writeElement(DER.sequence, ...[new Uint8Array(1), ...numbers].map(writeUnsigned))
}

/** Writes the SubjectPublicKeyInfo of an RSA key. */
export function writeRsaPublicKey({ n, e }: RsaPublicNumbers): Bytes {
  const key = writeElement(DER.sequence, writeUnsigned(n), writeUnsigned(e))
  return writeElement(DER.sequence, RSA_ENCRYPTION, writeElement(DER.bitString, Uint8Array.of(0), key))
}

/** Reads the SubjectPublicKeyInfo of an RSA key; `undefined` when the bytes are anything else. */
export function readRsaPublicKey(spki: Bytes): RsaPublicNumbers | undefined {
  const [algorithm, key] = readSequence(spki) ?? []
  if (!algorithm || !isRsaEncryption(algorithm.bytes) || key?.tag !== DER.bitString) return undefined
  const [n, e] = readNumbers(key.content.subarray(1)) ?? []
  return n && e ? { n, e } : undefined
}

/** The length of a big-endian number in bits. */
export function bitLength(number: Uint8Array): number {
  return number.length * 8 - Math.clz32(number[0] ?? 0) + 24
}

// Some writers leave the NULL out.
function isRsaEncryption(algorithm: Bytes): boolean {
  return toHex(algorithm)
    .slice(4)
    .startsWith(toHex(RSA_ENCRYPTION.subarray(2, 13)))
}

function readPkcs1(pkcs1: Bytes): RsaPrivateKeyDer | undefined {
  const [version, ...numbers] = readNumbers(pkcs1) ?? []
  const [n, e] = numbers
  if (version?.length || numbers.length !== 8 || !n || !e || !belongTogether(numbers)) return undefined
  const key = writeElement(DER.octetString, pkcs1)
  return { n, e, pkcs8: writeElement(DER.sequence, writeUnsigned(new Uint8Array(1)), RSA_ENCRYPTION, key) }
}

function readNumbers(sequence: Bytes): readonly Bytes[] | undefined {
  const numbers = readSequence(sequence)?.map(({ tag, content }) =>
    tag === DER.integer ? readUnsigned(content) : undefined,
  )
  return numbers?.every((number) => number !== undefined) ? numbers : undefined
}

function belongTogether(numbers: readonly Bytes[]): boolean {
  const [n = 0n, e = 0n, d = 0n, p = 0n, q = 0n, dp, dq, qInverse = 0n] = numbers.map((number) =>
    BigInt(`0x0${toHex(number)}`),
  )
  return (
    p > 1n &&
    q > 1n &&
    p * q === n &&
    d % (p - 1n) === dp &&
    d % (q - 1n) === dq &&
    (d * e) % (p - 1n) === 1n &&
    (d * e) % (q - 1n) === 1n &&
    (qInverse * q) % p === 1n
  )
}
