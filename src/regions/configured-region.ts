import type { Runtime } from '../runtime/types.js'
import { loadRegionMetadata, type Region, resolveRegion } from './regions.js'

/**
 * Finds a region by name, asking the machine's files and environment only about one that is not built in.
 *
 * @example
 * ```ts
 * import { configuredRegion } from 'countersign/regions/configured-region'
 * import { runtime } from 'countersign/runtime/node'
 *
 * const { id } = await configuredRegion('fra', runtime) // eu-frankfurt-1
 * ```
 */
export async function configuredRegion(name: string, runtime: Runtime): Promise<Region> {
  const region = resolveRegion(name)
  return region.known ? region : resolveRegion(name, await loadRegionMetadata(runtime))
}
