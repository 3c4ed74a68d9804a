import {
  isRamUserAccessKey,
  type ManagedAccessKey,
  millisecondsOfSeconds,
  type SecretValue,
  timeOf,
} from '../federation/alibaba-secret.js'

/** When a managed access key is fetched again. All values are milliseconds. */
export interface ManagedIntervals {
  /** How often, when no rotation is near. Default: 6 hours. */
  readonly refreshIntervalMs?: number | undefined
  /** How long after a rotation that was announced. Default: 5 minutes. */
  readonly rotationDelayMs?: number | undefined
  /** How long a secret without an interval of its own is kept. Default: 1 hour. */
  readonly ttlMs?: number | undefined
}

/** How soon after an announced rotation the new access key is fetched. */
export const FIVE_MINUTES = 300_000
const SIX_HOURS = 21_600_000
const ONE_HOUR = 3_600_000
/** Spreads the fetches of many processes. */
const LONGEST_SPREAD = 600_000

/** The delay of one provider against the others, drawn once. */
export const drawSpread = (random: () => number): number => Math.floor(random() * LONGEST_SPREAD)

/** How long a fetched access key is used without trying for a newer one first. */
export function timeToLive(
  secret: SecretValue,
  key: Pick<ManagedAccessKey, 'refreshIntervalMs'>,
  spread: number,
  intervals: ManagedIntervals = {},
): number {
  const { refreshIntervalMs = SIX_HOURS, ttlMs = ONE_HOUR } = intervals
  if (isRamUserAccessKey(secret)) return (millisecondsOfSeconds(secret.rotationInterval) ?? refreshIntervalMs) + spread
  return key.refreshIntervalMs === undefined ? ttlMs : key.refreshIntervalMs + spread
}

/** When it is fetched in the background: a moment after the next rotation, or after the usual interval. */
export function nextFetch(
  secret: SecretValue,
  key: Pick<ManagedAccessKey, 'rotatesAt'>,
  now: number,
  spread: number,
  intervals: ManagedIntervals = {},
): number {
  const { refreshIntervalMs = SIX_HOURS, rotationDelayMs = FIVE_MINUTES } = intervals
  const usual = now + refreshIntervalMs + spread
  const rotation = timeOf(secret.nextRotationDate) ?? key.rotatesAt ?? Number.NEGATIVE_INFINITY
  return rotation <= now || rotation >= usual ? usual : rotation + rotationDelayMs + spread
}
