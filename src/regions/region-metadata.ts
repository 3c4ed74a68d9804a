import { readJsonText } from '../encoding/json.js'
import { expandHome } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { Region } from './regions.js'

/** What a machine's files and environment tell about regions: options for `resolveRegion`. */
export interface RegionMetadata {
  readonly extra: readonly Region[]
  readonly defaultRealmDomain?: string
  /** Which files or variables were there but could not be used, and why. */
  readonly skipped: readonly string[]
}

/** Oracle's tools look into these, in this order. The first may hold more than regions. */
const FILES = ['.oci/developer-tool-configuration.json', '.oci/regions-config.json'] as const
const VARIABLE = 'OCI_REGION_METADATA'

/**
 * Gathers the regions that this machine's set-up adds to the built-in ones: `~/.oci/developer-tool-configuration.json`,
 * `~/.oci/regions-config.json`, then `OCI_REGION_METADATA`; and the domain in `OCI_DEFAULT_REALM`. What cannot be used is
 * passed over, as Oracle's own tools do, and listed in `skipped`.
 *
 * @example
 * ```ts
 * import { loadRegionMetadata, resolveRegion } from 'countersign/regions/regions'
 * import { runtime } from 'countersign/runtime/node'
 *
 * const region = resolveRegion('us-private-1', await loadRegionMetadata(runtime))
 * ```
 * @see https://docs.oracle.com/iaas/Content/API/Concepts/sdk_adding_new_region_endpoints.htm
 */
export async function loadRegionMetadata(runtime: Runtime): Promise<RegionMetadata> {
  const sources: Source[] = []
  for (const path of FILES) sources.push(...(await readFile(`~/${path}`, runtime)))
  const variable = runtime.env(VARIABLE)
  if (variable) sources.push({ name: VARIABLE, json: variable })
  const domain = runtime.env('OCI_DEFAULT_REALM')
  return { ...readSources(sources), ...(domain && { defaultRealmDomain: domain }) }
}

/** A file or variable that is there; without `json` when it cannot be read. */
interface Source {
  readonly name: string
  readonly json?: string
}

async function readFile(name: string, runtime: Runtime): Promise<readonly Source[]> {
  if (runtime.homeDirectory() === undefined) return []
  try {
    const json = await runtime.files?.readText(expandHome(name, runtime))
    return json === undefined ? [] : [{ name, json }]
  } catch {
    return [{ name }]
  }
}

/**
 * Reads one metadata object: `regionIdentifier`, `regionKey`, `realmKey` and `realmDomainComponent`, all of them
 * non-empty texts. The instance metadata service's `regionInfo` has the same form. `undefined` when it is anything else.
 *
 * @example
 * ```ts
 * import { regionMetadata, resolveRegion } from 'countersign/regions/regions'
 *
 * const region = regionMetadata({
 *   regionIdentifier: 'us-private-1',
 *   regionKey: 'PRV',
 *   realmKey: 'oc99',
 *   realmDomainComponent: 'cloud.example',
 * })
 * resolveRegion('prv', { extra: region ? [region] : [] }).id // us-private-1
 * ```
 */
export function regionMetadata(json: unknown): Region | undefined {
  if (typeof json !== 'object' || json === null) return undefined
  const { regionIdentifier, regionKey, realmKey, realmDomainComponent } = json as Record<string, unknown>
  const [id, key, realm, secondLevelDomain] = [regionIdentifier, regionKey, realmKey, realmDomainComponent].map(
    lowerCase,
  )
  return id && key && realm && secondLevelDomain ? { id, key, realm, secondLevelDomain, known: true } : undefined
}

function readSources(sources: readonly Source[]): RegionMetadata {
  const extra: Region[] = []
  const skipped: string[] = []
  for (const { name, json } of sources) {
    const entries = json === undefined ? undefined : entriesOf(json)
    if (json === undefined) skipped.push(`${name}: the file cannot be read`)
    else if (!entries) skipped.push(`${name}: expected JSON with region metadata`)
    for (const [index, entry] of (entries ?? []).entries()) {
      const region = regionMetadata(entry)
      if (region) extra.push(region)
      else
        skipped.push(
          `${name}: entry ${index + 1} is not a region (regionIdentifier, regionKey, realmKey, realmDomainComponent)`,
        )
    }
  }
  return { extra, skipped }
}

// An array, one object, or an object whose `regions` is an array.
function entriesOf(json: string): readonly unknown[] | undefined {
  const value = readJsonText(json)
  if (Array.isArray(value)) return value
  if (typeof value !== 'object' || value === null) return undefined
  const { regions = [value] } = value as { regions?: unknown }
  return Array.isArray(regions) ? regions : undefined
}

function lowerCase(value: unknown): string | undefined {
  return typeof value === 'string' ? value.trim().toLowerCase() : undefined
}
