import { ConfigurationError } from '../errors.js'

type Asn1 = typeof import('asn1js')
type Block = InstanceType<Asn1['BaseBlock']>

/** One attribute of a subject name, such as `{ type: '2.5.4.11', value: 'opc-tenant:ocid1.tenancy.oc1..aaaa' }`. */
export interface SubjectAttribute {
  /** Dotted object identifier; `2.5.4.3` is the common name, `2.5.4.11` the organizational unit. */
  readonly type: string
  readonly value: string
}

/** What federation needs to know of a certificate. Nobody has verified it: the token service does. */
export interface ParsedCertificate {
  /** Every attribute of every relative name, multi-valued ones included, in the order of the certificate. */
  readonly subject: readonly SubjectAttribute[]
  /** Epoch milliseconds. */
  readonly notBefore: number
  /** Epoch milliseconds. */
  readonly notAfter: number
  /** The SubjectPublicKeyInfo, as encoded in the certificate. */
  readonly publicKey: Uint8Array<ArrayBuffer>
}

/**
 * Reads the subject, the validity and the public key of a certificate.
 *
 * @example
 * ```ts
 * import { parseCertificate, readCertificates } from 'countersign/certificates'
 *
 * declare const pem: string
 * const [{ der }] = readCertificates(pem, 'leaf.pem')
 * const { subject, notAfter } = await parseCertificate(der)
 * ```
 * @throws ConfigurationError `CERTIFICATE_INVALID` when the bytes are not exactly one certificate.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1
 */
export async function parseCertificate(der: Uint8Array<ArrayBuffer>): Promise<ParsedCertificate> {
  const asn1 = await import('asn1js')
  const { offset, result } = asn1.fromBER(der, { parseEmbedded: false })
  if (offset !== der.byteLength) throw invalid('the bytes are not one DER value')
  const [tbs] = children(asn1, result, 'certificate')
  const fields = children(asn1, tbs, 'to-be-signed part')
  // The version is optional and tagged [0]; all that follows it has a fixed place.
  const first = fields[0]?.idBlock.tagClass === 3 ? 1 : 0
  const [, , , validity, subject, publicKey] = fields.slice(first)
  const [notBefore, notAfter] = children(asn1, validity, 'validity')
  children(asn1, publicKey, 'public key')
  return {
    subject: attributes(asn1, subject),
    notBefore: time(asn1, notBefore),
    notAfter: time(asn1, notAfter),
    publicKey: new Uint8Array(publicKey?.valueBeforeDecodeView ?? []),
  }
}

function invalid(reason: string): ConfigurationError {
  return new ConfigurationError('CERTIFICATE_INVALID', `Expected an X.509 certificate: ${reason}.`)
}

function children(asn1: Asn1, block: Block | undefined, what: string): readonly Block[] {
  if (block instanceof asn1.Sequence || block instanceof asn1.Set) return block.valueBlock.value
  throw invalid(`its ${what} is missing or malformed`)
}

function attributes(asn1: Asn1, subject: Block | undefined): SubjectAttribute[] {
  return children(asn1, subject, 'subject').flatMap((name) =>
    children(asn1, name, 'relative name').map((attribute) => {
      const [type, value] = children(asn1, attribute, 'name attribute')
      if (!(type instanceof asn1.ObjectIdentifier)) throw invalid('a name attribute has no type')
      return { type: type.getValue(), value: value instanceof asn1.BaseStringBlock ? value.getValue() : '' }
    }),
  )
}

function time(asn1: Asn1, block: Block | undefined): number {
  if (block instanceof asn1.UTCTime || block instanceof asn1.GeneralizedTime) return block.toDate().getTime()
  throw invalid('its validity is malformed')
}

/**
 * The tenancy that an instance's or a service's certificate belongs to: the first `opc-tenant:` of the subject, else the
 * first `opc-identity:`.
 *
 * @example
 * ```ts
 * import { parseCertificate, readCertificates, tenancyOf } from 'countersign/certificates'
 *
 * declare const pem: string
 * const [{ der }] = readCertificates(pem, 'leaf.pem')
 * const tenancy = tenancyOf(await parseCertificate(der))
 * ```
 * @throws ConfigurationError `CERTIFICATE_INVALID` when the subject names none.
 */
export function tenancyOf(certificate: ParsedCertificate): string {
  for (const prefix of ['opc-tenant:', 'opc-identity:']) {
    const found = certificate.subject.find(({ value }) => value.startsWith(prefix) && value.length > prefix.length)
    if (found !== undefined) return found.value.slice(prefix.length)
  }
  throw new ConfigurationError(
    'CERTIFICATE_INVALID',
    'Expected a certificate whose subject has "opc-tenant:<OCID>" or "opc-identity:<OCID>", found neither. Is it the ' +
      'leaf certificate of an OCI instance or service?',
  )
}
