import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError } from '../errors.js'
import { requestResourcePrincipalToken, requestSessionToken } from '../federation/resource-principal-token.js'
import { tokenCredentials } from '../federation/security-token.js'
import { newSessionKey, type SessionKeySource } from '../federation/session-key-source.js'
import { tokenServiceOf } from '../federation/token-service.js'
import type { SignedCallOptions } from '../http/signed-call.js'
import type { SessionKey } from '../keys/session-key.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'
import type { CachedProvider } from './cache-options.js'
import { cached } from './cached.js'
import { withParent } from './parent.js'
import { callOptions, type PrincipalOptions } from './principal-options.js'

export interface NestedResourcePrincipalOptions extends PrincipalOptions {
  /** The principal of the lowest level. */
  readonly leaf: CredentialsProvider<OciCredentials>
  /** The full address at which the level above the leaf tells its token. */
  readonly parentUrl: string
  /** Where tokens are exchanged. Default: the token service of the leaf's region. */
  readonly sessionTokenEndpoint?: string | undefined
  /**
   * What to do when the levels have no end: past the tenth, or when one comes again. `fail` (default), or `last`: sign
   * with the last token, as some of Oracle's SDKs do.
   */
  readonly onEndless?: 'fail' | 'last' | undefined
  readonly sessionKey?: SessionKeySource | undefined
}

const MOST_LEVELS = 10

/**
 * Signs as the outermost of resources that stand inside each other (resource principal version 3.0): each level vouches
 * for the one above it, up to the one that names no parent.
 *
 * @throws ConfigurationError `NESTING_LIMIT` when the levels have no end; and what the leaf throws.
 * @throws ServiceError when one of the services cannot be reached, or refuses.
 * @example
 * ```ts
 * import { injectedResourcePrincipal } from 'countersign/credentials/resource-principal-injected'
 * import { nestedResourcePrincipal } from 'countersign/credentials/resource-principal-nested'
 *
 * const leaf = injectedResourcePrincipal({ token: { file: '/etc/leaf/rpst' }, privateKey: { file: '/etc/leaf/private.pem' } })
 * const credentials = nestedResourcePrincipal({ leaf, parentUrl: 'https://parent.example/20180711/resourcePrincipalToken/x' })
 * ```
 */
export function nestedResourcePrincipal(options: NestedResourcePrincipalOptions): CachedProvider<OciCredentials> {
  const { runtime = defaultRuntime } = options
  return cached(
    (context) =>
      withParent(options.leaf, context, async (leaf) => {
        const endpoint =
          options.sessionTokenEndpoint ?? (await tokenServiceOf(leaf.region, runtime, 'a sessionTokenEndpoint'))
        const climb: Climb = {
          endpoint,
          onEndless: options.onEndless ?? 'fail',
          sessionKey: await newSessionKey(options.sessionKey),
          call: callOptions(options, context),
        }
        return outermost(leaf, options.parentUrl, climb)
      }),
    options,
  )
}

interface Climb {
  readonly endpoint: string
  readonly onEndless: 'fail' | 'last'
  /** One for all levels: only the last token is signed with more than once. */
  readonly sessionKey: SessionKey
  readonly call: SignedCallOptions
}

async function outermost(leaf: OciCredentials, parentUrl: string, climb: Climb): Promise<OciCredentials> {
  const visited = new Set<string>()
  let signer = leaf
  let url: string | undefined = parentUrl
  while (url !== undefined) {
    const here: string = url.toLowerCase()
    visited.add(here)
    const level: Level = await levelAt(url, signer, climb)
    signer = level.credentials
    // A level that names itself is the outermost one.
    url = level.parentUrl?.toLowerCase() === here ? undefined : level.parentUrl
    const endless = url && endlessness(url, visited)
    if (endless && climb.onEndless === 'fail') throw new ConfigurationError('NESTING_LIMIT', endless)
    if (endless) return signer
  }
  return signer
}

interface Level {
  readonly credentials: OciCredentials
  readonly parentUrl?: string
}

async function levelAt(url: string, signer: OciCredentials, { endpoint, sessionKey, call }: Climb): Promise<Level> {
  const tokens = await requestResourcePrincipalToken(url, signer, call)
  const sessionPublicKey = sessionKey.publicKeyBase64
  const token = await requestSessionToken({ endpoint, tokens, sessionPublicKey }, signer, call)
  const { region } = signer
  const credentials = tokenCredentials({ token, key: sessionKey, region, source: 'resource-principal-3.0' })
  return tokens.parentUrl === undefined ? { credentials } : { credentials, parentUrl: tokens.parentUrl }
}

function endlessness(next: string, visited: ReadonlySet<string>): string | undefined {
  if (visited.has(next.toLowerCase()))
    return 'Expected every level of a nested resource principal once, one comes again.'
  if (visited.size < MOST_LEVELS) return undefined
  return `Expected a nested resource principal of at most ${MOST_LEVELS} levels, there are more.`
}
