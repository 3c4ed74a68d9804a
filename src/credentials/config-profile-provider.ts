import { ConfigurationError } from '../errors.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'
import { apiKey } from './api-key.js'
import { askedOnce, sharingOf } from './built-once.js'
import type { ConfigFileOptions } from './config-file.js'
import type { ConfigProfile } from './config-profile.js'
import { withOwnStore } from './own-store.js'

/** How a profile can sign. */
export type ProfileAuthentication = 'api-key' | 'session-token' | 'instance-principal' | 'resource-principal'

type Settings = Omit<ConfigFileOptions, 'runtime'> & { readonly runtime: Runtime }

/** The spellings of `authentication_type` that Oracle's tools use. */
const AUTHENTICATION_TYPES: ReadonlyMap<string, ProfileAuthentication> = new Map([
  ['api_key', 'api-key'],
  ['security_token', 'session-token'],
  ['instance_principal', 'instance-principal'],
  ['resource_principal', 'resource-principal'],
])

/** Makes the provider that a profile describes. Its errors tell the profile. */
export async function profileProvider(
  profile: ConfigProfile,
  settings: Settings,
): Promise<CredentialsProvider<OciCredentials>> {
  return explained(await providerOf(profile, settings), profile)
}

async function providerOf(profile: ConfigProfile, settings: Settings): Promise<CredentialsProvider<OciCredentials>> {
  switch (settings.authentication ?? authenticationOf(profile, settings)) {
    case 'api-key':
      return fromApiKey(profile, settings)
    case 'session-token':
      return fromSession(profile, settings)
    case 'instance-principal':
      return delegated(profile, settings, async () => {
        const { instancePrincipal } = await import('./instance-principal.js')
        const own = withOwnStore(settings, 'instance-principal')
        return instancePrincipal({ ...own, region: regionOf(profile, settings) })
      })
    case 'resource-principal':
      return delegated(profile, settings, async () => {
        const { resourcePrincipal } = await import('./resource-principal.js')
        return resourcePrincipal({ ...withOwnStore(settings, 'resource-principal'), path: undefined })
      })
  }
}

function authenticationOf(profile: ConfigProfile, { onWarning }: Settings): ProfileAuthentication {
  const stated = profile.get('authentication_type')
  if (stated !== undefined) {
    const known = AUTHENTICATION_TYPES.get(stated.toLowerCase())
    if (known !== undefined) return known
    const types = [...AUTHENTICATION_TYPES.keys()].join(', ')
    throw profile.invalid(`Expected authentication_type to be one of ${types}`, 'authentication_type')
  }
  if (profile.get('security_token_file') === undefined) return 'api-key'
  const isUserItsOwn = profile.owns('user') || !profile.owns('security_token_file')
  if (profile.get('user') === undefined || !isUserItsOwn) return 'session-token'
  onWarning?.(
    `Both user and security_token_file are set, so the API key is used (${profile.where('security_token_file')}); ` +
      'remove one of the two, or ask for session-token.',
  )
  return 'api-key'
}

async function fromApiKey(profile: ConfigProfile, settings: Settings): Promise<CredentialsProvider<OciCredentials>> {
  if (profile.entry('key_content') !== undefined) {
    throw profile.invalid('Expected key_file; a key is not taken from the configuration file itself', 'key_content')
  }
  const { tenancy, user, key_file } = profile.require('tenancy', 'user', 'key_file')
  const privateKey = await readTextFile(key_file, `the private key (${profile.where('key_file')})`, settings.runtime)
  const fingerprint = profile.get('fingerprint')
  const passphrase = passphraseOf(profile, settings)
  const region = regionOf(profile, settings)
  return askedOnce(apiKey({ tenancy, user, fingerprint, privateKey, passphrase, region }), sharingOf(settings))
}

async function fromSession(profile: ConfigProfile, settings: Settings): Promise<CredentialsProvider<OciCredentials>> {
  const { security_token_file, key_file } = profile.require('security_token_file', 'key_file')
  const { sessionToken } = await import('./session-token.js')
  return sessionToken({
    ...settings,
    token: { file: security_token_file },
    privateKey: { file: key_file },
    passphrase: passphraseOf(profile, settings),
    region: regionOf(profile, settings),
    tenancy: profile.get('tenancy'),
  })
}

/** Acts as the principal, or for the user whose delegation token the profile has. */
async function delegated(
  profile: ConfigProfile,
  { runtime, clock }: Settings,
  principal: () => Promise<CredentialsProvider<OciCredentials>>,
): Promise<CredentialsProvider<OciCredentials>> {
  const file = profile.get('delegation_token_file')
  const token = file === undefined ? profile.get('delegation_token') : { file }
  if (token === undefined) return principal()
  const { withDelegation } = await import('./delegation-token.js')
  return withDelegation(await principal(), token, { runtime, clock })
}

function passphraseOf(profile: ConfigProfile, { passphrase }: Settings): Settings['passphrase'] {
  return passphrase ?? profile.get('pass_phrase') ?? profile.get('passphrase')
}

function regionOf(profile: ConfigProfile, { runtime }: Settings): string | undefined {
  const region = profile.get('region')
  if (region !== undefined && /\s/.test(region)) throw profile.invalid('Expected a region without spaces', 'region')
  return region ?? (runtime.env('OCI_REGION') || undefined)
}

/** Adds to what is wrong with the settings where they are. */
function explained(
  provider: CredentialsProvider<OciCredentials>,
  profile: ConfigProfile,
): CredentialsProvider<OciCredentials> {
  return async (request) => {
    try {
      return await provider(request)
    } catch (error) {
      if (!(error instanceof ConfigurationError)) throw error
      const place = `Profile [${profile.name}] of ${profile.path}`
      // What the profile asks for is configured, whatever else is not: a chain must not go on and sign as somebody else.
      const code = error.code === 'NOT_CONFIGURED' ? 'CONFIG_MISSING' : error.code
      throw new ConfigurationError(code, `${place}: ${error.message}`, { cause: error })
    }
  }
}
