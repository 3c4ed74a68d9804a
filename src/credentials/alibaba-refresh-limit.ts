const CAPACITY = 5
const ONE_MORE_EVERY_MS = 600_000

/**
 * How often a secret is fetched because its access key was refused: five times in a row, then once in ten minutes. A key
 * that is refused for another reason must not become a flood of calls to KMS.
 */
export class RefreshLimit {
  #tokens = CAPACITY
  #countedAt: number | undefined

  /** Whether a refresh may not start now. */
  isReached(now: number): boolean {
    return this.#tokens + this.#earned(now) === 0
  }

  /** Whether a refresh may start now; counts it if so. */
  take(now: number): boolean {
    const earned = this.#earned(now)
    if (this.#countedAt === undefined || earned > 0) this.#countedAt = now
    this.#tokens = Math.min(CAPACITY, this.#tokens + earned)
    if (this.#tokens === 0) return false
    this.#tokens -= 1
    return true
  }

  #earned(now: number): number {
    return Math.floor(Math.max(0, now - (this.#countedAt ?? now)) / ONE_MORE_EVERY_MS)
  }
}
