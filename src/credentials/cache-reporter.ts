import type { Expiring } from '../types.js'
import type { CredentialsEvent } from './events.js'
import type { Lifetime } from './lifetime.js'

/** A load: which one it is, and how it began. */
export interface Attempt {
  readonly number: number
  readonly forced: boolean
  readonly startedAt: number
}

type Observer = ((event: CredentialsEvent) => void) | undefined

/** Tells an observer what becomes of credentials. What the observer throws stops nothing. */
export class CacheReporter {
  readonly #observer: Observer
  readonly #now: () => number

  constructor(observer: Observer, now: () => number) {
    this.#observer = observer
    this.#now = now
  }

  refreshed(attempt: Attempt, credentials: Expiring & { readonly source?: string }): void {
    const { issuedAt, expiresAt, source } = credentials
    this.#tell({
      type: 'refreshed',
      ...this.#timing(attempt),
      ...(issuedAt !== undefined && { issuedAt }),
      ...(expiresAt !== undefined && { expiresAt }),
      ...(source !== undefined && { source }),
    })
  }

  failed(attempt: Attempt, error: unknown, expiresAt: number | undefined): void {
    const held = expiresAt === undefined ? {} : { expiresAt }
    this.#tell({ type: 'refresh-failed', ...this.#timing(attempt), error, ...held })
  }

  /** Only credentials near their end are stale: to pass over a refresh before is nothing to tell. */
  served({ refreshBy, expiresAt }: Lifetime, error: unknown): void {
    const at = this.#now()
    if (at <= refreshBy || !Number.isFinite(expiresAt)) return
    this.#tell({ type: 'stale-served', at, expiresAt, remainingMs: expiresAt - at, error })
  }

  storeFailed(action: 'get' | 'set', error: unknown): void {
    this.#tell({ type: 'store-failed', at: this.#now(), action, error })
  }

  #timing({ forced, startedAt }: Attempt): { at: number; tookMs: number; forced: boolean } {
    const at = this.#now()
    return { at, tookMs: Math.max(0, at - startedAt), forced }
  }

  #tell(event: CredentialsEvent): void {
    try {
      this.#observer?.(event)
    } catch {
      // An observer must not be able to stop the signing.
    }
  }
}
