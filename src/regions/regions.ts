import { realmDomains, regionKeys } from './region-table.js'

export { authEndpoint, endpoint } from './endpoints.js'
export { loadRegionMetadata, regionMetadata } from './region-metadata.js'

/** Where requests go: a region of a realm. */
export interface Region {
  /** The identifier, such as `eu-frankfurt-1`; or a dotted one that carries its own domain. */
  readonly id: string
  /** The three-letter key, such as `fra`. */
  readonly key?: string
  /** The realm, such as `oc1`; empty when only the domain is known. */
  readonly realm: string
  /** The domain that the services' hosts end with, such as `oraclecloud.com`. */
  readonly secondLevelDomain: string
  /** False when realm and domain are a guess, because nothing tells of this region. */
  readonly known: boolean
}

export interface ResolveRegionOptions {
  /** Regions that are newer than this library, or not public. A built-in region of the same name is kept. */
  readonly extra?: readonly Region[]
  /** The domain of regions that nothing tells of (`OCI_DEFAULT_REALM`). Default: that of `oc1`. */
  readonly defaultRealmDomain?: string | undefined
}

/**
 * Finds a region by its identifier or three-letter key, in any case. A region that nothing tells of is no error: it may
 * be newer than this library. It is taken to be in the default realm and marked as not known.
 *
 * @example
 * ```ts
 * import { resolveRegion } from 'countersign/regions/regions'
 *
 * resolveRegion('FRA').id // eu-frankfurt-1
 * resolveRegion('eu-frankfurt-1').secondLevelDomain // oraclecloud.com
 * ```
 * @see https://docs.oracle.com/iaas/Content/General/Concepts/regions.htm
 */
export function resolveRegion(name: string, options: ResolveRegionOptions = {}): Region {
  const wanted = name.trim().toLowerCase()
  const found = [...builtInRegions(), ...(options.extra ?? [])].find(
    ({ id, key }) => wanted === id.toLowerCase() || wanted === key?.toLowerCase(),
  )
  if (found) return found
  const dot = wanted.indexOf('.')
  const fallback = options.defaultRealmDomain?.replace(/["'\s]/g, '').toLowerCase()
  return unknownRegion(wanted, dot > 0 ? wanted.slice(dot + 1) : fallback || realmDomains['oc1'])
}

/** Every public region. */
export function builtInRegions(): readonly Region[] {
  return Object.entries(regionKeys).flatMap(([realm, keys]) =>
    Object.entries(keys).map(([id, key]) => ({ id, key, realm, secondLevelDomain: domainOf(realm), known: true })),
  )
}

function unknownRegion(id: string, secondLevelDomain = ''): Region {
  const [realm = ''] = Object.entries(realmDomains).find(([, domain]) => domain === secondLevelDomain) ?? []
  return { id, realm, secondLevelDomain, known: false }
}

function domainOf(realm: string): string {
  return realmDomains[realm] ?? ''
}
