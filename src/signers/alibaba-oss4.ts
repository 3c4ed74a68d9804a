import { toHex, utf8 } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import { UsageError } from '../errors.js'
import { type AlibabaCredentials, type Clock, systemClock } from '../types.js'
import { hmac, hmacKey, keyOf, sha256Hex } from './alibaba-hmac.js'
import { type OssAddress, type OssResource, ossRegion, ossResource } from './alibaba-oss-resource.js'
import {
  type AlibabaRequest,
  byCodeUnit,
  lowerCaseHeaders,
  type QueryPairs,
  queryPairs,
  readUrl,
  type SignedAlibabaRequest,
  signedRequest,
} from './alibaba-request.js'

const ALGORITHM = 'OSS4-HMAC-SHA256'
const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'
const LONGEST_SECONDS = 604_800

/** How to sign an Object Storage Service request. */
export interface Oss4Options extends OssAddress {
  /** Such as `cn-hangzhou`. Default: read from an `oss-<region>.aliyuncs.com` host. For a cloud box: its id. */
  readonly region?: string
  /** `oss`, or `oss-cloudbox`. */
  readonly product?: string
  /** Further headers to cover with the signature, when the request has them. */
  readonly additionalHeaders?: readonly string[]
  readonly clock?: Clock
}

/** How to make a URL that needs no further credentials. */
export interface Oss4PresignOptions extends Oss4Options {
  /** How long the URL is good for: 1 to 604800 seconds. */
  readonly expiresInSeconds: number
}

/** A signed OSS request as plain data, with the provider's intermediate string. */
export interface SignedOss4Request extends SignedAlibabaRequest {
  readonly canonicalRequest: string
}

/**
 * Signs a request to Alibaba Cloud OSS with signature V4. The body is not part of the signature and is handed on
 * untouched, a stream included.
 *
 * @throws UsageError `OPTION_INVALID` without a region or bucket, `URL_INVALID`, `HEADER_INVALID`; ConfigurationError
 * `CONFIG_INVALID` for unusable credentials.
 * @example
 * ```ts
 * import { signOss4 } from 'countersign/signers/alibaba-oss4'
 *
 * const request = new Request('https://my-bucket.oss-cn-hangzhou.aliyuncs.com/report.txt')
 * const signed = await signOss4(request, { accessKeyId: 'LTAI…', accessKeySecret: '…' })
 * ```
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/recommend-to-use-signature-version-4
 */
export async function signOss4(
  request: Request,
  credentials: AlibabaCredentials,
  options: Oss4Options = {},
): Promise<Request> {
  const { method, url } = request
  const signed = await signOss4Headers(
    { method, url, headers: Object.fromEntries(request.headers) },
    credentials,
    options,
  )
  return signedRequest(request, signed)
}

/** Signs an OSS request given as plain data: the fast path below {@link signOss4}, with the same errors. */
export async function signOss4Headers(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: Oss4Options = {},
): Promise<SignedOss4Request> {
  const { url, date, scope, resource } = context(request, options)
  const headers = headersToSign(request, credentials, date)
  const additional = additionalHeaders(headers, options.additionalHeaders)
  const pairs = queryPairs(url.search)
  const steps = await signature(credentials, {
    method: request.method,
    resource,
    pairs,
    headers,
    additional,
    date,
    scope,
  })
  const extra = additional.length > 0 ? `,AdditionalHeaders=${additional.join(';')}` : ''
  headers['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}${extra},Signature=${steps.signature}`
  const { canonicalRequest: canonical, stringToSign: string } = steps
  return {
    method: request.method,
    url: withQuery(url, canonicalQuery(pairs)),
    headers: withoutHost(headers),
    ...(request.body !== undefined && { body: request.body }),
    canonicalRequest: canonical,
    stringToSign: string,
  }
}

/**
 * Gives a URL that anyone can use until it expires. The headers passed here must come with the request that uses it.
 *
 * @throws UsageError `OPTION_INVALID` for a life outside of 1 to 604800 seconds, and as {@link signOss4}.
 */
export async function presignOss4(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: Oss4PresignOptions,
): Promise<SignedOss4Request> {
  const { url, date, scope, resource } = context(request, options)
  const headers = withoutAuthorization(lowerCaseHeaders(request.headers))
  const additional = additionalHeaders(headers, options.additionalHeaders)
  const pairs = [...queryPairs(url.search), ...presignPairs(credentials, options, { date, scope, additional })]
  const steps = await signature(credentials, {
    method: request.method,
    resource,
    pairs,
    headers,
    additional,
    date,
    scope,
  })
  const query = `${canonicalQuery(pairs)}&x-oss-signature=${steps.signature}`
  const { canonicalRequest: canonical, stringToSign: string } = steps
  return {
    method: request.method,
    url: withQuery(url, query),
    headers: withoutHost(headers),
    canonicalRequest: canonical,
    stringToSign: string,
  }
}

/** `/bucket/key` with everything but the slashes encoded; `/` for the service itself. */
export function canonicalUri({ bucket, key }: OssResource): string {
  const path = bucket === undefined ? `/${key}` : `/${bucket}/${key}`
  return path.split('/').map(percentEncode).join('/')
}

/** Encoded pairs in the order of their encoded names. An empty value leaves the bare name. */
export function canonicalQuery(pairs: QueryPairs): string {
  return pairs
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
}

/** What the hash in the string to sign is taken of. Header names are in lower case. */
export function canonicalRequest(parts: {
  readonly method: string
  readonly uri: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly additional: readonly string[]
}): string {
  const { method, uri, query, headers, additional } = parts
  const names = Object.keys(headers)
    .filter((name) => isSigned(name) || additional.includes(name))
    .sort(byCodeUnit)
  const block = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const payload = headers['x-oss-content-sha256'] ?? UNSIGNED_PAYLOAD
  return `${method}\n${uri}\n${query}\n${block}\n${additional.join(';')}\n${payload}`
}

/** The algorithm, the time, the scope and the hash of the canonical request. */
export async function stringToSign(canonical: string, date: string, scope: string): Promise<string> {
  return `${ALGORITHM}\n${date}\n${scope}\n${await sha256Hex(canonical)}`
}

/** The key for one day, region and product, derived from the secret by a chain of HMACs. */
export async function signingKey(accessKeySecret: string, scope: string): Promise<CryptoKey> {
  let key = utf8(`aliyun_v4${accessKeySecret}`)
  for (const part of scope.split('/')) key = await hmac(await hmacKey('SHA-256', key), part)
  return hmacKey('SHA-256', key)
}

/** The names to cover besides those that always are: lower case, sorted, present in the request. */
export function additionalHeaders(
  headers: Readonly<Record<string, string>>,
  wanted: readonly string[] = [],
): readonly string[] {
  const names = new Set(wanted.map((name) => name.toLowerCase()))
  return [...names].filter((name) => name in headers && !isSigned(name)).sort(byCodeUnit)
}

const ALWAYS_SIGNED = ['content-type', 'content-md5']
const isSigned = (name: string): boolean => name.startsWith('x-oss-') || ALWAYS_SIGNED.includes(name)

function context(
  request: AlibabaRequest,
  options: Oss4Options,
): { url: URL; date: string; scope: string; resource: OssResource } {
  const { clock = systemClock, product = 'oss' } = options
  const url = readUrl(request.url)
  const date = new Date(clock()).toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${date.slice(0, 8)}/${ossRegion(url, options.region)}/${product}/aliyun_v4_request`
  return { url, date, scope, resource: ossResource(url, options) }
}

function headersToSign(request: AlibabaRequest, credentials: AlibabaCredentials, date: string): Record<string, string> {
  const { 'x-oss-security-token': _token, ...given } = withoutAuthorization(lowerCaseHeaders(request.headers))
  return {
    host: readUrl(request.url).host,
    ...given,
    'x-oss-date': date,
    'x-oss-content-sha256': UNSIGNED_PAYLOAD,
    ...(credentials.securityToken !== undefined && { 'x-oss-security-token': credentials.securityToken }),
  }
}

async function signature(
  credentials: AlibabaCredentials,
  parts: {
    readonly method: string
    readonly resource: OssResource
    readonly pairs: QueryPairs
    readonly headers: Readonly<Record<string, string>>
    readonly additional: readonly string[]
    readonly date: string
    readonly scope: string
  },
): Promise<{ canonicalRequest: string; stringToSign: string; signature: string }> {
  const { scope, date, resource, pairs } = parts
  const key = await keyOf(credentials, `${ALGORITHM} ${scope}`, (secret) => signingKey(secret, scope))
  const canonical = canonicalRequest({ ...parts, uri: canonicalUri(resource), query: canonicalQuery(pairs) })
  const string = await stringToSign(canonical, date, scope)
  return { canonicalRequest: canonical, stringToSign: string, signature: toHex(await hmac(key, string)) }
}

function presignPairs(
  credentials: AlibabaCredentials,
  { expiresInSeconds }: Oss4PresignOptions,
  { date, scope, additional }: { date: string; scope: string; additional: readonly string[] },
): QueryPairs {
  if (!Number.isInteger(expiresInSeconds) || expiresInSeconds < 1 || expiresInSeconds > LONGEST_SECONDS) {
    throw new UsageError(
      'OPTION_INVALID',
      `Expected expiresInSeconds to be a whole number from 1 to ${LONGEST_SECONDS}, found ${expiresInSeconds}.`,
    )
  }
  const { accessKeyId, securityToken } = credentials
  return [
    ['x-oss-signature-version', ALGORITHM],
    ['x-oss-date', date],
    ['x-oss-expires', `${expiresInSeconds}`],
    ['x-oss-credential', `${accessKeyId}/${scope}`],
    ...(securityToken === undefined ? [] : ([['x-oss-security-token', securityToken]] as const)),
    ...(additional.length === 0 ? [] : ([['x-oss-additional-headers', additional.join(';')]] as const)),
  ]
}

const withQuery = (url: URL, query: string): string => `${url.origin}${url.pathname}${query && `?${query}`}`

function withoutHost({ host: _, ...headers }: Readonly<Record<string, string>>): Record<string, string> {
  return headers
}

function withoutAuthorization({ authorization: _, ...headers }: Record<string, string>): Record<string, string> {
  return headers
}
