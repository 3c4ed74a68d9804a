import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError } from '../errors.js'
import { expandHome, readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { type CredentialsProvider, type OciCredentials, systemClock } from '../types.js'
import { sharingOf } from './built-once.js'
import { changeWatcher } from './changed-files.js'
import { parseConfigFile } from './config-file-parser.js'
import { findConfigFile } from './config-file-path.js'
import { type ConfigProfile, DEFAULT_PROFILE, selectProfile } from './config-profile.js'
import { type ProfileAuthentication, profileProvider } from './config-profile-provider.js'
import type { PrincipalOptions } from './principal-options.js'
import type { SessionTokenOptions } from './session-token.js'

export interface ConfigFileOptions
  extends PrincipalOptions,
    Pick<SessionTokenOptions, 'autoRefresh' | 'onRefresh' | 'passphrase'> {
  /** Default: `OCI_CLI_CONFIG_FILE`, `OCI_CONFIG_FILE`, `~/.oci/config`, `~/.oraclebmc/config`, the first there is. */
  readonly path?: string | undefined
  /** Default: `OCI_CLI_PROFILE`, then `DEFAULT`. */
  readonly profile?: string | undefined
  /** How to sign, in place of what the profile's settings say. */
  readonly authentication?: ProfileAuthentication | undefined
  /** Told what is odd about the profile but no reason to stop. */
  readonly onWarning?: ((message: string) => void) | undefined
}

/**
 * Signs as a profile of an OCI configuration file says: with an API key, a session token, or a principal with a
 * delegation token. The file and the key are read again when they change; what says the same as before stays in use.
 *
 * Settings that a profile lacks come from `[DEFAULT]`, but not those that belong to a key when the profile has its own.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` when there is no file and none was named, `CONFIG_MISSING` for a file that
 * was named, `CONFIG_INVALID` with the line, `PROFILE_MISSING`, and the codes of the credentials the profile leads to.
 * @example
 * ```ts
 * import { configFile } from 'countersign/credentials/config-file'
 *
 * const credentials = configFile({ profile: 'PRODUCTION' })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm
 */
export function configFile(options: ConfigFileOptions = {}): CredentialsProvider<OciCredentials> {
  let chosen: Chosen | undefined
  let underway: Promise<Chosen> | undefined
  const { sharesPromises } = sharingOf({ ...options, runtime: options.runtime ?? defaultRuntime })
  const choose = (): Promise<Chosen> => {
    if (!sharesPromises) return open(options, chosen)
    underway ??= open(options, chosen).finally(() => {
      underway = undefined
    })
    return underway
  }
  return async (request) => {
    request?.signal?.throwIfAborted()
    if (chosen === undefined) chosen = await choose()
    else if (await chosen.haveFilesChanged()) chosen = await choose().catch(keep(chosen, options))
    return chosen.provider(request)
  }
}

/**
 * Reads a profile without making anything of it.
 *
 * @throws ConfigurationError as `configFile` does for the file and the profile.
 */
export async function readConfigProfile(
  options: Pick<ConfigFileOptions, 'path' | 'profile' | 'runtime'> = {},
): Promise<ConfigProfile> {
  const { runtime = defaultRuntime } = options
  const place = await findConfigFile(options.path, runtime)
  if (place === undefined) throw notConfigured(whyNoPlace(runtime))
  const sections = parseConfigFile(await readTextFile(place.path, 'the configuration', runtime), place.path)
  const named = options.profile ?? (runtime.env('OCI_CLI_PROFILE') || undefined)
  if (named === undefined && !place.isNamed && !sections.has(DEFAULT_PROFILE)) {
    throw notConfigured(`${place.path} has no [${DEFAULT_PROFILE}] profile, and no other was asked for`)
  }
  return selectProfile(sections, named ?? DEFAULT_PROFILE, place.path)
}

function whyNoPlace({ files, name }: Runtime): string {
  if (files === undefined) return `the runtime "${name}" has no file system; take apiKey() and pass the text of the key`
  return 'there is no ~/.oci/config, and OCI_CLI_CONFIG_FILE is not set'
}

interface Chosen {
  readonly profile: ConfigProfile
  readonly keyModifiedAt: number | undefined
  readonly provider: CredentialsProvider<OciCredentials>
  haveFilesChanged(): Promise<boolean>
}

async function open(options: ConfigFileOptions, before: Chosen | undefined): Promise<Chosen> {
  const { runtime = defaultRuntime, clock = systemClock } = options
  const profile = await readConfigProfile(options)
  const { files } = runtime
  const keyFiles = [profile.get('key_file') ?? []].flat().map((file) => expandHome(file, runtime))
  const [keyModifiedAt] = await Promise.all(keyFiles.map((file) => files?.modifiedAt(file).catch(() => undefined)))
  // Other profiles come and go in the file, and this one may have a session that is nowhere but in memory.
  if (before?.profile.equals(profile) && before.keyModifiedAt === keyModifiedAt) return before
  const paths = [profile.path, ...keyFiles]
  const haveFilesChanged = files ? changeWatcher({ files, paths, clock }) : async () => false
  await haveFilesChanged()
  const provider = await profileProvider(profile, { ...options, runtime })
  return { profile, keyModifiedAt, provider, haveFilesChanged }
}

/** What was read before stays in use while the file is being edited, or is broken. */
function keep(before: Chosen, { onWarning }: ConfigFileOptions): (error: unknown) => Chosen {
  return (error) => {
    const reason = error instanceof Error ? error.message : 'it cannot be read'
    onWarning?.(`The configuration changed and cannot be used; the one read before stays in use: ${reason}`)
    return before
  }
}

function notConfigured(reason: string): ConfigurationError {
  return new ConfigurationError('NOT_CONFIGURED', `No configuration file to use: ${reason}.`)
}
