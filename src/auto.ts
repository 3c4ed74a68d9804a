import { runtime as defaultRuntime } from '#runtime'
import { type ChainedProvider, type ChainLink, chain } from './credentials/chain.js'
import { defaultLinks, forcedLink } from './credentials/default-links.js'
import type { PrincipalOptions } from './credentials/principal-options.js'
import type { OciCredentials } from './types.js'

export type { Chained, ChainedProvider, Tried } from './credentials/chain.js'

/** The places that are looked at, in this order. */
export type DefaultLinkName =
  | 'environment'
  | 'workload-identity-federation'
  | 'oke-workload-identity'
  | 'resource-principal'
  | 'config-file'
  | 'instance-principal'

export interface DefaultProviderOptions extends PrincipalOptions {
  /** The profile of the configuration file. Default: `OCI_CLI_PROFILE`, or else `DEFAULT`. */
  readonly profile?: string | undefined
  /** Places not to look at. */
  readonly skip?: readonly DefaultLinkName[] | undefined
  /** Takes the workload identity of an OKE pod even where `OCI_RESOURCE_PRINCIPAL_REGION` is not set. */
  readonly okeWorkloadIdentity?: boolean | undefined
  /** Of the instance metadata service, with `/opc/v2` at its end. */
  readonly metadataBaseUrl?: string | undefined
  /** How long to wait for a sign of the metadata service, in milliseconds. Default: 1000. */
  readonly probeTimeoutMs?: number | undefined
}

/**
 * Signs as whoever this code runs as: the first of these that is there. `OCI_CLI_AUTH` takes one of them by force.
 *
 * 1. the variables of the OCI CLI or of Terraform, for an API key or a session;
 * 2. `COUNTERSIGN_DOMAIN_URL` and its companions, for workload identity federation;
 * 3. the workload identity of an OKE pod;
 * 4. `OCI_RESOURCE_PRINCIPAL_VERSION` and its companions;
 * 5. the configuration file;
 * 6. the compute instance, if its metadata service shows itself within a second. Never asked in browsers and Workers.
 *
 * What is there and broken is an error: the chain never goes on to sign as somebody else. The credentials tell their
 * `source`, and what was `tried` before.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` when there is nothing, with each place and its reason (on first use).
 * @example
 * ```ts
 * import { createSignedFetch } from 'countersign'
 * import { defaultProvider } from 'countersign/auto'
 *
 * const fetch = createSignedFetch({ credentials: defaultProvider() })
 * ```
 */
export function defaultProvider(options: DefaultProviderOptions = {}): ChainedProvider<OciCredentials> {
  const { runtime = defaultRuntime, skip = [] } = options
  const settings = { ...options, runtime }
  let chosen: ChainedProvider<OciCredentials> | undefined
  return async (request) => {
    chosen ??= chain(linksOf(settings, skip))
    return chosen(request)
  }
}

function linksOf(
  settings: Parameters<typeof defaultLinks>[0],
  skip: readonly DefaultLinkName[],
): readonly ChainLink<OciCredentials>[] {
  const forced = settings.runtime.env('OCI_CLI_AUTH')?.trim()
  if (forced) return [forcedLink(forced, settings)]
  return defaultLinks(settings).filter(({ name }) => !skip.some((skipped) => skipped === name))
}
