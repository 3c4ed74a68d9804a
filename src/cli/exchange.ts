import { UsageError } from '../errors.js'
import { shellWords } from '../explain/shell-words.js'
import type { SubjectTokenSource } from '../federation/subject-tokens/source.js'
import type { ExchangeClient } from '../federation/token-exchange.js'
import { type RuntimeConfig, readRuntimeConfig } from '../federation/wif-setup/sample-files.js'
import { readTextFile } from '../runtime/text-file.js'
import type { CliCommand, CliInput, CliOption } from './command.js'
import type { CliContext } from './context.js'
import { type ExchangeResult, exchangeToProfile } from './exchange-job.js'
import { environmentLookup, type Lookup, readExchangeSettings } from './exchange-settings.js'
import { credentialsOf } from './identity.js'
import { openIdentity } from './identity-options.js'
import { printFacts, printJson, printWarning } from './print.js'
import { chooseSubjectToken, subjectTokenSources } from './subject-token-choice.js'
import { timeText } from './time-text.js'

/** The options that say where the subject token comes from. */
export const subjectTokenOptions: readonly CliOption[] = [
  {
    flags: '--token-source <name>',
    description: `where the subject token comes from: ${Object.keys(subjectTokenSources).join(', ')} (default: PLATFORM, or what this machine shows)`,
  },
  { flags: '--token-file <path>', description: 'file with the subject token' },
  { flags: '--token-env <name>', description: 'environment variable with the subject token' },
  {
    flags: '--token-command <line>',
    description: 'program that prints the subject token, with its arguments; no shell runs it',
  },
  { flags: '--audience <text>', description: 'audience of the subject token, where it is asked for' },
]

/** The options that say which domain, and how it knows the caller. The secret is never one of them: others see those. */
export const exchangeOptions: readonly CliOption[] = [
  { flags: '--domain <url>', description: 'identity domain (default: DOMAIN_BASE_URL)' },
  { flags: '--client-id <id>', description: 'client id of the application; its secret from --client-secret-file' },
  {
    flags: '--client-secret-file <path>',
    description: 'file with the client secret (default for both: OIDC_CLIENT_IDENTIFIER as id:secret)',
  },
  { flags: '-a, --auth <method>', description: 'OCI credentials that sign the exchange, in place of a client secret' },
  { flags: '--auth-profile <name>', description: 'profile of the configuration file to sign with' },
  {
    flags: '--runtime-config <path>',
    description: "runtimeConfig.ini of Oracle's sample, for what is not set otherwise",
  },
  { flags: '--type <type>', description: 'what to ask for', choices: ['upst', 'rpst'] },
  { flags: '--resource-type <name>', description: "the trust's impersonatingResource, for an RPST" },
  { flags: '--rpst-exp <text>', description: 'wanted life of an RPST, passed on as it is' },
]

/** The long names of settings that have an option. */
const OPTION_OF: Readonly<Record<string, string>> = {
  domain_base_url: 'domain',
  oci_region: 'region',
  oci_profile: 'profile',
  oci_home: 'ociHome',
  oci_tenancy: 'tenancy',
  retry_count: 'retryCount',
  requested_token_type: 'type',
  resource_type: 'resourceType',
  rpst_exp: 'rpstExp',
}

/** `countersign exchange`: a token of another identity provider for a session of OCI, written as a profile. */
export const exchange: CliCommand = {
  options: [
    ...exchangeOptions,
    ...subjectTokenOptions,
    { flags: '-r, --region <region>', description: 'region that the profile is for (default: OCI_REGION)' },
    { flags: '-p, --profile <name>', description: 'profile to write (default: OCI_PROFILE, DEFAULT)' },
    { flags: '--oci-home <path>', description: 'directory in which .oci lies (default: the home directory)' },
    { flags: '--tenancy <ocid>', description: 'tenancy that the session must be in' },
    { flags: '--retry-count <number>', description: 'how often to try again (default: 2)' },
  ],
  examples: [
    'countersign exchange --domain https://idcs-….identity.oraclecloud.com --region eu-frankfurt-1 --profile UPST',
    'countersign exchange --runtime-config runtimeConfig.ini --token-file jwt --region eu-frankfurt-1',
  ],
  async run(input, context) {
    const { runtime, clock, signal } = context
    const config = await runtimeConfig(input, context)
    const settings = readExchangeSettings(lookupOf(input, context), config)
    const client = await clientOf(input, context, settings.client)
    const subjectToken = await subjectTokenOf(input, context, config)
    print(await exchangeToProfile({ settings, client, subjectToken, runtime, clock, signal }), input, context)
    return undefined
  },
}

/** Settings by option, or else by environment variable. */
export function lookupOf(input: CliInput, { runtime }: CliContext): Lookup {
  const inEnvironment = environmentLookup(runtime)
  return (name) => input.text(OPTION_OF[name] ?? '') ?? inEnvironment(name)
}

/** How the domain knows the caller: by options, else by what the settings hold. */
export async function clientOf(
  input: CliInput,
  context: CliContext,
  configured: ExchangeClient | undefined,
): Promise<ExchangeClient | undefined> {
  if (input.text('auth') !== undefined)
    return { credentials: credentialsOf(await openIdentity(signing(input), context)) }
  const [id, file] = [input.text('clientId'), input.text('clientSecretFile')]
  if (id === undefined && file === undefined) return configured
  if (id === undefined || file === undefined) {
    throw new UsageError('OPTION_INVALID', 'Expected --client-id and --client-secret-file together.')
  }
  return { id, secret: (await readTextFile(file, 'the client secret', context.runtime)).trim() }
}

/** Here `--profile` names the profile to write; the one to sign with has an option of its own. */
function signing(input: CliInput): CliInput {
  return { ...input, text: (option) => input.text(option === 'profile' ? 'authProfile' : option) }
}

/** The source that the options name; a token in the sample's configuration counts when nothing else does. */
export async function subjectTokenOf(
  input: CliInput,
  { runtime }: CliContext,
  config?: RuntimeConfig,
): Promise<SubjectTokenSource> {
  const line = input.text('tokenCommand')
  const named = input.text('tokenSource')
  const stored = config?.subjectToken
  const [file, variable] = [input.text('tokenFile'), input.text('tokenEnv')]
  if (stored !== undefined && [named, file, variable, line].every((given) => given === undefined)) {
    return async () => stored
  }
  const command = line === undefined ? undefined : shellWords(line)
  return chooseSubjectToken({ runtime, source: named, audience: input.text('audience'), file, variable, command })
}

async function runtimeConfig(input: CliInput, context: CliContext): Promise<RuntimeConfig | undefined> {
  const path = input.text('runtimeConfig')
  if (path === undefined) return undefined
  const config = readRuntimeConfig(await readTextFile(path, 'the configuration', context.runtime))
  for (const warning of config.warnings) printWarning(warning, context)
  return config
}

function print({ credentials, paths }: ExchangeResult, input: CliInput, context: CliContext): void {
  const { claims = {}, tenancy, expiresAt } = credentials
  const subject = typeof claims['sub'] === 'string' ? claims['sub'] : undefined
  if (input.flag('json')) {
    printJson({ ...paths, subject, tenancy, expiresAt }, context)
    return
  }
  printFacts(
    [
      ['acts as', subject],
      ['tenancy', tenancy],
      ['expires', expiresAt === undefined ? undefined : timeText(expiresAt, context.clock())],
      ['profile', paths.configFile],
      ['token', paths.tokenFile],
      ['key', paths.keyFile],
    ],
    context,
  )
}
