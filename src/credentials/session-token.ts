import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError, UsageError } from '../errors.js'
import { readSecurityToken, tokenCredentials } from '../federation/security-token.js'
import { LOG_IN_AGAIN, refreshSession } from '../federation/session-refresh.js'
import { configuredRegion } from '../regions/configured-region.js'
import { authEndpoint } from '../regions/endpoints.js'
import { resolveRegion } from '../regions/regions.js'
import { expandHome } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { type OciCredentials, systemClock } from '../types.js'
import type { CachedProvider, LoadContext } from './cache-options.js'
import { cached } from './cached.js'
import { reloadedWhenChanged } from './changed-files.js'
import { lifetimeOf, refreshRule, stageAt } from './lifetime.js'
import { callOptions, type PrincipalOptions } from './principal-options.js'
import { isFile, type Session, type SessionSource, sessionReader } from './session-source.js'
import { type RefreshedSession, tell, writeBack } from './session-write-back.js'

export type { RefreshedSession } from './session-write-back.js'

export interface SessionTokenOptions extends SessionSource, PrincipalOptions {
  /** Where the session is prolonged: an identifier or a short code. */
  readonly region?: string | undefined
  /** The token service, in place of the region's. */
  readonly endpoint?: string | undefined
  readonly tenancy?: string | undefined
  /**
   * `memory` (default): prolong the session as its token ages and keep the new token to yourself. `write-back`: also
   * put it into the token's file, if that still holds the token that was replaced. `off`: use what the source holds.
   */
  readonly autoRefresh?: 'off' | 'memory' | 'write-back' | undefined
  /** Told of every new token; what it throws is ignored. */
  readonly onRefresh?: ((session: RefreshedSession) => void) | undefined
}

/**
 * Signs with a session's token and its key, as `oci session authenticate` leaves them. Files are read again when they
 * change; before a token is asked for anew, the file is looked at, in case another process was first. A `store` is not
 * used.
 *
 * @throws ConfigurationError `SESSION_EXPIRED` when the session is over, `TOKEN_INVALID`, `TOKEN_KEY_MISMATCH`,
 * `CONFIG_MISSING`, and the codes of `importPrivateKey`.
 * @throws UsageError `OPTION_INVALID` for `write-back` without a file.
 * @throws ServiceError when the token service cannot be reached and nothing valid is left.
 * @example
 * ```ts
 * import { sessionToken } from 'countersign/credentials/session-token'
 *
 * const credentials = sessionToken({
 *   token: { file: '~/.oci/sessions/DEFAULT/token' },
 *   privateKey: { file: '~/.oci/sessions/DEFAULT/oci_api_key.pem' },
 *   region: 'eu-frankfurt-1',
 * })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/SDKDocs/clitoken.htm
 */
export function sessionToken(options: SessionTokenOptions): CachedProvider<OciCredentials> {
  const { runtime = defaultRuntime, autoRefresh = 'memory' } = options
  if (autoRefresh === 'write-back' && !isFile(options.token)) {
    throw new UsageError('OPTION_INVALID', "Expected the token's file for autoRefresh 'write-back', got a token.")
  }
  // The source says whose session this is: a store could bring back the session of somebody who was there before.
  const provider = cached(sessionLoad({ ...options, runtime, autoRefresh }), { ...options, store: undefined })
  const paths = [options.token, options.privateKey].filter(isFile).map(({ file }) => expandHome(file, runtime))
  const { files } = runtime
  if (files === undefined || paths.length === 0) return provider
  return reloadedWhenChanged(provider, { files, paths, clock: options.clock ?? systemClock })
}

type Settings = SessionTokenOptions &
  Required<Pick<SessionTokenOptions, 'runtime' | 'autoRefresh'>> & { runtime: Runtime }

function sessionLoad(given: Settings): (context: LoadContext<OciCredentials>) => Promise<OciCredentials> {
  const settings = { ...given, region: given.region && resolveRegion(given.region).id }
  const read = sessionReader(settings, settings.runtime)
  let lastRead: string | undefined
  return async (context) => {
    const session = await read()
    const fromSource = credentialsOf(session, settings)
    // What was written back by this process is no news.
    const isNew = ![lastRead, context.previous?.token].includes(session.token.token)
    lastRead = session.token.token
    const isValid = isAlive(fromSource, context)
    if (isNew && isValid) return fromSource
    const current = newest(context.previous, isValid ? fromSource : undefined)
    if (current === undefined || !isAlive(current, context)) throw over(fromSource)
    if (!context.forced && (settings.autoRefresh === 'off' || !isDue(current, settings, context))) return current
    if (settings.autoRefresh === 'off') throw refused()
    return prolonged(current, settings, context)
  }
}

/** Not every load is about age: a file may have been touched. */
function isDue(current: OciCredentials, settings: Settings, { now }: LoadContext<OciCredentials>): boolean {
  const earliest = lifetimeOf(current, current.issuedAt ?? now(), refreshRule(settings), () => 0)
  return stageAt(earliest, now()) !== 'fresh'
}

/** The same session with a later token. */
async function prolonged(
  current: OciCredentials,
  settings: Settings,
  context: LoadContext<OciCredentials>,
): Promise<OciCredentials> {
  const token = readSecurityToken(
    await refreshSession(current, await endpointOf(settings), callOptions(settings, context)),
  )
  const { jwk } = readSecurityToken(current.token ?? '')
  // The key stays the same, so the new token must be bound to what the old one was bound to.
  const key = { key: current.key as CryptoKey, ...(jwk && { jwk }) }
  const credentials = tokenCredentials({ ...settings, token, key, source: 'session-token' })
  const { expiresAt } = token
  const written = settings.autoRefresh === 'write-back' ? await writeBack(current, token.token, settings) : {}
  tell(settings.onRefresh, { token: token.token, ...(expiresAt !== undefined && { expiresAt }), ...written })
  return credentials
}

async function endpointOf({ endpoint, region, runtime }: Settings): Promise<string> {
  if (endpoint !== undefined) return endpoint
  if (region !== undefined) return authEndpoint(await configuredRegion(region, runtime))
  throw new UsageError(
    'OPTION_INVALID',
    "Expected a region to prolong the session in, got none; or set autoRefresh 'off'.",
  )
}

function credentialsOf({ token, key }: Session, { region, tenancy }: Settings): OciCredentials {
  return tokenCredentials({ token, key, source: 'session-token', region, tenancy })
}

function isAlive(
  { expiresAt = Number.POSITIVE_INFINITY }: OciCredentials,
  context: LoadContext<OciCredentials>,
): boolean {
  return context.now() < expiresAt
}

function newest(...candidates: readonly (OciCredentials | undefined)[]): OciCredentials | undefined {
  const known = candidates.filter((candidate) => candidate !== undefined)
  return known.sort((one, other) => (other.expiresAt ?? 0) - (one.expiresAt ?? 0))[0]
}

function over({ expiresAt }: OciCredentials): ConfigurationError {
  const when = expiresAt === undefined ? '' : ` at ${new Date(expiresAt).toISOString()}`
  return new ConfigurationError(
    'SESSION_EXPIRED',
    `Expected a session that is still valid, its token expired${when}; ${LOG_IN_AGAIN}`,
  )
}

function refused(): ConfigurationError {
  const message = `Expected another token after this one was refused, the source still holds the same; ${LOG_IN_AGAIN}`
  return new ConfigurationError('SESSION_EXPIRED', message)
}
