import { ConfigurationError } from '../errors.js'
import type { Clock, Expiring } from '../types.js'

/** A clock that differs by less is right: `Date` headers have whole seconds and arrive late. */
const NOTABLE_SKEW_MS = 2_000

/** The machine's clock, corrected by what services say the time is: lives are measured by the clock that ends them. */
export class LearnedClock {
  readonly #clock: Clock
  #offset = 0
  #lessons = 0

  constructor(clock: Clock) {
    this.#clock = clock
  }

  now(): number {
    return this.#clock() + this.#offset
  }

  /** How often it has learned something. */
  get lessons(): number {
    return this.#lessons
  }

  /** Takes a service's time, in epoch milliseconds, as the present. */
  learn(serverTime: number): void {
    this.#lessons += 1
    const offset = serverTime - this.#clock()
    if (Number.isFinite(offset)) this.#offset = Math.abs(offset) > NOTABLE_SKEW_MS ? offset : 0
  }

  /** Takes note that it cannot be earlier than this: nothing is issued in the future. */
  learnEarliest(issuedAt: number): void {
    if (issuedAt - this.now() > NOTABLE_SKEW_MS) this.learn(issuedAt)
  }

  /** Goes back to the machine's clock, unless what was issued shows that it is still slow; tells whether that changed it. */
  forget(issuedAt: number = Number.NEGATIVE_INFINITY): boolean {
    if (this.#offset === 0 || issuedAt - this.#clock() > NOTABLE_SKEW_MS) return false
    this.#offset = 0
    return true
  }
}

/**
 * Loads by the clock as far as it is known. Where that makes everything expired and no service has just told the time, the
 * machine's clock was set right since, as it is some time after the start, and what was learned before is forgotten.
 */
export async function byBestClock<C extends Expiring>(
  load: () => Promise<C>,
  clock: LearnedClock,
  previous: Expiring | undefined,
): Promise<C> {
  const { lessons } = clock
  try {
    const credentials = await load()
    const { expiresAt = Number.POSITIVE_INFINITY, issuedAt } = credentials
    if (clock.now() >= expiresAt && clock.lessons === lessons) clock.forget(issuedAt)
    return credentials
  } catch (error) {
    if (!isExpiry(error) || clock.lessons !== lessons || !clock.forget(previous?.issuedAt)) throw error
    return load()
  }
}

function isExpiry(error: unknown): boolean {
  return error instanceof ConfigurationError && (error.code === 'TOKEN_EXPIRED' || error.code === 'SESSION_EXPIRED')
}
