import { UsageError } from '../errors.js'
import { withAdminApp } from '../federation/wif-setup/admin-app.js'
import type { Change, SetupClients } from '../federation/wif-setup/change.js'
import { regenerateClientSecret } from '../federation/wif-setup/plan-app.js'
import { planWifSetup, type WifPlan, type WifResult } from '../federation/wif-setup/run-setup.js'
import { type SetupConfig, writeRuntimeConfig } from '../federation/wif-setup/sample-files.js'
import type { WifSetup } from '../federation/wif-setup/setup.js'
import { wifTerraform } from '../federation/wif-setup/terraform.js'
import { trialExchange } from '../federation/wif-setup/trial-exchange.js'
import { expandHome } from '../runtime/text-file.js'
import type { CliCommand, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { subjectTokenOf, subjectTokenOptions } from './exchange.js'
import { painter } from './paint.js'
import { printFacts, printJson, printWarning } from './print.js'
import { refusedBySystem } from './system-refusal.js'
import { readSetup, setupClients, wifOptions } from './wif-options.js'

/** `countersign wif setup`: shows what is to be changed in a domain, changes it, and tries the result. */
export const wifSetup: CliCommand = {
  options: [
    ...wifOptions,
    { flags: '--dry-run', description: 'show what would be changed, and change nothing' },
    { flags: '--terraform', description: 'print the set-up as Terraform, and call nobody' },
    { flags: '--admin-app', description: 'make users and trusts as an application that is deleted afterwards' },
    { flags: '--runtime-config <path>', description: 'write client id and secret to this file (mode 0600)' },
    { flags: '--regenerate-secret', description: 'give the application a new secret, when the old one is lost' },
    { flags: '--trial', description: 'exchange a subject token at the end, and throw the session away' },
    { flags: '--allow-unsafe-rules', description: 'take rules that the linter calls errors' },
    ...subjectTokenOptions.filter(({ flags }) => !flags.startsWith('--audience')),
  ],
  examples: [
    'countersign wif setup --domain https://idcs-….identity.oraclecloud.com --app github --user github --group github \\\n    --github octo-org/app --branch main --runtime-config runtimeConfig.ini --dry-run',
    'countersign wif setup --config setupConfig.ini --trial --token-file jwt',
  ],
  async run(input, context) {
    const { setup, config } = await readSetup(input, context)
    const allowUnsafeRules = input.flag('allowUnsafeRules')
    if (input.flag('terraform')) return void context.output.write(wifTerraform(setup, { allowUnsafeRules }))
    const clients = await setupClients(input, context, setup, config)
    const plan = await planWifSetup({ setup, ...clients, allowUnsafeRules })
    tell(plan, input, context)
    if (input.flag('dryRun')) return undefined
    const result = await apply(input, context, { setup, config, clients, plan })
    await keepSecret(result, input, context, setup, clients)
    printResult(result, input, context)
    return undefined
  },
}

interface Job {
  readonly setup: WifSetup
  readonly config: SetupConfig | undefined
  readonly clients: SetupClients
  readonly plan: WifPlan
}

async function apply(input: CliInput, context: CliContext, { setup, config, clients, plan }: Job): Promise<WifResult> {
  if (!input.flag('adminApp')) return plan.apply()
  const name = config?.adminAppName
  const { scim } = clients
  const options = { scim, fetch: context.runtime.fetch, ...(name !== undefined && { name }) }
  const allowUnsafeRules = input.flag('allowUnsafeRules')
  return withAdminApp(options, async (bearer) =>
    (await planWifSetup({ setup, ...clients, bearer, allowUnsafeRules })).apply(),
  )
}

/** The secret goes to a file, and to the trial; never to the output. */
async function keepSecret(
  result: WifResult,
  input: CliInput,
  context: CliContext,
  setup: WifSetup,
  { scim }: SetupClients,
): Promise<void> {
  const path = input.text('runtimeConfig')
  const needed = path !== undefined || input.flag('trial')
  const { appId = '', clientId = '' } = result
  const renewed = input.flag('regenerateSecret') ? await regenerateClientSecret(scim, appId) : undefined
  const secret = renewed ?? result.clientSecret
  if (!needed) return
  if (secret === undefined) {
    throw new UsageError(
      'OPTION_INVALID',
      'The domain does not show the client secret again. Add --regenerate-secret to make a new one.',
    )
  }
  if (path !== undefined) {
    const text = writeRuntimeConfig({ domain: setup.domain, clientId, clientSecret: secret })
    await context.runtime.files
      ?.writeAtomic(expandHome(path, context.runtime), text, { mode: 0o600 })
      .catch((error: unknown) => {
        throw refusedBySystem(error, `to write to ${path}`)
      })
  }
  if (input.flag('trial')) await runTrial({ id: clientId, secret }, input, context, setup)
}

async function runTrial(
  client: { id: string; secret: string },
  input: CliInput,
  context: CliContext,
  setup: WifSetup,
): Promise<void> {
  const subjectToken = await subjectTokenOf(input, context)
  const { clock, runtime, signal } = context
  const onWait = (): void =>
    printWarning('The domain does not know of the set-up yet; trying again in 5 seconds.', context)
  const { subject } = await trialExchange({ setup, client, subjectToken, fetch: runtime.fetch, clock, signal, onWait })
  context.errors.write(`The trial exchange works: its session acts as ${subject}.\n`)
}

function tell({ changes, findings }: WifPlan, input: CliInput, context: CliContext): void {
  for (const { rule, severity, message } of findings) printWarning(`rule "${rule}" (${severity}): ${message}`, context)
  for (const { note } of changes) if (note !== undefined) printWarning(note, context)
  if (!input.flag('json')) for (const change of changes) context.output.write(`${lineOf(change, context)}\n`)
  else if (input.flag('dryRun')) printJson({ changes, findings }, context)
}

function lineOf({ action, resource, name, differences }: Change, context: CliContext): string {
  const paint = painter(context.output, context)
  const details = differences.map(
    ({ attribute, current, wanted }) => `\n    ${attribute}: ${text(current)} → ${text(wanted)}`,
  )
  return `${paint(action === 'unchanged' ? 'dim' : 'green', action.padEnd(9))} ${resource} ${name}${details.join('')}`
}

function text(value: unknown): string {
  return value === undefined ? '(none)' : JSON.stringify(value)
}

function printResult({ outcomes, clientId }: WifResult, input: CliInput, context: CliContext): void {
  if (input.flag('json')) printJson({ outcomes, clientId }, context)
  else printFacts([['client id', clientId]], context)
}
