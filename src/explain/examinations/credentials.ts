import { type DefaultLinkName, defaultProvider } from '../../auto.js'
import { type Chained, chain } from '../../credentials/chain.js'
import { UsageError } from '../../errors.js'
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
    const unasked = patient.probe === true ? [] : [`not asked without a probe: ${callers.join(', ')}`]
    return { name, state: 'faulty', says: [reasonOf(failure), ...unasked] }
  }
}

/**
 * The credentials of the profile that is named, or else of the default chain; without a probe, only those that take no
 * call.
 */
export async function credentialsOf(patient: Patient): Promise<Chained<OciCredentials>> {
  const { runtime, clock, profile, path, fetch, probe, signal } = patient
  const network = probe === true ? { fetch } : { fetch: noCall, retry: false as const }
  const settings = { runtime, clock, profile, ...network }
  const request = signal && { signal }
  if (profile === undefined && path === undefined) {
    return defaultProvider({ ...settings, skip: probe === true ? [] : callers })(request)
  }
  const { configFile } = await import('../../credentials/config-file.js')
  return chain([{ name: 'config-file', provider: configFile({ ...settings, path }) }])(request)
}

const noCall: typeof fetch = async () => {
  throw new UsageError(
    'OPTION_INVALID',
    'These credentials take a call, and without a probe none is made. Pass probe (--probe on the command line) to allow it.',
  )
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
