import { decodeSecretRequest, encodeDkmsError, encodeSecretResponse } from '../federation/alibaba-dkms-messages.js'
import { contentSha256, stringToSign } from '../signers/alibaba-dkms.js'
import { secretAnswer } from './alibaba-kms.js'
import { type Examination, fault, proven, requireRecent } from './alibaba-proof.js'
import { type AlibabaRefusals, OPEN_API_REFUSALS } from './alibaba-refusals.js'
import { proveClientKey } from './alibaba-rpc-proof.js'
import { refusal } from './answers.js'
import type { Surface, SurfaceFailure } from './surface.js'

const PROTOBUF = 'application/x-protobuf'
// Three times "c": the misspelling is the protocol.
const KEY_ID = 'x-kms-acccesskeyid'
const EXPECTED: Readonly<Record<string, string>> = {
  'content-type': PROTOBUF,
  'x-kms-apiversion': 'dkms-gcs-0.2',
  'x-kms-apiname': 'GetSecretValue',
  'x-kms-signaturemethod': 'RSA_PKCS1_SHA_256',
}

const REFUSALS: AlibabaRefusals = {
  ...OPEN_API_REFUSALS,
  'access-key': [401, 'Unauthorized', 'The client key is not known to the instance.'],
  'body-digest': [400, 'InvalidParam', 'The value of content-sha256 is not that of the body.'],
  incomplete: [400, 'InvalidParam', 'The value of Authorization is invalid.'],
  signature: [401, 'Unauthorized', 'The signature is not that of the client key.'],
  time: [400, 'InvalidParam', 'The value of Date is out of range.'],
  'time-format': [400, 'InvalidParam', 'The value of Date is invalid.'],
}

/**
 * The gateway of a dedicated KMS instance, with its own protocol: protobuf messages, signed with a client key.
 * @see https://github.com/aliyun/alibabacloud-dkms-gcs-python-sdk
 */
export const alibabaDedicatedKms: Surface = {
  name: 'alibaba-dedicated-kms',
  matches: ({ headers }) => headers.has('x-kms-apiname'),
  async handle(request, state) {
    await prove({ request, state, refusals: REFUSALS })
    const message = await decodeSecretRequest(request.body)
    if (message === undefined) throw refusal(400, 'InvalidParam', 'The body is no GetSecretValueRequest.')
    const { SecretName: name, VersionStage: stage, FetchExtendedConfig: fetchExtendedConfig } = message
    const answer = secretAnswer({ name, stage, fetchExtendedConfig }, state)
    const body = await encodeSecretResponse({ ...answer, RequestId: crypto.randomUUID() })
    return new Response(body, { headers: { 'content-type': PROTOBUF } })
  },
  answerError: protobufError,
}

async function prove(examination: Examination): Promise<void> {
  const { request } = examination
  const headers = Object.fromEntries(request.headers)
  const wrong = Object.entries(EXPECTED).find(([name, value]) => headers[name] !== value)
  if (request.method !== 'POST' || wrong) {
    throw refusal(400, 'InvalidParam', wrong ? `The value of ${wrong[0]} is invalid.` : 'The method is invalid.')
  }
  const signature = /^Bearer (\S+)$/.exec(headers['authorization'] ?? '')?.[1]
  if (signature === undefined) throw fault(examination, 'incomplete')
  requireRecent(examination, Date.parse(headers['date'] ?? ''))
  if (headers['content-sha256'] !== (await contentSha256(request.body))) throw fault(examination, 'body-digest')
  const accessKeyId = headers[KEY_ID] ?? ''
  const arn = await proveClientKey(examination, { accessKeyId, string: stringToSign(headers), signature })
  proven(examination, { arn, accessKeyId, scheme: 'RSA_PKCS1_SHA_256' })
}

async function protobufError({ status, code, message }: SurfaceFailure): Promise<Response> {
  const error = { StatusCode: status, ErrorCode: code, ErrorMessage: message, RequestId: crypto.randomUUID() }
  return new Response(await encodeDkmsError(error), { status, headers: { 'content-type': PROTOBUF } })
}
