import { type CachedProvider, type CacheOptions, cached } from '../credentials/cached.js'
import { ServiceError } from '../errors.js'
import { type InfisicalLoginOptions, type InfisicalToken, infisicalLogin, renewInfisicalToken } from './infisical.js'

/** A login, and how it is kept alive. */
export type InfisicalSessionOptions = InfisicalLoginOptions & CacheOptions<InfisicalToken>

/**
 * Keeps a login to Infisical alive: it logs in when first asked, renews after four fifths of the token's life, and logs
 * in again when a renewal is refused or would not last. A token without a fixed end is kept.
 *
 * The provider rejects as `infisicalLogin` does.
 * @example
 * ```ts
 * import { apiKey } from 'countersign'
 * import { infisicalSession } from 'countersign/logins/infisical-session'
 *
 * declare const [tenancy, user, privateKey]: [string, string, string]
 * const session = infisicalSession({
 *   identityId: '01234567-89ab-cdef-0123-456789abcdef',
 *   credentials: apiKey({ tenancy, user, privateKey }),
 *   region: 'us-ashburn-1',
 * })
 * const { accessToken } = await session()
 * ```
 */
export function infisicalSession(options: InfisicalSessionOptions): CachedProvider<InfisicalToken> {
  const { refreshAt = 0.8 } = options
  let loggedInAt = 0
  const logIn = async (signal: AbortSignal): Promise<InfisicalToken> => {
    const token = await infisicalLogin({ ...options, signal })
    loggedInAt = token.issuedAt
    return token
  }
  return cached(
    async ({ previous, forced, signal, now }) => {
      const { expiresAt = 0, maxTtlMs = Number.POSITIVE_INFINITY } = previous ?? {}
      const isRenewable = !forced && expiresAt > now() && expiresAt < loggedInAt + maxTtlMs
      if (previous === undefined || !isRenewable) return logIn(signal)
      return renewInfisicalToken(previous.accessToken, { ...options, signal }).catch((error: unknown) => {
        if (isRefusal(error)) return logIn(signal)
        throw error
      })
    },
    { ...options, refreshAt, undated: 'keep' },
  )
}

/** Revoked, used up, at the end of its maximum life, or expired: a new login helps against each of them. */
function isRefusal(error: unknown): boolean {
  return error instanceof ServiceError && (error.status === 401 || error.status === 403)
}
