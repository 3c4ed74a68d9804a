/** New credentials took the place of the old ones. */
export interface RefreshedEvent {
  readonly type: 'refreshed'
  /** When it happened, in epoch milliseconds of the cache's clock. */
  readonly at: number
  /** How long the load took, in milliseconds. */
  readonly tookMs: number
  /** Whether a caller asked for it because the credentials held were refused. */
  readonly forced: boolean
  readonly issuedAt?: number
  readonly expiresAt?: number
  readonly source?: string
}

/** A load failed. Credentials that are still valid stay in service. */
export interface RefreshFailedEvent {
  readonly type: 'refresh-failed'
  readonly at: number
  readonly tookMs: number
  readonly forced: boolean
  readonly error: unknown
  /** Until when the credentials still held can be used; absent when there are none. */
  readonly expiresAt?: number
}

/** A caller was given credentials near their end, because newer ones could not be had. */
export interface StaleServedEvent {
  readonly type: 'stale-served'
  readonly at: number
  readonly expiresAt: number
  readonly remainingMs: number
  readonly error: unknown
}

/** The shared store could not be read or written. The call went on without it. */
export interface StoreFailedEvent {
  readonly type: 'store-failed'
  readonly at: number
  readonly action: 'get' | 'set'
  readonly error: unknown
}

/** What a cache of credentials tells about itself: times and errors, never a token or a key. */
export type CredentialsEvent = RefreshedEvent | RefreshFailedEvent | StaleServedEvent | StoreFailedEvent
