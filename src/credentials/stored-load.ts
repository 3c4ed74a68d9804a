import { type Expiring, systemClock } from '../types.js'
import type { CacheOptions, CredentialsStore, LoadContext, LoadCredentials } from './cache-options.js'
import { sameCredentials } from './identity.js'
import { lifetimeOf, refreshRule, type Stage, stageAt } from './lifetime.js'

/** The one who refreshes for everybody has this long until somebody else may try. */
const LEASE_MS = 15_000

/** Asks the store before it loads, and puts there what it loaded. A store that fails costs its benefit and no more. */
export function throughStore<C extends Expiring>(
  load: LoadCredentials<C>,
  options: CacheOptions<C>,
): LoadCredentials<C> {
  const { store } = options
  if (store === undefined) return load
  return async (context) => {
    const report = reporter(options)
    const stored = await store.get().catch(report('get'))
    if (stored !== undefined && (await isGoodEnough(stored, store, context, options))) return stored
    const credentials = await load(context)
    await store.set(credentials).catch(report('set'))
    return credentials
  }
}

/** Fresh ones are; ageing ones are while somebody else holds the lease on the refresh; refused ones never are. */
async function isGoodEnough<C extends Expiring>(
  stored: C,
  store: CredentialsStore<C>,
  { forced, previous, now }: LoadContext<C>,
  options: CacheOptions<C>,
): Promise<boolean> {
  if (previous !== undefined && sameCredentials(stored, previous) && forced) return false
  const stage = stageOf(stored, now(), options)
  if (stage === 'fresh') return true
  return stage === 'ageing' && store.lease !== undefined && !(await store.lease(LEASE_MS).catch(() => true))
}

function stageOf<C extends Expiring>(stored: C, now: number, options: CacheOptions<C>): Stage {
  const { lifetime: scheduled, random = Math.random } = options
  const obtainedAt = stored.issuedAt ?? now
  const lifetime = scheduled?.(stored, obtainedAt) ?? lifetimeOf(stored, obtainedAt, refreshRule(options), random)
  return stageAt(lifetime, now)
}

function reporter<C>({
  onEvent,
  clock = systemClock,
}: CacheOptions<C>): (action: 'get' | 'set') => (error: unknown) => undefined {
  return (action) => (error) => {
    try {
      onEvent?.({ type: 'store-failed', at: clock(), action, error })
    } catch {
      // An observer must not be able to stop the signing.
    }
    return undefined
  }
}
