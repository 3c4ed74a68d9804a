import type { ConfigProfile } from '../credentials/config-profile.js'
import { expandHome } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { SetUp } from './types.js'

/** What a profile sets up, and which of its files are not there. */
export interface ProfileSetUp {
  readonly setUp: SetUp
  readonly missing: readonly string[]
}

/** Reads a profile of the configuration file together with the key and the token that it names. */
export async function profileSetUp(profile: ConfigProfile, runtime: Runtime): Promise<ProfileSetUp> {
  const missing: string[] = []
  const content = async (key: string): Promise<string | undefined> => {
    const path = profile.get(key)
    if (path === undefined) return undefined
    const text = await runtime.files?.readText(expandHome(path, runtime)).catch(() => undefined)
    if (text === undefined) missing.push(`${key}: there is no readable file ${path}`)
    return text || undefined
  }
  const [privateKey, token] = [await content('key_file'), (await content('security_token_file'))?.trim()]
  const files = { ...(privateKey !== undefined && { privateKey }), ...(token !== undefined && { token }) }
  return { setUp: { ...profileSettings(profile), ...files }, missing }
}

/** The settings of a profile that a set-up has as well. */
export function profileSettings(profile: ConfigProfile): SetUp {
  // A session signs with its token: what stands for the user is a placeholder, and an inherited fingerprint another key's.
  const isSession = profile.get('security_token_file') !== undefined
  const values = {
    tenancy: profile.get('tenancy'),
    user: isSession ? undefined : profile.get('user'),
    fingerprint: isSession && !profile.owns('fingerprint') ? undefined : profile.get('fingerprint'),
    region: profile.get('region'),
    passphrase: profile.get('pass_phrase') ?? profile.get('passphrase'),
  }
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
}
