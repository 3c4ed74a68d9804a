import { toHex } from '../encoding/bytes.js'
import { ConfigurationError } from '../errors.js'
import { certificateFingerprint } from '../keys/fingerprint.js'
import type { BuildCertificateOptions, CertificateDetails, CertificateText, DistinguishedName } from './types.js'

export type { BuildCertificateOptions, CertificateDetails } from './types.js'

type X509 = typeof import('@peculiar/x509')
type ParsedX509 = InstanceType<X509['X509Certificate']>

// @peculiar/x509 throws at import unless a Reflect metadata implementation came first.
async function loadX509(): Promise<X509> {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

/**
 * Builds and signs a certificate. Emulators, tests and trials of federation need one; nothing that signs requests does.
 *
 * @example
 * ```ts
 * import { buildCertificate } from 'countersign/certificates'
 * import { generateSessionKey } from 'countersign/keys/session-key'
 *
 * const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
 * const { publicKey: spki, privateKey } = await generateSessionKey()
 * const root = await buildCertificate({
 *   subject: [{ CN: ['Trial root'] }],
 *   publicKey: await crypto.subtle.importKey('spki', spki, algorithm, true, ['verify']),
 *   signingKey: privateKey,
 *   notBefore: Date.now(),
 *   notAfter: Date.now() + 86_400_000,
 *   authority: true,
 * })
 * console.log(root.pem)
 * ```
 * @throws ConfigurationError `CERTIFICATE_INVALID` when the issuer is no certificate.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export async function buildCertificate(options: BuildCertificateOptions): Promise<CertificateText> {
  const x509 = await loadX509()
  const subject = nameOf(options.subject)
  const issuer = options.issuer === undefined ? undefined : issuerIn(x509, options.issuer)
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer?.name ?? subject,
    publicKey: options.publicKey,
    signingKey: options.signingKey,
    signingAlgorithm: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as Algorithm,
    notBefore: new Date(options.notBefore),
    notAfter: new Date(options.notAfter),
    serialNumber: options.serialNumber ?? randomSerialNumber(),
    extensions: await extensionsOf(x509, options, issuer),
  })
  return { pem: `${certificate.toString('pem')}\n`, der: new Uint8Array(certificate.rawData) }
}

type Issuer = { readonly name: ReturnType<ParsedX509['subjectName']['toJSON']> } & Pick<ParsedX509, 'publicKey'>

function issuerIn(x509: X509, certificate: string | Uint8Array<ArrayBuffer>): Issuer {
  return readable(() => {
    const { subjectName, publicKey } = new x509.X509Certificate(certificate)
    return { name: subjectName.toJSON(), publicKey }
  })
}

function nameOf(name: DistinguishedName): Record<string, string[]>[] {
  return name.map((rdn) => Object.fromEntries(Object.entries(rdn).map(([type, values]) => [type, [...values]])))
}

// RFC 5280 4.1.2.2 wants a positive number: the first bit stays clear and the first byte is never zero.
function randomSerialNumber(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return toHex(bytes)
}

async function extensionsOf(
  x509: X509,
  options: BuildCertificateOptions,
  issuer: Issuer | undefined,
): Promise<InstanceType<X509['Extension']>[]> {
  const { authority = false, serverNames = [] } = options
  const flags = x509.KeyUsageFlags
  const usages =
    authority === false ? flags.digitalSignature | flags.keyEncipherment : flags.keyCertSign | flags.cRLSign
  const extensions: InstanceType<X509['Extension']>[] = [
    new x509.BasicConstraintsExtension(
      authority !== false,
      typeof authority === 'number' ? authority : undefined,
      true,
    ),
    new x509.KeyUsagesExtension(usages, true),
    await x509.SubjectKeyIdentifierExtension.create(options.publicKey),
  ]
  if (issuer) extensions.push(await x509.AuthorityKeyIdentifierExtension.create(issuer.publicKey))
  if (serverNames.length > 0) {
    extensions.push(new x509.SubjectAlternativeNameExtension(serverNames.map(serverName)))
    extensions.push(new x509.ExtendedKeyUsageExtension(['1.3.6.1.5.5.7.3.1']))
  }
  return extensions
}

function serverName(name: string): { type: 'ip' | 'dns'; value: string } {
  return { type: /^[\d.]+$/.test(name) || name.includes(':') ? 'ip' : 'dns', value: name }
}

/**
 * Tells what a certificate says, as a diagnosis or a page shows it. Loads a large library: signing never needs it.
 *
 * @example
 * ```ts
 * import { inspectCertificate } from 'countersign/certificates'
 *
 * declare const pem: string
 * const details = await inspectCertificate(pem)
 * console.log(details.subject, new Date(details.notAfter))
 * ```
 * @throws ConfigurationError `CERTIFICATE_INVALID` when it is not one certificate.
 */
export async function inspectCertificate(certificate: string | Uint8Array<ArrayBuffer>): Promise<CertificateDetails> {
  const x509 = await loadX509()
  const { der, ...details } = readable(() => statements(x509, new x509.X509Certificate(certificate)))
  const sha1 = await certificateFingerprint(der, 'SHA-1')
  return { ...details, fingerprints: { sha1, sha256: await certificateFingerprint(der, 'SHA-256') } }
}

function statements(
  x509: X509,
  parsed: ParsedX509,
): Omit<CertificateDetails, 'fingerprints'> & Pick<CertificateText, 'der'> {
  return {
    der: new Uint8Array(parsed.rawData),
    subject: parsed.subject,
    issuer: parsed.issuer,
    serialNumber: parsed.serialNumber,
    notBefore: parsed.notBefore.getTime(),
    notAfter: parsed.notAfter.getTime(),
    signatureAlgorithm: algorithmName(parsed.signatureAlgorithm),
    publicKey: publicKeyDetails(parsed.publicKey.algorithm),
    authority: parsed.getExtension(x509.BasicConstraintsExtension)?.ca ?? false,
    selfIssued: parsed.subject === parsed.issuer,
    serverNames: parsed.getExtension(x509.SubjectAlternativeNameExtension)?.names.items.map(({ value }) => value) ?? [],
  }
}

/** Runs the parser, whose own errors may quote what it was given, which may be a key. */
function readable<T>(read: () => T): T {
  try {
    return read()
  } catch {
    throw new ConfigurationError(
      'CERTIFICATE_INVALID',
      'Expected one X.509 certificate as PEM or DER, found something else.',
    )
  }
}

// Ed25519 comes without a hash of its own.
function algorithmName({ name, hash }: { readonly name: string; readonly hash?: Algorithm }): string {
  return hash ? `${name} with ${hash.name}` : name
}

function publicKeyDetails(algorithm: Algorithm & { modulusLength?: number }): CertificateDetails['publicKey'] {
  const { name, modulusLength } = algorithm
  return modulusLength === undefined ? { algorithm: name } : { algorithm: name, bits: modulusLength }
}
