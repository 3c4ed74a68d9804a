import { decodeBase64, encodeBase64 } from '../encoding/base64.js'
import { text, toHex, utf8 } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import * as acs3 from '../signers/alibaba-acs3.js'
import { hmac, hmacKey, sha256Hex } from '../signers/alibaba-hmac.js'
import { byCodeUnit, type QueryPairs, queryPairs } from '../signers/alibaba-request.js'
import * as rpc from '../signers/alibaba-rpc.js'
import { alibabaAccount } from './alibaba-account.js'
import { knownAccessKey, type RefusalCodes, requireNewNonce, requireTime, sameText } from './alibaba-caller.js'
import { refusal } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'

/** An Open API call whose signature is right. */
export interface VerifiedCall {
  readonly action: string
  readonly version: string
  /** Parameters of the query and of a form body. */
  readonly parameters: Readonly<Record<string, string>>
  /** Whose key signed; a client key is `client-key/<id>`. */
  readonly owner: string
  readonly accessKeyId: string
  readonly scheme: 'ACS3-HMAC-SHA256' | 'HMAC-SHA1' | 'SHA256withRSA' | 'none'
}

const CODES: RefusalCodes = {
  unknownKey: [404, 'InvalidAccessKeyId.NotFound'],
  wrongToken: [400, 'InvalidSecurityToken.MismatchWithAccessKey'],
  expiredToken: [400, 'InvalidSecurityToken.Expired'],
}
const ILLEGAL_TIME = [400, 'IllegalTimestamp'] as const
const ALGORITHM = 'ACS3-HMAC-SHA256'
const ALWAYS_SIGNED = [
  'host',
  'x-acs-action',
  'x-acs-content-sha256',
  'x-acs-date',
  'x-acs-signature-nonce',
  'x-acs-version',
]

/**
 * Verifies an Open API call, signed with ACS3 or with RPC signature 1.0.
 *
 * @throws ServiceError with the status and the code that the real gateway gives.
 */
export async function verifyCall(request: ReceivedRequest, state: EmulatorState): Promise<VerifiedCall> {
  return request.headers.get('authorization')?.startsWith(ALGORITHM)
    ? verifyAcs3(request, state)
    : verifyRpc(request, state)
}

/** The parameters of the query and of a form body. */
export function parametersOf({ url, headers, body }: ReceivedRequest): QueryPairs {
  const isForm = headers.get('content-type')?.toLowerCase().startsWith('application/x-www-form-urlencoded')
  return [...queryPairs(url.search), ...(isForm ? queryPairs(text(body)) : [])]
}

async function verifyAcs3(request: ReceivedRequest, state: EmulatorState): Promise<VerifiedCall> {
  const { headers } = request
  const { Credential = '', SignedHeaders = '', Signature = '' } = fieldsOf(headers.get('authorization') ?? '')
  const key = knownAccessKey(Credential, headers.get('x-acs-security-token') ?? undefined, CODES, state)
  const names = SignedHeaders.split(';')
  const mustBeSigned = [...ALWAYS_SIGNED, ...[...headers.keys()].filter((name) => name.startsWith('x-acs-'))]
  const unsigned = mustBeSigned.find((name) => !names.includes(name))
  if (unsigned !== undefined) throw refusal(400, 'IncompleteSignature', `The header ${unsigned} is not signed.`)
  requireTime(Date.parse(headers.get('x-acs-date') ?? ''), ILLEGAL_TIME, state)
  await requireBodyHash(request)
  const hashingKey = await hmacKey('SHA-256', utf8(key.credentials.accessKeySecret))
  const candidates = await Promise.all(
    canonicalRequests(request, names).map(async (canonical) => hmac(hashingKey, await acs3.stringToSign(canonical))),
  )
  if (!candidates.some((candidate) => sameText(toHex(candidate), Signature)))
    throw mismatch(canonicalRequests(request, names)[0])
  requireNewNonce(headers.get('x-acs-signature-nonce'), state)
  return {
    action: headers.get('x-acs-action') ?? '',
    version: headers.get('x-acs-version') ?? '',
    parameters: Object.fromEntries(parametersOf(request)),
    owner: key.arn,
    accessKeyId: key.credentials.accessKeyId,
    scheme: ALGORITHM,
  }
}

/** SDKs differ in whether they encode the names of query parameters: both are taken. */
function canonicalRequests({ method, url, headers }: ReceivedRequest, names: readonly string[]): readonly string[] {
  const pairs = queryPairs(url.search)
  const raw = [...pairs].sort(([a], [b]) => byCodeUnit(a, b)).map(([name, value]) => `${name}=${percentEncode(value)}`)
  const block = names.map((name) => `${name}:${headers.get(name)?.trim() ?? ''}\n`).join('')
  return [acs3.canonicalQuery(pairs), raw.join('&')].map((query) =>
    acs3.canonicalRequest({
      method,
      uri: acs3.canonicalUri(url.pathname),
      query,
      canonicalHeaders: block,
      signedHeaders: names.join(';'),
      payloadHash: headers.get('x-acs-content-sha256') ?? '',
    }),
  )
}

async function requireBodyHash({ method, headers, body }: ReceivedRequest): Promise<void> {
  // The official TypeScript client hashes a body for GET that it does not send.
  if (body.length === 0 && (method === 'GET' || method === 'HEAD')) return
  if (headers.get('x-acs-content-sha256') === (await sha256Hex(body))) return
  throw refusal(400, 'ContentSHA256Mismatch', 'The hash of the body is not that in x-acs-content-sha256.')
}

async function verifyRpc(request: ReceivedRequest, state: EmulatorState): Promise<VerifiedCall> {
  const pairs = parametersOf(request)
  const parameters: Readonly<Record<string, string>> = Object.fromEntries(pairs)
  const { AccessKeyId = '', Signature = '', SignatureMethod = '', Timestamp = '', SignatureNonce } = parameters
  if (Signature === '') throw refusal(400, 'MissingSignature', 'The request is not signed.')
  const owner =
    SignatureMethod === 'SHA256withRSA'
      ? clientKeyOwner(AccessKeyId, state)
      : knownAccessKey(AccessKeyId, parameters['SecurityToken'], CODES, state).arn
  requireTime(Date.parse(Timestamp), ILLEGAL_TIME, state)
  const string = rpc.stringToSign(
    request.method,
    pairs.filter(([name]) => name !== 'Signature'),
  )
  if (!(await isSignedBy(string, parameters, state))) throw mismatch(string)
  requireNewNonce(SignatureNonce, state)
  const { Action: action = '', Version: version = '' } = parameters
  const scheme = SignatureMethod === 'SHA256withRSA' ? SignatureMethod : 'HMAC-SHA1'
  return { action, version, parameters, owner, accessKeyId: AccessKeyId, scheme }
}

async function isSignedBy(
  string: string,
  { AccessKeyId = '', Signature = '', SignatureMethod }: Readonly<Record<string, string>>,
  state: EmulatorState,
): Promise<boolean> {
  if (SignatureMethod === 'SHA256withRSA') return verifyRsa(await clientKeyOf(AccessKeyId, state), string, Signature)
  const known = state.of(alibabaAccount).accessKeys.find(AccessKeyId)
  const key = await hmacKey('SHA-1', utf8(`${known?.credentials.accessKeySecret}&`))
  return sameText(encodeBase64(await hmac(key, string)), Signature)
}

function clientKeyOwner(keyId: string, state: EmulatorState): string {
  if (state.of(alibabaAccount).clientKeyId === keyId) return `client-key/${keyId}`
  throw refusal(...CODES.unknownKey, 'Specified access key is not found or invalid.')
}

/** The public key of a client key, as SubjectPublicKeyInfo, or `undefined` for an id that nobody has. */
export async function clientKeyOf(keyId: string, state: EmulatorState): Promise<Uint8Array<ArrayBuffer> | undefined> {
  return keyId === state.of(alibabaAccount).clientKeyId ? (await state.keys.get('alibaba-client-key')).spki : undefined
}

/** Whether an RSASSA-PKCS1-v1_5 signature with SHA-256 is that of a public key. */
export async function verifyRsa(
  spki: Uint8Array<ArrayBuffer> | undefined,
  message: string,
  signatureBase64: string,
): Promise<boolean> {
  const signature = decodeBase64(signatureBase64)
  if (spki === undefined || signature === undefined) return false
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const key = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
  return crypto.subtle.verify(algorithm, key, signature, utf8(message))
}

/** `A=1,B=2` after the name of the scheme; some clients put spaces between them. */
export function fieldsOf(authorization: string): Readonly<Record<string, string>> {
  const [, ...rest] = authorization.split(' ')
  const fields = rest.join('').split(',')
  return Object.fromEntries(
    fields.map((field) => [field.slice(0, field.indexOf('=')), field.slice(field.indexOf('=') + 1)]),
  )
}

function mismatch(expected = ''): Error {
  const message = `Specified signature is not matched with our calculation. server string to sign is:${expected}`
  return refusal(400, 'SignatureDoesNotMatch', message)
}
