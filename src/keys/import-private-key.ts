import { decodeBase64, decodeBase64Url } from '../encoding/base64.js'
import { type Bytes, copyBytes, isBytes, tagOf, text } from '../encoding/bytes.js'
import { readSequence } from '../encoding/der.js'
import { type PemBlock, readPem } from '../encoding/pem.js'
import { bitLength, type RsaPrivateKeyDer, readRsaPrivateKey, writePkcs1, writeRsaPublicKey } from './rsa-key.js'

/** Opens an encrypted key. A function is called only when the key proves to be encrypted. */
export type Passphrase = string | (() => string | Promise<string>)

export interface ImportPrivateKeyOptions {
  /** Ignored when the key is not encrypted. */
  readonly passphrase?: Passphrase | undefined
  /** Whether the key may be exported from the `CryptoKey` again. Default: false. */
  readonly extractable?: boolean | undefined
  /** The shortest modulus to accept, in bits. Default: 2048, OCI's own limit. Anything less is for published test keys. */
  readonly minimumBits?: number | undefined
}

/** A private RSA key that is ready to sign. */
export interface PrivateKey {
  /** For RSASSA-PKCS1-v1_5 with SHA-256. */
  readonly key: CryptoKey
  /** The API key fingerprint. Absent, like the two below, when a `CryptoKey` does not let itself be exported. */
  readonly fingerprint?: string
  /** The SubjectPublicKeyInfo in DER. */
  readonly publicKey?: Bytes
  /** The length of the modulus in bits. */
  readonly bits?: number
}

/** What a private key can be read from. */
export type PrivateKeySource = string | ArrayBuffer | ArrayBufferView | JsonWebKey | CryptoKey

/** What nearly every caller wants: RSASSA-PKCS1-v1_5 with SHA-256. */
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const JWK_NUMBERS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/**
 * Imports a private RSA key from PEM text, base64 or DER bytes (PKCS#8, PKCS#1, either of them encrypted), a JWK or a
 * `CryptoKey`. Import once and keep the result: an import costs more than a signature.
 *
 * @throws ConfigurationError `KEY_IS_PATH`, `KEY_IS_PUBLIC`, `KEY_IS_CERTIFICATE`, `KEY_NOT_PEM`, `KEY_NOT_RSA`,
 * `KEY_UNSUPPORTED`, `KEY_TOO_SMALL`, `KEY_CORRUPT`, `PEM_INVALID`: each says what was found and how to mend it.
 * @throws ConfigurationError `KEY_PASSPHRASE_REQUIRED`, `KEY_PASSPHRASE_WRONG` for encrypted keys.
 * @example
 * ```ts
 * import { importPrivateKey } from 'countersign/keys/import-private-key'
 *
 * const { key, fingerprint } = await importPrivateKey(pem, { passphrase: 'correct horse' })
 * ```
 * @see https://docs.oracle.com/iaas/Content/API/Concepts/apisigningkey.htm
 */
export async function importPrivateKey(
  source: PrivateKeySource,
  options: ImportPrivateKeyOptions = {},
): Promise<PrivateKey> {
  if (isCryptoKey(source)) return adopt(source)
  const der = typeof source === 'string' || isBytes(source) ? await openText(source, options) : readJwk(source)
  const key = der ?? (await refuse(source))
  const bits = bitLength(key.n)
  const { minimumBits = 2048, extractable = false } = options
  if (bits < minimumBits) await refuse(source, { bits, minimumBits })
  const cryptoKey = await crypto.subtle
    .importKey('pkcs8', key.pkcs8, ALGORITHM, extractable, ['sign'])
    .catch((cause: unknown) => refuse(source, { cause }))
  return withPublicKey(cryptoKey, key)
}

async function openText(
  source: string | ArrayBuffer | ArrayBufferView,
  options: ImportPrivateKeyOptions,
): Promise<RsaPrivateKeyDer | undefined> {
  const blocks = readBlocks(source)
  for (const { der } of blocks) {
    const key = readRsaPrivateKey(der)
    if (key) return key
  }
  const { openEncryptedKey } = await import('./encrypted-private-key.js')
  return await openEncryptedKey(blocks, options.passphrase)
}

/** The PEM blocks of a text; bare DER, and base64 of either, count as one block without a label. */
export function readBlocks(source: string | ArrayBuffer | ArrayBufferView): readonly PemBlock[] {
  if (typeof source !== 'string') {
    const der = copyBytes(source)
    return readSequence(der) ? [{ label: '', headers: {}, der }] : readBlocks(text(der))
  }
  const blocks = readPem(source)
  const bytes = blocks.length === 0 ? decodeBase64(source.replace(/\s+|^\W?["']|["']$/g, '')) : undefined
  return bytes?.length ? readBlocks(bytes) : blocks
}

function readJwk(jwk: JsonWebKey): RsaPrivateKeyDer | undefined {
  const numbers = JWK_NUMBERS.map((name) => decodeBase64Url(jwk[name] ?? '') ?? new Uint8Array())
  return jwk.kty === 'RSA' ? readRsaPrivateKey(writePkcs1(numbers)) : undefined
}

async function adopt(key: CryptoKey): Promise<PrivateKey> {
  const { name, hash } = key.algorithm as RsaHashedKeyAlgorithm
  if (name !== ALGORITHM.name || hash.name !== ALGORITHM.hash || !key.usages.includes('sign')) await refuse(key)
  if (!key.extractable) return { key }
  const { n = '', e = '' } = await crypto.subtle.exportKey('jwk', key)
  return withPublicKey(key, { n: decodeBase64Url(n) as Bytes, e: decodeBase64Url(e) as Bytes })
}

async function withPublicKey(key: CryptoKey, numbers: { readonly n: Bytes; readonly e: Bytes }): Promise<PrivateKey> {
  const publicKey = writeRsaPublicKey(numbers)
  const { fingerprint } = await import('./fingerprint.js')
  return { key, publicKey, fingerprint: fingerprint(publicKey), bits: bitLength(numbers.n) }
}

function isCryptoKey(source: PrivateKeySource): source is CryptoKey {
  return tagOf(source) === 'CryptoKey'
}

// The diagnosis is long and rarely needed: it stays out of the main bundle.
async function refuse(
  source: PrivateKeySource,
  finding?: { bits: number; minimumBits: number } | { cause: unknown },
): Promise<never> {
  const { diagnosePrivateKey } = await import('./private-key-diagnosis.js')
  throw diagnosePrivateKey(source, finding)
}
