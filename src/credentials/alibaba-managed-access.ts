import { ConfigurationError } from '../errors.js'
import { SHORTEST_SECONDS } from '../federation/alibaba-sts.js'
import type { AlibabaClientKey } from '../keys/alibaba-client-key.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { AlibabaCredentials, CredentialsProvider } from '../types.js'
import { alibabaAccessKey } from './alibaba-access-key.js'
import { sharedClientKey } from './alibaba-client-key-source.js'
import { alibabaEcsRamRole } from './alibaba-ecs-ram-role.js'
import { alibabaOidcRole } from './alibaba-oidc-role.js'
import type { AlibabaSurroundings } from './alibaba-options.js'
import type { Settings } from './alibaba-properties.js'
import { alibabaRole } from './alibaba-role.js'
import type { CacheOptions } from './cache-options.js'

/** Who asks KMS for secrets. */
export type ManagedAccess = CredentialsProvider<AlibabaCredentials> | AlibabaClientKey

/** What opening an access way needs. */
export interface AccessSurroundings
  extends AlibabaSurroundings,
    Pick<CacheOptions<AlibabaCredentials>, 'clock' | 'random' | 'sharesPromises' | 'waitUntil'> {
  readonly runtime: Runtime
}

type OpenAccess = (settings: Settings, options: AccessSurroundings) => ManagedAccess | Promise<ManagedAccess>

/** Every value of `credentials_type`. */
const WAYS: Readonly<Record<string, OpenAccess>> = {
  ak: (settings) => accessKey(settings, 'credentials_access_key_id', 'credentials_access_secret'),
  token: (settings) => accessKey(settings, 'credentials_access_token_id', 'credentials_access_token'),
  ram_role: role,
  sts: role,
  ecs_ram_role: (settings, options) =>
    alibabaEcsRamRole({ ...options, roleName: settings.get('credentials_role_name') }),
  oidc_role_arn: (settings, options) => oidcRole(settings, options),
  client_key: (settings, { runtime }) => sharedClientKey(settings, runtime),
}

/**
 * Opens the way to KMS that `credentials_type` names.
 *
 * @throws ConfigurationError `CONFIG_INVALID` for another name or a setting that is not there, and the codes of keys.
 */
export async function openAccess(settings: Settings, options: AccessSurroundings): Promise<ManagedAccess> {
  const type = settings.required('credentials_type').toLowerCase()
  const open = Object.hasOwn(WAYS, type) ? WAYS[type] : undefined
  if (open !== undefined) return open(settings, options)
  const names = Object.keys(WAYS).join(', ')
  throw new ConfigurationError('CONFIG_INVALID', `Expected credentials_type to be one of ${names}, found "${type}".`)
}

function accessKey(settings: Settings, id: string, secret: string): CredentialsProvider<AlibabaCredentials> {
  return alibabaAccessKey({ accessKeyId: settings.required(id), accessKeySecret: settings.required(secret) })
}

function role(settings: Settings, options: AccessSurroundings): ManagedAccess {
  return alibabaRole({
    ...options,
    credentials: accessKey(settings, 'credentials_access_key_id', 'credentials_access_secret'),
    roleArn: settings.required('credentials_role_arn'),
    roleSessionName: settings.get('credentials_role_session_name'),
    policy: settings.get('credentials_policy'),
    durationSeconds: durationOf(settings),
    sts: stsOf(settings),
  })
}

function oidcRole(settings: Settings, options: AccessSurroundings): ManagedAccess {
  const path = settings.get('credentials_oidc_token_file_path')
  return alibabaOidcRole({
    ...options,
    roleArn: settings.required('credentials_role_arn'),
    roleSessionName: settings.get('credentials_role_session_name') ?? 'countersign',
    policy: settings.get('credentials_policy'),
    durationSeconds: durationOf(settings),
    oidcProviderArn: settings.get('credentials_oidc_provider_arn'),
    oidcToken:
      path === undefined ? undefined : async () => (await readTextFile(path, 'the OIDC token', options.runtime)).trim(),
    sts: stsOf(settings),
  })
}

function durationOf(settings: Settings): number | undefined {
  const found = settings.get('credentials_duration_seconds')
  if (found === undefined) return undefined
  const seconds = Number(found)
  if (Number.isInteger(seconds) && seconds >= SHORTEST_SECONDS) return seconds
  throw new ConfigurationError(
    'CONFIG_INVALID',
    `Expected a whole number of seconds, at least ${SHORTEST_SECONDS}, in credentials_duration_seconds, found "${found}".`,
  )
}

function stsOf(settings: Settings): { region?: string; endpoint?: string } | undefined {
  const [region, endpoint] = [settings.get('credentials_sts_region_id'), settings.get('credentials_sts_endpoint')]
  if (region === undefined && endpoint === undefined) return undefined
  return { ...(region !== undefined && { region }), ...(endpoint !== undefined && { endpoint }) }
}
