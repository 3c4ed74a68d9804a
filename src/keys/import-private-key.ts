import type { Bytes } from '../encoding/bytes.js'

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
  /** The API key fingerprint. Absent, like the next one, when a `CryptoKey` does not let itself be exported. */
  readonly fingerprint?: string
  /** The SubjectPublicKeyInfo in DER. */
  readonly publicKey?: Bytes
  /** The length of the modulus in bits. */
  readonly bits?: number
}

/** What a private key can be read from. */
export type PrivateKeySource = string | ArrayBuffer | ArrayBufferView | JsonWebKey | CryptoKey

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
 * declare const pem: string
 * const { key, fingerprint } = await importPrivateKey(pem, { passphrase: 'correct horse' })
 * ```
 * @see https://docs.oracle.com/iaas/Content/API/Concepts/apisigningkey.htm
 */
export async function importPrivateKey(
  source: PrivateKeySource,
  options: ImportPrivateKeyOptions = {},
): Promise<PrivateKey> {
  // Reading and checking a key is as much code as signing, and needed once: it stays out of the main bundle.
  const { openPrivateKey } = await import('./open-private-key.js')
  return openPrivateKey(source, options)
}
