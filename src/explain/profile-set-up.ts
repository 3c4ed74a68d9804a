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
  const values = {
    tenancy: profile.get('tenancy'),
    // A session signs with its token; what stands for the user is a placeholder.
    user: token === undefined ? profile.get('user') : undefined,
    fingerprint: profile.get('fingerprint'),
    region: profile.get('region'),
    passphrase: profile.get('pass_phrase') ?? profile.get('passphrase'),
    privateKey,
    token,
  }
  const setUp = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined))
  return { setUp, missing }
}
