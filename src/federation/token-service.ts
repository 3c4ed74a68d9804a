import { UsageError } from '../errors.js'
import { configuredRegion } from '../regions/configured-region.js'
import { authEndpoint } from '../regions/endpoints.js'
import type { Runtime } from '../runtime/types.js'

/**
 * The token service of a region.
 *
 * @throws UsageError `OPTION_INVALID` when the region is not known; `option` names what to set instead.
 */
export async function tokenServiceOf(region: string | undefined, runtime: Runtime, option: string): Promise<string> {
  if (region !== undefined) return authEndpoint(await configuredRegion(region, runtime))
  throw new UsageError(
    'OPTION_INVALID',
    `Expected ${option} or a region, whose token service would be taken; got neither.`,
  )
}
