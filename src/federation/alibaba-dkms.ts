import { readStream } from '../encoding/streams.js'
import { ServiceError, UsageError } from '../errors.js'
import { type AlibabaCallOptions, alibabaCall } from '../http/alibaba-call.js'
import { endpointUrl } from '../http/alibaba-endpoint.js'
import type { RetryPolicy } from '../http/retry.js'
import type { AlibabaClientKey } from '../keys/alibaba-client-key.js'
import { signDkms } from '../signers/alibaba-dkms.js'
import type { Clock } from '../types.js'
import { decodeDkmsError, decodeSecretResponse, encodeSecretRequest } from './alibaba-dkms-messages.js'
import { CURRENT_STAGE, type SecretSource, secretValue } from './alibaba-secret.js'

/** A dedicated KMS instance, and the client key that opens it. */
export interface DkmsOptions extends Omit<AlibabaCallOptions, 'retry' | 'signal'> {
  /** The instance's gateway: a host such as `kst-xxxx.cryptoservice.kms.aliyuncs.com`. */
  readonly endpoint: string
  readonly clientKey: AlibabaClientKey
}

const RETRY: RetryPolicy = {
  attempts: 3,
  totalMs: 60_000,
  baseMs: 1_000,
  maxMs: 1_000,
  retryOn: (status, code) => status === undefined || code === 'Rejected.Throttling',
}

/**
 * Fetches secrets from a dedicated KMS instance by its own protocol. The instance proves itself with a certificate of a
 * private authority: give a `fetch` that trusts it (`runtime.connect({ ca })`).
 *
 * @throws UsageError `URL_INVALID`, `UNSUPPORTED_RUNTIME` in browsers; ServiceError as `serviceCall` does.
 * @see https://github.com/aliyun/alibabacloud-dkms-gcs-python-sdk
 */
export function dkmsSecrets(options: DkmsOptions): SecretSource {
  const url = endpointUrl(options.endpoint)
  const fetch = readableErrors(options.fetch)
  return async (SecretName, { signal } = {}) => {
    const body = await encodeSecretRequest({ SecretName, VersionStage: CURRENT_STAGE, FetchExtendedConfig: true })
    const request = async (clock: Clock): Promise<Request> => {
      const signed = await signDkms({ url, apiName: 'GetSecretValue', body }, options.clientKey, { clock })
      return sendable(new Request(signed.url, { method: signed.method, headers: signed.headers, body }))
    }
    const response = await alibabaCall(request, { ...options, fetch, signal, retry: RETRY })
    const message = await decodeSecretResponse(new Uint8Array(await response.arrayBuffer()))
    if (message) return secretValue(message)
    throw new ServiceError(
      'SERVICE_RESPONSE_INVALID',
      'Expected a GetSecretValueResponse from the KMS instance, found other bytes.',
    )
  }
}

/** Browsers drop a header that the signature covers. */
function sendable(request: Request): Request {
  if (request.headers.has('date')) return request
  throw new UsageError(
    'UNSUPPORTED_RUNTIME',
    'Expected a runtime that lets a request have a "date" header, which the protocol of KMS instances signs; browsers do not. Use the Open API of the instance instead: kmsSecrets with its endpoint.',
  )
}

/** An error is a code and a sentence; what is longer is something else. */
const LONGEST_ERROR = 65_536

/** Turns the instance's protobuf errors into JSON, which the rest of the library reads. */
function readableErrors(send: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await send(input, init)
    if (response.status < 400) return response
    const { body } = response.clone()
    const error = await decodeDkmsError((await (body && readStream(body, LONGEST_ERROR))) ?? new Uint8Array())
    if (error === undefined) return response
    const { ErrorCode, ErrorMessage: Message, RequestId } = error
    const plain = { Code: gatewayCode(ErrorCode, Message), Message, RequestId }
    const date = response.headers.get('date')
    return Response.json(plain, { status: response.status, headers: date === null ? {} : { date } })
  }
}

/** The code that the shared gateway gives for the same failure. */
function gatewayCode(code: string, message: string): string {
  if (code === 'Unauthorized') return 'InvalidAccessKeyId.NotFound'
  if (code === 'InvalidParam' && /date/i.test(message)) return 'IllegalTimestamp'
  if (code === 'InvalidParam' && /authorization/i.test(message)) return 'IncompleteSignature'
  return code
}
