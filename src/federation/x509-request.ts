import { encodeBase64 } from '../encoding/base64.js'
import { UsageError } from '../errors.js'

/** The digest over the certificate that names it in the key id, as the service spells it. */
export type FingerprintAlgorithm = 'SHA256' | 'SHA1'

/** What the token service is told. */
export interface X509TokenRequest {
  /** The leaf certificate as DER. */
  readonly certificate: Uint8Array<ArrayBuffer>
  /** Base64 of the session key's SubjectPublicKeyInfo: the token will be bound to it. */
  readonly publicKey: string
  /** The certificates between the leaf and the root, as DER. */
  readonly intermediateCertificates?: readonly Uint8Array<ArrayBuffer>[]
  /** Sent only when given, such as `SERVICE_PRINCIPAL`. */
  readonly purpose?: string | undefined
  /** @defaultValue `SHA256` */
  readonly fingerprintAlgorithm?: FingerprintAlgorithm
}

/** What depends on the fingerprint's algorithm. */
interface FingerprintForm {
  /** The middle part of the key id. */
  readonly keyForm: string
  readonly digest: 'SHA-256' | 'SHA-1'
  /** What the service must be told. */
  readonly body: { readonly fingerprintAlgorithm?: FingerprintAlgorithm }
}

/** The two forms. The service takes SHA-1 for granted where nothing is said. */
export const FINGERPRINT_FORMS: Readonly<Record<FingerprintAlgorithm, FingerprintForm>> = {
  SHA256: { keyForm: 'fed-x509-sha256', digest: 'SHA-256', body: { fingerprintAlgorithm: 'SHA256' } },
  SHA1: { keyForm: 'fed-x509', digest: 'SHA-1', body: {} },
}

/** The body of the token request. */
export function x509TokenBody(request: X509TokenRequest): string {
  const { certificate, publicKey, intermediateCertificates = [], purpose, fingerprintAlgorithm = 'SHA256' } = request
  return JSON.stringify({
    certificate: encodeBase64(certificate),
    publicKey,
    ...(intermediateCertificates.length === 0
      ? {}
      : { intermediateCertificates: intermediateCertificates.map(encodeBase64) }),
    ...(purpose === undefined ? {} : { purpose }),
    ...FINGERPRINT_FORMS[fingerprintAlgorithm].body,
  })
}

/** The key id that says: signed with the key of the certificate that has this fingerprint. */
export function x509KeyId(tenancy: string, fingerprint: string, algorithm: FingerprintAlgorithm = 'SHA256'): string {
  return `${tenancy}/${FINGERPRINT_FORMS[algorithm].keyForm}/${fingerprint}`
}

/**
 * The address of the token request. `/v1/x509` is added to an address without a path; any other path stays.
 *
 * @throws UsageError `URL_INVALID` when it is not an http or https address, or carries a user, a query or a fragment.
 */
export function x509Endpoint(endpoint: string | URL): string {
  const url = URL.canParse(String(endpoint)) ? new URL(String(endpoint)) : undefined
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username || url.password || url.search || url.hash) {
    throw new UsageError(
      'URL_INVALID',
      'Expected the federation endpoint to be like https://auth.eu-frankfurt-1.oraclecloud.com/v1/x509, without user, query or fragment.',
    )
  }
  return url.pathname === '/' ? `${url.origin}/v1/x509` : url.href
}
