import { runtime as defaultRuntime } from '#runtime'
import { urlAt } from '../federation/resource-principal-token.js'
import { scopedTokenCall } from '../federation/scoped-token-request.js'
import { tokenCredentials } from '../federation/security-token.js'
import { newSessionKey, type SessionKeySource } from '../federation/session-key-source.js'
import { readTokenAnswer } from '../federation/token-answer.js'
import { tokenServiceOf } from '../federation/token-service.js'
import { RETRY } from '../http/retry.js'
import { signedCall } from '../http/signed-call.js'
import { configuredRegion } from '../regions/configured-region.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'
import type { CachedProvider } from './cache-options.js'
import { cached } from './cached.js'
import { withParent } from './parent.js'
import { callOptions, type PrincipalOptions } from './principal-options.js'

export interface ScopedTokenOptions extends PrincipalOptions {
  /** Who asks for the token. */
  readonly credentials: CredentialsProvider<OciCredentials>
  readonly scope: string
  /** The OCID of the compartment that the token is for. Absent: a token by `generateScopedAccessToken`. */
  readonly targetCompartment?: string | undefined
  /** Identifier or short code. Default: the region of `credentials`. */
  readonly region?: string | undefined
  /** The token service, in place of the region's. */
  readonly endpoint?: string | undefined
  readonly sessionKey?: SessionKeySource | undefined
}

/**
 * Signs with a token that is good for one scope alone, obtained by another principal.
 *
 * @throws UsageError `OPTION_INVALID` when neither a region nor an endpoint is known.
 * @throws ServiceError when the token service cannot be reached, or refuses; and what `credentials` throws.
 * @example
 * ```ts
 * import { instancePrincipal } from 'countersign/credentials/instance-principal'
 * import { scopedToken } from 'countersign/credentials/scoped-token'
 *
 * const credentials = scopedToken({ credentials: instancePrincipal(), scope: 'urn:oracle:db::id::*' })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity-dp/v1/ScopedAccessToken/GenerateScopedAccessToken
 */
export function scopedToken(options: ScopedTokenOptions): CachedProvider<OciCredentials> {
  const { scope, targetCompartment, runtime = defaultRuntime } = options
  return cached(
    (context) =>
      withParent(options.credentials, context, async (signer) => {
        const region = options.region ? (await configuredRegion(options.region, runtime)).id : signer.region
        const endpoint = options.endpoint ?? (await tokenServiceOf(region, runtime, 'an endpoint'))
        const sessionKey = await newSessionKey(options.sessionKey)
        const { path, body } = scopedTokenCall({ scope, targetCompartment, publicKey: sessionKey.publicKeyBase64 })
        const call = { ...callOptions(options, context), retry: options.retry ?? RETRY.FEDERATION }
        const response = await signedCall({ method: 'POST', url: urlAt(endpoint, path), body }, signer, call)
        const token = await readTokenAnswer(response)
        return tokenCredentials({ token, key: sessionKey, region, tenancy: signer.tenancy, source: 'scoped-token' })
      }),
    options,
  )
}
