import { type Clock, systemClock } from '../types.js'
import type { ManagedAlibabaCredentials } from './alibaba-managed-options.js'
import type { CredentialsStore } from './cache-options.js'

/** A rotated access key works for about two days more: nothing older is of use. */
const SHELF_LIFE_MS = 172_800_000

/** Stores keep what has an end; a managed access key mostly tells none, so it gets one for as long as it is stored. */
export function shelved(
  store: CredentialsStore<ManagedAlibabaCredentials>,
  clock: Clock = systemClock,
): CredentialsStore<ManagedAlibabaCredentials> {
  const lease = store.lease?.bind(store)
  return {
    ...(lease && { lease }),
    async get() {
      const stored = await store.get()
      if (stored === undefined) return undefined
      const { expiresAt = 0, endsAt, ...credentials } = stored as ManagedAlibabaCredentials & Shelved
      if (expiresAt <= clock()) return undefined
      return endsAt === undefined ? credentials : { ...credentials, expiresAt: endsAt }
    },
    async set(credentials) {
      const { expiresAt: endsAt } = credentials
      const expiresAt = Math.min(clock() + SHELF_LIFE_MS, endsAt ?? Number.POSITIVE_INFINITY)
      const kept: ManagedAlibabaCredentials & Shelved = {
        ...credentials,
        expiresAt,
        ...(endsAt !== undefined && { endsAt }),
      }
      await store.set(kept)
    },
  }
}

interface Shelved {
  /** The end of the access key itself. */
  readonly endsAt?: number
}
