import type { KyInstance, Options } from 'ky'
import { CountersignError, ServiceError } from '../errors.js'
import type { Clock } from '../types.js'
import { timerMs } from './durations.js'
import { endpointOf, redactText, redactUrl } from './redact.js'
import { RETRY, type RetryPolicy, retryWait, type Sleep, sleep } from './retry.js'
import { recordedFetch, type ServiceCallAttempt } from './service-attempt.js'
import { failureDetails, requestIdOf } from './service-failure.js'
import { assertSafeUrl } from './service-url.js'

export type { ServiceCallAttempt } from './service-attempt.js'

export interface ServiceCallOptions {
  readonly fetch: typeof fetch
  /** Default: `RETRY.DEFAULT`. `false`: one attempt. */
  readonly retry?: RetryPolicy | false | undefined
  /** The longest that one attempt may take, body included, in milliseconds. Default: 30 000. */
  readonly timeoutMs?: number | undefined
  readonly signal?: AbortSignal | undefined
  /** Sees every attempt, once it has ended. */
  readonly onRequest?: ((attempt: ServiceCallAttempt) => void) | undefined
  /** Answers that are longer are refused. Default: 1 MiB. */
  readonly maxResponseBytes?: number | undefined
  /** WARNING: sends credentials in the clear. Allows `http:` to hosts that are neither loopback nor a metadata service. */
  readonly allowInsecureHttp?: boolean | undefined
  readonly clock?: Clock | undefined
  readonly random?: (() => number) | undefined
  readonly sleep?: Sleep | undefined
}

const ONCE: RetryPolicy = { ...RETRY.DEFAULT, attempts: 1 }
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete', 'options']

/**
 * Makes one of the library's own calls: to a token service, a metadata service, an identity domain. What comes back is a
 * success whose body has arrived. Each attempt builds, and so signs, the request anew. Redirects are not followed.
 *
 * @throws ServiceError `SERVICE_ERROR`, `SERVICE_UNREACHABLE`, `SERVICE_RESPONSE_INVALID`, `TIMEOUT`, `REDIRECT_REFUSED`
 * @throws UsageError `URL_INVALID` for `http:` to a host that is neither loopback nor a metadata service, `OPTION_INVALID`
 * for a duration that is not above 0.
 * @example
 * ```ts
 * import { RETRY } from 'countersign/http/retry'
 * import { serviceCall } from 'countersign/http/service-call'
 *
 * const headers = { authorization: 'Bearer Oracle' }
 * const region = () => new Request('http://169.254.169.254/opc/v2/instance/region', { headers })
 * const response = await serviceCall(region, { fetch, retry: RETRY.METADATA, timeoutMs: 2000 })
 * ```
 */
export async function serviceCall(
  request: Request | (() => Request | Promise<Request>),
  options: ServiceCallOptions,
): Promise<Response> {
  const ky = await import('ky')
  const { retry = RETRY.DEFAULT, clock = Date.now, maxResponseBytes = 2 ** 20, timeoutMs = 30_000, signal } = options
  const policy = retry || ONCE
  const timers = { timeout: timerMs(timeoutMs, 'timeoutMs'), totalTimeout: timerMs(policy.totalMs, 'totalMs') }
  signal?.throwIfAborted()
  const recorded = recordedFetch({ fetch: options.fetch, onRequest: options.onRequest, clock, maxResponseBytes })
  const build = async (): Promise<Request> => {
    const built = typeof request === 'function' ? await request() : request.clone()
    assertSafeUrl(built.url, options)
    return built
  }
  const first = await build()
  try {
    return await ky.default(first, {
      fetch: (sent) => recorded(sent as Request),
      redirect: 'manual',
      ...timers,
      ...(signal && { signal }),
      retry: {
        limit: policy.attempts - 1,
        methods: METHODS,
        delay: () => 0,
        shouldRetry: ({ error }) => mayPass(error, policy, ky),
      },
      hooks: { beforeRetry: [waiting(build, policy, { ...options, clock }, ky)] },
    })
  } catch (error) {
    if (signal?.aborted) throw signal.reason
    throw failure(error, { endpoint: redactUrl(first.url), attempts: recorded.attempts() }, ky)
  }
}

type Ky = { readonly default: KyInstance } & Pick<typeof import('ky'), 'isHTTPError' | 'isTimeoutError'>

function mayPass(error: unknown, policy: RetryPolicy, ky: Ky): boolean {
  if (ky.isHTTPError(error)) return policy.retryOn(error.response.status, failureDetails(error.data).code)
  const unanswered = ky.isTimeoutError(error) || (error instanceof ServiceError && error.code === 'SERVICE_UNREACHABLE')
  return unanswered && policy.retryOn(undefined, undefined)
}

type BeforeRetry = NonNullable<NonNullable<Options['hooks']>['beforeRetry']>[number]

/** Waits here rather than in ky, so that tests can replace the timer, and hands ky the request built anew. */
function waiting(
  build: () => Promise<Request>,
  policy: RetryPolicy,
  options: ServiceCallOptions & { clock: Clock },
  ky: Ky,
): BeforeRetry {
  const { clock, random = Math.random, sleep: pause = sleep, signal } = options
  // Not by the clock, which may be set right in between.
  const startedAt = performance.now()
  return async ({ error, retryCount, options: { signal: ofAttempt } }) => {
    const answer = ky.isHTTPError(error) ? error.response : undefined
    const wait = retryWait(policy, retryCount, answer, { clock, random })
    // What was answered says more than that the time ran out while nothing was asked.
    if (performance.now() - startedAt + wait >= policy.totalMs) throw error
    await pause(wait, signal)
    return new Request(await build(), { redirect: 'manual', signal: ofAttempt ?? null })
  }
}

interface Known {
  readonly endpoint: string
  readonly attempts: number
}

function failure(error: unknown, known: Known, ky: Ky): unknown {
  if (ky.isHTTPError(error)) return refusal(error.response, error.data, known)
  if (ky.isTimeoutError(error))
    return new ServiceError(
      'TIMEOUT',
      `Expected an answer from ${known.endpoint} in time, found none after ${times(known)}.`,
      { ...known, retryable: true },
    )
  if (!(error instanceof ServiceError) || error.code !== 'SERVICE_UNREACHABLE') return error
  return new ServiceError(error.code, error.message, { ...known, cause: error.cause, retryable: true })
}

// Neither ky's error nor the request becomes the cause: they hold the Authorization header.
function refusal({ status, headers, type }: Response, body: unknown, known: Known): ServiceError {
  const { code: serviceCode, message } = failureDetails(body)
  const requestId = requestIdOf(headers)
  const details = { ...known, status, ...(serviceCode && { serviceCode }), ...(requestId && { requestId }) }
  if (type === 'opaqueredirect' || (status >= 300 && status < 400)) {
    return new ServiceError(
      'REDIRECT_REFUSED',
      `Expected an answer from ${known.endpoint} itself, found a redirect, which would carry the credentials elsewhere; check the endpoint.`,
      details,
    )
  }
  const said = [status, serviceCode, message && `"${message}"`].filter(Boolean).join(' ')
  const retryable = status === 429 || status >= 500
  const advice = retryable ? 'try again later' : 'its status and code say what to change'
  const named = requestId ? `; request id ${requestId}` : ''
  const text = `Expected a success from ${known.endpoint}, found ${said} after ${times(known)}${named}; ${advice}.`
  return new ServiceError('SERVICE_ERROR', text, { ...details, retryable })
}

const times = ({ attempts }: Known): string => (attempts === 1 ? '1 attempt' : `${attempts} attempts`)

/**
 * The JSON of an answer. The caller checks what it holds.
 *
 * @throws ServiceError `SERVICE_RESPONSE_INVALID`, without the text, which may hold a token.
 */
export async function readJson(response: Response, what: string): Promise<unknown> {
  try {
    return await response.json()
  } catch (error) {
    if (error instanceof CountersignError) throw error
    const { status, headers } = response
    const requestId = requestIdOf(headers)
    const found = redactText(headers.get('content-type') ?? 'another type', 80)
    const endpoint = endpointOf(response)
    throw new ServiceError(
      'SERVICE_RESPONSE_INVALID',
      `Expected JSON for ${what} from ${endpoint ?? 'the service'}, found ${found}.`,
      { status, endpoint, requestId },
    )
  }
}
