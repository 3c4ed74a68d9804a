import { UsageError } from '../errors.js'
import type { SetupClients } from '../federation/wif-setup/change.js'
import { policyClient } from '../federation/wif-setup/policy-client.js'
import { policyStatements } from '../federation/wif-setup/policy-statements.js'
import { readSetupConfig, type SetupConfig } from '../federation/wif-setup/sample-files.js'
import { type ScimClient, scimClient } from '../federation/wif-setup/scim-client.js'
import type { WifPolicy, WifSetup } from '../federation/wif-setup/setup.js'
import { readTextFile } from '../runtime/text-file.js'
import type { CliInput, CliOption } from './command.js'
import type { CliContext } from './context.js'
import { ociIdentityOptions, openIdentity } from './identity-options.js'
import { printWarning } from './print.js'
import { gitHubOptions, gitHubTrust } from './wif-github.js'

/** The options that describe a set-up and who makes it. */
export const wifOptions: readonly CliOption[] = [
  { flags: '--config <path>', description: "setupConfig.ini of Oracle's sample, for what is not given otherwise" },
  { flags: '--domain <url>', description: 'identity domain' },
  { flags: '--domain-name <name>', description: 'name of the identity domain in policies (default: Default)' },
  { flags: '--issuer <url>', description: 'iss of the subject tokens, to the letter' },
  { flags: '--jwks-uri <url>', description: "where the issuer's keys are" },
  { flags: '--certificate <base64>', description: "the issuer's certificate, in place of --jwks-uri" },
  ...gitHubOptions,
  { flags: '--trust <name>', description: 'name of the trust' },
  { flags: '--app <name>', description: 'name of the application that exchanges' },
  { flags: '--user <name>', description: 'service user to act as, for a UPST' },
  { flags: '--rule <rule>', description: 'which tokens become the user: <claim> eq|co <value>', repeatable: true },
  { flags: '--group <name>', description: 'group of the service user' },
  { flags: '--resource-type <name>', description: 'label of the resource to act as, for an RPST' },
  { flags: '--claim <name>', description: 'claim for policies, for an RPST; three at most', repeatable: true },
  {
    flags: '--client-claim <name>',
    description: "claim that names the token's audience (default with --audience: aud)",
  },
  { flags: '--audience <text>', description: 'accepted value of that claim', repeatable: true },
  { flags: '--compartment <ocid>', description: 'compartment or tenancy for the policy' },
  { flags: '--allow <grant>', description: 'what to allow, such as "read buckets in tenancy"', repeatable: true },
  { flags: '--where <condition>', description: 'claim=value that an RPST must have to be allowed', repeatable: true },
  { flags: '--identity-endpoint <url>', description: 'address of the Identity service, for policies' },
  ...ociIdentityOptions,
]

/** The set-up that the options, and perhaps the sample's file, describe. */
export async function readSetup(
  input: CliInput,
  context: CliContext,
): Promise<{ setup: WifSetup; config?: SetupConfig }> {
  const config = await readConfig(input, context)
  const { rules: rulesOfGitHub, ...gitHub } = gitHubTrust(input) ?? {}
  const base: Partial<WifSetup> = { ...config?.setup, ...gitHub }
  const domain = input.text('domain') ?? base.domain
  const issuer = input.text('issuer') ?? base.issuer
  const appName = input.text('app') ?? base.appName
  if (domain === undefined || issuer === undefined || appName === undefined) {
    throw new UsageError('OPTION_INVALID', 'Expected --domain, --issuer and --app, or --config with a setupConfig.ini.')
  }
  const audience = input.list('audience')
  const certificate = input.text('certificate')
  const jwksUri = input.text('jwksUri') ?? (certificate === undefined ? base.publicKeyEndpoint : undefined)
  const principal = principalFrom(input, base.principal, rulesOfGitHub)
  const policy = policyFrom(input, principal)
  const setup: WifSetup = {
    domain,
    issuer,
    appName,
    trustName: input.text('trust') ?? base.trustName ?? appName,
    principal,
    ...(jwksUri !== undefined && { publicKeyEndpoint: jwksUri }),
    ...(certificate !== undefined && { publicCertificate: certificate }),
    ...(audience.length > 0 && { clientClaimName: input.text('clientClaim') ?? 'aud', clientClaimValues: audience }),
    ...(policy && { policy }),
  }
  return { setup, ...(config && { config }) }
}

/** Clients for the domain and for policies, signed as the options say. */
export async function setupClients(
  input: CliInput,
  context: CliContext,
  setup: WifSetup,
  config?: SetupConfig,
): Promise<SetupClients> {
  const profile = config?.profile
  const signing: CliInput = { ...input, text: (name) => input.text(name) ?? (name === 'profile' ? profile : undefined) }
  const identity = await openIdentity(signing, context)
  const fetch = identity.signedFetch({ fetch: context.runtime.fetch, clock: context.clock, retries: true })
  const scim: ScimClient = scimClient({ domain: setup.domain, fetch, signal: context.signal })
  if (setup.policy === undefined) return { scim }
  const { region } = await identity.facts(context.signal)
  if (region === undefined)
    throw new UsageError('OPTION_INVALID', 'Expected --region, the home region, to make the policy in.')
  const endpoint = input.text('identityEndpoint')
  return {
    scim,
    policies: policyClient({ region, fetch, signal: context.signal, ...(endpoint !== undefined && { endpoint }) }),
  }
}

function principalFrom(
  input: CliInput,
  base: WifSetup['principal'] | undefined,
  rulesOfGitHub: readonly string[] | undefined,
): WifSetup['principal'] {
  const resourceType = input.text('resourceType')
  if (resourceType !== undefined) {
    refuseForResources(input)
    return { type: 'resource', resourceType, claims: input.list('claim') }
  }
  const before = base?.type === 'user' ? base : undefined
  const userName = input.text('user') ?? before?.userName
  const rules = input.list('rule').length > 0 ? input.list('rule') : (rulesOfGitHub ?? before?.rules ?? [])
  if (userName === undefined) throw new UsageError('OPTION_INVALID', 'Expected --user and --rule, or --resource-type.')
  const group = input.text('group')
  return { type: 'user', userName, rules, ...(group !== undefined && { group }) }
}

/** A trust for a resource has no rules: whoever names some expects them to keep others out. */
function refuseForResources(input: CliInput): void {
  const named = ['user', 'group'].filter((name) => input.text(name) !== undefined)
  const found = [...(input.list('rule').length > 0 ? ['rule'] : []), ...named].map((name) => `--${name}`).join(', ')
  if (found === '') return
  throw new UsageError(
    'OPTION_INVALID',
    `Expected --resource-type without --rule, --user and --group, found ${found}; leave out either --resource-type or ${found}.`,
  )
}

function policyFrom(input: CliInput, principal: WifSetup['principal']): WifPolicy | undefined {
  const grants = input.list('allow')
  if (grants.length === 0) return undefined
  const compartmentId = input.text('compartment')
  if (compartmentId === undefined) throw new UsageError('OPTION_INVALID', 'Expected --compartment with --allow.')
  const name = input.text('trust') ?? input.text('app') ?? 'workload-identity-federation'
  return {
    name: name.replace(/[^\w.-]/g, '-'),
    compartmentId,
    statements: policyStatements(subjectOf(input, principal), grants),
  }
}

function subjectOf(input: CliInput, principal: WifSetup['principal']): Parameters<typeof policyStatements>[0] {
  if (principal.type === 'user') {
    const { group } = principal
    if (group === undefined)
      throw new UsageError('OPTION_INVALID', 'Expected --group with --allow: policies name groups.')
    return { type: 'group', domain: input.text('domainName') ?? 'Default', group }
  }
  const conditions = input.list('where').map((condition) => condition.split(/=(.*)/s).slice(0, 2) as [string, string])
  return { type: 'resource', claims: Object.fromEntries(conditions) }
}

async function readConfig(input: CliInput, context: CliContext): Promise<SetupConfig | undefined> {
  const path = input.text('config')
  if (path === undefined) return undefined
  const config = readSetupConfig(await readTextFile(path, 'the set-up', context.runtime))
  for (const warning of config.warnings) printWarning(warning, context)
  return config
}
