import { type Bytes, toHex } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'
import type { Clock } from '../types.js'
import { type TimeWindow, WINDOW } from './time-window.js'

/**
 * Remembers what was seen. Where several instances share the work it must be one store that inserts atomically: Redis, a
 * Durable Object, a database; not Workers KV.
 */
export interface ReplayStore {
  /** Inserts the key until `expiresAt` (epoch milliseconds). False when it was there already. */
  insert(key: string, expiresAt: number): boolean | Promise<boolean>
}

/** A store in the memory of this process. */
export function memoryReplayStore(clock: Clock): ReplayStore {
  const seen = new Map<string, number>()
  return {
    insert(key, expiresAt) {
      forgetExpired(seen, clock())
      if (seen.has(key)) return false
      seen.set(key, expiresAt)
      return true
    },
  }
}

// Entries are in the order of insertion, and nearly in that of expiry: the first one in force ends the search.
function forgetExpired(seen: Map<string, number>, now: number): void {
  for (const [key, expiresAt] of seen) {
    if (expiresAt >= now) return
    seen.delete(key)
  }
}

/**
 * Takes a signature of a request of this time, once. The time is in epoch milliseconds.
 *
 * @throws VerificationError `REPLAYED`
 */
export async function claimSignature(
  signature: Bytes,
  time: number,
  rules: TimeWindow & { readonly replayStore?: ReplayStore | undefined },
): Promise<void> {
  const { replayStore, maxAgeMs = WINDOW.maxAgeMs, maxFutureMs = WINDOW.maxFutureMs } = rules
  if (!replayStore || (await replayStore.insert(await replayKey(signature), time + maxAgeMs + maxFutureMs))) return
  throw new VerificationError('REPLAYED', 'Expected a request not seen before, found one that was.')
}

/**
 * One key for one signed request, however it is spelled. The padding of these signatures is fixed, so one key makes one
 * signature of one text; the key id is left out, because no signature covers it and some resolvers take several for a key.
 */
export async function replayKey(signature: Bytes): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', signature)))
}
