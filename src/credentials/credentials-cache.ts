import { timerMs } from '../http/durations.js'
import { type Expiring, type ProvideOptions, systemClock } from '../types.js'
import { Attempts } from './attempts.js'
import { disposed, expiredOnArrival } from './cache-errors.js'
import type { CacheOptions, LoadCredentials } from './cache-options.js'
import { type Attempt, CacheReporter } from './cache-reporter.js'
import { sameCredentials } from './identity.js'
import { byBestClock, LearnedClock } from './learned-clock.js'
import { dueAtOnce, type Lifetime, lifetimeOf, type RefreshRule, refreshRule, stageAt } from './lifetime.js'
import { type SharedLoad, startSharedLoad } from './shared-load.js'

/** Credentials that were published as one value, and the life they have. */
interface Generation<C> {
  readonly number: number
  readonly credentials: C
  readonly lifetime: Lifetime
}

/** Where promises are not shared, one request refreshes, and for this long the others leave it to that one. */
const LEASE_MS = 10_000

/** The state behind `cached`: which credentials are held, and whether newer ones are on their way. */
export class CredentialsCache<C extends Expiring> {
  readonly #load: LoadCredentials<C>
  readonly #options: CacheOptions<C>
  readonly #rule: RefreshRule
  readonly #loadTimeoutMs: number
  readonly #clock: LearnedClock
  readonly #reporter: CacheReporter
  readonly #attempts = new Attempts()
  #held: Generation<C> | undefined
  #underway: (Attempt & { readonly load: SharedLoad<C> }) | undefined
  #leaseUntil = 0
  #attemptCount = 0
  /** What an attempt up to this one gives was asked for before `invalidate`, and may be out of date. */
  #invalidated = 0
  #disposed = false

  constructor(load: LoadCredentials<C>, options: CacheOptions<C>) {
    this.#load = load
    this.#options = options
    this.#rule = refreshRule(options)
    this.#loadTimeoutMs = timerMs(options.loadTimeoutMs ?? 100_000, 'loadTimeoutMs')
    this.#clock = new LearnedClock(options.clock ?? systemClock)
    this.#reporter = new CacheReporter(options.onEvent, () => this.#clock.now())
  }

  async provide({ forceRefresh: refused, signal }: ProvideOptions<C> = {}): Promise<C> {
    signal?.throwIfAborted()
    if (this.#disposed) throw disposed()
    const held = this.#usable()
    if (refused !== undefined && (held === undefined || sameCredentials(held.credentials, refused))) {
      return this.#renew(refused, signal)
    }
    if (held === undefined) return this.#obtain(false, signal)
    const stage = stageAt(held.lifetime, this.#clock.now())
    if (stage === 'fresh' || (stage === 'ageing' && this.#refreshBehind())) return held.credentials
    return this.#refresh(held, signal)
  }

  current(): C | undefined {
    return this.#usable()?.credentials
  }

  /** Has the next call try for newer credentials first, as if those held were near their end. */
  invalidate(): void {
    this.#invalidated = this.#attemptCount
    if (this.#held) this.#held = { ...this.#held, lifetime: dueAtOnce(this.#held.lifetime) }
    // A load under way may have read what was there before: those who wait for it get it, nobody else joins.
    this.#underway = undefined
  }

  dispose(): void {
    this.#disposed = true
    this.#held = undefined
    this.#underway?.load.cancel(disposed())
    this.#underway = undefined
  }

  #usable(): Generation<C> | undefined {
    return this.#held && stageAt(this.#held.lifetime, this.#clock.now()) !== 'expired' ? this.#held : undefined
  }

  /** Sees to it that a refresh runs which nobody waits for; false when only this call's own waiting would make it run. */
  #refreshBehind(): boolean {
    const now = this.#clock.now()
    if (this.#attempts.pausing(now) || this.#joinable() !== undefined || now < this.#leaseUntil) return true
    const { sharesPromises, waitUntil } = this.#options
    if (sharesPromises === false && waitUntil === undefined) return false
    const settled = this.#start(false).keep()
    waitUntil?.(settled)
    return true
  }

  /** Newer credentials, or those that are held if there are none to be had. */
  async #refresh(held: Generation<C>, signal: AbortSignal | undefined): Promise<C> {
    if (this.#attempts.pausing(this.#clock.now())) return this.#serveStale(held, this.#attempts.error)
    try {
      return await this.#obtain(false, signal)
    } catch (error) {
      const usable = this.#usable()
      if (signal?.aborted || usable === undefined) throw error
      return this.#serveStale(usable, error)
    }
  }

  /** Other credentials than those that were refused. */
  async #renew(refused: C, signal: AbortSignal | undefined): Promise<C> {
    const underway = this.#joinable()
    if (underway !== undefined && !underway.forced) {
      const credentials = await underway.load.join(signal)
      if (!sameCredentials(credentials, refused)) return credentials
    }
    return this.#obtain(true, signal)
  }

  async #obtain(forced: boolean, signal: AbortSignal | undefined): Promise<C> {
    const load = this.#joinable()?.load
    if (load !== undefined) return load.join(signal)
    if (this.#attempts.failedJustNow(this.#clock.now())) throw this.#attempts.error
    return this.#start(forced).join(signal)
  }

  #joinable(): (Attempt & { readonly load: SharedLoad<C> }) | undefined {
    return this.#underway?.load.ended ? undefined : this.#underway
  }

  #start(forced: boolean): SharedLoad<C> {
    const attempt = { number: ++this.#attemptCount, forced, startedAt: this.#clock.now() }
    const load = startSharedLoad<C>({
      load: (signal) => this.#run(attempt, signal),
      timeoutMs: this.#loadTimeoutMs,
      onLoaded: (credentials) => this.#publish(credentials, attempt),
      onFailed: (error) => this.#fail(error, attempt),
    })
    if (this.#options.sharesPromises === false) this.#leaseUntil = attempt.startedAt + LEASE_MS
    else this.#underway = { ...attempt, load }
    return load
  }

  async #run({ forced }: Attempt, signal: AbortSignal): Promise<C> {
    const previous = this.#held?.credentials
    const context = {
      signal,
      forced,
      ...(previous && { previous }),
      now: () => this.#clock.now(),
      learnServerTime: (serverTime: number) => this.#clock.learn(serverTime),
    }
    return byBestClock(() => this.#load(context), this.#clock, previous)
  }

  /** Puts new credentials in the place of the old ones, key and token in one step, unless newer ones got there first. */
  #publish(credentials: C, attempt: Attempt): C {
    if (this.#disposed) throw disposed()
    if (credentials.issuedAt !== undefined) this.#clock.learnEarliest(credentials.issuedAt)
    const now = this.#clock.now()
    const { lifetime: scheduled, random = Math.random } = this.#options
    const lifetime = scheduled?.(credentials, now) ?? lifetimeOf(credentials, now, this.#rule, random)
    if (now >= lifetime.expiresAt) throw expiredOnArrival(lifetime.expiresAt, now)
    this.#settle(attempt)
    this.#attempts.succeeded(now, stageAt(lifetime, now) === 'fresh')
    const held = this.#usable()
    if (held !== undefined && held.number > attempt.number) return held.credentials
    const kept = credentials.expiresAt !== undefined || this.#options.undated === 'keep'
    this.#held = kept ? this.#generation(Object.freeze(credentials), lifetime, attempt) : undefined
    this.#reporter.refreshed(attempt, credentials)
    return credentials
  }

  #generation(credentials: C, lifetime: Lifetime, { number }: Attempt): Generation<C> {
    return { number, credentials, lifetime: number <= this.#invalidated ? dueAtOnce(lifetime) : lifetime }
  }

  #fail(error: unknown, attempt: Attempt): void {
    this.#settle(attempt)
    this.#attempts.failed(error, this.#clock.now())
    this.#reporter.failed(attempt, error, this.#usable()?.credentials.expiresAt)
  }

  #settle({ number }: Attempt): void {
    this.#leaseUntil = 0
    if (this.#underway?.number === number) this.#underway = undefined
  }

  #serveStale({ credentials, lifetime }: Generation<C>, error: unknown): C {
    this.#reporter.served(lifetime, error)
    return credentials
  }
}
