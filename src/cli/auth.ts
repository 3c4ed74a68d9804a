import type { PrincipalOptions } from '../credentials/principal-options.js'
import { ConfigurationError, UsageError } from '../errors.js'
import type { AlibabaCredentials, CredentialsProvider, OciCredentials } from '../types.js'
import { type Identity, ociIdentity } from './identity.js'

/** What a way to sign is told. */
export interface AuthSettings extends Pick<PrincipalOptions, 'clock'> {
  readonly runtime: NonNullable<PrincipalOptions['runtime']>
  readonly profile?: string | undefined
  readonly configFile?: string | undefined
  readonly region?: string | undefined
  readonly delegationTokenFile?: string | undefined
  /** Opens an encrypted key, in place of what the profile says. */
  readonly passphrase?: (() => Promise<string>) | undefined
  readonly onWarning: (message: string) => void
}

/** A value of `--auth`. */
export interface AuthMethod {
  /** Whose requests it signs. */
  readonly cloud: 'oci' | 'alibaba'
  readonly summary: string
  readonly open: (settings: AuthSettings) => Promise<Identity>
}

type OpenOci = (settings: AuthSettings) => Promise<CredentialsProvider<OciCredentials>>

const oci = (summary: string, open: OpenOci): AuthMethod => ({
  cloud: 'oci',
  summary,
  open: async (settings) => ociIdentity(await open(settings)),
})

type OpenAlibaba = (settings: AuthSettings) => Promise<CredentialsProvider<AlibabaCredentials>>

const alibaba = (summary: string, open: OpenAlibaba): AuthMethod => ({
  cloud: 'alibaba',
  summary,
  open: async (settings) => {
    const { alibabaIdentity } = await import('./alibaba-identity.js')
    return alibabaIdentity(await open(settings), settings)
  },
})

/** Every way to sign. The names are those of the OCI CLI where it has one. */
export const authMethods: Readonly<Record<string, AuthMethod>> = {
  auto: oci('whatever this machine offers, the first that is there', async (settings) => {
    if (namesProfile(settings)) return profileAs(undefined, settings)
    const { defaultProvider } = await import('../auto.js')
    // Whoever asks for it by name does not want OCI_CLI_AUTH to decide.
    const { runtime } = settings
    const env = (name: string): string | undefined => (name === 'OCI_CLI_AUTH' ? undefined : runtime.env(name))
    return defaultProvider({ ...settings, runtime: { ...runtime, env } })
  }),
  api_key: oci('an API key of the configuration file or the environment', (settings) =>
    isSet(settings, 'OCI_CLI_USER') && !isSet(settings, 'OCI_CLI_SECURITY_TOKEN_FILE')
      ? environment(settings)
      : profileAs('api-key', settings),
  ),
  security_token: oci('a session of the configuration file or the environment', (settings) =>
    isSet(settings, 'OCI_CLI_SECURITY_TOKEN_FILE') ? environment(settings) : profileAs('session-token', settings),
  ),
  instance_principal: oci('the compute instance this runs on', instance),
  instance_obo_user: oci('the compute instance, on behalf of a user', async (settings) => {
    const { withDelegation } = await import('../credentials/delegation-token.js')
    return withDelegation(await instance(settings), { file: await delegationTokenFile(settings) }, settings)
  }),
  resource_principal: oci('the function, job or database this runs in', async (settings) => {
    const { resourcePrincipal } = await import('../credentials/resource-principal.js')
    return resourcePrincipal(settings)
  }),
  oke_workload_identity: oci('the Kubernetes workload this runs in', async (settings) => {
    const { okeWorkloadIdentity } = await import('../credentials/oke-workload-identity.js')
    return okeWorkloadIdentity(settings)
  }),
  'alibaba-access-key': alibaba('an Alibaba Cloud access key of the environment', alibabaAccessKey),
  'alibaba-ecs-ram-role': alibaba('the RAM role of the ECS instance this runs on', async (settings) => {
    const { alibabaEcsRamRole } = await import('../credentials/alibaba-ecs-ram-role.js')
    return alibabaEcsRamRole(settings)
  }),
  'alibaba-role': alibaba('the RAM role in ALIBABA_CLOUD_ROLE_ARN, by the access key', async (settings) => {
    const { alibabaRole } = await import('../credentials/alibaba-role.js')
    const roleArn = settings.runtime.env('ALIBABA_CLOUD_ROLE_ARN')
    if (!roleArn) {
      throw new ConfigurationError(
        'NOT_CONFIGURED',
        'Expected ALIBABA_CLOUD_ROLE_ARN to be set, found nothing; set it to the ARN of the role to assume.',
      )
    }
    const roleSessionName = settings.runtime.env('ALIBABA_CLOUD_ROLE_SESSION_NAME') || undefined
    return alibabaRole({ ...settings, credentials: await alibabaAccessKey(settings), roleArn, roleSessionName })
  }),
  'alibaba-oidc-role': alibaba('the RAM role of the Kubernetes workload this runs in', async (settings) => {
    const { alibabaOidcRole } = await import('../credentials/alibaba-oidc-role.js')
    return alibabaOidcRole(settings)
  }),
  'alibaba-managed': alibaba('the managed RAM credential that --profile names', async (settings) => {
    const { profile: secretName, configFile: file, runtime, clock } = settings
    if (secretName === undefined) {
      throw new UsageError('OPTION_INVALID', 'Expected the name of a secret in --profile, found none.')
    }
    const { alibabaManaged } = await import('../credentials/alibaba-managed.js')
    return alibabaManaged({ secretName, configuration: { file }, runtime, clock, maxRetries: 3, totalMs: 30_000 })
  }),
}

/**
 * Finds a way to sign by its name, in any case; `from` tells where the name stands.
 *
 * @throws UsageError `OPTION_INVALID` for a name that is not in the list.
 */
export function authMethod(given: string, from: '--auth' | 'OCI_CLI_AUTH'): AuthMethod {
  const name = given.trim().toLowerCase()
  const method = Object.hasOwn(authMethods, name) ? authMethods[name] : undefined
  if (method) return method
  const names = Object.keys(authMethods).join(', ')
  throw new UsageError(
    'OPTION_INVALID',
    `Expected ${from} to be one of ${names}, got ${JSON.stringify(given.slice(0, 40))}.`,
  )
}

/** A profile that was asked for by name goes before anything that lies around. */
function namesProfile({ profile, configFile }: AuthSettings): boolean {
  return profile !== undefined || configFile !== undefined
}

function isSet(settings: AuthSettings, name: string): boolean {
  return !namesProfile(settings) && Boolean(settings.runtime.env(name))
}

async function environment(settings: AuthSettings): Promise<CredentialsProvider<OciCredentials>> {
  const { fromEnvironment } = await import('../credentials/environment.js')
  return fromEnvironment(settings)
}

async function profileAs(
  authentication: 'api-key' | 'session-token' | undefined,
  settings: AuthSettings,
): Promise<CredentialsProvider<OciCredentials>> {
  const { configFile } = await import('../credentials/config-file.js')
  return configFile({ ...settings, path: settings.configFile, authentication })
}

async function instance(settings: AuthSettings): Promise<CredentialsProvider<OciCredentials>> {
  const { instancePrincipal } = await import('../credentials/instance-principal.js')
  return instancePrincipal(settings)
}

async function alibabaAccessKey(settings: AuthSettings): Promise<CredentialsProvider<AlibabaCredentials>> {
  const { alibabaEnvironment } = await import('../credentials/alibaba-access-key.js')
  return alibabaEnvironment(settings)
}

async function delegationTokenFile(settings: AuthSettings): Promise<string> {
  const named = settings.delegationTokenFile ?? settings.runtime.env('OCI_CLI_DELEGATION_TOKEN_FILE')
  if (named) return named
  const { readConfigProfile } = await import('../credentials/config-file.js')
  const profile = await readConfigProfile({ ...settings, path: settings.configFile })
  const configured = profile.get('delegation_token_file')
  if (configured !== undefined) return configured
  throw new ConfigurationError(
    'CONFIG_MISSING',
    'Expected a delegation token, found none; pass --delegation-token-file, set OCI_CLI_DELEGATION_TOKEN_FILE, or put delegation_token_file into the profile.',
  )
}
