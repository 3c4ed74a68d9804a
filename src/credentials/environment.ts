import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError } from '../errors.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'
import { apiKey } from './api-key.js'
import { askedOnce, builtOnce, sharingOf } from './built-once.js'
import type { PrincipalOptions } from './principal-options.js'
import type { SessionTokenOptions } from './session-token.js'

export interface EnvironmentOptions extends PrincipalOptions, Pick<SessionTokenOptions, 'autoRefresh' | 'onRefresh'> {}

/** The variables of one tool. */
interface VariableNames {
  readonly tenancy: string
  readonly user: string
  readonly fingerprint: string
  readonly keyFile: string
  readonly keyContent: string
  readonly passphrase: string
  readonly region: string
  readonly tokenFile?: string
}

const TOOLS: readonly VariableNames[] = [
  {
    tenancy: 'OCI_CLI_TENANCY',
    user: 'OCI_CLI_USER',
    fingerprint: 'OCI_CLI_FINGERPRINT',
    keyFile: 'OCI_CLI_KEY_FILE',
    keyContent: 'OCI_CLI_KEY_CONTENT',
    passphrase: 'OCI_CLI_PASSPHRASE',
    region: 'OCI_CLI_REGION',
    tokenFile: 'OCI_CLI_SECURITY_TOKEN_FILE',
  },
  {
    tenancy: 'TF_VAR_tenancy_ocid',
    user: 'TF_VAR_user_ocid',
    fingerprint: 'TF_VAR_fingerprint',
    keyFile: 'TF_VAR_private_key_path',
    keyContent: 'TF_VAR_private_key',
    passphrase: 'TF_VAR_private_key_password',
    region: 'TF_VAR_region',
  },
]

/**
 * Signs as the environment says: the variables of the OCI CLI (`OCI_CLI_USER`, `OCI_CLI_TENANCY`, `OCI_CLI_KEY_FILE` or
 * `OCI_CLI_KEY_CONTENT`, …; with `OCI_CLI_SECURITY_TOKEN_FILE` a session), or else those of Terraform (`TF_VAR_…`). A set
 * counts when it is complete: single variables of it may be there to adjust a configuration file.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` with the variables that are missing, and the codes of `apiKey` and
 * `sessionToken`.
 * @example
 * ```ts
 * import { createSignedFetch } from 'countersign'
 * import { fromEnvironment } from 'countersign/credentials/environment'
 *
 * const fetch = createSignedFetch({ credentials: fromEnvironment() })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/SDKDocs/clienvironmentvariables.htm
 */
export function fromEnvironment(options: EnvironmentOptions = {}): CredentialsProvider<OciCredentials> {
  const { runtime = defaultRuntime } = options
  const settings = { ...options, runtime }
  return builtOnce(() => choose(settings), sharingOf(settings))
}

type Settings = EnvironmentOptions & { readonly runtime: Runtime }

async function choose(settings: Settings): Promise<CredentialsProvider<OciCredentials>> {
  const variables = TOOLS.map((names) => new Variables(names, settings.runtime))
  const complete = variables.find(({ missing }) => missing.length === 0)
  if (complete === undefined) throw notConfigured(variables)
  return complete.isSession ? session(complete, settings) : userKey(complete, settings)
}

async function userKey(variables: Variables, settings: Settings): Promise<CredentialsProvider<OciCredentials>> {
  const { tenancy = '', user = '', fingerprint, keyContent, keyFile = '', passphrase, region } = variables.values
  const privateKey = keyContent ?? (await readTextFile(keyFile, 'the private key', settings.runtime))
  return askedOnce(apiKey({ tenancy, user, fingerprint, privateKey, passphrase, region }), sharingOf(settings))
}

async function session(variables: Variables, settings: Settings): Promise<CredentialsProvider<OciCredentials>> {
  const { tokenFile = '', keyContent, keyFile = '', passphrase, region, tenancy } = variables.values
  const { sessionToken } = await import('./session-token.js')
  const privateKey = keyContent ?? { file: keyFile }
  return sessionToken({ ...settings, token: { file: tokenFile }, privateKey, passphrase, region, tenancy })
}

/** The variables of one tool as they are set. Empty ones are not set: that is how CI systems spell absence. */
class Variables {
  readonly values: Readonly<{ [name in keyof VariableNames]?: string | undefined }>
  /** What a complete set still needs, by the names of the variables. */
  readonly missing: readonly string[]
  readonly isSession: boolean

  constructor(names: VariableNames, runtime: Runtime) {
    const region = [names.region, 'OCI_CLI_REGION', 'OCI_REGION'].map((name) => runtime.env(name)).find(Boolean)
    const set = Object.entries(names).map(([key, name]) => [key, runtime.env(name) || undefined])
    this.values = { ...Object.fromEntries(set), region }
    const { tenancy, user, keyFile, keyContent, tokenFile } = this.values
    this.isSession = tokenFile !== undefined
    this.missing = [
      ...(tenancy || this.isSession ? [] : [names.tenancy]),
      ...(user || this.isSession ? [] : [names.user]),
      ...(keyFile || keyContent ? [] : [`${names.keyFile} or ${names.keyContent}`]),
    ]
  }
}

function notConfigured(variables: readonly Variables[]): ConfigurationError {
  const sets = variables.map(({ missing }) => missing.join(', ')).join('; and ')
  return new ConfigurationError(
    'NOT_CONFIGURED',
    `The environment holds no complete set of variables: not set are ${sets}.`,
  )
}
