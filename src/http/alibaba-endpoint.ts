import { UsageError } from '../errors.js'

/** Where a regional service of Alibaba Cloud is. */
export interface RegionalEndpoint {
  /** A host, or a URL. Default: the region's. */
  readonly endpoint?: string | undefined
  readonly region?: string | undefined
  /** Whether to use the region's endpoint inside of the VPC. */
  readonly vpc?: boolean | undefined
}

/**
 * The address of a service: the one given, the region's, or the central one.
 *
 * @throws UsageError `URL_INVALID` when what was given is no host, URL or region.
 */
export function regionalUrl(service: string, { endpoint, region, vpc = false }: RegionalEndpoint): URL {
  if (endpoint) return endpointUrl(endpoint)
  if (!region) return endpointUrl(`${service}.aliyuncs.com`)
  if (/^[a-z0-9-]+$/.test(region)) return endpointUrl(`${service}${vpc ? '-vpc' : ''}.${region}.aliyuncs.com`)
  throw new UsageError('URL_INVALID', `Expected a region such as "cn-hangzhou", found "${region}".`)
}

/**
 * The URL that a host or a URL stands for; without a scheme, `https:`.
 *
 * @throws UsageError `URL_INVALID`.
 */
export function endpointUrl(endpoint: string): URL {
  const text = /^https?:\/\//i.test(endpoint) ? endpoint : `https://${endpoint}/`
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url && url.username === '' && url.password === '') return url
  throw new UsageError(
    'URL_INVALID',
    'Expected an endpoint such as "kms.cn-hangzhou.aliyuncs.com", or a URL without a user name and password, found something else.',
  )
}
