import { type Bytes, fromHex, toHex } from '../encoding/bytes.js'
import { DER, readSequence, readUnsigned, writeElement, writeUnsigned } from '../encoding/der.js'

/** SEQUENCE { rsaEncryption, NULL }, the algorithm identifier of RFC 8017 appendix A.1. */
const RSA_ENCRYPTION = '300d06092a864886f70d0101010500'

/** The two numbers of an RSA public key, big-endian without sign octet. */
export interface RsaPublicNumbers {
  readonly n: Bytes
  readonly e: Bytes
}

/** An RSA private key in the form that WebCrypto imports. */
export interface RsaPrivateKeyDer {
  readonly pkcs8: Bytes
  /** n, e, d, p, q, d mod p-1, d mod q-1, 1/q mod p: big-endian without sign octet. */
  readonly numbers: readonly Bytes[]
}

/**
 * Reads an RSA private key from PKCS#8 or PKCS#1; `undefined` when the bytes are neither. The PKCS#8 that comes out is
 * written anew, since not every runtime takes the variants that other writers leave (attributes, no NULL).
 *
 * @see https://www.rfc-editor.org/rfc/rfc8017#appendix-A.1.2
 */
export function readRsaPrivateKey(der: Bytes): RsaPrivateKeyDer | undefined {
  const [version, algorithm, key] = readSequence(der) ?? []
  if (version?.tag !== DER.integer) return undefined
  if (algorithm?.tag !== DER.sequence) return readPkcs1(der)
  return isRsaEncryption(algorithm.bytes) && key?.tag === DER.octetString ? readPkcs1(key.content) : undefined
}

/** Writes a PKCS#1 private key from its eight numbers. */
export function writePkcs1(numbers: readonly Uint8Array[]): Bytes {
  return writeElement(DER.sequence, ...[new Uint8Array(), ...numbers].map(writeUnsigned))
}

/** Writes the SubjectPublicKeyInfo of an RSA key. */
export function writeRsaPublicKey({ n, e }: RsaPublicNumbers): Bytes {
  const key = writeElement(DER.sequence, writeUnsigned(n), writeUnsigned(e))
  return writeElement(DER.sequence, rsaEncryption(), writeElement(DER.bitString, Uint8Array.of(0), key))
}

/** Reads the SubjectPublicKeyInfo of an RSA key; `undefined` when the bytes are anything else. */
export function readRsaPublicKey(spki: Bytes): RsaPublicNumbers | undefined {
  const [algorithm, key, ...more] = readSequence(spki) ?? []
  if (!algorithm || !isRsaEncryption(algorithm.bytes) || key?.tag !== DER.bitString || more.length > 0) return undefined
  const [n, e, ...others] = (key.content[0] === 0 && readNumbers(key.content.subarray(1))) || []
  return n && e && others.length === 0 ? { n, e } : undefined
}

/** The length of a big-endian number in bits. */
export function bitLength(number: Uint8Array): number {
  return number.length * 8 - Math.clz32(number[0] ?? 0) + 24
}

// Some writers leave the NULL out.
function isRsaEncryption(algorithm: Bytes): boolean {
  return toHex(algorithm).slice(4).startsWith(RSA_ENCRYPTION.slice(4, 26))
}

function rsaEncryption(): Bytes {
  return fromHex(RSA_ENCRYPTION) as Bytes
}

function readPkcs1(pkcs1: Bytes): RsaPrivateKeyDer | undefined {
  const [version, ...numbers] = readNumbers(pkcs1) ?? []
  if (version?.length !== 0 || numbers.length !== 8) return undefined
  const key = writeElement(DER.octetString, pkcs1)
  return { numbers, pkcs8: writeElement(DER.sequence, writeUnsigned(version), rsaEncryption(), key) }
}

function readNumbers(sequence: Bytes): readonly Bytes[] | undefined {
  const numbers = readSequence(sequence)?.map(({ tag, content }) =>
    tag === DER.integer ? readUnsigned(content) : undefined,
  )
  return numbers?.every((number) => number !== undefined) ? numbers : undefined
}
