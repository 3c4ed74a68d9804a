import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { type AlibabaCredentials, type Clock, systemClock } from '../types.js'
import { hmac, hmacKey, keyOf } from './alibaba-hmac.js'
import {
  type AlibabaRequest,
  byCodeUnit,
  headersWithout,
  type QueryPairs,
  queryPairs,
  requestLine,
  type SignedAlibabaRequest,
} from './alibaba-request.js'

/**
 * Signs a resource-style request with the scheme before ACS3 (HMAC-SHA1), for services that never learned the newer one.
 * The signature covers a `date` header, so it cannot be used in a browser.
 *
 * @throws UsageError `URL_INVALID`, `HEADER_INVALID`; ConfigurationError `CONFIG_INVALID`.
 * @example
 * ```ts
 * import { signRoaHeaders } from 'countersign/signers/alibaba-roa'
 *
 * const credentials = { accessKeyId: 'LTAI…', accessKeySecret: '…' }
 * const { headers } = await signRoaHeaders({ method: 'GET', url: 'https://cs.aliyuncs.com/clusters' }, credentials)
 * ```
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/roa-mechanism
 */
export async function signRoaHeaders(
  request: AlibabaRequest,
  credentials: AlibabaCredentials,
  options: { readonly clock?: Clock } = {},
): Promise<SignedAlibabaRequest> {
  const { method, url } = requestLine(request)
  const given = headersWithout(request.headers, ['authorization', 'host', 'x-acs-security-token'])
  const headers: Record<string, string> = {
    accept: 'application/json',
    ...given,
    date: given['date'] ?? new Date((options.clock ?? systemClock)()).toUTCString(),
    'x-acs-signature-method': 'HMAC-SHA1',
    'x-acs-signature-version': '1.0',
    ...(credentials.securityToken !== undefined && { 'x-acs-security-token': credentials.securityToken }),
  }
  const string = stringToSign(method, headers, canonicalizedResource(url.pathname, queryPairs(url.search)))
  const key = await keyOf(credentials, 'ROA', (secret) => hmacKey('SHA-1', utf8(secret)))
  headers['authorization'] = `acs ${credentials.accessKeyId}:${encodeBase64(await hmac(key, string))}`
  const { body } = request
  return { method, url: url.href, headers, ...(body !== undefined && { body }), stringToSign: string }
}

/** The string that is signed. Header names are in lower case. */
export function stringToSign(method: string, headers: Readonly<Record<string, string>>, resource: string): string {
  const fixed = ['accept', 'content-md5', 'content-type', 'date'].map((name) => headers[name] ?? '')
  const names = Object.keys(headers)
    .filter((name) => name.startsWith('x-acs-'))
    .sort(byCodeUnit)
  return `${[method, ...fixed].join('\n')}\n${names.map((name) => `${name}:${headers[name]}\n`).join('')}${resource}`
}

/** The path and the decoded query in the order of its names. */
export function canonicalizedResource(path: string, pairs: QueryPairs): string {
  const query = [...pairs].sort(([a], [b]) => byCodeUnit(a, b))
  const parts = query.map(([name, value]) => (value === '' ? name : `${name}=${value}`))
  return parts.length === 0 ? path : `${path}?${parts.join('&')}`
}
