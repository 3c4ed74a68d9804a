import { ConfigurationError, ServiceError } from '../errors.js'
import {
  type ManagedAccessKey,
  managedAccessKey,
  type SecretSource,
  type SecretValue,
} from '../federation/alibaba-secret.js'
import { isRecoverable } from '../http/alibaba-call.js'
import type { ManagedMessage } from './alibaba-managed-messages.js'
import type { AlibabaManagedOptions, ConfiguredSecrets, ManagedAlibabaCredentials } from './alibaba-managed-options.js'
import { FIVE_MINUTES, type ManagedIntervals, nextFetch, timeToLive } from './alibaba-managed-schedule.js'
import type { RefreshLimit } from './alibaba-refresh-limit.js'
import type { LoadContext } from './cache-options.js'
import { lifetimeOf, refreshRule } from './lifetime.js'

/** What one provider remembers beside the access key. */
export interface Keeping {
  readonly options: AlibabaManagedOptions
  readonly secrets: ConfiguredSecrets
  readonly limit: RefreshLimit
  readonly spread: number
  /** How many callers ask for a refresh that no limit applies to. */
  unlimited: number
}

export type Tell = (message: Pick<ManagedMessage, 'action' | 'alarm'> & { readonly error: unknown }) => void
type Context = LoadContext<ManagedAlibabaCredentials>

/**
 * Fetches the secret and reads its access key.
 *
 * @throws LimitReached when too many refreshes were forced; what `alibabaManaged` tells of.
 */
export async function load(context: Context, state: Keeping, tell: Tell): Promise<ManagedAlibabaCredentials> {
  const { options, spread } = state
  if (context.forced && state.unlimited === 0 && !state.limit.take(context.now())) throw new LimitReached()
  const secretName = await realName(options)
  const { secret, recovered } = await fetchOrRecover(secretName, context, state, tell)
  const intervals = { ...(await state.secrets.intervals?.()), ...intervalsOf(options) }
  const now = context.now()
  const { expiresAt: end, ...endless } = managedAccessKey(secret)
  // KMS gives no other: an end that has passed is no reason to go without, but one to ask again soon.
  const isOutdated = end !== undefined && end <= now
  const key: ManagedAccessKey = end === undefined || isOutdated ? endless : { ...endless, expiresAt: end }
  return {
    accessKeyId: key.accessKeyId,
    accessKeySecret: key.accessKeySecret,
    ...(key.expiresAt !== undefined && { expiresAt: key.expiresAt }),
    issuedAt: now,
    source: 'alibaba-managed',
    secretName,
    ...schedule(secret, key, now, { spread, isStopgap: recovered || isOutdated, intervals }),
  }
}

/** What the caller set goes before what the configuration says. */
function intervalsOf({ refreshIntervalMs, rotationDelayMs, ttlMs }: AlibabaManagedOptions): ManagedIntervals {
  return Object.fromEntries(
    Object.entries({ refreshIntervalMs, rotationDelayMs, ttlMs }).filter(([, value]) => value !== undefined),
  )
}

function schedule(
  secret: SecretValue,
  key: ManagedAccessKey,
  now: number,
  {
    spread,
    isStopgap,
    intervals,
  }: { readonly spread: number; readonly isStopgap: boolean; readonly intervals: ManagedIntervals },
): Pick<ManagedAlibabaCredentials, 'refreshFrom' | 'refreshBy'> {
  // An access key that tells its end is replaced before that, as every credential is.
  const end = lifetimeOf(key, now, refreshRule({}), () => 0.5)
  const refreshBy = Math.min(now + timeToLive(secret, key, spread, intervals), end.refreshBy)
  const soon = now + (intervals.rotationDelayMs ?? FIVE_MINUTES)
  const next = isStopgap ? soon : nextFetch(secret, key, now, spread, intervals)
  return { refreshFrom: Math.min(next, end.refreshFrom, refreshBy), refreshBy }
}

async function realName({ secretName, resolveName }: AlibabaManagedOptions): Promise<string> {
  const name = resolveName === undefined ? secretName : await resolveName(secretName)
  if (typeof name === 'string' && name.trim() !== '') return name.trim()
  throw new ConfigurationError('CONFIG_INVALID', `Expected the name of a secret for "${secretName}", found none.`)
}

async function fetchOrRecover(
  secretName: string,
  context: Context,
  { secrets, options }: Keeping,
  tell: Tell,
): Promise<{ readonly secret: SecretValue; readonly recovered: boolean }> {
  try {
    return { secret: await inTime(secrets, secretName, context, options), recovered: false }
  } catch (error) {
    if (context.signal.aborted || options.recover === undefined || !isRecoverable(error)) throw error
    tell({ action: 'recoveryGetSecret', alarm: true, error })
    const secret = await options.recover(secretName, error)
    if (secret === undefined) throw error
    return { secret, recovered: true }
  }
}

/** Who has an access key that may still do is not kept waiting as long as who has none. */
async function inTime(
  secrets: SecretSource,
  secretName: string,
  { signal, previous }: Context,
  { refreshTimeoutMs = 30_000 }: AlibabaManagedOptions,
): Promise<SecretValue> {
  if (previous === undefined) return secrets(secretName, { signal })
  const deadline = AbortSignal.timeout(refreshTimeoutMs)
  try {
    return await secrets(secretName, { signal: AbortSignal.any([signal, deadline]) })
  } catch (error) {
    if (signal.aborted || !deadline.aborted || error instanceof ServiceError) throw error
    const message = `Expected the secret "${secretName}" within ${refreshTimeoutMs / 1000} s, got no answer from KMS.`
    throw new ServiceError('TIMEOUT', message, { retryable: true })
  }
}

/** Too many refreshes were forced: the access key that is held is the answer. */
export class LimitReached extends ServiceError {
  constructor() {
    super(
      'SERVICE_ERROR',
      'Expected fewer refusals: KMS was asked five times in a row, and is now asked once in ten minutes.',
    )
  }
}
