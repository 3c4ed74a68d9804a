import type { OciCredentials } from '../types.js'
import type { CredentialsStore } from './cache-options.js'

interface Stored {
  readonly store?: CredentialsStore<OciCredentials> | undefined
}

/**
 * Settings for one of several providers that could be the one in use. What another of them has left in the store, where
 * this code runs somewhere else, is nobody to sign as: only credentials of this `source` and its versions are found there.
 */
export function withOwnStore<S extends Stored>(settings: S, source: string): S {
  const { store } = settings
  if (store === undefined) return settings
  const isOwn = (found: string): boolean => found === source || found.startsWith(`${source}-`)
  const own: CredentialsStore<OciCredentials> = {
    get: async () => {
      const stored = await store.get()
      return isOwn(stored?.source ?? '') ? stored : undefined
    },
    set: (credentials) => store.set(credentials),
    lease: async (ms) => (await store.lease?.(ms)) ?? true,
  }
  return { ...settings, store: own }
}
