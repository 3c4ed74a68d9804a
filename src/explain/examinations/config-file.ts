import { readConfigProfile } from '../../credentials/config-file.js'
import type { ConfigProfile } from '../../credentials/config-profile.js'
import { CountersignError } from '../../errors.js'
import { causes } from '../causes.js'
import { found } from '../evidence.js'
import type { Examination, Patient } from '../examination.js'
import { explain } from '../explain.js'
import { profileSetUp } from '../profile-set-up.js'

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

async function examineProfile(profile: ConfigProfile, { runtime, clock }: Patient): Promise<Examination> {
  const { setUp, missing } = await profileSetUp(profile, runtime)
  const explanation = await explain({ setUp }, { clock })
  const faulty = missing.length > 0 || explanation.causes.length > 0
  const says = [`profile [${profile.name}] of ${profile.path}`, ...missing]
  return { name, state: faulty ? 'faulty' : 'good', says, causes: explanation.causes }
}
