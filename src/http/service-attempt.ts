import { readStream } from '../encoding/streams.js'
import { CountersignError, ServiceError } from '../errors.js'
import type { Clock } from '../types.js'
import { redactUrl } from './redact.js'
import { requestIdOf } from './service-failure.js'

/** One attempt of a call, for a log. Holds no header, query or body. */
export interface ServiceCallAttempt {
  /** Counted from 1. */
  readonly attempt: number
  readonly method: string
  /** Origin and path. */
  readonly endpoint: string
  /** Undefined when there was no answer. */
  readonly status?: number
  readonly requestId?: string
  readonly durationMs: number
}

export interface AttemptOptions {
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly maxResponseBytes: number
  readonly onRequest?: ((attempt: ServiceCallAttempt) => void) | undefined
}

/** A `fetch` whose answers have arrived whole, which counts and reports its attempts and names its failures. */
export interface RecordedFetch {
  (request: Request): Promise<Response>
  readonly attempts: () => number
}

/** Wraps a `fetch`; see `RecordedFetch`. */
export function recordedFetch(options: AttemptOptions): RecordedFetch {
  let attempts = 0
  const attempt = async (request: Request): Promise<Response> => {
    const report = reporter(request, ++attempts, options)
    let response: Response
    try {
      response = await whole(await options.fetch(request), options.maxResponseBytes)
    } catch (error) {
      report()
      throw request.signal.aborted || error instanceof CountersignError ? error : unreachable(request, error)
    }
    report(response)
    return response
  }
  return Object.assign(attempt, { attempts: () => attempts })
}

function reporter(
  { method, url }: Request,
  attempt: number,
  { clock, onRequest }: AttemptOptions,
): (response?: Response) => void {
  const started = clock()
  return (response) => {
    const requestId = response && requestIdOf(response.headers)
    const answer = response && { status: response.status, ...(requestId && { requestId }) }
    onRequest?.({ attempt, method, endpoint: redactUrl(url), durationMs: clock() - started, ...answer })
  }
}

function unreachable({ url }: Request, cause: unknown): ServiceError {
  const endpoint = redactUrl(url)
  const message = `Expected an answer from ${endpoint}, found no connection; check the address, the network and any proxy.`
  return new ServiceError('SERVICE_UNREACHABLE', message, { cause, endpoint, retryable: true })
}

// Read within the attempt, so that a connection that breaks off is tried again, and no answer fills the memory.
async function whole(response: Response, limit: number): Promise<Response> {
  if (!response.body) return response
  const body = await readStream(response.body, limit)
  if (!body) throw tooLong(response, limit)
  // A response that is made anew has no address, which messages about what is in it tell.
  return Object.defineProperty(new Response(body, response), 'url', { value: response.url })
}

function tooLong({ status, headers }: Response, limit: number): ServiceError {
  const requestId = requestIdOf(headers)
  const message = `Expected an answer of at most ${limit} bytes, found a longer one; is this the right endpoint?`
  return new ServiceError('SERVICE_RESPONSE_INVALID', message, { status, ...(requestId && { requestId }) })
}
