import { ServiceError } from '../errors.js'
import { isRecoverable } from '../http/alibaba-call.js'
import { type Sleep, sleep as systemSleep } from '../http/retry.js'
import type { SecretSource, SecretValue } from './alibaba-secret.js'

/** How long to go on trying. */
export interface FailoverOptions {
  /** How often each region is tried again. Default: 2160. */
  readonly maxRetries?: number | undefined
  /** The end of all tries, in milliseconds. Default: 600 000. */
  readonly totalMs?: number | undefined
  readonly sleep?: Sleep | undefined
  readonly random?: (() => number) | undefined
}

const FIRST_WAIT_MS = 2_000
const LONGEST_WAIT_MS = 10_000

/**
 * Asks the first source; when its failure may pass, asks all of them, each again and again with growing waits, until one
 * of them gives the secret. A failure that will not pass ends the tries of its source alone.
 *
 * @throws ServiceError that the first source gave last, when none gave the secret in time.
 */
export function secretFailover(sources: readonly SecretSource[], options: FailoverOptions = {}): SecretSource {
  return async (secretName, { signal } = {}) => {
    const [first] = sources
    if (first === undefined)
      throw new ServiceError('SERVICE_UNREACHABLE', 'Expected at least one region of KMS, found none.')
    try {
      return await first(secretName, signal && { signal })
    } catch (error) {
      signal?.throwIfAborted()
      if (!isRecoverable(error) || options.maxRetries === 0) throw error
      return race(sources, secretName, { ...options, signal, error })
    }
  }
}

/** The wait before the retry of this number, counted from 0, in milliseconds. */
export function failoverWait(retry: number, random: () => number): number {
  const longest = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** retry)
  return longest * (0.5 + random() / 2)
}

interface Race extends FailoverOptions {
  readonly signal: AbortSignal | undefined
  /** Why the first source failed: what the caller learns if nothing helps. */
  readonly error: ServiceError
}

async function race(sources: readonly SecretSource[], secretName: string, options: Race): Promise<SecretValue> {
  const finished = new AbortController()
  const deadline = AbortSignal.timeout(options.totalMs ?? 600_000)
  const signal = AbortSignal.any([finished.signal, deadline, ...(options.signal ? [options.signal] : [])])
  try {
    return await Promise.any(sources.map((source) => persist(source, secretName, { ...options, signal })))
  } catch (error) {
    options.signal?.throwIfAborted()
    // The reasons are in the order of the sources; a wait that was cut short is none to tell of.
    const [last] = error instanceof AggregateError ? (error.errors as readonly unknown[]) : []
    throw last instanceof ServiceError ? last : options.error
  } finally {
    finished.abort()
  }
}

async function persist(
  source: SecretSource,
  secretName: string,
  options: Race & { readonly signal: AbortSignal },
): Promise<SecretValue> {
  const { maxRetries = 2160, sleep = systemSleep, random = Math.random, signal } = options
  for (let retry = 0; ; retry++) {
    await sleep(failoverWait(retry, random), signal)
    signal.throwIfAborted()
    try {
      return await source(secretName, { signal })
    } catch (error) {
      if (signal.aborted || !isRecoverable(error) || retry + 1 >= maxRetries) throw error
    }
  }
}
