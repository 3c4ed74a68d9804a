import type { Runtime } from '../runtime/types.js'
import { serviceUrl } from './service-url.js'

/**
 * Where a service is called that has this endpoint: there, or at the one address that `OCI_CLI_ENDPOINT` names for all
 * services, with the path of the service behind it.
 *
 * @throws UsageError `URL_INVALID` for an address that is none; it is not repeated.
 */
export function configuredEndpoint(endpoint: string, runtime: Pick<Runtime, 'env'>): string {
  const address = runtime.env('OCI_CLI_ENDPOINT')
  if (!address) return endpoint
  const { origin, pathname } = serviceUrl(address, 'OCI_CLI_ENDPOINT')
  return origin + withoutSlash(pathname) + withoutSlash(new URL(endpoint).pathname)
}

function withoutSlash(path: string): string {
  return path.replace(/\/+$/, '')
}
