import { ServiceError } from '../errors.js'

/** One load that several callers may wait for. */
export interface SharedLoad<C> {
  /** Waits for the load. Aborting `signal` ends this wait alone; when the last waiting caller leaves, the load ends. */
  join(signal?: AbortSignal): Promise<C>
  /** Lets the load run to its end whether or not somebody waits. The promise never rejects. */
  keep(): Promise<void>
  /** Ends the load. */
  cancel(reason: unknown): void
  /** Whether it was ended, by its callers or by its deadline. */
  readonly ended: boolean
}

export interface SharedLoadOptions<C> {
  readonly load: (signal: AbortSignal) => Promise<C>
  readonly timeoutMs: number
  /** Sees the value first and decides what the callers get. Never called once the load was ended. */
  readonly onLoaded: (value: C) => C
  /** Sees every failure but that of a load whose callers all left. */
  readonly onFailed: (error: unknown) => void
}

/** Starts a load that ends at the deadline at the latest, even if it does not listen to its signal. */
export function startSharedLoad<C>(options: SharedLoadOptions<C>): SharedLoad<C> {
  const controller = new AbortController()
  const { signal } = controller
  const deadline = AbortSignal.timeout(options.timeoutMs)
  const onDeadline = (): void => controller.abort(timeoutError(options.timeoutMs))
  deadline.addEventListener('abort', onDeadline, { once: true })
  let waiting = 0
  let abandoned = false
  const cancel = (reason: unknown): void => {
    abandoned = true
    controller.abort(reason)
  }
  const loaded = abortable(options.load(signal), signal).then(options.onLoaded)
  const result = loaded
    .catch((error: unknown) => {
      if (!abandoned) options.onFailed(error)
      throw error
    })
    .finally(() => deadline.removeEventListener('abort', onDeadline))
  const settled = result.then(nothing, nothing)
  return {
    async join(caller) {
      waiting += 1
      try {
        return await abortable(result, caller)
      } finally {
        waiting -= 1
        if (waiting === 0 && caller?.aborted) cancel(caller.reason)
      }
    },
    keep() {
      waiting += 1
      return settled
    },
    cancel,
    get ended() {
      return signal.aborted
    },
  }
}

/** The promise's outcome, or the signal's reason if that comes first. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return promise
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason)
    if (signal.aborted) onAbort()
    signal.addEventListener('abort', onAbort, { once: true })
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort))
  })
}

function timeoutError(timeoutMs: number): ServiceError {
  const message = `Expected credentials within ${timeoutMs / 1000} s, none came; check the network or raise loadTimeoutMs.`
  return new ServiceError('TIMEOUT', message, { retryable: true })
}

function nothing(): void {}
