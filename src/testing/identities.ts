import type { Region } from '../regions/regions.js'
import { resolveRegion } from '../regions/regions.js'

/** Who and what exists in the emulated tenancy. */
export interface Identities {
  readonly region: Region
  readonly tenancy: string
  readonly tenancyName: string
  /** The Object Storage namespace. */
  readonly namespace: string
  readonly user: string
  readonly userName: string
  readonly compartment: string
  /** The compute instance that the metadata service speaks for. */
  readonly instance: string
  /** The resource behind resource principals: a function. */
  readonly resource: string
  readonly resourceType: string
  /** The Kubernetes cluster and workload behind OKE tokens. */
  readonly cluster: string
  readonly kubernetesNamespace: string
  readonly serviceAccount: string
}

/** What may be chosen about the emulated tenancy. Everything else is fixed, so that two runs look the same. */
export interface IdentityOptions extends Partial<Omit<Identities, 'region'>> {
  /** A region identifier or short code. `us-phoenix-1` by default. */
  readonly region?: string
}

/** Makes an OCID of the right shape: the unique part is the label, padded to the 60 characters that OCI uses. */
export function emulatedOcid(type: string, realm: string, label: string, region = ''): string {
  return `ocid1.${type}.${realm}.${region}.aaaaaaaa${label.padEnd(52, 'a')}`
}

export function emulatedIdentities(options: IdentityOptions = {}): Identities {
  const region = resolveRegion(options.region ?? 'us-phoenix-1')
  const ocid = (type: string, label: string, where = ''): string => emulatedOcid(type, region.realm, label, where)
  const short = region.key ?? region.id
  return {
    tenancy: ocid('tenancy', 'emulatedtenancy'),
    tenancyName: 'emulated',
    namespace: 'emulatednamespace',
    user: ocid('user', 'emulateduser'),
    userName: 'emulated.user@example.com',
    compartment: ocid('compartment', 'emulatedcompartment'),
    instance: ocid('instance', 'emulatedinstance', short),
    resource: ocid('fnfunc', 'emulatedfunction', region.id),
    resourceType: 'fnfunc',
    cluster: ocid('cluster', 'emulatedcluster', region.id),
    kubernetesNamespace: 'default',
    serviceAccount: 'emulated-workload',
    ...withoutUndefined(options),
    region,
  }
}

function withoutUndefined<T extends object>(value: T): T {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as T
}
