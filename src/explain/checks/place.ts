import { resolveRegion } from '../../regions/regions.js'
import { found } from '../evidence.js'
import type { Scene } from '../scene.js'
import type { Finding } from '../types.js'
import { realmOf } from './identifiers.js'

/** Where the request goes against where the credentials belong: realm and region. */
export function checkPlace(scene: Scene): readonly Finding[] {
  const { url, probed } = scene
  if (url !== undefined && probed?.reachable === false)
    return [found('ENDPOINT_UNREACHABLE', 'certain', `no answer from ${url.host}`)]
  const place = url && hostPlace(url.hostname)
  if (place === undefined) return []
  const code = checkRegionCode(place)
  return code.length > 0 ? code : [...checkRealm(scene, place), ...checkRegion(scene, place)]
}

interface Place {
  /** The label of the host that stands for the region. */
  readonly label: string
  readonly region: ReturnType<typeof resolveRegion>
  readonly domain: string
}

/** Finds region and second-level domain in `<service>.<region>.[oci.]<second-level domain>`. */
function hostPlace(host: string): Place | undefined {
  const domain = /(?:^|\.)((?:oraclecloud|oraclegovcloud)\w*\.(?:com|uk|eu))$/u.exec(host)?.[1]
  if (domain === undefined) return undefined
  const labels = host
    .slice(0, -domain.length - 1)
    .split('.')
    .filter((label) => !['oci', 'ocp', 'ocs', 'ds'].includes(label))
  const label = labels.at(-1)
  return label === undefined ? undefined : { label, domain, region: resolveRegion(label) }
}

function checkRegionCode({ label, region }: Place): readonly Finding[] {
  if (!region.known || region.key !== label || region.id === label) return []
  return [found('REGION_CODE_IN_HOST', 'certain', `the host says "${label}", the identifier is "${region.id}"`)]
}

/** The key id alone is made up in examples and tests: without a refusal or a set-up it makes no case. */
function checkRealm({ setUp, keyId, token, response }: Scene, place: Place): readonly Finding[] {
  const named = keyId?.startsWith('ocid') ? keyId.split('/')[0] : token?.value?.claims['tenant']
  const tenancy = setUp.tenancy ?? (isRefusal(response) ? named : undefined)
  const realm = typeof tenancy === 'string' ? realmOf(tenancy) : undefined
  if (realm === undefined || !place.region.known || place.region.realm === realm) return []
  return [found('REALM_MISMATCH', 'certain', `tenancy: ${realm}`, `host: ${place.region.realm} (${place.region.id})`)]
}

function isRefusal(response: Scene['response']): boolean {
  return response !== undefined && (response.status === 401 || response.status === 404)
}

/** A request may go to another region on purpose; only a refused one makes it worth a word. */
function checkRegion({ setUp, response }: Scene, { region }: Place): readonly Finding[] {
  if (!isRefusal(response) || setUp.region === undefined || !region.known) return []
  const configured = resolveRegion(setUp.region.trim())
  if (configured.id === region.id) return []
  return [found('REGION_MISMATCH', 'possible', `configured: ${configured.id}`, `host: ${region.id}`)]
}
