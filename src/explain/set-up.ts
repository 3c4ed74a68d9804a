import { parseConfigFile } from '../credentials/config-file-parser.js'
import { DEFAULT_PROFILE, selectProfile } from '../credentials/config-profile.js'
import { profileSettings } from './profile-set-up.js'
import type { Evidence, SetUp } from './types.js'

/** The set-up as given, filled up from the profile of the configuration file. A file that cannot be read is evidence. */
export function readSetUp({ setUp = {}, config }: Evidence): { readonly setUp: SetUp; readonly failure?: unknown } {
  if (config === undefined) return { setUp }
  const { text, profile = DEFAULT_PROFILE, path = 'the configuration file' } = config
  try {
    const selected = selectProfile(parseConfigFile(text, path), profile, path)
    return { setUp: { ...profileSettings(selected), ...setUp } }
  } catch (failure) {
    return { setUp, failure }
  }
}
