import { ServiceError } from '../errors.js'
import { type Clock, systemClock } from '../types.js'
import { isClockFailure, serverTimeOf } from './alibaba-clock.js'
import { readAlibabaFailure } from './alibaba-failure.js'
import { type ServiceCallOptions, serviceCall } from './service-call.js'

/** What a call of the library's own to an Alibaba Cloud service needs. */
export interface AlibabaCallOptions extends ServiceCallOptions {
  /** Told the service's time in epoch milliseconds, from its `Date` header. */
  readonly learnServerTime?: ((serverTime: number) => void) | undefined
}

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
 * Makes one of the library's own calls to an Alibaba Cloud service, as `serviceCall` does. The request is built with a
 * clock: when the service says that the time is off, it is made once more by the service's. A message that repeats what
 * the server signed is cut off, because that holds the caller's security token.
 *
 * @throws ServiceError as `serviceCall` does.
 */
export async function alibabaCall(
  request: (clock: Clock) => Request | Promise<Request>,
  options: AlibabaCallOptions,
): Promise<Response> {
  const { clock = systemClock } = options
  let skew = 0
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const response = await options.fetch(input, init)
    const serverTime = serverTimeOf(response)
    if (serverTime !== undefined) skew = serverTime - clock()
    return withPlainFailure(response)
  }
  const send = (now: Clock): Promise<Response> => serviceCall(() => request(now), { ...options, fetch })
  try {
    return await send(clock)
  } catch (error) {
    if (!(error instanceof ServiceError) || !isClockFailure({ code: error.serviceCode ?? '' })) throw error
    const offset = skew
    if (offset === 0) throw error
    return await send(() => clock() + offset)
  } finally {
    if (skew !== 0) options.learnServerTime?.(clock() + skew)
  }
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
  if (failure === undefined || (failure.code === '' && failure.message === undefined)) return response
  const { status, code, message, requestId } = failure
  const headers = new Headers({ 'content-type': 'application/json' })
  for (const name of ['date', 'retry-after']) copyHeader(response.headers, headers, name)
  if (requestId) headers.set('x-acs-request-id', requestId)
  const plain = { ...(code && { Code: code }), ...(message && { Message: withoutSigned(message) }) }
  return new Response(JSON.stringify(plain), { status, headers })
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
