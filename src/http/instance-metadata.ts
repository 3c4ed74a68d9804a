import { runtime as defaultRuntime } from '#runtime'
import { ServiceError, UsageError } from '../errors.js'
import type { Region } from '../regions/regions.js'
import type { Runtime } from '../runtime/types.js'
import { metadataFetch } from './metadata-fetch.js'
import { RETRY } from './retry.js'
import { type ServiceCallOptions, serviceCall } from './service-call.js'

export interface InstanceMetadataOptions extends Partial<Omit<ServiceCallOptions, 'fetch' | 'signal'>> {
  readonly fetch?: typeof fetch | undefined
  /** With `/opc/v2` at its end. Default: `OCI_METADATA_BASE_URL`, or else the service's link-local address. */
  readonly metadataBaseUrl?: string | undefined
  readonly runtime?: Runtime | undefined
}

/** What an instance tells of itself. */
export interface InstanceMetadata {
  /** The trimmed text at a path such as `/instance/id`. */
  text(path: string, options?: MetadataReadOptions): Promise<string>
  /** The region that the instance is in, with its realm, which the instance knows better than any table. */
  region(options?: MetadataReadOptions): Promise<Region>
  /** The OCID of the instance. */
  instanceId(options?: MetadataReadOptions): Promise<string>
}

export interface MetadataReadOptions {
  readonly signal?: AbortSignal | undefined
  /** Statuses that are final: another attempt would say the same. */
  readonly final?: readonly number[] | undefined
}

/**
 * Reads the metadata service of the instance this code runs on, version 2, over IPv4 or IPv6.
 *
 * @example
 * ```ts
 * import { instanceMetadata } from 'countersign/http/instance-metadata'
 *
 * const { id, secondLevelDomain } = await instanceMetadata().region()
 * ```
 * @throws UsageError `UNSUPPORTED_RUNTIME` in browsers and Workers, unless `metadataBaseUrl` is given; `URL_INVALID`.
 * @throws ServiceError when the service cannot be reached, or answers with something else.
 * @see https://docs.oracle.com/en-us/iaas/Content/Compute/Tasks/gettingmetadata.htm
 */
export function instanceMetadata(options: InstanceMetadataOptions = {}): InstanceMetadata {
  const { runtime = defaultRuntime } = options
  const given = options.metadataBaseUrl?.trim() || runtime.env('OCI_METADATA_BASE_URL')?.trim()
  if (!given && !runtime.hasMetadataService) throw unsupported(runtime)
  const bases: readonly [string, ...string[]] = given ? [baseUrl(given)] : LINK_LOCAL_BASES
  const fetch = metadataFetch(options.fetch ?? runtime.fetch, bases, options.sleep)
  const retry = options.retry ?? RETRY.METADATA

  const text: InstanceMetadata['text'] = async (path, { signal, final = [] } = {}) => {
    const request = (): Request => new Request(bases[0] + path, { headers: { authorization: 'Bearer Oracle' } })
    const retryOn = (status: number | undefined, code: string | undefined): boolean =>
      retry !== false && !final.includes(status ?? 0) && retry.retryOn(status, code)
    const { timeoutMs = 10_000 } = options
    const call = { ...options, timeoutMs, fetch, signal, retry: retry && { ...retry, retryOn } }
    const response = await serviceCall(request, call).catch((error: unknown) => {
      throw withHint(error)
    })
    return (await response.text()).trim()
  }
  return {
    text,
    region: async (read) => (await regionInfo(text, read)) ?? regionNamed(await regionName(text, read), runtime),
    instanceId: async (read) => oneWord(await text('/instance/id', read), 'an instance OCID'),
  }
}

const LINK_LOCAL_BASES: readonly [string, ...string[]] = [
  'http://169.254.169.254/opc/v2',
  'http://[fd00:c1::a9fe:a9fe]/opc/v2',
]

function baseUrl(given: string): string {
  const url = URL.canParse(given) ? new URL(given) : undefined
  const isPlain = url !== undefined && [url.username, url.password, url.search, url.hash].every((part) => part === '')
  if (isPlain && /^https?:$/.test(url.protocol)) return url.href.replace(/\/+$/, '')
  throw new UsageError(
    'URL_INVALID',
    'Expected metadataBaseUrl or OCI_METADATA_BASE_URL to be like http://169.254.169.254/opc/v2, without user, query or fragment; got something else.',
  )
}

/** Undefined on instances that tell no more than a name. */
async function regionInfo(text: InstanceMetadata['text'], read: MetadataReadOptions = {}): Promise<Region | undefined> {
  try {
    const { regionMetadata } = await import('../regions/region-metadata.js')
    return regionMetadata(JSON.parse(await text('/instance/regionInfo', { ...read, final: [404] })))
  } catch (error) {
    if (error instanceof SyntaxError || (error instanceof ServiceError && error.status === 404)) return undefined
    throw error
  }
}

// Most instances tell all there is to know, and nothing need be looked up.
async function regionNamed(name: string, runtime: Runtime): Promise<Region> {
  const { configuredRegion } = await import('../regions/configured-region.js')
  return configuredRegion(name, runtime)
}

async function regionName(text: InstanceMetadata['text'], read?: MetadataReadOptions): Promise<string> {
  return oneWord(await text('/instance/region', read), 'a region')
}

// What is not one word is a page of whoever answered in the service's place.
function oneWord(answer: string, what: string): string {
  if (/^[\w.-]{1,255}$/.test(answer)) return answer.toLowerCase()
  throw new ServiceError(
    'SERVICE_RESPONSE_INVALID',
    `Expected ${what} from the metadata service, found ${answer.length} characters of something else. Does a proxy answer in its place?`,
  )
}

function withHint(error: unknown): unknown {
  if (!(error instanceof ServiceError) || error.status !== undefined) return error
  const hint =
    'Only OCI compute instances have a metadata service: does this code run on one, and may it reach that address?'
  return new ServiceError(error.code, `${error.message} ${hint}`, error)
}

function unsupported(runtime: Runtime): UsageError {
  return new UsageError(
    'UNSUPPORTED_RUNTIME',
    `The instance metadata service cannot be reached from the runtime "${runtime.name}": it answers only on OCI instances, at a link-local address.`,
  )
}
