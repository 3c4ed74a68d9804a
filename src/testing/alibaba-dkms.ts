import { decodeSecretRequest, encodeDkmsError, encodeSecretResponse } from '../federation/alibaba-dkms-messages.js'
import { contentSha256, stringToSign } from '../signers/alibaba-dkms.js'
import { clientKeyOf, verifyRsa } from './alibaba-api-signature.js'
import { requireTime } from './alibaba-caller.js'
import { secretFor } from './alibaba-secrets.js'
import { refusal } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const PROTOBUF = 'application/x-protobuf'
const SIGNATURE_HEADERS: Readonly<Record<string, string>> = {
  'x-kms-apiversion': 'dkms-gcs-0.2',
  'x-kms-signaturemethod': 'RSA_PKCS1_SHA_256',
}

/** A dedicated KMS instance: `GetSecretValue` by its own protocol, signed with a client key. */
export const alibabaDkms: Surface = {
  name: 'alibaba-dkms',
  matches: ({ headers }) => headers.has('x-kms-apiname'),
  async handle(request, state) {
    try {
      return await answer(request, state)
    } catch (error) {
      return answerError(error)
    }
  },
}

async function answer(request: ReceivedRequest, state: EmulatorState): Promise<Response> {
  const keyId = await verify(request, state)
  const apiName = request.headers.get('x-kms-apiname')
  const message = await decodeSecretRequest(request.body)
  if (apiName !== 'GetSecretValue' || message === undefined)
    throw refusal(400, 'InvalidParam', `Unknown API ${apiName}.`)
  const secret = secretFor(message.SecretName, message.VersionStage, `client-key/${keyId}`, state)
  return answerBytes(200, await encodeSecretResponse(secret))
}

async function verify({ method, headers, body }: ReceivedRequest, state: EmulatorState): Promise<string> {
  const keyId = headers.get('x-kms-acccesskeyid') ?? ''
  const spki = await clientKeyOf(keyId, state)
  if (spki === undefined) throw refusal(401, 'Unauthorized', 'The client key is unknown.')
  for (const [name, expected] of Object.entries(SIGNATURE_HEADERS)) {
    if (headers.get(name) !== expected) throw refusal(400, 'InvalidParam', `The header ${name} is invalid.`)
  }
  if (headers.get('content-sha256') !== (await contentSha256(body)))
    throw refusal(400, 'InvalidParam', 'The hash of the body is invalid.')
  requireTime(Date.parse(headers.get('date') ?? ''), [400, 'InvalidParam'], state)
  const string = stringToSign(Object.fromEntries(headers))
  const [scheme, signature = ''] = (headers.get('authorization') ?? '').split(' ')
  const isRight = method === 'POST' && scheme === 'Bearer' && (await verifyRsa(spki, string, signature))
  if (!isRight) throw refusal(400, 'InvalidParam', 'The Authorization of the request is invalid.')
  return keyId
}

async function answerError(error: unknown): Promise<Response> {
  const {
    status = 500,
    serviceCode = 'InternalFailure',
    message = '',
  } = error as {
    status?: number
    serviceCode?: string
    message?: string
  }
  // The instance's clock check names the header, and clients look for that.
  const ErrorMessage = message.startsWith('The time') ? `Date: ${message}` : message
  const RequestId = crypto.randomUUID()
  return answerBytes(
    status,
    await encodeDkmsError({ StatusCode: status, ErrorCode: serviceCode, ErrorMessage, RequestId }),
  )
}

function answerBytes(status: number, body: Uint8Array<ArrayBuffer>): Response {
  return new Response(body, { status, headers: { 'content-type': PROTOBUF } })
}
