import { type Bytes, toHex, utf8 } from '../encoding/bytes.js'
import { DER, type DerElement, readSequence, readUnsigned } from '../encoding/der.js'
import { ConfigurationError } from '../errors.js'
import { type BlockCipher, blockCiphers } from './block-ciphers.js'

/** Content octets of the object identifiers, in hexadecimal. */
const PBES2 = '2a864886f70d01050d'
const PBKDF2 = '2a864886f70d01050c'
const SCRYPT = '2b06010401da47040b'
const CIPHERS: Readonly<Record<string, string>> = {
  '608648016503040102': 'AES-128-CBC',
  '608648016503040116': 'AES-192-CBC',
  '60864801650304012a': 'AES-256-CBC',
  '2a864886f70d0307': 'DES-EDE3-CBC',
}
const PSEUDO_RANDOM_FUNCTIONS: Readonly<Record<string, string>> = {
  '2a864886f70d0207': 'SHA-1',
  '2a864886f70d0209': 'SHA-256',
  '2a864886f70d020a': 'SHA-384',
  '2a864886f70d020b': 'SHA-512',
}

/** Work beyond these is an attack or a mistake: 10 million rounds take seconds, and scrypt's memory is 128·N·r bytes. */
const MOST_ITERATIONS = 10_000_000
const MOST_SCRYPT_MEMORY = 256 * 1024 * 1024

type DeriveKey = (passphrase: Bytes, length: number) => Promise<Bytes>

/**
 * Decrypts what PBES2 (PBKDF2 or scrypt with AES or 3DES) encrypted; `undefined` when the passphrase does not fit. About
 * one wrong passphrase in 256 gets past the padding, so the caller must check what comes out.
 *
 * @throws ConfigurationError `KEY_UNSUPPORTED` for any other scheme, with the command that converts the key.
 * @throws ConfigurationError `KEY_CORRUPT` when the parameters are not in order.
 * @see https://www.rfc-editor.org/rfc/rfc8018#section-6.2 and https://www.rfc-editor.org/rfc/rfc7914#section-7
 */
export async function decryptPbes2(algorithm: Bytes, data: Bytes, passphrase: string): Promise<Bytes | undefined> {
  const [scheme, parameters] = members(algorithm)
  if (identifier(scheme) !== PBES2) throw unsupported('another scheme than PBES2')
  const [derivation, encryption] = members(parameters?.bytes)
  const derive = keyDerivation(members(derivation?.bytes))
  const { cipher, iv } = encryptionScheme(members(encryption?.bytes))
  if (data.length === 0 || data.length % cipher.blockLength !== 0) throw corrupt('whole cipher blocks')
  return cipher.decrypt(await derive(utf8(passphrase), cipher.keyLength), iv, data)
}

function keyDerivation([scheme, parameters]: readonly DerElement[]): DeriveKey {
  const values = members(parameters?.bytes)
  if (identifier(scheme) === PBKDF2) return pbkdf2(values)
  if (identifier(scheme) === SCRYPT) return scryptDerivation(values)
  throw unsupported('a key derivation other than PBKDF2 and scrypt')
}

function pbkdf2([salt, count, ...options]: readonly DerElement[]): DeriveKey {
  const iterations = integer(count)
  const [prf] = members(options.find(({ tag }) => tag === DER.sequence)?.bytes ?? EMPTY_SEQUENCE)
  const hash = prf ? PSEUDO_RANDOM_FUNCTIONS[identifier(prf)] : 'SHA-1'
  if (!hash) throw unsupported('a PBKDF2 hash other than SHA-1, SHA-256, SHA-384 and SHA-512')
  if (salt?.tag !== DER.octetString || iterations < 1) throw corrupt('a salt and an iteration count')
  if (iterations > MOST_ITERATIONS) throw unsupported(`PBKDF2 with more than ${MOST_ITERATIONS} iterations`)
  return async (passphrase, length) => {
    const key = await crypto.subtle.importKey('raw', passphrase, 'PBKDF2', false, ['deriveBits'])
    const algorithm = { name: 'PBKDF2', hash, salt: salt.content, iterations }
    const bits = crypto.subtle.deriveBits(algorithm, key, length * 8)
    // Cloudflare Workers stop at 100 000.
    return bits.then(
      (derived) => new Uint8Array(derived),
      () => Promise.reject(unsupported(`PBKDF2 with ${iterations} iterations, which this runtime does not allow`)),
    )
  }
}

function scryptDerivation([salt, ...costs]: readonly DerElement[]): DeriveKey {
  const [N, r, p] = [integer(costs[0]), integer(costs[1]), integer(costs[2])]
  const isPowerOfTwo = N > 1 && Number.isInteger(Math.log2(N))
  if (salt?.tag !== DER.octetString || !isPowerOfTwo || r < 1 || p < 1) throw corrupt('a salt and scrypt costs')
  if (128 * N * r > MOST_SCRYPT_MEMORY || p > 16) throw unsupported('scrypt with costs beyond 256 MiB')
  return async (passphrase, dkLen) => {
    const { scryptAsync } = await import('@noble/hashes/scrypt.js')
    return (await scryptAsync(passphrase, salt.content, { N, r, p, dkLen })) as Bytes
  }
}

function encryptionScheme([scheme, iv]: readonly DerElement[]): { readonly cipher: BlockCipher; readonly iv: Bytes } {
  const cipher = blockCiphers[CIPHERS[identifier(scheme)] ?? '']
  if (!cipher) throw unsupported('a cipher other than AES-CBC and 3DES-CBC')
  if (iv?.tag !== DER.octetString || iv.content.length !== cipher.blockLength) throw corrupt('an initialisation vector')
  return { cipher, iv: iv.content }
}

const EMPTY_SEQUENCE: Bytes = Uint8Array.of(DER.sequence, 0)

function members(sequence: Bytes | undefined): readonly DerElement[] {
  const elements = sequence && readSequence(sequence)
  if (!elements) throw corrupt('a well-formed algorithm')
  return elements
}

function identifier(element: DerElement | undefined): string {
  return element?.tag === DER.oid ? toHex(element.content) : ''
}

function integer(element: DerElement | undefined): number {
  const digits = element?.tag === DER.integer ? readUnsigned(element.content) : undefined
  return digits && digits.length <= 6 ? Number(`0x0${toHex(digits)}`) : 0
}

function unsupported(found: string): ConfigurationError {
  return new ConfigurationError(
    'KEY_UNSUPPORTED',
    `Expected a private key encrypted with PBES2, PBKDF2 or scrypt, and AES-CBC or 3DES, found ${found}; convert it: openssl pkcs8 -topk8 -v2 aes-256-cbc -in key.pem -out new-key.pem`,
  )
}

function corrupt(expected: string): ConfigurationError {
  return new ConfigurationError(
    'KEY_CORRUPT',
    `Expected ${expected} in the encrypted private key, found damage; copy the file again.`,
  )
}
