import { runtime } from '#runtime'
import type { Expiring } from '../types.js'
import type { CachedProvider, CacheOptions, LoadCredentials } from './cache-options.js'
import { CredentialsCache } from './credentials-cache.js'
import { DISPOSE } from './disposal.js'

export type { CachedProvider, CacheOptions, CredentialsStore, LoadContext, LoadCredentials } from './cache-options.js'
export type { CredentialsEvent } from './events.js'

/**
 * Makes a provider of a function that obtains credentials: it loads when needed, shares one load among callers, renews
 * in the background after half of the life, and keeps the old credentials while a refresh fails and they are valid.
 *
 * Every provider of this library that obtains something is built with it; use it for your own. It holds no timer:
 * calls drive it.
 *
 * @throws ServiceError `TIMEOUT` when a load takes too long.
 * @throws ConfigurationError `TOKEN_EXPIRED` when what was loaded had expired already.
 * @throws UsageError `DISPOSED` after disposal, `OPTION_INVALID` for a setting out of range.
 * @example
 * ```ts
 * import { cached } from 'countersign/credentials/cached'
 * import { tokenCredentials } from 'countersign/federation/security-token'
 * import { importPrivateKey } from 'countersign/keys/import-private-key'
 *
 * const credentials = cached(async ({ signal }) => {
 *   const response = await fetch('https://vault.example/oci-session', { signal })
 *   const { token, privateKey } = await response.json()
 *   return tokenCredentials({ token, key: await importPrivateKey(privateKey), source: 'vault' })
 * })
 * ```
 */
export function cached<C extends Expiring>(load: LoadCredentials<C>, options: CacheOptions<C> = {}): CachedProvider<C> {
  const settings = { ...options, sharesPromises: options.sharesPromises ?? runtime.sharesPromises }
  const { store } = settings
  // Few have a store, and nobody else loads what it takes.
  const source: LoadCredentials<C> = store
    ? async (context) => (await import('./stored-load.js')).throughStore(load, store, settings)(context)
    : load
  const cache = new CredentialsCache(source, settings)
  const dispose = (): void => cache.dispose()
  return Object.assign(cache.provide.bind(cache), {
    current: () => cache.current(),
    invalidate: () => cache.invalidate(),
    dispose,
    [DISPOSE]: dispose,
  })
}
