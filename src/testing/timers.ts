/** How the emulator waits. Tests hand in one that does not. */
export interface Timers {
  /** Resolves after so many milliseconds; rejects with the signal's reason when that comes first. */
  wait(ms: number, signal?: AbortSignal): Promise<void>
}

/** The timers of the machine. */
export const systemTimers: Timers = {
  wait: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted === true) return reject(signal.reason)
      const timer = setTimeout(done, ms)
      signal?.addEventListener('abort', abort, { once: true })
      function done(): void {
        signal?.removeEventListener('abort', abort)
        resolve()
      }
      function abort(): void {
        clearTimeout(timer)
        reject(signal?.reason)
      }
    }),
}
