/// <reference lib="esnext.disposable" preserve="true" />

import type { Clock, CredentialsProvider } from '../types.js'
import type { CredentialsEvent } from './events.js'
import type { Lifetime } from './lifetime.js'

/** What a load is told. */
export interface LoadContext<C> {
  /** Aborted at the deadline, when every caller has left, and on disposal. */
  readonly signal: AbortSignal
  /** The credentials held, which stay in service should this load fail. */
  readonly previous?: C
  /** Whether `previous` was refused: the same credentials once more are of no use. */
  readonly forced: boolean
  /** The present by the service's clock, as far as it is known, in epoch milliseconds. */
  now(): number
  /** Tells the service's time in epoch milliseconds (its `Date` header), so that lives are measured by its clock. */
  learnServerTime(serverTime: number): void
}

/** Obtains new credentials: key and token together, as one value. */
export type LoadCredentials<C> = (context: LoadContext<C>) => Promise<C>

/** Keeps credentials where other isolates and processes find them. What it throws is reported and otherwise ignored. */
export interface CredentialsStore<C> {
  get(): Promise<C | undefined>
  set(credentials: C): Promise<void>
  /** Asks to be the one who refreshes for the next `ms` milliseconds. Without it everybody may. */
  lease?(ms: number): Promise<boolean>
}

export interface CacheOptions<C> {
  readonly clock?: Clock | undefined
  /** A number from 0 to 1, like `Math.random`: spreads background refreshes by ±5 %. */
  readonly random?: (() => number) | undefined
  /** The part of the life after which a background refresh starts. Default 0.5. */
  readonly refreshAt?: number | undefined
  /** Milliseconds of life below which newer credentials are tried for first. Default 60 000, or 20 % of a shorter life. */
  readonly minimumLifeMs?: number | undefined
  /** Lays out the life of credentials that have a schedule of their own, in place of the two rules above. */
  readonly lifetime?: ((credentials: C, obtainedAt: number) => Lifetime) | undefined
  /** Milliseconds after which a load fails with `TIMEOUT`. Default 100 000. A store is waited for a twentieth of it. */
  readonly loadTimeoutMs?: number | undefined
  /** What happens to credentials that do not say when they expire: given to the calls that wait for them, or kept. */
  readonly undated?: 'once' | 'keep' | undefined
  /** Sees refreshes and failures; what it throws is ignored. */
  readonly onEvent?: ((event: CredentialsEvent) => void) | undefined
  /** Keeps a background refresh alive after the response was sent, like that of `cloudflare:workers`. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined
  /** False where a promise belongs to the request that made it (Workers). Default: what the runtime says. */
  readonly sharesPromises?: boolean | undefined
  /** A store shared with other isolates and processes, asked before the load. */
  readonly store?: CredentialsStore<C> | undefined
}

/** A provider that keeps what it was given. */
export type CachedProvider<C> = CredentialsProvider<C> & {
  /** The credentials held, if they can still be used. Never loads. */
  current(): C | undefined
  /** Has the next call try for newer credentials first; those held are used if that fails. For a source that changed. */
  invalidate(): void
  /** Forgets the credentials and ends a load under way; later calls fail with `DISPOSED`. */
  dispose(): void
  /** The same as `dispose`, for `using`. */
  [Symbol.dispose](): void
}
