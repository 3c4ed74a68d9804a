import { UsageError } from '../errors.js'
import { type AlibabaCredentials, type Clock, type ProvideOptions, systemClock } from '../types.js'
import { managedListeners } from './alibaba-managed-listeners.js'
import { type Keeping, LimitReached, load, type Tell } from './alibaba-managed-load.js'
import type {
  AlibabaManagedOptions,
  ManagedAlibabaCredentials,
  ManagedAlibabaProvider,
} from './alibaba-managed-options.js'
import { drawSpread } from './alibaba-managed-schedule.js'
import { managedSecrets } from './alibaba-managed-secrets.js'
import { shelved } from './alibaba-managed-store.js'
import { RefreshLimit } from './alibaba-refresh-limit.js'
import type { CachedProvider } from './cache-options.js'
import { cached } from './cached.js'
import { ASYNC_DISPOSE, DISPOSE } from './disposal.js'
import type { CredentialsEvent } from './events.js'

export type { ManagedMessage } from './alibaba-managed-messages.js'
export type {
  AlibabaManagedOptions,
  ManagedAlibabaCredentials,
  ManagedAlibabaProvider,
} from './alibaba-managed-options.js'

/**
 * Signs with the access key in a managed RAM credential: the application knows the secret's name and holds no key. KMS
 * rotates the key; it is fetched again on the secret's schedule, and at once when a service refuses it, for all callers
 * together. The last good key stays in service while KMS cannot be reached.
 *
 * @throws ConfigurationError `CONFIG_INVALID` when the secret is no managed RAM credential, `NOT_CONFIGURED` and other
 * codes for the configuration; ServiceError when KMS refuses or cannot be reached, and there is no key to go on with;
 * UsageError `OPTION_INVALID` at once for durations that no timer takes.
 * @example
 * ```ts
 * import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
 * import { createAlibabaFetch } from 'countersign/http/alibaba-fetch'
 * import { signAcs3 } from 'countersign/signers/alibaba-acs3'
 *
 * const credentials = alibabaManaged({
 *   secretName: 'my-ram-secret',
 *   configuration: { values: { credentials_type: 'ecs_ram_role', cache_client_region_id: [{ regionId: 'cn-hangzhou' }] } },
 * })
 * const fetch = createAlibabaFetch({ credentials, sign: signAcs3, signOptions: { version: '2014-05-26' } })
 * ```
 * @see https://www.alibabacloud.com/help/en/kms/key-management-service/user-guide/manage-and-use-ram-secrets
 */
export function alibabaManaged(options: AlibabaManagedOptions): ManagedAlibabaProvider {
  assertDurations(options)
  const { clock = systemClock, random = Math.random, store, onEvent, secretName } = options
  const state: Keeping = {
    options,
    secrets: options.secrets ?? managedSecrets(options),
    limit: new RefreshLimit(),
    unlimited: 0,
    spread: drawSpread(random),
  }
  const tell = messenger(options, () => cache.current())
  const cache = cached<ManagedAlibabaCredentials>((context) => load(context, state, tell), {
    clock,
    random,
    undated: 'keep',
    loadTimeoutMs: options.loadTimeoutMs ?? (options.totalMs ?? 600_000) + 10_000,
    sharesPromises: options.sharesPromises,
    waitUntil: options.waitUntil,
    store: store && shelved(store, clock),
    lifetime: ({ refreshFrom, refreshBy, expiresAt = Number.POSITIVE_INFINITY }) => ({
      refreshFrom,
      refreshBy,
      expiresAt,
    }),
    onEvent: (event) => {
      watch(event, tell, cache)
      if (event.type === 'refreshed') listeners.tell()
      onEvent?.(event)
    },
  })
  const provide = limited(cache, state, clock)
  const listeners = managedListeners({
    current: () => cache.current(),
    refresh: () => provide(),
    tell,
    clock,
    later: options.later,
  })
  const shutdown = async (): Promise<void> => {
    listeners.end()
    cache.dispose()
  }
  return Object.assign(provide, {
    secretName,
    current: cache.current,
    invalidate: cache.invalidate,
    subscribe: listeners.add,
    refreshNow: () => refreshNow(cache, state),
    shutdown,
    dispose: () => void shutdown(),
    [DISPOSE]: () => void shutdown(),
    [ASYNC_DISPOSE]: shutdown,
  })
}

/** Timers take no longer wait than this, and one of them adds some seconds. */
const LONGEST_TIMER_MS = 2_000_000_000
const TIMERS = ['loadTimeoutMs', 'refreshTimeoutMs', 'totalMs'] as const
const INTERVALS = ['refreshIntervalMs', 'rotationDelayMs', 'ttlMs'] as const

function assertDurations(options: AlibabaManagedOptions): void {
  for (const name of [...TIMERS, ...INTERVALS]) {
    const value = options[name]
    const longest = TIMERS.some((timer) => timer === name) ? LONGEST_TIMER_MS : Number.MAX_SAFE_INTEGER
    if (value === undefined || (value >= 0 && value <= longest)) continue
    throw new UsageError('OPTION_INVALID', `Expected ${name} to be 0 to ${longest} milliseconds, found ${value}.`)
  }
}

type Provide = (request?: ProvideOptions<AlibabaCredentials>) => Promise<ManagedAlibabaCredentials>

function limited(cache: CachedProvider<ManagedAlibabaCredentials>, { limit }: Keeping, clock: Clock): Provide {
  return async (request) => {
    const { forceRefresh: refused, signal } = request ?? {}
    const known = refused && limit.isReached(clock()) ? cache.current() : undefined
    // Not even tried: a load that fails would put off those that the limit is not for.
    if (known !== undefined && !signal?.aborted) return known
    try {
      // Which credentials were refused is known by their access key, whatever else they carry.
      return await cache(request as ProvideOptions<ManagedAlibabaCredentials> | undefined)
    } catch (error) {
      const held = error instanceof LimitReached ? cache.current() : undefined
      if (held === undefined) throw error
      return held
    }
  }
}

async function refreshNow(cache: CachedProvider<ManagedAlibabaCredentials>, state: Keeping): Promise<boolean> {
  const held = cache.current()
  state.unlimited += 1
  try {
    return (await cache(held && { forceRefresh: held })) !== held
  } catch {
    return false
  } finally {
    state.unlimited -= 1
  }
}

function messenger(
  { secretName, onMessage, clock = systemClock }: AlibabaManagedOptions,
  current: () => AlibabaCredentials | undefined,
): Tell {
  return ({ action, alarm, error }) => {
    const errorMessage = error instanceof Error ? error.message : 'an unknown error'
    const accessKeyId = current()?.accessKeyId ?? null
    try {
      onMessage?.({ action, secretName, accessKeyId, errorMessage, alarm, timestamp: clock() })
    } catch {
      // Whoever watches must not be able to stop the signing.
    }
  }
}

function watch(event: CredentialsEvent, tell: Tell, cache: CachedProvider<ManagedAlibabaCredentials>): void {
  if (event.type !== 'refresh-failed' || event.error instanceof LimitReached) return
  const held = cache.current()
  tell({ action: 'monitorAkStatus', alarm: held === undefined || event.at > held.refreshBy, error: event.error })
}
