import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import { UsageError } from '../errors.js'
import { type AlibabaCredentials, type Clock, systemClock } from '../types.js'
import { hmac, hmacKey, keyOf } from './alibaba-hmac.js'
import { type OssAddress, type OssResource, ossResource } from './alibaba-oss-resource.js'
import { isSubresource } from './alibaba-oss-subresources.js'
import {
  type AlibabaRequest,
  byCodeUnit,
  headersWithout,
  pairsWithout,
  type QueryPairs,
  queryPairs,
  requestHead,
  requestLine,
  type SignedAlibabaRequest,
  signedUnread,
} from './alibaba-request.js'

/** How to sign an Object Storage Service request with the older scheme. */
export interface Oss1Options extends OssAddress {
  readonly clock?: Clock
}

/** How to make a V1 URL that needs no further credentials. */
export interface Oss1PresignOptions extends Oss1Options {
  /** How long the URL is good for, in seconds. */
  readonly expiresInSeconds: number
}

/**
 * Signs a request to Alibaba Cloud OSS with signature V1 (HMAC-SHA1), for endpoints and policies that still ask for it;
 * prefer `signOss4`. The body is handed on untouched.
 *
 * @throws UsageError `OPTION_INVALID`, `URL_INVALID`, `HEADER_INVALID`, `BODY_NOT_REPLAYABLE`; ConfigurationError
 * `CONFIG_INVALID`.
 * @example
 * ```ts
 * import { signOss1 } from 'countersign/signers/alibaba-oss1'
 *
 * const request = new Request('https://my-bucket.oss-cn-hangzhou.aliyuncs.com/report.txt')
 * const signed = await signOss1(request, { accessKeyId: 'LTAI…', accessKeySecret: '…' })
 * ```
 * @see https://www.alibabacloud.com/help/en/oss/developer-reference/include-signatures-in-the-authorization-header
 */
export async function signOss1(
  request: Request,
  credentials: AlibabaCredentials,
  options: Oss1Options = {},
): Promise<Request> {
  return signedUnread(request, await signOss1Headers(requestHead(request), credentials, options))
}

/** Signs an OSS request given as plain data: the fast path below {@link signOss1}, with the same errors. */
export async function signOss1Headers(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: Oss1Options = {},
): Promise<SignedAlibabaRequest> {
  const { method, url } = requestLine(request)
  const headers: Record<string, string> = {
    ...headersWithout(request.headers, SET_BY_SIGNER),
    // Browsers cannot set `date`; every runtime can set this one.
    'x-oss-date': new Date((options.clock ?? systemClock)()).toUTCString(),
    ...(credentials.securityToken !== undefined && { 'x-oss-security-token': credentials.securityToken }),
  }
  const resource = ossResource(url, options)
  const string = stringToSign({ method, headers, resource, pairs: queryPairs(url.search) })
  headers['authorization'] = `OSS ${credentials.accessKeyId}:${await signature(credentials, string)}`
  return {
    method,
    url: url.href,
    headers,
    ...(request.body !== undefined && { body: request.body }),
    stringToSign: string,
  }
}

/**
 * Gives a URL that anyone can use until it expires. `content-type`, `content-md5` and `x-oss-*` headers passed here must
 * come with the request that uses it.
 *
 * @throws UsageError `OPTION_INVALID` for a life that is not a positive whole number, and as {@link signOss1}.
 */
export async function presignOss1(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: Oss1PresignOptions,
): Promise<SignedAlibabaRequest> {
  const { method, url } = requestLine(request)
  const headers = headersWithout(request.headers, SET_BY_SIGNER)
  const expires = `${expiresAt(options)}`
  const { securityToken } = credentials
  const token = securityToken === undefined ? [] : [['security-token', securityToken] as const]
  const pairs = [...pairsWithout(queryPairs(url.search), LEFT_BEHIND), ...token]
  const resource = ossResource(url, options)
  const string = stringToSign({ method, headers, resource, pairs, date: expires })
  const query = encodedQuery([
    ...pairs,
    ['OSSAccessKeyId', credentials.accessKeyId],
    ['Expires', expires],
    ['Signature', await signature(credentials, string)],
  ])
  return { method, url: `${url.origin}${url.pathname}?${query}`, headers, stringToSign: string }
}

const SET_BY_SIGNER = ['authorization', 'host', 'date', 'x-oss-security-token']
/** What an earlier signature left behind. */
const LEFT_BEHIND = ['OSSAccessKeyId', 'Expires', 'Signature', 'security-token']

/** The string that V1 signs. Header names are in lower case; `date` takes the place of the date headers in a URL. */
export function stringToSign(parts: {
  readonly method: string
  readonly headers: Readonly<Record<string, string>>
  readonly resource: OssResource
  readonly pairs: QueryPairs
  readonly date?: string
}): string {
  const { method, headers, resource, pairs } = parts
  const date = parts.date ?? headers['x-oss-date'] ?? headers['date'] ?? ''
  const fixed = [method, headers['content-md5'] ?? '', headers['content-type'] ?? '', date]
  return `${fixed.join('\n')}\n${canonicalizedHeaders(headers)}${canonicalizedResource(resource, pairs)}`
}

/** One line for each `x-oss-*` header. */
export function canonicalizedHeaders(headers: Readonly<Record<string, string>>): string {
  const names = Object.keys(headers)
    .filter((name) => name.startsWith('x-oss-'))
    .sort(byCodeUnit)
  return names.map((name) => `${name}:${headers[name]}\n`).join('')
}

/** The decoded path and the sub-resources of the query. */
export function canonicalizedResource({ bucket, key }: OssResource, pairs: QueryPairs): string {
  const path = bucket === undefined ? `/${key}` : `/${bucket}/${key}`
  const subresources = pairs
    .filter(([name]) => isSubresource(name))
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return subresources.length === 0 ? path : `${path}?${subresources.join('&')}`
}

async function signature(credentials: AlibabaCredentials, string: string): Promise<string> {
  const key = await keyOf(credentials, 'OSS', (secret) => hmacKey('SHA-1', utf8(secret)))
  return encodeBase64(await hmac(key, string))
}

function expiresAt({ clock = systemClock, expiresInSeconds }: Oss1PresignOptions): number {
  if (Number.isInteger(expiresInSeconds) && expiresInSeconds > 0) return Math.floor(clock() / 1000) + expiresInSeconds
  throw new UsageError(
    'OPTION_INVALID',
    `Expected expiresInSeconds to be a positive whole number, found ${expiresInSeconds}.`,
  )
}

function encodedQuery(pairs: QueryPairs): string {
  return pairs
    .map(([name, value]) => (value === '' ? percentEncode(name) : `${percentEncode(name)}=${percentEncode(value)}`))
    .join('&')
}
