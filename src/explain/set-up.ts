import { parseConfigFile } from '../credentials/config-file-parser.js'
import { DEFAULT_PROFILE, selectProfile } from '../credentials/config-profile.js'
import type { Evidence, SetUp } from './types.js'

/** The settings that a configuration file and a set-up share. */
const settings = {
  tenancy: 'tenancy',
  user: 'user',
  fingerprint: 'fingerprint',
  region: 'region',
  passphrase: 'pass_phrase',
} as const

/** The set-up as given, filled up from the profile of the configuration file. A file that cannot be read is evidence. */
export function readSetUp({ setUp = {}, config }: Evidence): { readonly setUp: SetUp; readonly failure?: unknown } {
  if (config === undefined) return { setUp }
  const { text, profile = DEFAULT_PROFILE, path = 'the configuration file' } = config
  try {
    const selected = selectProfile(parseConfigFile(text, path), profile, path)
    // A session signs with its token; what stands for the user is a placeholder.
    const isSession = selected.get('security_token_file') !== undefined
    const named = Object.entries(settings).filter(([name]) => !(isSession && name === 'user'))
    const read = named.map(([name, key]) => [name, selected.get(key)])
    return { setUp: { ...Object.fromEntries(read.filter(([, value]) => value !== undefined)), ...setUp } }
  } catch (failure) {
    return { setUp, failure }
  }
}
