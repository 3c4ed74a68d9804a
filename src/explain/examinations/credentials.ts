import { type DefaultLinkName, defaultProvider } from '../../auto.js'
import type { Chained } from '../../credentials/chain.js'
import type { OciCredentials } from '../../types.js'
import { isoTime } from '../evidence.js'
import { type Examination, type Patient, reasonOf } from '../examination.js'

const name = 'credentials'

/** Those that have to call somebody for a token. */
const callers: readonly DefaultLinkName[] = [
  'workload-identity-federation',
  'oke-workload-identity',
  'instance-principal',
]

/** Who the default chain would sign as, and what it passed over on the way. */
export async function examineCredentials(patient: Patient): Promise<Examination> {
  try {
    const credentials = await credentialsOf(patient)
    return { name, state: 'good', says: [...describe(credentials), ...triedBefore(credentials)] }
  } catch (failure) {
    return { name, state: 'faulty', says: [reasonOf(failure)] }
  }
}

/** The default chain's credentials; without a probe, only those that take no call. */
export function credentialsOf(patient: Patient): Promise<Chained<OciCredentials>> {
  const { runtime, clock, profile, fetch, probe, signal } = patient
  const provider = defaultProvider({ runtime, clock, profile, fetch, skip: probe === true ? [] : callers })
  return provider(signal && { signal })
}

function describe({ source, keyId, tenancy, region, claims, expiresAt }: OciCredentials): readonly string[] {
  const who = keyId.startsWith('ST$')
    ? `token for ${String(claims?.['sub'] ?? 'somebody it does not name')}`
    : `key id ${keyId}`
  const facts = [
    source === undefined ? undefined : `from: ${source}`,
    who,
    tenancy === undefined ? undefined : `tenancy: ${tenancy}`,
    region === undefined ? undefined : `region: ${region}`,
    expiresAt === undefined ? undefined : `good until ${isoTime(expiresAt)}`,
  ]
  return facts.filter((fact) => fact !== undefined)
}

function triedBefore({ tried }: Chained<OciCredentials>): readonly string[] {
  return tried.map((link) => `not ${link.name}: ${link.reason}`)
}
