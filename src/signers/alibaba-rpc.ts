import { encodeBase64 } from '../encoding/base64.js'
import { text, utf8 } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import type { AlibabaClientKey } from '../keys/alibaba-client-key.js'
import { type AlibabaCredentials, systemClock } from '../types.js'
import { hmac, hmacKey, keyOf } from './alibaba-hmac.js'
import {
  type AlibabaRequest,
  canonicalQuery,
  isoSeconds,
  type OneTimeOptions,
  pairsWithout,
  plainRequest,
  type QueryPairs,
  queryPairs,
  randomNonce,
  requestLine,
  type SignedAlibabaRequest,
  signedRequest,
} from './alibaba-request.js'
import { rsaSha256 } from './alibaba-rsa.js'

export { canonicalQuery as canonicalizedQuery } from './alibaba-request.js'

/** How to sign an RPC request with the older scheme. */
export interface RpcOptions extends OneTimeOptions {
  /** The operation. Default: the parameter `Action` of the URL. */
  readonly action?: string
  /** The API version. Default: the parameter `Version` of the URL. */
  readonly version?: string
}

/** Who signs: an access key with HMAC-SHA1, or a KMS client key with RSA. */
export type RpcSigningKey = AlibabaCredentials | AlibabaClientKey

/**
 * Signs an RPC-style request with signature version 1.0: HMAC-SHA1 for an access key, `SHA256withRSA` for a KMS client
 * key. All parameters, those of a form body included, are covered; the signature goes into the query.
 *
 * @throws UsageError `URL_INVALID`, `BODY_NOT_REPLAYABLE`; ConfigurationError `CONFIG_INVALID` for unusable credentials.
 * @example
 * ```ts
 * import { signRpc } from 'countersign/signers/alibaba-rpc'
 *
 * const request = new Request('https://sts.aliyuncs.com/?Action=GetCallerIdentity&Version=2015-04-01')
 * const signed = await signRpc(request, { accessKeyId: 'LTAI…', accessKeySecret: '…' })
 * ```
 * @see https://www.alibabacloud.com/help/en/sdk/product-overview/rpc-mechanism
 */
export async function signRpc(request: Request, signer: RpcSigningKey, options: RpcOptions = {}): Promise<Request> {
  return signedRequest(request, await signRpcUrl(await plainRequest(request), signer, options))
}

/** Signs an RPC request given as plain data: the fast path below {@link signRpc}, with the same errors. */
export async function signRpcUrl(
  request: AlibabaRequest,
  signer: RpcSigningKey,
  options: RpcOptions = {},
): Promise<SignedAlibabaRequest> {
  const { method, url } = requestLine(request)
  const common = commonParameters(signer, options)
  const replaced = [...LEFT_BEHIND, ...common.map(([name]) => name)]
  const query = [...pairsWithout(queryPairs(url.search), replaced), ...common]
  const string = stringToSign(method, [...query, ...formPairs(request)])
  const signature = encodeBase64(await sign(signer, string))
  return {
    method,
    url: `${url.origin}${url.pathname}?${canonicalQuery([...query, ['Signature', signature]])}`,
    headers: { ...request.headers },
    ...(request.body !== undefined && { body: request.body }),
    stringToSign: string,
  }
}

/** The method, the path (always `/`) and the encoded query. */
export function stringToSign(method: string, parameters: QueryPairs): string {
  return `${method}&${percentEncode('/')}&${percentEncode(canonicalQuery(parameters))}`
}

/** The signature's bytes: HMAC-SHA1 under the secret and `&`, or RSASSA-PKCS1-v1_5 with SHA-256. */
export async function sign(signer: RpcSigningKey, string: string): Promise<Uint8Array<ArrayBuffer>> {
  if ('clientKeyId' in signer) return rsaSha256(signer.key, utf8(string))
  return hmac(await keyOf(signer, 'RPC', (secret) => hmacKey('SHA-1', utf8(`${secret}&`))), string)
}

function commonParameters(signer: RpcSigningKey, options: RpcOptions): QueryPairs {
  const { action, version, clock = systemClock, nonce = randomNonce } = options
  return [
    ...(action === undefined ? [] : ([['Action', action]] as const)),
    ...(version === undefined ? [] : ([['Version', version]] as const)),
    ['Format', 'JSON'],
    ['Timestamp', isoSeconds(clock())],
    ['SignatureVersion', '1.0'],
    ['SignatureNonce', nonce()],
    ...identityParameters(signer),
  ]
}

function identityParameters(signer: RpcSigningKey): QueryPairs {
  if ('clientKeyId' in signer) {
    return [
      ['AccessKeyId', signer.clientKeyId],
      ['SignatureMethod', 'SHA256withRSA'],
      ['SignatureType', 'PRIVATEKEY'],
    ]
  }
  const { accessKeyId, securityToken } = signer
  const pairs = [
    ['AccessKeyId', accessKeyId],
    ['SignatureMethod', 'HMAC-SHA1'],
  ] as const
  return securityToken === undefined ? pairs : [...pairs, ['SecurityToken', securityToken]]
}

/** What an earlier signature left behind. */
const LEFT_BEHIND = ['Signature', 'SignatureType', 'SecurityToken']

const FORM = 'application/x-www-form-urlencoded'

function formPairs({ headers = {}, body = '' }: AlibabaRequest): QueryPairs {
  const contentType = Object.entries(headers).find(([name]) => name.toLowerCase() === 'content-type')?.[1]
  if (!contentType?.toLowerCase().startsWith(FORM)) return []
  return queryPairs(typeof body === 'string' ? body : text(body))
}
