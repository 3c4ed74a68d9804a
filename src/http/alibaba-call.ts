import { ServiceError } from '../errors.js'
import { readAlibabaFailure } from './alibaba-failure.js'
import { type ServiceCallOptions, serviceCall } from './service-call.js'

/** What a call of the library's own to an Alibaba Cloud service needs. */
export type AlibabaCallOptions = ServiceCallOptions

/** Failures that pass: the same call may succeed later, or in another region. */
const RECOVERABLE_CODES: ReadonlySet<string> = new Set([
  'Rejected.Throttling',
  'ServiceUnavailableTemporary',
  'InternalFailure',
  'SDK.ReadTimeout',
  'SDK.ServerUnreachable',
  'SDK.HttpError',
  'SDK.TimeoutError',
])

/**
 * Makes one of the library's own calls to an Alibaba Cloud service, as `serviceCall` does. A message that repeats what the
 * server signed is cut off, because that holds the caller's security token.
 *
 * @throws ServiceError as `serviceCall` does.
 */
export function alibabaCall(request: () => Request | Promise<Request>, options: AlibabaCallOptions): Promise<Response> {
  const send: typeof fetch = async (input, init) => withPlainFailure(await options.fetch(input, init))
  return serviceCall(request, { ...options, fetch: send })
}

/** Whether a failure of such a call may pass: throttling, a temporary fault of the service, or no answer at all. */
export function isRecoverable(error: unknown): error is ServiceError {
  if (!(error instanceof ServiceError)) return false
  const { retryable, serviceCode = '' } = error
  return retryable || RECOVERABLE_CODES.has(serviceCode) || /^Throttling(?:\.|$)/.test(serviceCode)
}

/** An error answer with `Code`, `Message` and `RequestId` in JSON, whatever its own shape was. */
export async function withPlainFailure(response: Response): Promise<Response> {
  const failure = await readAlibabaFailure(response)
  if (failure === undefined || failure.code === '') return response
  const { status, code, message, requestId } = failure
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const name of ['date', 'retry-after']) copyHeader(response.headers, headers, name)
  if (requestId) headers.set('x-acs-request-id', requestId)
  return new Response(JSON.stringify({ Code: code, ...(message && { Message: withoutSigned(message) }) }), {
    status,
    headers,
  })
}

function copyHeader(from: Headers, to: Headers, name: string): void {
  const value = from.get(name)
  if (value !== null) to.set(name, value)
}

/** The sentences before the one that speaks of what was signed. */
function withoutSigned(message: string): string {
  const at = message.search(/string ?to ?sign|canonical ?request/i)
  if (at < 0) return message
  const before = message.slice(0, at)
  return before.slice(0, Math.max(before.lastIndexOf('.'), before.lastIndexOf(';')) + 1)
}
