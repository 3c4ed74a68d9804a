import { tagOf, text } from '../encoding/bytes.js'
import { readStream } from '../encoding/streams.js'
import { CountersignError, ServiceError } from '../errors.js'
import { redactHeaders, redactUrl } from './redact.js'
import { RETRY, retryWait, sleep } from './retry.js'
import { failureDetails, requestIdOf } from './service-failure.js'
import type { AttemptOutcome, SignedAttempt, SignedFetchCall, SignedFetchOptions } from './signed-fetch-call.js'

/** What comes after an attempt. */
type Step<C> =
  | { readonly next: 'none' }
  | { readonly next: Exclude<SignedAttempt['next'], 'none'>; readonly credentials: C; readonly waitMs?: number }

const LAST = { next: 'none' } as const

/**
 * Decides what follows an attempt, does what must be done first (wait, correct the clock, refresh the credentials), and
 * gives the credentials for the next attempt, or `undefined` when this was the last.
 *
 * @throws ServiceError `REDIRECT_REFUSED`
 */
export async function recover<C, O>(
  call: SignedFetchCall,
  outcome: AttemptOutcome<C>,
  options: SignedFetchOptions<C, O>,
): Promise<C | undefined> {
  const step = await stepAfter(call, outcome, options)
  options.onAttempt?.(report(call, outcome, step.next))
  if (outcome.response?.type === 'opaqueredirect') throw redirectRefused(call)
  if (step.next === 'none') return undefined
  // Not awaited: nothing depends on it, and a copy of the body that was read may hold it up.
  outcome.response?.body?.cancel().catch(() => undefined)
  if (step.waitMs) await (options.sleep ?? sleep)(step.waitMs, call.request.init.signal)
  return step.credentials
}

async function stepAfter<C, O>(
  call: SignedFetchCall,
  outcome: AttemptOutcome<C>,
  options: SignedFetchOptions<C, O>,
): Promise<Step<C>> {
  const step =
    outcome.response?.status === 401
      ? await afterRefusal(call, outcome, options)
      : await afterFailure(call, outcome, options)
  return tagOf(call.request.body) === 'ReadableStream' ? LAST : step
}

async function afterRefusal<C, O>(
  call: SignedFetchCall,
  outcome: AttemptOutcome<C>,
  options: SignedFetchOptions<C, O>,
): Promise<Step<C>> {
  if (correctsClock(call, outcome)) return { next: 'correct-clock', credentials: outcome.credentials }
  const credentials = await refreshed(call, outcome, options)
  return credentials === undefined ? LAST : { next: 'refresh', credentials }
}

const MUCH_SKEW = 60_000

/** Learns from the answer how far the server's clock is from ours; true when signing again with its time can help. */
function correctsClock<C>(call: SignedFetchCall, { response, offset, sentAt, endedAt }: AttemptOutcome<C>): boolean {
  const date = Date.parse(response?.headers.get('date') ?? '')
  // An answer with an age comes from a cache, and its date with it.
  if (call.clockCorrected || Number.isNaN(date) || response?.headers.has('age')) return false
  const learned = date - (sentAt + endedAt) / 2
  if (Math.abs(learned - offset) <= MUCH_SKEW) return false
  call.clockOffsets.set(new URL(call.request.url).origin, learned)
  call.clockCorrected = true
  return true
}

/** Newer credentials than those that were refused. When there are none, the service's 401 says more than our failure. */
async function refreshed<C, O>(
  call: SignedFetchCall,
  outcome: AttemptOutcome<C>,
  options: SignedFetchOptions<C, O>,
): Promise<C | undefined> {
  if (call.refreshed) return undefined
  call.refreshed = true
  const { signal } = call.request.init
  try {
    const fresh = await options.credentials({ forceRefresh: outcome.credentials, ...(signal && { signal }) })
    return fresh === outcome.credentials ? undefined : fresh
  } catch {
    signal?.throwIfAborted()
    return undefined
  }
}

const IDEMPOTENT = /^(GET|HEAD|PUT|DELETE|OPTIONS)$/i

async function afterFailure<C, O>(
  call: SignedFetchCall,
  outcome: AttemptOutcome<C>,
  options: SignedFetchOptions<C, O>,
): Promise<Step<C>> {
  const { retry: policy = RETRY.DEFAULT, clock = Date.now, random = Math.random } = options
  const { method, init } = call.request
  const { response, headers, credentials, error } = outcome
  if (error instanceof CountersignError || init.signal?.aborted) return LAST
  if (!policy || response?.ok || call.retries + 1 >= policy.attempts) return LAST
  if (!IDEMPOTENT.test(method) && !new Headers(headers).has('opc-retry-token')) return LAST
  if (!policy.retryOn(response?.status, await codeOf(response))) return LAST
  const waitMs = retryWait(policy, ++call.retries, response, { clock, random })
  return clock() + waitMs - call.startedAt > policy.totalMs ? LAST : { next: 'retry', credentials, waitMs }
}

// Only a conflict's code decides anything; other bodies are left for the caller.
async function codeOf(response: Response | undefined): Promise<string | undefined> {
  if (response?.status !== 409) return undefined
  const { body } = response.clone()
  const bytes = body && (await readStream(body, LONGEST_CONFLICT).catch(() => undefined))
  return bytes ? failureDetails(text(bytes)).code : undefined
}

/** In bytes. What is longer than this is no message that a service wrote. */
const LONGEST_CONFLICT = 65_536

function report<C>(
  { request, attempts }: SignedFetchCall,
  outcome: AttemptOutcome<C>,
  next: SignedAttempt['next'],
): SignedAttempt {
  const { response, error, sentAt, endedAt } = outcome
  const requestId = response && requestIdOf(response.headers)
  return {
    attempt: attempts,
    method: request.method,
    endpoint: redactUrl(request.url),
    headers: redactHeaders(new Headers(outcome.headers)),
    ...(response ? { status: response.status } : { error }),
    ...(requestId && { requestId }),
    durationMs: endedAt - sentAt,
    next,
  }
}

function redirectRefused({ request, attempts }: SignedFetchCall): ServiceError {
  const endpoint = redactUrl(request.url)
  const message = `Expected an answer from ${endpoint} itself, found a redirect, for which the signature is not good; check the endpoint.`
  return new ServiceError('REDIRECT_REFUSED', message, { endpoint, attempts })
}
