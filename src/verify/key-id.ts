import { VerificationError } from '../errors.js'

/** Whose key a signature claims to be made with, by the form of the key id. */
export type ParsedKeyId = ApiKeyId | TokenKeyId | ResourceKeyId | CertificateKeyId

/** A user's API key. */
export interface ApiKeyId {
  readonly kind: 'api-key'
  readonly tenancy: string
  readonly user: string
  /** Sixteen lower-case pairs of hexadecimal digits with colons between. */
  readonly fingerprint: string
}

/** The key that a security token is bound to. */
export interface TokenKeyId {
  readonly kind: 'token'
  /** The compact JWT, without `ST$`. */
  readonly token: string
}

/** A resource's own key. */
export interface ResourceKeyId {
  readonly kind: 'resource'
  readonly version: '2.1' | '2.1.1' | '2.1.2'
  /** Absent in version 2.1. */
  readonly tenancy?: string
  readonly resource: string
}

/** The key of an instance's or resource's certificate, as calls to the token service carry it. */
export interface CertificateKeyId {
  readonly kind: 'certificate'
  readonly tenancy: string
  readonly algorithm: 'SHA-1' | 'SHA-256'
  /** Lower-case pairs of hexadecimal digits with colons between; SDKs send either case. */
  readonly fingerprint: string
}

const OCID = '[\\w-]+(?:\\.[\\w-]*){2,}\\.[\\w-]+'
const TENANCY = 'ocid1\\.tenancy\\.[\\w-]+\\.[\\w-]*(?:\\.[\\w-]*)?\\.[\\w-]+'
const USER = TENANCY.replace('tenancy', 'user')
const EITHER_CASE = '[0-9a-fA-F]{2}'

type Fields = Readonly<Record<string, string>>

/** Each form of a key id, and what it says. */
const FORMS: readonly (readonly [form: RegExp, read: (fields: Fields) => ParsedKeyId])[] = [
  [/^ST\$(?<token>[\w-]+\.[\w-]+\.[\w-]+)$/, ({ token = '' }) => ({ kind: 'token', token })],
  [
    new RegExp(`^(?<tenancy>${TENANCY})/(?<user>${USER})/(?<fingerprint>(?:[0-9a-f]{2}:){15}[0-9a-f]{2})$`),
    ({ tenancy = '', user = '', fingerprint = '' }) => ({ kind: 'api-key', tenancy, user, fingerprint }),
  ],
  [
    new RegExp(`^(?<tenancy>${TENANCY})/fed-x509-sha256/(?<fingerprint>(?:${EITHER_CASE}:){31}${EITHER_CASE})$`),
    ({ tenancy = '', fingerprint = '' }) => ({
      kind: 'certificate',
      tenancy,
      algorithm: 'SHA-256',
      fingerprint: fingerprint.toLowerCase(),
    }),
  ],
  [
    new RegExp(`^(?<tenancy>${TENANCY})/fed-x509/(?<fingerprint>(?:${EITHER_CASE}:){19}${EITHER_CASE})$`),
    ({ tenancy = '', fingerprint = '' }) => ({
      kind: 'certificate',
      tenancy,
      algorithm: 'SHA-1',
      fingerprint: fingerprint.toLowerCase(),
    }),
  ],
  [
    new RegExp(`^resource/v2\\.1/(?<resource>${OCID})$`),
    ({ resource = '' }) => ({ kind: 'resource', version: '2.1', resource }),
  ],
  [
    new RegExp(`^resource/v(?<version>2\\.1\\.[12])/(?<tenancy>${TENANCY})/(?<resource>${OCID})$`),
    ({ version, tenancy = '', resource = '' }) => ({
      kind: 'resource',
      version: version as '2.1.1' | '2.1.2',
      tenancy,
      resource,
    }),
  ],
]

const MAX_LENGTH = 12_288

/**
 * Reads a key id, or refuses it before anything is looked up by it.
 *
 * @throws VerificationError `KEY_REFUSED` for a text of no known form; the message does not repeat it.
 * @example
 * ```ts
 * import { parseKeyId } from 'countersign/verify/key-id'
 *
 * const keyId = parseKeyId('ST$eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln')
 * if (keyId.kind === 'token') console.log(keyId.token.length)
 * ```
 */
export function parseKeyId(keyId: string): ParsedKeyId {
  if (keyId.length <= MAX_LENGTH) {
    for (const [form, read] of FORMS) {
      const fields = form.exec(keyId)?.groups
      if (fields) return read(fields)
    }
  }
  throw new VerificationError(
    'KEY_REFUSED',
    'Expected a key id as tenancy/user/fingerprint, ST$token, resource/v2.1…, or tenancy/fed-x509…/fingerprint, found another form.',
  )
}
