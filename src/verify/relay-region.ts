import { VerificationError } from '../errors.js'
import { endpoint, type Region, resolveRegion } from '../regions/regions.js'

/** Where a presigned request may be sent. */
export interface RelayRegionRules {
  /** Realms whose regions may be named. @defaultValue the commercial one, `oc1` */
  readonly realms?: readonly string[] | undefined
  /** Regions that may be named, as identifiers. @defaultValue every public region of the realms */
  readonly regions?: readonly string[] | undefined
}

/**
 * The region that a client names, when it is one of our own table: no address is ever made of anything else.
 *
 * @throws VerificationError `HOST_REFUSED`
 */
export function relayRegion(name: unknown, { realms = ['oc1'], regions }: RelayRegionRules): Region {
  const region = typeof name === 'string' ? resolveRegion(name) : undefined
  if (region?.known && realms.includes(region.realm) && (regions === undefined || regions.includes(region.id)))
    return region
  throw new VerificationError(
    'HOST_REFUSED',
    'Expected the name of a region that requests may be relayed to, found another.',
  )
}

/** The host of the Identity service that was signed for: the newer or the older form of it, and no other. */
export function identityHost(signed: string | undefined, region: Region): string {
  const hosts = [new URL(endpoint('identity', region)).host, `identity.${region.id}.${region.secondLevelDomain}`]
  const host = hosts.find((candidate) => candidate === signed?.toLowerCase())
  if (host !== undefined) return host
  throw new VerificationError(
    'HOST_REFUSED',
    "Expected a request signed for the region's Identity service, found another host.",
  )
}
