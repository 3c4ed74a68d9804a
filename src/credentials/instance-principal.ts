import { runtime as defaultRuntime } from '#runtime'
import { requestX509Token, type X509Identity, type X509Place } from '../federation/x509.js'
import { type InstanceMetadata, type InstanceMetadataOptions, instanceMetadata } from '../http/instance-metadata.js'
import { RETRY, type RetryPolicy } from '../http/retry.js'
import type { Region } from '../regions/regions.js'
import type { Runtime } from '../runtime/types.js'
import type { OciCredentials } from '../types.js'
import type { CachedProvider } from './cache-options.js'
import { cached } from './cached.js'
import { connectedFetch, type PrincipalOptions, unsignedCallOptions } from './principal-options.js'

export interface InstancePrincipalOptions
  extends PrincipalOptions,
    Pick<X509Identity, 'purpose' | 'fingerprintAlgorithm' | 'dateHeader' | 'sessionKey'> {
  /** With `/opc/v2` at its end. Default: `OCI_METADATA_BASE_URL`, or else the link-local address over IPv4 or IPv6. */
  readonly metadataBaseUrl?: string | undefined
  /** When to repeat reads of the metadata service; `false`: never. */
  readonly metadataRetry?: RetryPolicy | false | undefined
  /** Identifier, short code, or all that is known of it. Default: what the metadata service says. */
  readonly region?: string | Region | undefined
  /** The token service; `/v1/x509` is added to an address without a path. Default: that of the region. */
  readonly federationEndpoint?: string | URL | undefined
  /** PEM certificates to trust in place of the system's when calling the token service. */
  readonly ca?: string | undefined
}

/**
 * Signs as the compute instance that this code runs on: the instance's certificate is exchanged for tokens, which are
 * renewed in the background after half of their life.
 *
 * @throws UsageError `UNSUPPORTED_RUNTIME` in browsers and Workers, where there is no metadata service (on first use).
 * @throws ServiceError when the metadata or the token service cannot be reached, or refuses
 * @throws ConfigurationError `CERTIFICATE_INVALID`, `CERTIFICATE_KEY_MISMATCH`, `TENANCY_CHANGED`, `TOKEN_KEY_MISMATCH`
 * @example
 * ```ts
 * import { createSignedFetch } from 'countersign'
 * import { instancePrincipal } from 'countersign/credentials/instance-principal'
 *
 * const fetch = createSignedFetch({ credentials: instancePrincipal() })
 * const response = await fetch('https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/')
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/Tasks/callingservicesfrominstances.htm
 */
export function instancePrincipal(options: InstancePrincipalOptions = {}): CachedProvider<OciCredentials> {
  const connect = connectedFetch(options)
  let instance: Instance | undefined
  return cached(async (context) => {
    instance ??= await instanceOf(options)
    const { identity, place } = instance
    const fetch = await connect()
    return requestX509Token(identity, () => place(context.signal), { ...options, fetch }, context)
  }, options)
}

/** How the metadata service is read for these options. */
export function metadataOptions(options: InstancePrincipalOptions): InstanceMetadataOptions {
  const { metadataBaseUrl, metadataRetry = patience(options), runtime } = options
  return { ...unsignedCallOptions({ ...options, retry: metadataRetry }), metadataBaseUrl, runtime }
}

/** Gives up a little before the whole load does, whose error could not say what it was waiting for. */
function patience({ loadTimeoutMs = 100_000 }: InstancePrincipalOptions): RetryPolicy {
  return { ...RETRY.METADATA, totalMs: Math.min(RETRY.METADATA.totalMs, loadTimeoutMs * 0.9) }
}

interface Instance {
  readonly identity: X509Identity
  place(signal: AbortSignal): Promise<X509Place>
}

async function instanceOf(options: InstancePrincipalOptions): Promise<Instance> {
  const { runtime = defaultRuntime } = options
  const metadata = instanceMetadata(metadataOptions(options))
  let known: X509Place | undefined
  return {
    identity: { ...options, ...(await certificatesOf(metadata)) },
    // The region of an instance never changes.
    place: async (signal) => {
      known ??= await placeOf(options, metadata, runtime, signal)
      return known
    },
  }
}

async function certificatesOf(metadata: InstanceMetadata): Promise<Pick<X509Identity, 'leaf' | 'intermediates'>> {
  // What reads certificates waits until there is one to read.
  const { certificateRetriever } = await import('../certificates/retrievers.js')
  const from = 'the metadata service'
  const leaf = certificateRetriever(async (signal) => {
    const paths = ['/identity/cert.pem', '/identity/key.pem']
    const [certificate = '', privateKey] = await Promise.all(paths.map((path) => metadata.text(path, { signal })))
    return { certificate, privateKey, from }
  })
  const intermediate = certificateRetriever(async (signal) => ({
    certificate: await metadata.text('/identity/intermediate.pem', { signal }),
    from,
  }))
  return { leaf, intermediates: [intermediate] }
}

async function placeOf(
  options: InstancePrincipalOptions,
  metadata: InstanceMetadata,
  runtime: Runtime,
  signal: AbortSignal,
): Promise<X509Place> {
  const { region: given, federationEndpoint = endpointOfEnvironment(runtime) } = options
  const known = typeof given === 'string' ? await regionNamed(given, runtime) : given
  const region = known ?? (await metadata.region({ signal }))
  const endpoint = federationEndpoint ?? (await tokenServiceIn(region))
  return { endpoint, region: region.id, source: 'instance-principal' }
}

// The tables of regions and endpoints are not needed by everybody.
async function regionNamed(name: string, runtime: Runtime): Promise<Region> {
  const { configuredRegion } = await import('../regions/configured-region.js')
  return configuredRegion(name, runtime)
}

async function tokenServiceIn(region: Region): Promise<string> {
  const { authEndpoint } = await import('../regions/endpoints.js')
  return authEndpoint(region)
}

/** What Oracle's command line and its Go SDK read. */
function endpointOfEnvironment(runtime: Runtime): string | undefined {
  return runtime.env('OCI_CLI_FEDERATION_ENDPOINT') || runtime.env('OCI_SDK_AUTH_CLIENT_REGION_URL') || undefined
}
