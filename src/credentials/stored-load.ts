import { ServiceError } from '../errors.js'
import { timerMs } from '../http/durations.js'
import { type Expiring, systemClock } from '../types.js'
import type { CacheOptions, CredentialsStore, LoadContext, LoadCredentials } from './cache-options.js'
import { CacheReporter } from './cache-reporter.js'
import { sameCredentials } from './identity.js'
import { lifetimeOf, refreshRule, type Stage, stageAt } from './lifetime.js'
import { abortable } from './shared-load.js'

/** The one who refreshes for everybody has this long until somebody else may try. */
const LEASE_MS = 15_000
/** A store that is silent for this part of the time that a load has is as good as down. */
const PATIENCE = 0.05

/** Asks the store before it loads, and puts there what it loaded. A store that fails costs its benefit and no more. */
export function throughStore<C extends Expiring>(
  load: LoadCredentials<C>,
  store: CredentialsStore<C>,
  options: CacheOptions<C>,
): LoadCredentials<C> {
  const attempt = reporting(options)
  return async (context) => {
    const stored = await attempt('get', () => store.get())
    const stage = stored === undefined ? 'expired' : stageFor(stored, context, options)
    if (stored !== undefined && (await isGoodEnough(stage, store, options))) return stored
    try {
      const credentials = await load(context)
      await attempt('set', () => store.set(credentials))
      return credentials
    } catch (error) {
      // With what the caller holds itself it goes on by itself, and tells so.
      if (stored !== undefined && stage !== 'expired' && !isHeld(stored, context)) return stored
      throw error
    }
  }
}

/** What the caller holds already and wants replaced is not fresh, however young it is. */
function stageFor<C extends Expiring>(stored: C, context: LoadContext<C>, options: CacheOptions<C>): Stage {
  const stage = stageOf(stored, context.now(), options)
  if (!isHeld(stored, context)) return stage
  if (context.forced) return 'expired'
  return stage === 'fresh' ? 'ageing' : stage
}

function isHeld<C extends Expiring>(stored: C, { previous }: LoadContext<C>): boolean {
  return previous !== undefined && sameCredentials(stored, previous)
}

/** Fresh ones are; ageing ones are while somebody else holds the lease on the refresh. */
async function isGoodEnough<C>(stage: Stage, store: CredentialsStore<C>, options: CacheOptions<C>): Promise<boolean> {
  if (stage !== 'ageing') return stage === 'fresh'
  const lease = async (): Promise<boolean> => (await store.lease?.(LEASE_MS)) ?? true
  return !(await answered(lease, options).catch(() => true))
}

function stageOf<C extends Expiring>(stored: C, now: number, options: CacheOptions<C>): Stage {
  const { lifetime: scheduled, random = Math.random } = options
  const obtainedAt = stored.issuedAt ?? now
  const lifetime = scheduled?.(stored, obtainedAt) ?? lifetimeOf(stored, obtainedAt, refreshRule(options), random)
  return stageAt(lifetime, now)
}

type Try = <T>(action: 'get' | 'set', run: () => Promise<T>) => Promise<T | undefined>

function reporting<C>(options: CacheOptions<C>): Try {
  const { onEvent, clock = systemClock } = options
  const reporter = new CacheReporter(onEvent, clock)
  return async (action, run) => {
    try {
      return await answered(run, options)
    } catch (error) {
      reporter.storeFailed(action, error)
      return undefined
    }
  }
}

type Patience = Pick<CacheOptions<unknown>, 'loadTimeoutMs'>

async function answered<T>(run: () => Promise<T>, { loadTimeoutMs = 100_000 }: Patience): Promise<T> {
  const patience = timerMs(loadTimeoutMs * PATIENCE, 'loadTimeoutMs')
  const deadline = AbortSignal.timeout(patience)
  return abortable(run(), deadline).catch((error: unknown) => {
    throw deadline.aborted && error === deadline.reason ? silent(patience) : error
  })
}

function silent(patience: number): ServiceError {
  const message = `Expected an answer of the store within ${patience / 1000} s, none came; the load goes on without it.`
  return new ServiceError('TIMEOUT', message, { retryable: true })
}
