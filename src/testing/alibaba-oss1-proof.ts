import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { hmac, hmacKey } from '../signers/alibaba-hmac.js'
import { ossResource } from '../signers/alibaba-oss-resource.js'
import { stringToSign } from '../signers/alibaba-oss1.js'
import { queryPairs } from '../signers/alibaba-request.js'
import {
  type AlibabaCaller,
  type Examination,
  fault,
  knownAccessKey,
  proven,
  requireRecent,
  sameText,
} from './alibaba-proof.js'

const AUTHORIZATION = /^OSS ([^:\s]+):(\S+)$/

/** Whether a request is signed with OSS V1, in its headers or its URL. */
export function isOss1({ headers, url }: { readonly headers: Headers; readonly url: URL }): boolean {
  return headers.get('authorization')?.startsWith('OSS ') === true || url.searchParams.has('OSSAccessKeyId')
}

/** Checks an OSS V1 signature: access key, token, time or end, signature. */
export function proveOss1(examination: Examination): Promise<AlibabaCaller> {
  return examination.request.url.searchParams.has('OSSAccessKeyId') ? proveUrl(examination) : proveHeaders(examination)
}

async function proveHeaders(examination: Examination): Promise<AlibabaCaller> {
  const { method, headers: received, url } = examination.request
  const headers = Object.fromEntries(received)
  const [, accessKeyId = '', signature = ''] = AUTHORIZATION.exec(headers['authorization'] ?? '') ?? []
  if (signature === '') throw fault(examination, 'incomplete')
  // One official SDK sends the token unsigned.
  const token = headers['x-oss-security-token'] ?? headers['security-token']
  const { credentials, arn } = knownAccessKey(examination, accessKeyId, token)
  requireRecent(examination, Date.parse(headers['x-oss-date'] ?? headers['date'] ?? ''))
  const string = stringToSign({ method, headers, resource: ossResource(url), pairs: queryPairs(url.search) })
  await requireSignature(examination, { accessKeySecret: credentials.accessKeySecret, string, signature })
  return proven(examination, { arn, accessKeyId, scheme: 'OSS' })
}

async function proveUrl(examination: Examination): Promise<AlibabaCaller> {
  const { method, headers: received, url } = examination.request
  const pairs = queryPairs(url.search)
  const parameters: Readonly<Record<string, string>> = Object.fromEntries(pairs)
  const { OSSAccessKeyId: accessKeyId = '', Expires: date = '', Signature: signature = '' } = parameters
  const { credentials, arn } = knownAccessKey(examination, accessKeyId, parameters['security-token'])
  if (!/^\d+$/.test(date)) throw fault(examination, 'time-format')
  if (Number(date) * 1000 <= examination.state.clock()) throw fault(examination, 'expired-url')
  const headers = Object.fromEntries(received)
  const string = stringToSign({ method, headers, resource: ossResource(url), pairs, date })
  await requireSignature(examination, { accessKeySecret: credentials.accessKeySecret, string, signature })
  return proven(examination, { arn, accessKeyId, scheme: 'OSS' })
}

async function requireSignature(
  examination: Examination,
  given: { readonly accessKeySecret: string; readonly string: string; readonly signature: string },
): Promise<void> {
  const key = await hmacKey('SHA-1', utf8(given.accessKeySecret))
  const expected = encodeBase64(await hmac(key, given.string))
  if (!sameText(expected, given.signature)) throw fault(examination, 'signature')
}
