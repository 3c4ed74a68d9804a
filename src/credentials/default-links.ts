import { ConfigurationError } from '../errors.js'
import { timerMs } from '../http/durations.js'
import type { Region } from '../regions/regions.js'
import type { Runtime } from '../runtime/types.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'
import { builtOnce, sharingOf } from './built-once.js'
import { type ChainLink, chain } from './chain.js'
import { withOwnStore } from './own-store.js'
import type { PrincipalOptions } from './principal-options.js'

/** What the default chain is told. */
export interface DefaultLinkSettings extends PrincipalOptions {
  readonly runtime: Runtime
  readonly profile?: string | undefined
  readonly okeWorkloadIdentity?: boolean | undefined
  readonly metadataBaseUrl?: string | undefined
  readonly probeTimeoutMs?: number | undefined
}

type Provider = CredentialsProvider<OciCredentials>
type MakeProvider = (settings: DefaultLinkSettings) => Provider | Promise<Provider>

/** The links of the default chain. Each throws `NOT_CONFIGURED` when it does not apply, by a look that costs little. */
export function defaultLinks(settings: DefaultLinkSettings): readonly ChainLink<OciCredentials>[] {
  return Object.entries(LINKS).map(([name, make]) => ({
    name,
    provider: builtOnce(async () => make(settings), sharingOf(settings)),
  }))
}

const LINKS: Readonly<Record<string, MakeProvider>> = {
  environment: async (settings) => (await import('./environment.js')).fromEnvironment(settings),
  'workload-identity-federation': federationOfEnvironment,
  'oke-workload-identity': async (settings) => {
    await requirePod(settings)
    return workload(settings)
  },
  'resource-principal': resource,
  'config-file': async (settings) => {
    if (settings.runtime.files === undefined) throw notConfigured(`the runtime "${settings.runtime.name}" has no files`)
    return (await import('./config-file.js')).configFile(settings)
  },
  'instance-principal': probedInstance,
}

/** What `OCI_CLI_AUTH` can be, and who signs then. */
const FORCED: Readonly<Record<string, MakeProvider>> = {
  api_key: fileOrEnvironment('api-key'),
  security_token: fileOrEnvironment('session-token'),
  instance_principal: instance,
  instance_obo_user: async (settings) => {
    const { withDelegation } = await import('./delegation-token.js')
    return withDelegation(await instance(settings), { file: await delegationFile(settings) }, settings)
  },
  resource_principal: resource,
  oke_workload_identity: workload,
}

/**
 * The one link that `OCI_CLI_AUTH` asks for.
 *
 * @throws ConfigurationError `CONFIG_INVALID` for a value that is not known.
 */
export function forcedLink(value: string, settings: DefaultLinkSettings): ChainLink<OciCredentials> {
  const name = value.toLowerCase()
  const make = Object.hasOwn(FORCED, name) ? FORCED[name] : undefined
  if (make !== undefined)
    return { name: `OCI_CLI_AUTH=${value}`, provider: builtOnce(async () => make(settings), sharingOf(settings)) }
  const known = Object.keys(FORCED).join(', ')
  throw new ConfigurationError(
    'CONFIG_INVALID',
    `Expected OCI_CLI_AUTH to be one of ${known}, found "${value.slice(0, 40)}".`,
  )
}

function notConfigured(reason: string): ConfigurationError {
  return new ConfigurationError('NOT_CONFIGURED', `${reason}.`)
}

function fileOrEnvironment(authentication: 'api-key' | 'session-token'): MakeProvider {
  return async (settings) => {
    const [{ fromEnvironment }, { configFile }] = await Promise.all([
      import('./environment.js'),
      import('./config-file.js'),
    ])
    const links = [
      { name: 'environment', provider: fromEnvironment(settings) },
      { name: 'config-file', provider: configFile({ ...settings, authentication }) },
    ]
    return chain<OciCredentials>(links) as Provider
  }
}

async function delegationFile({ runtime, profile }: DefaultLinkSettings): Promise<string> {
  const variable = runtime.env('OCI_CLI_DELEGATION_TOKEN_FILE')?.trim()
  if (variable) return variable
  const { readConfigProfile } = await import('./config-file.js')
  const file = (await readConfigProfile({ runtime, profile })).get('delegation_token_file')
  if (file !== undefined) return file
  throw notConfigured('Neither OCI_CLI_DELEGATION_TOKEN_FILE nor delegation_token_file in the profile is set')
}

const WIF = 'COUNTERSIGN_'

async function federationOfEnvironment(settings: DefaultLinkSettings): Promise<Provider> {
  const [domain, id, secret, file, text] = [
    'DOMAIN_URL',
    'CLIENT_ID',
    'CLIENT_SECRET',
    'SUBJECT_TOKEN_FILE',
    'SUBJECT_TOKEN',
  ].map((name) => settings.runtime.env(WIF + name)?.trim() || undefined)
  if (domain === undefined) throw notConfigured(`${WIF}DOMAIN_URL is not set`)
  if (id === undefined || secret === undefined || (file ?? text) === undefined) {
    throw new ConfigurationError(
      'CONFIG_MISSING',
      `Expected ${WIF}CLIENT_ID, ${WIF}CLIENT_SECRET and ${WIF}SUBJECT_TOKEN_FILE beside ${WIF}DOMAIN_URL, found that not all are set.`,
    )
  }
  const { workloadIdentityFederation } = await import('./workload-identity-federation.js')
  const { tokenFile } = await import('../federation/subject-tokens/file.js')
  const subjectToken = file === undefined ? (text ?? '') : tokenFile(file, settings)
  const region = settings.runtime.env('OCI_REGION')?.trim() || undefined
  const own = withOwnStore(settings, 'workload-identity-federation')
  return workloadIdentityFederation({ ...own, domain, client: { id, secret }, subjectToken, region })
}

const MOUNTED = '/var/run/secrets/kubernetes.io/serviceaccount'

async function requirePod({ runtime, okeWorkloadIdentity = false }: DefaultLinkSettings): Promise<void> {
  const set = (name: string): string => runtime.env(name)?.trim() ?? ''
  if (!set('KUBERNETES_SERVICE_HOST')) throw notConfigured('KUBERNETES_SERVICE_HOST is not set')
  if (!okeWorkloadIdentity && !set('OCI_RESOURCE_PRINCIPAL_REGION')) {
    throw notConfigured('In a pod, but neither OCI_RESOURCE_PRINCIPAL_REGION nor the option okeWorkloadIdentity is set')
  }
  if (set('OCI_RESOURCE_PRINCIPAL_RPST')) throw notConfigured('OCI_RESOURCE_PRINCIPAL_RPST tells of another resource')
  const token = set('OCI_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH') || `${MOUNTED}/token`
  const authority = set('OCI_KUBERNETES_SERVICE_ACCOUNT_CERT_PATH') || `${MOUNTED}/ca.crt`
  const needed = set('OCI_KUBERNETES_SERVICE_ACCOUNT_TOKEN_STRING') ? [authority] : [token, authority]
  for (const path of needed) {
    if ((await runtime.files?.modifiedAt(path)) === undefined) throw notConfigured(`In a pod, but ${path} is not there`)
  }
}

async function workload(settings: DefaultLinkSettings): Promise<Provider> {
  const { okeWorkloadIdentity } = await import('./oke-workload-identity.js')
  return okeWorkloadIdentity(withOwnStore(settings, 'oke-workload-identity'))
}

async function resource(settings: DefaultLinkSettings): Promise<Provider> {
  const { resourcePrincipal } = await import('./resource-principal.js')
  return resourcePrincipal(withOwnStore(settings, 'resource-principal'))
}

async function instance(settings: DefaultLinkSettings & { readonly region?: Region }): Promise<Provider> {
  const { instancePrincipal } = await import('./instance-principal.js')
  return instancePrincipal(withOwnStore(settings, 'instance-principal'))
}

/** Elsewhere than on an instance nobody answers at the metadata service's address, and nobody refuses either. */
async function probedInstance(settings: DefaultLinkSettings): Promise<Provider> {
  const { runtime, metadataBaseUrl, fetch } = settings
  const probeTimeoutMs = timerMs(settings.probeTimeoutMs ?? 1000, 'probeTimeoutMs')
  if (!runtime.hasMetadataService) throw notConfigured(`the runtime "${runtime.name}" reaches no metadata service`)
  const { instanceMetadata } = await import('../http/instance-metadata.js')
  const metadata = instanceMetadata({ metadataBaseUrl, runtime, fetch, retry: false, timeoutMs: probeTimeoutMs })
  const region = await metadata.region({ signal: AbortSignal.timeout(probeTimeoutMs) }).catch(() => {
    throw notConfigured(
      `No metadata service showed itself within ${probeTimeoutMs} ms: this is no OCI compute instance`,
    )
  })
  return instance({ ...settings, region })
}
