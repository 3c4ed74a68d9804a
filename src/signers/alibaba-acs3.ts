import { toHex, utf8 } from '../encoding/bytes.js'
import { percentDecode, percentEncode } from '../encoding/percent.js'
import { UsageError } from '../errors.js'
import { type AlibabaCredentials, systemClock } from '../types.js'
import { hmac, hmacKey, keyOf, sha256Hex } from './alibaba-hmac.js'
import {
  type AlibabaRequest,
  byCodeUnit,
  canonicalQuery,
  headersWithout,
  isoSeconds,
  lowerCaseHeaders,
  type OneTimeOptions,
  plainRequest,
  queryPairs,
  randomNonce,
  requestLine,
  type SignedAlibabaRequest,
  signedRequest,
} from './alibaba-request.js'

export { canonicalQuery } from './alibaba-request.js'

const ALGORITHM = 'ACS3-HMAC-SHA256'

/** How to sign an Open API request. */
export interface Acs3Options extends OneTimeOptions {
  /** The operation, such as `DescribeRegions`. Default: the request's `x-acs-action` header. */
  readonly action?: string
  /** The API version, such as `2014-05-26`. Default: the request's `x-acs-version` header. */
  readonly version?: string
}

/** A signed Open API request as plain data, with the provider's intermediate string. */
export interface SignedAcs3Request extends SignedAlibabaRequest {
  readonly canonicalRequest: string
}

/**
 * Signs a request to any Alibaba Cloud Open API with `ACS3-HMAC-SHA256`. The body is read and covered by the signature;
 * the request that was passed stays usable.
 *
 * @throws UsageError `OPTION_INVALID` without an action or version, `URL_INVALID`, `HEADER_INVALID`,
 * `BODY_NOT_REPLAYABLE`; ConfigurationError `CONFIG_INVALID` for unusable credentials.
 * @example
 * ```ts
 * import { signAcs3 } from 'countersign/signers/alibaba-acs3'
 *
 * const request = new Request('https://ecs.cn-hangzhou.aliyuncs.com/?RegionId=cn-hangzhou', { method: 'POST' })
 * const signed = await signAcs3(request, { accessKeyId: 'LTAI…', accessKeySecret: '…' }, { action: 'DescribeZones', version: '2014-05-26' })
 * ```
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/v3-request-structure-and-signature
 */
export async function signAcs3(
  request: Request,
  credentials: AlibabaCredentials,
  options: Acs3Options = {},
): Promise<Request> {
  const signed = await signAcs3Headers(await plainRequest(request), credentials, options)
  return signedRequest(request, signed)
}

/** Signs an Open API request given as plain data: the fast path below {@link signAcs3}, with the same errors. */
export async function signAcs3Headers(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: Acs3Options = {},
): Promise<SignedAcs3Request> {
  const { method, url } = requestLine(request)
  const key = await keyOf(credentials, ALGORITHM, (secret) => hmacKey('SHA-256', utf8(secret)))
  const payloadHash = await sha256Hex(request.body ?? '')
  const headers = headersToSign(request, credentials, options, payloadHash)
  const uri = canonicalUri(url.pathname)
  const query = canonicalQuery(queryPairs(url.search))
  const signed = canonicalHeaders({ ...headers, host: url.host })
  const canonical = canonicalRequest({ method, uri, query, ...signed, payloadHash })
  const string = await stringToSign(canonical)
  const signature = toHex(await hmac(key, string))
  headers['authorization'] =
    `${ALGORITHM} Credential=${credentials.accessKeyId},SignedHeaders=${signed.signedHeaders},Signature=${signature}`
  return {
    method,
    url: `${url.origin}${uri}${query && `?${query}`}`,
    headers,
    ...(request.body !== undefined && { body: request.body }),
    canonicalRequest: canonical,
    stringToSign: string,
  }
}

/** Every path segment decoded and encoded again, so that nothing is encoded twice. */
export function canonicalUri(pathname: string): string {
  return pathname === '/'
    ? '/'
    : pathname
        .split('/')
        .map((segment) => percentEncode(percentDecode(segment)))
        .join('/')
}

/** The lines of the headers that are always signed, and their names. */
export function canonicalHeaders(headers: Readonly<Record<string, string>>): {
  readonly canonicalHeaders: string
  readonly signedHeaders: string
} {
  const lowerCase = lowerCaseHeaders(headers)
  const names = Object.keys(lowerCase).filter(isSigned).sort(byCodeUnit)
  return {
    canonicalHeaders: names.map((name) => `${name}:${lowerCase[name]}\n`).join(''),
    signedHeaders: names.join(';'),
  }
}

const isSigned = (name: string): boolean => name.startsWith('x-acs-') || name === 'host' || name === 'content-type'

/** What the hash in the string to sign is taken of. */
export function canonicalRequest(parts: {
  readonly method: string
  readonly uri: string
  readonly query: string
  readonly canonicalHeaders: string
  readonly signedHeaders: string
  readonly payloadHash: string
}): string {
  const { method, uri, query, canonicalHeaders: block, signedHeaders, payloadHash } = parts
  return `${method}\n${uri}\n${query}\n${block}\n${signedHeaders}\n${payloadHash}`
}

/** The algorithm and the hash of the canonical request. */
export async function stringToSign(canonical: string): Promise<string> {
  return `${ALGORITHM}\n${await sha256Hex(canonical)}`
}

const SET_BY_SIGNER = ['authorization', 'host', 'x-acs-accesskey-id', 'x-acs-security-token']

function headersToSign(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: Acs3Options,
  payloadHash: string,
): Record<string, string> {
  const { clock = systemClock, nonce = randomNonce } = options
  const given = headersWithout(request.headers, SET_BY_SIGNER)
  const headers: Record<string, string> = {
    ...given,
    'x-acs-action': options.action ?? required(given, 'x-acs-action', 'action'),
    'x-acs-version': options.version ?? required(given, 'x-acs-version', 'version'),
    'x-acs-date': isoSeconds(clock()),
    'x-acs-signature-nonce': nonce(),
    'x-acs-content-sha256': payloadHash,
  }
  if (credentials.securityToken === undefined) return headers
  return {
    ...headers,
    'x-acs-accesskey-id': credentials.accessKeyId,
    'x-acs-security-token': credentials.securityToken,
  }
}

function required(headers: Readonly<Record<string, string>>, name: string, option: string): string {
  const value = headers[name]
  if (value) return value
  throw new UsageError(
    'OPTION_INVALID',
    `Expected the API's ${option}; pass the option "${option}" or the header ${name}.`,
  )
}
