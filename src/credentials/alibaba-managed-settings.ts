import { ConfigurationError } from '../errors.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { listsOf, readProperties, type Settings, type SettingValues, settingsOf } from './alibaba-properties.js'

/** Where settings come from. The environment goes before files, and files before values. */
export interface ManagedConfiguration {
  /** Settings by their names, for runtimes without files; lists may be arrays. */
  readonly values?: SettingValues | undefined
  /** The path of a properties file; `false` reads none. Default: `managed_credentials_providers.properties`, if it is there. */
  readonly file?: string | false | undefined
  /** Whether to read the environment. Default: true. */
  readonly environment?: boolean | undefined
}

/** A region's shared gateway. */
export interface RegionSettings {
  readonly regionId: string
  readonly endpoint?: string | undefined
  readonly vpc: boolean
  readonly caFilePath?: string | undefined
}

/** What the configuration says, read and not yet opened. */
export interface ManagedSettings {
  readonly settings: Settings
  readonly regions: readonly RegionSettings[]
  /** Dedicated KMS instances, each as it was written. */
  readonly instances: readonly Settings[]
  /** Secrets to fetch ahead. */
  readonly secretNames: readonly string[]
}

const PLUGIN_FILE = 'managed_credentials_providers.properties'
const CLIENT_FILE = 'secretsmanager.properties'

/** Every setting that the environment may hold. */
const NAMES = [
  'credentials_type',
  'credentials_access_key_id',
  'credentials_access_secret',
  'credentials_access_token_id',
  'credentials_access_token',
  'credentials_role_arn',
  'credentials_role_session_name',
  'credentials_policy',
  'credentials_role_name',
  'credentials_oidc_provider_arn',
  'credentials_oidc_token_file_path',
  'credentials_duration_seconds',
  'credentials_sts_region_id',
  'credentials_sts_endpoint',
  'client_key_private_key_path',
  'client_key_private_key_content',
  'client_key_password_from_env_variable',
  'client_key_password_from_file_path',
  'client_key_password',
  'cache_client_region_id',
  'cache_client_dkms_config_info',
  'secret_names',
  'rotation_interval',
  'delay_interval',
] as const

/**
 * Reads the configuration of managed credentials.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` when there is none anywhere, `CONFIG_MISSING` for a named file that is not
 * there, `CONFIG_INVALID` for lists that are none and files that cannot be read.
 */
export async function readManagedSettings(
  runtime: Runtime,
  configuration: ManagedConfiguration = {},
): Promise<ManagedSettings> {
  const { values = {}, environment = true } = configuration
  const sources = [values, ...(await filesOf(configuration, runtime)), environment ? variablesOf(runtime) : {}]
  const settings = settingsOf(sources)
  const instances = listsOf(sources, 'cache_client_dkms_config_info')
  if (settings.get('credentials_type') === undefined && instances.length === 0) throw notConfigured()
  return {
    settings,
    instances,
    regions: listsOf(sources, 'cache_client_region_id').map(regionOf),
    secretNames: (settings.get('secret_names') ?? '').split(',').flatMap((name) => name.trim() || []),
  }
}

/** Milliseconds, as a setting holds them. @throws ConfigurationError `CONFIG_INVALID` for anything but a positive number. */
export function millisecondsOf(settings: Settings, name: string): number | undefined {
  const text = settings.get(name)
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isFinite(value) && value > 0) return value
  throw new ConfigurationError(
    'CONFIG_INVALID',
    `Expected a positive number of milliseconds in ${name}, found "${text}".`,
  )
}

async function filesOf(
  { file = PLUGIN_FILE }: ManagedConfiguration,
  runtime: Runtime,
): Promise<readonly SettingValues[]> {
  if (file === false) return []
  const isNamed = file !== PLUGIN_FILE
  const texts = [
    isNamed
      ? await readTextFile(file, 'the configuration of managed credentials', runtime)
      : await optionalFile(file, runtime),
    await optionalFile(CLIENT_FILE, runtime),
  ]
  return texts.flatMap((text) => (text === undefined ? [] : [readProperties(text)]))
}

async function optionalFile(path: string, { files }: Runtime): Promise<string | undefined> {
  return files?.readText(path).catch((cause: unknown) => {
    throw new ConfigurationError(
      'CONFIG_INVALID',
      `Cannot read ${path}: check its kind and its permissions, or pass configuration: { file: false }.`,
      { cause },
    )
  })
}

function variablesOf({ env }: Runtime): SettingValues {
  return Object.fromEntries(NAMES.map((name) => [name, env(name) || env(name.toUpperCase())]))
}

function regionOf(item: Settings): RegionSettings {
  const vpc = item.get('vpc')?.toLowerCase() === 'true'
  return {
    regionId: item.required('regionId'),
    endpoint: item.get('endpoint'),
    vpc,
    caFilePath: item.get('caFilePath'),
  }
}

function notConfigured(): ConfigurationError {
  return new ConfigurationError(
    'NOT_CONFIGURED',
    `Expected credentials_type or cache_client_dkms_config_info in ${PLUGIN_FILE}, in the environment or in the option "configuration", found neither.`,
  )
}
