import { readConfigProfile } from '../../credentials/config-file.js'
import type { ConfigProfile } from '../../credentials/config-profile.js'
import { CountersignError } from '../../errors.js'
import { expandHome } from '../../runtime/text-file.js'
import { causes } from '../causes.js'
import { found } from '../evidence.js'
import type { Examination, Patient } from '../examination.js'
import { explain } from '../explain.js'
import type { SetUp } from '../types.js'

const name = 'configuration file'

/** The profile, and the files that it names. */
export async function examineConfigFile(patient: Patient): Promise<Examination> {
  const { runtime } = patient
  if (runtime.files === undefined)
    return { name, state: 'absent', says: [`the runtime "${runtime.name}" has no files`] }
  try {
    const profile = await readConfigProfile(patient)
    return examineProfile(profile, patient)
  } catch (failure) {
    return unreadable(failure)
  }
}

function unreadable(failure: unknown): Examination {
  const says = failure instanceof CountersignError ? failure.message : 'the file cannot be read'
  if (failure instanceof CountersignError && failure.code === 'NOT_CONFIGURED')
    return { name, state: 'absent', says: [says] }
  return {
    name,
    state: 'faulty',
    says: [],
    causes: [{ ...found('CONFIG_BROKEN', 'certain', says), ...causes.CONFIG_BROKEN }],
  }
}

async function examineProfile(profile: ConfigProfile, patient: Patient): Promise<Examination> {
  const says = [`profile [${profile.name}] of ${profile.path}`]
  const missing: string[] = []
  const content = async (key: string): Promise<string | undefined> => {
    const path = profile.get(key)
    const text =
      path && (await patient.runtime.files?.readText(expandHome(path, patient.runtime)).catch(() => undefined))
    if (path && text === undefined) missing.push(`${key}: there is no readable file ${path}`)
    return text || undefined
  }
  const setUp = await setUpOf(profile, content)
  const explanation = await explain({ setUp }, { clock: patient.clock })
  const faulty = missing.length > 0 || explanation.causes.length > 0
  return { name, state: faulty ? 'faulty' : 'good', says: [...says, ...missing], causes: explanation.causes }
}

async function setUpOf(profile: ConfigProfile, content: (key: string) => Promise<string | undefined>): Promise<SetUp> {
  const token = (await content('security_token_file'))?.trim()
  const values = {
    tenancy: profile.get('tenancy'),
    // A session signs with its token; what stands for the user is a placeholder.
    user: token === undefined ? profile.get('user') : undefined,
    fingerprint: profile.get('fingerprint'),
    region: profile.get('region'),
    passphrase: profile.get('pass_phrase') ?? profile.get('passphrase'),
    privateKey: await content('key_file'),
    token,
  }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
