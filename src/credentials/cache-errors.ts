import { ConfigurationError, UsageError } from '../errors.js'

/** What was loaded has no life left by the clock that counts. */
export function expiredOnArrival(expiresAt: number, now: number): ConfigurationError {
  return new ConfigurationError(
    'TOKEN_EXPIRED',
    `Expected credentials that are valid now (${isoTime(now)}), got some that expired at ${isoTime(expiresAt)}; ` +
      'check where they come from, and the clock of this machine.',
  )
}

function isoTime(time: number): string {
  return new Date(time).toISOString()
}

export function disposed(): UsageError {
  return new UsageError('DISPOSED', 'Expected a provider in use, this one was disposed of; make a new one.')
}
