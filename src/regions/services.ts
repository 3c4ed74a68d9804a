import { UsageError } from '../errors.js'
import { endpointTemplates } from './endpoint-templates.js'
import { type EndpointOptions, type EndpointTemplate, endpoint } from './endpoints.js'
import type { Region } from './regions.js'

/**
 * The endpoint of any public service, by the names of Oracle's SDKs: package and client (`core.ComputeClient`), or the
 * package alone (`objectstorage`), whose clients all share one endpoint. This loads the table of all services.
 *
 * @throws UsageError `OPTION_INVALID` for a name that is not in the table.
 * @example
 * ```ts
 * import { resolveRegion } from 'countersign/regions/regions'
 * import { serviceEndpoint } from 'countersign/regions/services'
 *
 * serviceEndpoint('core.ComputeClient', resolveRegion('fra')) // https://iaas.eu-frankfurt-1.oraclecloud.com/20160918
 * ```
 */
export function serviceEndpoint(service: string, region: Region, options?: EndpointOptions): string {
  return endpoint(endpointTemplate(service), region, options)
}

/**
 * The template behind `serviceEndpoint`.
 *
 * @throws UsageError `OPTION_INVALID` for a name that is not in the table.
 */
export function endpointTemplate(service: string): EndpointTemplate {
  const [, found] =
    Object.entries(endpointTemplates).find(([name]) => name === service || name.startsWith(`${service}.`)) ?? []
  if (found) return found
  throw new UsageError(
    'OPTION_INVALID',
    `Expected a service of Oracle's SDKs such as core.ComputeClient or objectstorage, got ${JSON.stringify(service.slice(0, 80))}.`,
  )
}
