import { runtime as defaultRuntime } from '#runtime'
import { defaultPath, type ResourcePrincipalPath } from '../federation/resource-principal-path.js'
import { requestResourcePrincipalToken, requestSessionToken, urlAt } from '../federation/resource-principal-token.js'
import { tokenCredentials } from '../federation/security-token.js'
import { newSessionKey, type SessionKeySource } from '../federation/session-key-source.js'
import { tokenServiceOf } from '../federation/token-service.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'
import type { CachedProvider, LoadContext } from './cache-options.js'
import { cached } from './cached.js'
import { type InstancePrincipalOptions, instancePrincipal, metadataOptions } from './instance-principal.js'
import { withParent } from './parent.js'
import { callOptions, type PrincipalOptions } from './principal-options.js'

export interface FederatedResourcePrincipalOptions extends InstancePrincipalOptions {
  /** The service that the resource belongs to. */
  readonly resourcePrincipalTokenEndpoint: string
  /** Where its tokens are exchanged. Default: the token service of the instance's region. */
  readonly sessionTokenEndpoint?: string | undefined
  /** Default: what the environment tells, completed by the metadata service. */
  readonly path?: ResourcePrincipalPath | undefined
  /** Who asks for the tokens. Default: the instance that this code runs on. */
  readonly principal?: CredentialsProvider<OciCredentials> | undefined
  readonly sessionKey?: SessionKeySource | undefined
}

/**
 * Signs as a resource whose host, a compute instance, vouches for it (resource principal version 1.1).
 *
 * @throws ServiceError when one of the services cannot be reached, or refuses; and what `instancePrincipal` throws.
 * @example
 * ```ts
 * import { federatedResourcePrincipal } from 'countersign/credentials/resource-principal-federated'
 *
 * const credentials = federatedResourcePrincipal({
 *   resourcePrincipalTokenEndpoint: 'https://database.eu-frankfurt-1.oraclecloud.com',
 * })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm#sdk_authentication_methods_resource_principal
 */
export function federatedResourcePrincipal(options: FederatedResourcePrincipalOptions): CachedProvider<OciCredentials> {
  const { principal = instancePrincipal({ ...options, store: undefined, lifetime: undefined }) } = options
  const { path = defaultPath(metadataOptions(options)) } = options
  return cached(
    (context) => withParent(principal, context, (signer) => exchange(signer, path, options, context)),
    options,
  )
}

async function exchange(
  signer: OciCredentials,
  path: ResourcePrincipalPath,
  options: FederatedResourcePrincipalOptions,
  context: LoadContext<OciCredentials>,
): Promise<OciCredentials> {
  const call = callOptions(options, context)
  const key = await newSessionKey(options.sessionKey)
  const url = urlAt(options.resourcePrincipalTokenEndpoint, await path(context))
  const tokens = await requestResourcePrincipalToken(url, signer, call)
  const endpoint = options.sessionTokenEndpoint ?? (await tokenServiceBeside(signer, options))
  const token = await requestSessionToken({ endpoint, tokens, sessionPublicKey: key.publicKeyBase64 }, signer, call)
  return tokenCredentials({ token, key, region: signer.region, source: 'resource-principal-1.1' })
}

function tokenServiceBeside(
  { region }: OciCredentials,
  { runtime = defaultRuntime }: PrincipalOptions,
): Promise<string> {
  return tokenServiceOf(region, runtime, 'a sessionTokenEndpoint')
}
