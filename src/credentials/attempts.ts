/** A failure is answered from memory for this long, so that a burst of calls does not become a burst of loads. */
const PAUSE_MS = 1_000
/** While there are credentials to go on with, the pauses between failing loads double up to this. */
const LONGEST_PAUSE_MS = 30_000

/** What became of the last loads, and when the next one may start. */
export class Attempts {
  #failedAt = Number.NEGATIVE_INFINITY
  #failures = 0
  #pauseUntil = Number.NEGATIVE_INFINITY
  /** Why the last load failed; `undefined` when it did not. */
  error: unknown

  failed(error: unknown, now: number): void {
    this.error = error
    this.#failures += 1
    this.#failedAt = now
    this.#pauseUntil = now + Math.min(PAUSE_MS * 2 ** (this.#failures - 1), LONGEST_PAUSE_MS)
  }

  /** `worthwhile`: whether what was loaded has a life worth keeping; if not, the next load waits a moment. */
  succeeded(now: number, worthwhile: boolean): void {
    this.error = undefined
    this.#failures = 0
    this.#pauseUntil = worthwhile ? now : now + PAUSE_MS
  }

  /** Whether a refresh of credentials that can still be used should wait. */
  pausing(now: number): boolean {
    return now < this.#pauseUntil && now >= this.#failedAt
  }

  /** Whether the last failure is recent enough to be the answer of a call that cannot do without a load. */
  failedJustNow(now: number): boolean {
    return this.#failures > 0 && now >= this.#failedAt && now < this.#failedAt + PAUSE_MS
  }
}
