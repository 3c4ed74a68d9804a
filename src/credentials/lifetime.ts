import { UsageError } from '../errors.js'
import type { Expiring } from '../types.js'

/** When credentials are to be replaced. */
export interface RefreshRule {
  /** The part of their life after which they are refreshed in the background. */
  readonly refreshAt: number
  /** How much life, in milliseconds, they must have left to be used without trying for newer ones first. */
  readonly minimumLifeMs: number
}

/** The moments of a life at which something changes, in epoch milliseconds. */
export interface Lifetime {
  readonly refreshFrom: number
  readonly refreshBy: number
  readonly expiresAt: number
}

/**
 * `fresh`: use them. `ageing`: use them and refresh in the background. `ending`: refresh first, use them if that fails.
 * `expired`: never use them.
 */
export type Stage = 'fresh' | 'ageing' | 'ending' | 'expired'

/** A short life keeps this part of itself as its margin, where the usual margin would eat most of it. */
const MARGIN_OF_SHORT_LIFE = 0.2
/** Spreads the refreshes of many processes that started together: half of it to either side. */
const JITTER = 0.1

/** The rule that options ask for. Default: half of the life, and 60 seconds. */
export function refreshRule(options: {
  refreshAt?: number | undefined
  minimumLifeMs?: number | undefined
}): RefreshRule {
  const { refreshAt = 0.5, minimumLifeMs = 60_000 } = options
  if (!(refreshAt > 0 && refreshAt <= 1)) {
    throw new UsageError('OPTION_INVALID', `Expected refreshAt above 0 and at most 1, got ${refreshAt}.`)
  }
  if (!(minimumLifeMs >= 0)) {
    throw new UsageError('OPTION_INVALID', `Expected minimumLifeMs to be 0 or more milliseconds, got ${minimumLifeMs}.`)
  }
  return { refreshAt, minimumLifeMs }
}

/** Lays out the life of credentials that arrived at `obtainedAt`. Without an expiry it has no end. */
export function lifetimeOf(
  credentials: Expiring,
  obtainedAt: number,
  rule: RefreshRule,
  random: () => number,
): Lifetime {
  const { expiresAt = Number.POSITIVE_INFINITY, issuedAt = obtainedAt } = credentials
  const life = expiresAt - Math.min(issuedAt, obtainedAt)
  const fraction = rule.refreshAt * (1 - JITTER / 2 + JITTER * random())
  return {
    // Counted from the arrival: a service may hand out tokens that were issued a while ago.
    refreshFrom: obtainedAt + (expiresAt - obtainedAt) * fraction,
    refreshBy: expiresAt - Math.min(rule.minimumLifeMs, life * MARGIN_OF_SHORT_LIFE),
    expiresAt,
  }
}

/** The same life, for credentials that should be replaced before they are used again, if that can be done. */
export function dueAtOnce(lifetime: Lifetime): Lifetime {
  return { ...lifetime, refreshBy: Number.NEGATIVE_INFINITY }
}

export function stageAt(lifetime: Lifetime, now: number): Stage {
  if (now >= lifetime.expiresAt) return 'expired'
  if (now > lifetime.refreshBy) return 'ending'
  return now < lifetime.refreshFrom ? 'fresh' : 'ageing'
}
