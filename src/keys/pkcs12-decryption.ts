import { type Bytes, toHex } from '../encoding/bytes.js'
import { DER, type DerElement, readSequence, readUnsigned } from '../encoding/der.js'
import { ConfigurationError } from '../errors.js'
import { blockCiphers } from './block-ciphers.js'
import { decryptPbes2 } from './pbes2.js'
import { bmpPassword, derivePkcs12 } from './pkcs12-kdf.js'
import { synchronousHash } from './synchronous-hashes.js'

/** More rounds than any tool writes; a file that asks for more is refused rather than obeyed. */
const MOST_ITERATIONS = 10_000_000

type Decrypt = (algorithm: Bytes, ciphertext: Bytes, password: string) => Promise<Bytes | undefined>

/** The ciphers of PKCS#12, by the hex of their object identifier. No entry to decrypt: known, but not supported. */
const CIPHERS: Readonly<Record<string, { readonly name: string; readonly decrypt?: Decrypt }>> = {
  '2a864886f70d010c0101': { name: 'RC4 (128 bit)' },
  '2a864886f70d010c0102': { name: 'RC4 (40 bit)' },
  '2a864886f70d010c0103': { name: 'triple DES', decrypt: decryptWithTripleDes },
  '2a864886f70d010c0104': { name: 'triple DES with two keys' },
  '2a864886f70d010c0105': { name: 'RC2 (128 bit)' },
  '2a864886f70d010c0106': { name: 'RC2 (40 bit)' },
  '2a864886f70d01050d': { name: 'PBES2', decrypt: decryptPbes2 },
}

/**
 * Decrypts what an AlgorithmIdentifier says is encrypted under a password.
 *
 * @throws ConfigurationError `KEY_UNSUPPORTED` with the cipher's name, `KEY_CORRUPT`, `KEY_PASSPHRASE_WRONG`.
 */
export async function decrypt(algorithm: Bytes, ciphertext: Bytes, password: string): Promise<Bytes> {
  const cipher = CIPHERS[identifier(algorithm)]
  if (cipher?.decrypt === undefined) throw unsupported(cipher?.name ?? 'an unknown cipher')
  const plain = await cipher.decrypt(algorithm, ciphertext, password)
  if (plain) return plain
  throw new ConfigurationError(
    'KEY_PASSPHRASE_WRONG',
    'The password does not decrypt the private key in the PKCS#12 file.',
  )
}

/** Whether {@link decrypt} can undo this algorithm; the files of Alibaba Cloud KMS hold their certificate under RC2. */
export function canDecrypt(algorithm: Bytes): boolean {
  return CIPHERS[identifier(algorithm)]?.decrypt !== undefined
}

/** The number of rounds a file asks for. */
export function readIterations(element: DerElement | undefined): number {
  const magnitude = element?.tag === DER.integer ? readUnsigned(element.content) : undefined
  const count = magnitude?.reduce((value, octet) => value * 256 + octet, 0)
  if (count !== undefined && count >= 1 && count <= MOST_ITERATIONS) return count
  throw corrupt(`1 to ${MOST_ITERATIONS} iterations of the key derivation`)
}

/** The error for a file whose structure is not what PKCS#12 prescribes. */
export function corrupt(expected: string, options?: ErrorOptions): ConfigurationError {
  return new ConfigurationError(
    'KEY_CORRUPT',
    `Expected ${expected} in the PKCS#12 file, found something else; download the file again.`,
    options,
  )
}

/** The error for a file that another tool must convert first. */
export function unsupported(what: string): ConfigurationError {
  return new ConfigurationError(
    'KEY_UNSUPPORTED',
    `The PKCS#12 file uses ${what}, which is not supported; re-export it once: openssl pkcs12 -legacy -in old.p12 -nodes -nocerts -out key.pem, and pass key.pem.`,
  )
}

async function decryptWithTripleDes(algorithm: Bytes, ciphertext: Bytes, password: string): Promise<Bytes | undefined> {
  const [, parameters] = readSequence(algorithm) ?? []
  const [salt, iterations] = readSequence(parameters?.bytes ?? new Uint8Array()) ?? []
  if (salt?.tag !== DER.octetString) throw corrupt('a salt')
  const rounds = readIterations(iterations)
  const hash = await synchronousHash('SHA-1')
  const derivation = { hash, password: bmpPassword(password), salt: salt.content, iterations: rounds }
  const key = derivePkcs12({ ...derivation, purpose: 'key', length: 24 })
  const iv = derivePkcs12({ ...derivation, purpose: 'iv', length: 8 })
  return blockCiphers['DES-EDE3-CBC']?.decrypt(key, iv, ciphertext)
}

function identifier(algorithm: Bytes): string {
  const [oid] = readSequence(algorithm) ?? []
  if (oid?.tag !== DER.oid) throw corrupt('the name of a cipher')
  return toHex(oid.content)
}
