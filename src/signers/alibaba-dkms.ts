import { encodeBase64 } from '../encoding/base64.js'
import { toHex, utf8 } from '../encoding/bytes.js'
import type { AlibabaClientKey } from '../keys/alibaba-client-key.js'
import { type Clock, systemClock } from '../types.js'
import { byCodeUnit, readUrl, type SignedAlibabaRequest } from './alibaba-request.js'
import { rsaSha256 } from './alibaba-rsa.js'

const PROTOBUF = 'application/x-protobuf'
const API_VERSION = 'dkms-gcs-0.2'
const SIGNATURE_METHOD = 'RSA_PKCS1_SHA_256'

/** A call to a dedicated KMS instance. */
export interface DkmsRequest {
  /** The instance's gateway, such as `https://kst-xxxx.cryptoservice.kms.aliyuncs.com/`. */
  readonly url: string | URL
  /** The operation, such as `GetSecretValue`. */
  readonly apiName: string
  /** The request as a protobuf message. */
  readonly body: Uint8Array<ArrayBuffer>
}

/**
 * Signs a call to a dedicated KMS instance with a client key. The signature covers a `date` header, which browsers do
 * not let anyone set: use the instance's Open API there.
 *
 * @throws UsageError `URL_INVALID`.
 * @example
 * ```ts
 * import { openClientKey } from 'countersign/keys/alibaba-client-key'
 * import { signDkms } from 'countersign/signers/alibaba-dkms'
 *
 * declare const file: string
 * const clientKey = await openClientKey(file, { password: '…' })
 * const url = 'https://kst-xxxx.cryptoservice.kms.aliyuncs.com/'
 * const signed = await signDkms({ url, apiName: 'GetSecretValue', body: new Uint8Array() }, clientKey)
 * ```
 * @see https://github.com/aliyun/alibabacloud-dkms-gcs-python-sdk/blob/main/openapi_util/client.py
 */
export async function signDkms(
  request: DkmsRequest,
  clientKey: AlibabaClientKey,
  options: { readonly clock?: Clock | undefined } = {},
): Promise<SignedAlibabaRequest> {
  const { clock = systemClock } = options
  const headers: Record<string, string> = {
    accept: PROTOBUF,
    'content-type': PROTOBUF,
    date: new Date(clock()).toUTCString(),
    'content-sha256': await contentSha256(request.body),
    'x-kms-apiversion': API_VERSION,
    'x-kms-apiname': request.apiName,
    'x-kms-signaturemethod': SIGNATURE_METHOD,
    // Three times "c": the misspelling is the protocol.
    'x-kms-acccesskeyid': clientKey.clientKeyId,
  }
  const string = stringToSign(headers)
  headers['authorization'] = `Bearer ${encodeBase64(await rsaSha256(clientKey.key, utf8(string)))}`
  return { method: 'POST', url: readUrl(request.url).href, headers, body: request.body, stringToSign: string }
}

/** The SHA-256 of the body in upper-case hex. */
export async function contentSha256(body: Uint8Array<ArrayBuffer>): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', body))).toUpperCase()
}

/** The string that is signed. Header names are in lower case; the resource is always `/`. */
export function stringToSign(headers: Readonly<Record<string, string>>): string {
  const fixed = ['content-sha256', 'content-type', 'date'].map((name) => headers[name] ?? '')
  const names = Object.keys(headers)
    .filter((name) => name.startsWith('x-kms-'))
    .sort(byCodeUnit)
  const lines = names.map((name) => `${name}:${headers[name]?.trim()}\n`).join('')
  return `${['POST', ...fixed].join('\n')}\n${lines}/`
}
