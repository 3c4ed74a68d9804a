import { readPem, writePem } from '../encoding/pem.js'
import { ConfigurationError } from '../errors.js'
import { importPrivateKey, type Passphrase } from '../keys/import-private-key.js'
import { type ParsedCertificate, parseCertificate } from './leaf.js'
import type { CertificateText } from './types.js'

/** A certificate, and its private key where there is one, as they were read in one go. Never one without the other. */
export interface CertificatePair {
  /** The text as it came, without the white space around it. */
  readonly text: string
  /** Every certificate of the text, the leaf first. */
  readonly certificates: readonly CertificateText[]
  /** The leaf as it was signed: encoding it again could change its fingerprint. */
  readonly der: Uint8Array<ArrayBuffer>
  /** The leaf's subject, validity and public key. */
  readonly certificate: ParsedCertificate
  /** Signs with the leaf's private key; cannot be exported. */
  readonly privateKey?: CryptoKey
  /** The private key as it came. A function, so that nobody prints it by accident. */
  privateKeyPem(): string | undefined
}

/** What a pair is made of. */
export interface PairSource {
  readonly certificate: string
  readonly privateKey?: string | undefined
  readonly passphrase?: Passphrase | undefined
  /** Where it came from, for messages. */
  readonly from: string
}

/**
 * Reads a certificate and its private key, and proves that they belong together.
 *
 * @example
 * ```ts
 * import { readPair } from 'countersign/certificates'
 *
 * declare const certificate: string
 * declare const privateKey: string
 * const pair = await readPair({ certificate, privateKey, from: 'the settings' })
 * ```
 * @throws ConfigurationError `CERTIFICATE_INVALID`, `CERTIFICATE_KEY_MISMATCH`, or what `importPrivateKey` throws.
 */
export async function readPair({ certificate, privateKey, passphrase, from }: PairSource): Promise<CertificatePair> {
  const certificates = readCertificates(certificate, from)
  const [{ der }] = certificates
  const parsed = await parseCertificate(der)
  const pair = { text: certificate.trim(), certificates, der, certificate: parsed }
  if (privateKey === undefined) return { ...pair, privateKeyPem: () => undefined }
  const { key } = await importPrivateKey(privateKey, { passphrase })
  if (!(await belongTogether(parsed.publicKey, key))) throw mismatch(from)
  return { ...pair, privateKey: key, privateKeyPem: () => privateKey.trim() }
}

/**
 * Every certificate of a text, in its order. Other blocks, and text around the blocks, are passed over.
 *
 * @example
 * ```ts
 * import { readCertificates } from 'countersign/certificates'
 *
 * declare const bundle: string
 * const [leaf, ...intermediates] = readCertificates(bundle, 'bundle.pem')
 * ```
 * @throws ConfigurationError `CERTIFICATE_INVALID` when there is none; `PEM_INVALID` when a block is damaged.
 */
export function readCertificates(text: string, from: string): readonly [CertificateText, ...CertificateText[]] {
  const blocks = readPem(text)
  const [first, ...others] = blocks
    .filter(({ label }) => label === 'CERTIFICATE' || label === 'X509 CERTIFICATE')
    .map(({ der }) => ({ pem: writePem('CERTIFICATE', der), der }))
  if (first !== undefined) return [first, ...others]
  const found = blocks.length > 0 ? `"${blocks.map(({ label }) => label).join('", "')}"` : 'no PEM block at all'
  throw new ConfigurationError(
    'CERTIFICATE_INVALID',
    `Expected a "CERTIFICATE" PEM block from ${from}, found ${found}.`,
  )
}

async function belongTogether(publicKey: Uint8Array<ArrayBuffer>, privateKey: CryptoKey): Promise<boolean> {
  const { subtle } = crypto
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const probe = crypto.getRandomValues(new Uint8Array(32))
  const verifier = await subtle.importKey('spki', publicKey, algorithm, false, ['verify']).catch(() => undefined)
  if (verifier === undefined) return false
  return subtle.verify(algorithm, verifier, await subtle.sign(algorithm, privateKey, probe), probe)
}

function mismatch(from: string): ConfigurationError {
  return new ConfigurationError(
    'CERTIFICATE_KEY_MISMATCH',
    `Expected a private key that belongs to the RSA certificate from ${from}, got the key of another one. Were they replaced one after the other?`,
  )
}
