import { generateSessionKey, type SessionKey, type SessionKeyOptions, sessionKeyFrom } from '../keys/session-key.js'

/**
 * How session keys are made: their length, a pair of one's own to use for every token, or a function that gives a pair
 * for each.
 */
export type SessionKeySource = SessionKeyOptions | CryptoKeyPair | (() => CryptoKeyPair | Promise<CryptoKeyPair>)

/** A session key for one token. */
export async function newSessionKey(source: SessionKeySource = {}): Promise<SessionKey> {
  if (typeof source === 'function') return sessionKeyFrom(await source())
  return 'privateKey' in source ? sessionKeyFrom(source) : generateSessionKey(source)
}
