import { UsageError } from '../errors.js'
import { type AlibabaCredentials, type Clock, systemClock } from '../types.js'
import { type OssAddress, ossRegion, ossResource } from './alibaba-oss-resource.js'
import {
  ALGORITHM,
  additionalHeaders,
  canonicalQuery,
  type Oss4Scene,
  signatureOf,
  UNSIGNED_PAYLOAD,
} from './alibaba-oss4-steps.js'
import {
  type AlibabaRequest,
  headersWithout,
  pairsWithout,
  type QueryPairs,
  queryPairs,
  requestHead,
  requestLine,
  type SignedAlibabaRequest,
  signedUnread,
} from './alibaba-request.js'

export {
  additionalHeaders,
  canonicalQuery,
  canonicalRequest,
  canonicalUri,
  signingKey,
  stringToSign,
} from './alibaba-oss4-steps.js'

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
 * @throws UsageError `OPTION_INVALID` without a region or bucket, `URL_INVALID`, `HEADER_INVALID`,
 * `BODY_NOT_REPLAYABLE`; ConfigurationError `CONFIG_INVALID` for unusable credentials.
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
  return signedUnread(request, await signOss4Headers(requestHead(request), credentials, options))
}

/** Signs an OSS request given as plain data: the fast path below {@link signOss4}, with the same errors. */
export async function signOss4Headers(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: Oss4Options = {},
): Promise<SignedOss4Request> {
  const scene = sceneOf(request, options)
  const { url, date, scope } = scene
  const headers = {
    ...headersWithout(request.headers, SET_BY_SIGNER),
    host: url.host,
    'x-oss-date': date,
    'x-oss-content-sha256': UNSIGNED_PAYLOAD,
    ...(credentials.securityToken !== undefined && { 'x-oss-security-token': credentials.securityToken }),
  }
  const additional = additionalHeaders(headers, options.additionalHeaders)
  const pairs = queryPairs(url.search)
  const { signature, ...steps } = await signatureOf(credentials, { ...scene, headers, additional, pairs })
  const extra = additional.length > 0 ? `,AdditionalHeaders=${additional.join(';')}` : ''
  const authorization = `${ALGORITHM} Credential=${credentials.accessKeyId}/${scope}${extra},Signature=${signature}`
  return {
    method: scene.method,
    url: urlWith(url, isPlain(url.search) ? url.search.slice(1) : canonicalQuery(pairs)),
    headers: { ...withoutHost(headers), authorization },
    ...(request.body !== undefined && { body: request.body }),
    ...steps,
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
  const scene = sceneOf(request, options)
  const { url } = scene
  const headers = { ...headersWithout(request.headers, SET_BY_SIGNER), host: url.host }
  const additional = additionalHeaders(headers, options.additionalHeaders)
  const proof = presignPairs(credentials, options, { ...scene, additional })
  const pairs = [...pairsWithout(queryPairs(url.search), LEFT_BEHIND), ...proof]
  const { signature, ...steps } = await signatureOf(credentials, { ...scene, headers, additional, pairs })
  return {
    method: scene.method,
    url: urlWith(url, `${canonicalQuery(pairs)}&x-oss-signature=${signature}`),
    headers: withoutHost(headers),
    ...steps,
  }
}

const SET_BY_SIGNER = ['authorization', 'host', 'x-oss-security-token']
/** What an earlier signature left behind. */
const LEFT_BEHIND = [
  'x-oss-additional-headers',
  'x-oss-credential',
  'x-oss-date',
  'x-oss-expires',
  'x-oss-security-token',
  'x-oss-signature',
  'x-oss-signature-version',
]

function sceneOf(request: AlibabaRequest, options: Oss4Options): Oss4Scene {
  const { clock = systemClock, product = 'oss' } = options
  const { method, url } = requestLine(request)
  const date = new Date(clock()).toISOString().replace(/[-:]|\.\d+/g, '')
  const scope = `${date.slice(0, 8)}/${ossRegion(url, options.region)}/${product}/aliyun_v4_request`
  return { method, url, resource: ossResource(url, options), date, scope }
}

function presignPairs(
  credentials: AlibabaCredentials,
  { expiresInSeconds }: Oss4PresignOptions,
  { date, scope, additional }: Oss4Scene & { readonly additional: readonly string[] },
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

/** Whether every server reads a query in one way. Some take `name=` for another thing than `name`, or `+` for itself. */
const isPlain = (search: string): boolean => !/=(?:&|$)|\+/.test(search)

const urlWith = (url: URL, query: string): string => `${url.origin}${url.pathname}${query && `?${query}`}`

function withoutHost({ host: _, ...headers }: Readonly<Record<string, string>>): Record<string, string> {
  return headers
}
