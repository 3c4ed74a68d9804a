import type { Clock } from '../types.js'

/** When to try again, and how long to wait before. */
export interface RetryPolicy {
  /** How many times to try in all. */
  readonly attempts: number
  /** No further attempt begins this many milliseconds after the first one. */
  readonly totalMs: number
  /** The first wait and the range of its jitter, in milliseconds; each further wait is twice as long. */
  readonly baseMs: number
  /** No wait is longer than this many milliseconds, unless the service asks for up to 60 seconds in `Retry-After`. */
  readonly maxMs: number
  /** Whether an answer may turn out better next time. `status` is undefined when there was no answer. */
  readonly retryOn: (status: number | undefined, code: string | undefined) => boolean
}

/** The policies in use. `DEFAULT` is for services, `FEDERATION` for tokens, `METADATA` for what an instance tells of itself. */
export const RETRY: Readonly<Record<'DEFAULT' | 'FEDERATION' | 'METADATA', RetryPolicy>> = {
  DEFAULT: {
    attempts: 8,
    totalMs: 600_000,
    baseMs: 1000,
    maxMs: 30_000,
    retryOn: (status, code) =>
      noAnswer(status) || status === 429 || (status === 409 && isPassingConflict(code)) || isServerFault(status),
  },
  FEDERATION: {
    attempts: 3,
    totalMs: 100_000,
    baseMs: 1000,
    maxMs: 30_000,
    retryOn: (status) => noAnswer(status) || isServerFault(status),
  },
  METADATA: {
    attempts: 8,
    totalMs: 180_000,
    baseMs: 1000,
    maxMs: 30_000,
    // An instance that has just started answers 404 for a while.
    retryOn: (status) => noAnswer(status) || status === 404 || status === 429 || isServerFault(status),
  },
}

const noAnswer = (status: number | undefined): status is undefined => status === undefined
const isPassingConflict = (code: string | undefined): boolean => code === 'IncorrectState' || code === 'LockConflict'
const isServerFault = (status: number): boolean => status === 500 || (status >= 502 && status <= 504)

const LONGEST_RETRY_AFTER = 60_000

/** Milliseconds to wait after the given attempt (counted from 1): what `Retry-After` asks for, or else exponential. */
export function retryWait(
  policy: RetryPolicy,
  attempt: number,
  response: Response | undefined,
  options: { clock: Clock; random: () => number },
): number {
  const asked = retryAfter(response?.headers.get('retry-after'), options.clock)
  if (asked !== undefined) return Math.min(asked, LONGEST_RETRY_AFTER)
  return Math.min(policy.baseMs * (2 ** (attempt - 1) + options.random()), policy.maxMs)
}

function retryAfter(value: string | null | undefined, clock: Clock): number | undefined {
  if (!value) return undefined
  if (/^\d+$/.test(value)) return Number(value) * 1000
  // A date that is over may mean that one of the clocks is off: that is no reason to ask again and again without a pause.
  const wait = Date.parse(value) - clock()
  return wait > 0 ? wait : undefined
}

/** Resolves after some milliseconds, or rejects with the signal's reason as soon as it is aborted. */
export type Sleep = (ms: number, signal?: AbortSignal | null) => Promise<void>

/** Waits by the machine's timer. */
export const sleep: Sleep = (ms, signal) =>
  new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer)
      reject(signal?.reason)
    }
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop)
      resolve()
    }, ms)
    if (signal?.aborted) stop()
    signal?.addEventListener('abort', stop, { once: true })
  })
