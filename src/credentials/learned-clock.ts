import type { Clock } from '../types.js'

/** A clock that differs by less is right: `Date` headers have whole seconds and arrive late. */
const NOTABLE_SKEW_MS = 2_000

/** The machine's clock, corrected by what services say the time is: lives are measured by the clock that ends them. */
export class LearnedClock {
  readonly #clock: Clock
  #offset = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock() + this.#offset
  }

  /** Takes a service's time, in epoch milliseconds, as the present. */
  learn(serverTime: number): void {
    const offset = serverTime - this.#clock()
    if (Number.isFinite(offset)) this.#offset = Math.abs(offset) > NOTABLE_SKEW_MS ? offset : 0
  }

  /** Takes note that it cannot be earlier than this: nothing is issued in the future. */
  learnEarliest(issuedAt: number): void {
    if (issuedAt - this.now() > NOTABLE_SKEW_MS) this.learn(issuedAt)
  }
}
