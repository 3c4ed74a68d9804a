import { encodeBase64 } from '../encoding/base64.js'
import { toHex, utf8 } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import { hmac, hmacKey } from '../signers/alibaba-hmac.js'
import { type OssResource, ossResource } from '../signers/alibaba-oss-resource.js'
import * as oss1 from '../signers/alibaba-oss1.js'
import * as oss4 from '../signers/alibaba-oss4.js'
import { byCodeUnit, type QueryPairs, queryPairs } from '../signers/alibaba-request.js'
import { fieldsOf } from './alibaba-api-signature.js'
import { knownAccessKey, type RefusalCodes, requireTime, sameText } from './alibaba-caller.js'
import { refusal } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'

/** An OSS request whose signature is right. */
export interface VerifiedOssRequest {
  readonly resource: OssResource
  readonly owner: string
  readonly scheme: 'OSS4' | 'OSS1'
}

const CODES: RefusalCodes = {
  unknownKey: [403, 'InvalidAccessKeyId'],
  wrongToken: [403, 'InvalidSecurityToken'],
  expiredToken: [403, 'SecurityTokenExpired'],
}
const SKEWED = [403, 'RequestTimeTooSkewed'] as const
const OSS4 = 'OSS4-HMAC-SHA256'

/** Whether a request is one for OSS, signed in its headers or in its URL. */
export function isOssRequest({ headers, url }: ReceivedRequest): boolean {
  const names = ['x-oss-signature', 'OSSAccessKeyId']
  return /^OSS4?[- ]/.test(headers.get('authorization') ?? '') || names.some((name) => url.searchParams.has(name))
}

/** Verifies a request to OSS: V4 or V1, in the headers or in the URL. @throws ServiceError with the code of OSS. */
export async function verifyOss(request: ReceivedRequest, state: EmulatorState): Promise<VerifiedOssRequest> {
  const { headers, url } = request
  const resource = ossResource(url)
  const pairs = queryPairs(url.search)
  const isV4 = headers.get('authorization')?.startsWith(OSS4) || url.searchParams.has('x-oss-signature')
  const owner = await (isV4 ? verifyV4 : verifyV1)(request, { resource, pairs }, state)
  return { resource, owner, scheme: isV4 ? 'OSS4' : 'OSS1' }
}

interface Parts {
  readonly resource: OssResource
  readonly pairs: QueryPairs
}

async function verifyV4(request: ReceivedRequest, { resource, pairs }: Parts, state: EmulatorState): Promise<string> {
  const { headers, method } = request
  const query = Object.fromEntries(pairs)
  const authorization = headers.get('authorization')
  const inHeaders = fieldsOf(authorization ?? '')
  const credential = (authorization ? inHeaders['Credential'] : query['x-oss-credential']) ?? ''
  const additional = (authorization ? inHeaders['AdditionalHeaders'] : query['x-oss-additional-headers']) ?? ''
  const signature = (authorization ? inHeaders['Signature'] : query['x-oss-signature']) ?? ''
  const date = (authorization ? headers.get('x-oss-date') : query['x-oss-date']) ?? ''
  const token = (authorization ? headers.get('x-oss-security-token') : query['x-oss-security-token']) || undefined
  const [accessKeyId = '', ...scope] = credential.split('/')
  const key = knownAccessKey(accessKeyId, token, CODES, state)
  requireLife(timeOf(date), authorization ? undefined : Number(query['x-oss-expires']), state)
  if (scope.length !== 4 || scope[0] !== date.slice(0, 8) || scope[3] !== 'aliyun_v4_request')
    throw mismatch(scope.join('/'))
  const signed = pairs.filter(([name]) => name !== 'x-oss-signature')
  const signingKey = await oss4.signingKey(key.credentials.accessKeySecret, scope.join('/'))
  const parts = {
    method,
    uri: oss4.canonicalUri(resource),
    headers: Object.fromEntries(headers),
    additional: additional.split(';').filter(Boolean),
  }
  for (const canonicalQuery of [oss4.canonicalQuery(signed), queryWithEquals(signed)]) {
    const string = await oss4.stringToSign(
      oss4.canonicalRequest({ ...parts, query: canonicalQuery }),
      date,
      scope.join('/'),
    )
    if (sameText(toHex(await hmac(signingKey, string)), signature)) return key.arn
  }
  throw mismatch(oss4.canonicalRequest({ ...parts, query: oss4.canonicalQuery(signed) }))
}

/** One official client writes `name=` for an empty value. */
function queryWithEquals(pairs: QueryPairs): string {
  const encoded = pairs.map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
  return encoded
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map((pair) => pair.join('='))
    .join('&')
}

async function verifyV1(request: ReceivedRequest, { resource, pairs }: Parts, state: EmulatorState): Promise<string> {
  const { headers, method } = request
  const query = Object.fromEntries(pairs)
  const [accessKeyId = '', signature = ''] = (headers.get('authorization') ?? '').replace(/^OSS\s+/, '').split(':')
  const inUrl = signature === ''
  const id = inUrl ? (query['OSSAccessKeyId'] ?? '') : accessKeyId
  const token =
    (inUrl ? query['security-token'] : (headers.get('x-oss-security-token') ?? headers.get('security-token'))) ||
    undefined
  const key = knownAccessKey(id, token, CODES, state)
  const { Expires = '' } = query
  if (inUrl) requireLife(state.clock(), Number(Expires) - state.clock() / 1000, state)
  else requireTime(Date.parse(headers.get('x-oss-date') ?? headers.get('date') ?? ''), SKEWED, state)
  const string = oss1.stringToSign({
    method,
    headers: Object.fromEntries(headers),
    resource,
    pairs,
    ...(inUrl && { date: Expires }),
  })
  const expected = encodeBase64(await hmac(await hmacKey('SHA-1', utf8(key.credentials.accessKeySecret)), string))
  if (!sameText(expected, inUrl ? (query['Signature'] ?? '') : signature)) throw mismatch(string)
  return key.arn
}

/** A URL is good for as long as it says; a header for a quarter of an hour. */
function requireLife(from: number, seconds: number | undefined, state: EmulatorState): void {
  const isOver = seconds !== undefined && (from + seconds * 1000 <= state.clock() || seconds > 604_800)
  if (isOver) throw refusal(403, 'AccessDenied', 'Request has expired.')
  if (seconds === undefined) requireTime(from, SKEWED, state)
}

const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))

function mismatch(expected: string): Error {
  const message = 'The request signature we calculated does not match the signature you provided.'
  return refusal(403, 'SignatureDoesNotMatch', `${message} string to sign: ${expected}`)
}
