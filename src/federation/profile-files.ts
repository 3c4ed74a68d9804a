import { runtime as defaultRuntime } from '#runtime'
import { readIni, removeIniSection, replaceIniSection } from '../encoding/ini.js'
import { writePem } from '../encoding/pem.js'
import { ConfigurationError, UsageError } from '../errors.js'
import { fingerprint } from '../keys/fingerprint.js'
import type { Runtime, RuntimeFiles } from '../runtime/types.js'
import type { OciCredentials } from '../types.js'

/** Which profile, and where it lies. */
export interface ProfileOptions {
  /** @defaultValue `DEFAULT` */
  readonly profile?: string
  /** @defaultValue `.oci` in the home directory */
  readonly directory?: string
  /** @defaultValue the region of the credentials */
  readonly region?: string
  /** A `user` entry, for tools that insist on one and never read it. */
  readonly user?: string
  /** @defaultValue the runtime's own files */
  readonly runtime?: Pick<Runtime, 'files' | 'homeDirectory' | 'name'>
}

/** Where a session was written. */
export interface ProfilePaths {
  readonly configFile: string
  readonly tokenFile: string
  readonly keyFile: string
}

/**
 * Writes token and key for the OCI CLI, Terraform and the SDKs: two files that only their owner can read, and the
 * profile's section in `config`, whose other sections stay as they are. Pairs take turns in two places, and the profile
 * changes over in one step when both files of the new pair are there: nobody finds a token beside another's key.
 *
 * Rejects with UsageError `UNSUPPORTED_RUNTIME` where there are no files, `OPTION_INVALID` for a profile name that
 * cannot stand in the file or a key that cannot be exported, ConfigurationError `CONFIG_INVALID` when the credentials
 * have no token, tenancy or region, or one that cannot stand in the file, and when a file cannot be read or written.
 * @example
 * ```ts
 * import type { OciCredentials } from 'countersign'
 * import { writeProfile } from 'countersign/federation/profile-files'
 *
 * declare const credentials: OciCredentials // with an extractable key
 * const { configFile } = await writeProfile(credentials, { profile: 'UPST', region: 'eu-frankfurt-1' })
 * // oci --auth security_token --profile UPST os ns get
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm
 */
export async function writeProfile(credentials: OciCredentials, options: ProfileOptions = {}): Promise<ProfilePaths> {
  const { files, configFile, directory, profile } = place(options)
  const { token, keyPem, section } = await contentOf(credentials, options)
  const before = (await onDisk(configFile, files.readText(configFile))) ?? ''
  const paths = { configFile, ...freeSlot(directory, profile, before) }
  const write = (path: string, content: string): Promise<void> =>
    onDisk(path, files.writeAtomic(path, content, { mode: 0o600 }))
  const entries = { ...section, key_file: paths.keyFile, security_token_file: paths.tokenFile }
  for (const [name, value = ''] of Object.entries(entries)) requireOneLine(name, value)
  await onDisk(directory, files.makeDirectory(`${directory}/${profile}`, { mode: 0o700 }))
  await write(paths.keyFile, keyPem)
  await write(paths.tokenFile, token)
  await write(configFile, replaceIniSection(before, profile, entries))
  return paths
}

/**
 * Removes what {@link writeProfile} wrote: the section, the tokens and the keys. Where nothing is, nothing happens, and a
 * section of that name that somebody else wrote stays.
 *
 * Rejects as `writeProfile` does for the runtime, the profile name and files.
 * @example
 * ```ts
 * import { removeProfile } from 'countersign/federation/profile-files'
 *
 * await removeProfile({ profile: 'UPST' })
 * ```
 */
export async function removeProfile(options: ProfileOptions = {}): Promise<void> {
  const { files, configFile, directory, profile } = place(options)
  const before = (await onDisk(configFile, files.readText(configFile))) ?? ''
  if (SLOTS.some((slot) => isInUse(slot, profile, before))) {
    const after = removeIniSection(before, profile)
    const rest = after.trim() === '' ? files.remove(configFile) : files.writeAtomic(configFile, after, { mode: 0o600 })
    await onDisk(configFile, rest)
  }
  for (const path of SLOTS.flatMap((slot) => Object.values(filesOf(slot, directory, profile)))) {
    await onDisk(path, files.remove(path))
  }
}

interface Place {
  readonly files: RuntimeFiles
  readonly directory: string
  readonly configFile: string
  readonly profile: string
}

function place(options: ProfileOptions): Place {
  const { profile = 'DEFAULT', runtime = defaultRuntime } = options
  if (runtime.files === undefined) {
    throw new UsageError('UNSUPPORTED_RUNTIME', `Cannot write a profile: the runtime "${runtime.name}" has no files.`)
  }
  if (!/^[\w-]([\w .@-]*[\w@-])?$/.test(profile)) {
    throw new UsageError('OPTION_INVALID', 'Expected a profile name of letters, digits, "_", "-", ".", "@" and spaces.')
  }
  const home = runtime.homeDirectory()
  const directory = options.directory ?? (home === undefined ? undefined : `${home}/.oci`)
  if (directory === undefined)
    throw new UsageError('OPTION_INVALID', 'Expected "directory": there is no home directory.')
  return { files: runtime.files, directory, configFile: `${directory}/config`, profile }
}

interface ProfileContent {
  readonly token: string
  readonly keyPem: string
  readonly section: Readonly<Record<string, string | undefined>>
}

async function contentOf(credentials: OciCredentials, options: ProfileOptions): Promise<ProfileContent> {
  const { token, tenancy, key } = credentials
  const region = options.region ?? credentials.region
  if (token === undefined) throw missing('a security token')
  if (tenancy === undefined) throw missing('a tenancy')
  if (region === undefined) throw missing('a region, and none was given as an option')
  if (typeof key === 'function' || !key.extractable) {
    throw new UsageError('OPTION_INVALID', 'Expected a key that can be exported: ask for it with extractable: true.')
  }
  const pkcs8 = new Uint8Array(await crypto.subtle.exportKey('pkcs8', key))
  return {
    token,
    keyPem: writePem('PRIVATE KEY', pkcs8),
    section: { user: options.user, fingerprint: await fingerprintOf(key), tenancy, region },
  }
}

async function fingerprintOf(privateKey: CryptoKey): Promise<string> {
  const { kty, n, e } = await crypto.subtle.exportKey('jwk', privateKey)
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const jwk = { kty, n, e } as JsonWebKey
  const publicKey = await crypto.subtle.importKey('jwk', jwk, algorithm, true, ['verify'])
  return fingerprint(new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)))
}

const SLOTS = ['a', 'b'] as const
type Slot = (typeof SLOTS)[number]

function filesOf(slot: Slot, directory: string, profile: string): Pick<ProfilePaths, 'tokenFile' | 'keyFile'> {
  const folder = `${directory}/${profile}`
  return { tokenFile: `${folder}/session-${slot}`, keyFile: `${folder}/private_key-${slot}.pem` }
}

function freeSlot(directory: string, profile: string, config: string): Pick<ProfilePaths, 'tokenFile' | 'keyFile'> {
  return filesOf(isInUse('a', profile, config) ? 'b' : 'a', directory, profile)
}

/** Looks at the end of the path alone: the same directory can be written in several ways. */
function isInUse(slot: Slot, profile: string, config: string): boolean {
  const section = readIni(config).findLast(({ name }) => name === profile)
  const path = section?.entries.findLast(({ key }) => key === 'security_token_file')?.value
  return path?.replaceAll('\\', '/').endsWith(filesOf(slot, '', profile).tokenFile) ?? false
}

async function onDisk<T>(path: string, work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (cause) {
    const message = `Cannot read or write ${path}: check its kind, its permissions and those of its directory.`
    throw new ConfigurationError('CONFIG_INVALID', message, { cause })
  }
}

// A line break would let a value set other entries.
function requireOneLine(name: string, value: string): void {
  if (!/[\r\n]/.test(value)) return
  throw new ConfigurationError('CONFIG_INVALID', `Expected the ${name} of a profile to be one line.`)
}

function missing(what: string): ConfigurationError {
  return new ConfigurationError('CONFIG_INVALID', `A profile needs ${what}, which the credentials do not have.`)
}
