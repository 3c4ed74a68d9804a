import { ConfigurationError } from '../errors.js'

/** What the environment can tell of a resource principal, by the end of the variable's name. */
const VARIABLES = {
  tokenEndpoint: 'RPT_ENDPOINT',
  sessionTokenEndpoint: 'RPST_ENDPOINT',
  path: 'RPT_PATH',
  resource: 'RESOURCE_ID',
  tenancy: 'TENANCY_ID',
  securityContext: 'SECURITY_CONTEXT',
  privateKey: 'PRIVATE_PEM',
  passphrase: 'PRIVATE_PEM_PASSPHRASE',
  token: 'RPST',
  region: 'REGION',
} as const

export type ResourcePrincipalVariable = keyof typeof VARIABLES

type KeyPairVariable = 'tokenEndpoint' | 'sessionTokenEndpoint' | 'resource' | 'privateKey'

/** What each version that stands on its own cannot do without. */
interface RequiredVariables {
  '1.1': 'tokenEndpoint'
  '2.1': KeyPairVariable
  '2.1.1': KeyPairVariable | 'tenancy'
  '2.1.2': KeyPairVariable | 'tenancy'
  '2.2': 'token' | 'privateKey'
}

export type ResourcePrincipalVersion = keyof RequiredVariables

const KEY_PAIR: readonly KeyPairVariable[] = ['tokenEndpoint', 'sessionTokenEndpoint', 'resource', 'privateKey']
const REQUIRED: { readonly [Version in ResourcePrincipalVersion]: readonly RequiredVariables[Version][] } = {
  '1.1': ['tokenEndpoint'],
  '2.1': KEY_PAIR,
  '2.1.1': [...KEY_PAIR, 'tenancy'],
  '2.1.2': [...KEY_PAIR, 'tenancy'],
  '2.2': ['token', 'privateKey'],
}

/** The end of the variables' names: nothing, or that of the lowest level of a nested resource principal. */
export type ResourcePrincipalSuffix = '' | '_FOR_LEAF_RESOURCE'

type Environment = (name: string) => string | undefined
type Values = Readonly<Partial<Record<ResourcePrincipalVariable, string>>>

/** What the environment tells of one level: its version, all that the version needs, and what else is there. */
export type ResourcePrincipalSettings = {
  readonly [Version in ResourcePrincipalVersion]: Values & {
    readonly version: Version
  } & Readonly<Record<RequiredVariables[Version], string>>
}[ResourcePrincipalVersion]

const PREFIX = 'OCI_RESOURCE_PRINCIPAL_'

/**
 * Reads the version of the resource principal that the environment describes.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` when it describes none.
 */
export function resourcePrincipalVersion(env: Environment, suffix: ResourcePrincipalSuffix = ''): string {
  const name = `${PREFIX}VERSION${suffix}`
  const version = env(name)?.trim()
  if (version) return version
  throw new ConfigurationError(
    'NOT_CONFIGURED',
    `Expected ${name} to be set, it is not. Resource principals exist only in services that offer them: ` +
      'https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdk_authentication_methods.htm',
  )
}

/**
 * Reads what the environment tells of a resource principal.
 *
 * @throws ConfigurationError `CONFIG_INVALID` for a version that is not known, `CONFIG_MISSING` with the name of every
 * variable that is not set.
 */
export function resourcePrincipalSettings(
  env: Environment,
  suffix: ResourcePrincipalSuffix = '',
): ResourcePrincipalSettings {
  const version = resourcePrincipalVersion(env, suffix)
  if (!isKnown(version)) throw unknownVersion(version, suffix)
  const values = Object.fromEntries(
    Object.entries(VARIABLES).map(([name, end]) => [name, env(PREFIX + end + suffix)?.trim() || undefined]),
  )
  const missing = REQUIRED[version].filter((name) => values[name] === undefined)
  if (missing.length > 0)
    throw incomplete(
      missing.map((name) => PREFIX + VARIABLES[name] + suffix),
      version,
    )
  return { ...values, version } as ResourcePrincipalSettings
}

/** What the environment tells of the level above the leaf of a nested resource principal. */
export interface ParentSettings {
  readonly parentUrl: string
  readonly sessionTokenEndpoint?: string
}

/** @throws ConfigurationError `CONFIG_MISSING` */
export function parentSettings(env: Environment): ParentSettings {
  const [urlName, endpointName] = ['RPT_URL', 'RPST_ENDPOINT'].map((end) => `${PREFIX}${end}_FOR_PARENT_RESOURCE`)
  const parentUrl = env(urlName ?? '')?.trim()
  const sessionTokenEndpoint = env(endpointName ?? '')?.trim()
  if (!parentUrl) throw incomplete([urlName ?? ''], '3.0')
  return { parentUrl, ...(sessionTokenEndpoint && { sessionTokenEndpoint }) }
}

function isKnown(version: string): version is ResourcePrincipalVersion {
  return Object.hasOwn(REQUIRED, version)
}

function unknownVersion(version: string, suffix: ResourcePrincipalSuffix): ConfigurationError {
  const known = [...Object.keys(REQUIRED), ...(suffix === '' ? ['3.0'] : [])].join(', ')
  return new ConfigurationError(
    'CONFIG_INVALID',
    `Expected ${PREFIX}VERSION${suffix} to be one of ${known}, found "${version.slice(0, 20)}".`,
  )
}

function incomplete(names: readonly string[], version: string): ConfigurationError {
  return new ConfigurationError(
    'CONFIG_MISSING',
    `Expected ${names.join(' and ')} to be set for a resource principal of version ${version}, found nothing there.`,
  )
}
