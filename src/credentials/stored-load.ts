import { type Expiring, systemClock } from '../types.js'
import type { CacheOptions, CredentialsStore, LoadContext, LoadCredentials } from './cache-options.js'
import { CacheReporter } from './cache-reporter.js'
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
  const attempt = reporting(options)
  return async (context) => {
    const stored = await attempt('get', () => store.get())
    const stage =
      stored === undefined || isRefused(stored, context) ? 'expired' : stageOf(stored, context.now(), options)
    if (stored !== undefined && (await isGoodEnough(stage, store))) return stored
    try {
      const credentials = await load(context)
      await attempt('set', () => store.set(credentials))
      return credentials
    } catch (error) {
      if (stored !== undefined && stage !== 'expired') return stored
      throw error
    }
  }
}

function isRefused<C extends Expiring>(stored: C, { forced, previous }: LoadContext<C>): boolean {
  return forced && previous !== undefined && sameCredentials(stored, previous)
}

/** Fresh ones are; ageing ones are while somebody else holds the lease on the refresh. */
async function isGoodEnough<C>(stage: Stage, store: CredentialsStore<C>): Promise<boolean> {
  if (stage !== 'ageing') return stage === 'fresh'
  return store.lease !== undefined && !(await store.lease(LEASE_MS).catch(() => true))
}

function stageOf<C extends Expiring>(stored: C, now: number, options: CacheOptions<C>): Stage {
  const { lifetime: scheduled, random = Math.random } = options
  const obtainedAt = stored.issuedAt ?? now
  const lifetime = scheduled?.(stored, obtainedAt) ?? lifetimeOf(stored, obtainedAt, refreshRule(options), random)
  return stageAt(lifetime, now)
}

type Try = <T>(action: 'get' | 'set', run: () => Promise<T>) => Promise<T | undefined>

function reporting<C>({ onEvent, clock = systemClock }: CacheOptions<C>): Try {
  const reporter = new CacheReporter(onEvent, clock)
  return async (action, run) => {
    try {
      return await run()
    } catch (error) {
      reporter.storeFailed(action, error)
      return undefined
    }
  }
}
