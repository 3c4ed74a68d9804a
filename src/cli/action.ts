import { appendFile } from 'node:fs/promises'
import { ConfigurationError, CountersignError } from '../errors.js'
import { removeProfile } from '../federation/profile-files.js'
import { gitHubActions } from '../federation/subject-tokens/github-actions.js'
import type { SubjectTokenSource } from '../federation/subject-tokens/source.js'
import type { Runtime } from '../runtime/types.js'
import { type Clock, systemClock } from '../types.js'
import { type ExchangeResult, exchangeToProfile } from './exchange-job.js'
import { type ExchangeSettings, environmentLookup, type Lookup, readExchangeSettings } from './exchange-settings.js'

/** What a step of a GitHub Actions job may touch. */
export interface ActionContext {
  readonly runtime: Runtime
  /** Writes a line to the log, in which the runner looks for its commands. */
  readonly log: (line: string) => void
  readonly clock?: Clock
}

/**
 * The action's script. The first time in a job it exchanges the job's ID token and writes a profile; at the end of the
 * job, when the runner hands the state back, it removes what it wrote. Gives the exit code.
 */
export async function runAction(context: ActionContext): Promise<number> {
  const before = savedProfile(context.runtime)
  try {
    await (before === undefined ? exchange(context) : removeProfile({ ...before, runtime: context.runtime }))
    return 0
  } catch (error) {
    const text = error instanceof CountersignError ? `${error.code}: ${error.message}` : defect(error)
    context.log(`::error title=countersign::${escapeData(text)}`)
    return 1
  }
}

async function exchange(context: ActionContext): Promise<void> {
  const { runtime, clock = systemClock } = context
  const lookup = inputLookup(runtime)
  const settings = readExchangeSettings(lookup)
  if (settings.client) mask(settings.client.secret, context)
  const subjectToken = masked(sourceFor(lookup, runtime), context)
  // Known to the runner before anything is written: whatever fails from here on, the end of the job cleans up.
  await saveProfile(settings, runtime)
  const result = await exchangeToProfile({ settings, client: settings.client, subjectToken, runtime, clock })
  mask(result.credentials.token ?? '', context)
  await publish(result, settings, lookup, runtime)
  context.log(`Wrote the profile ${settings.profile} to ${result.paths.configFile}.`)
}

function sourceFor(lookup: Lookup, runtime: Runtime): SubjectTokenSource {
  const audience = lookup('audience')
  return gitHubActions({ runtime, ...(audience !== undefined && { audience }) })
}

/** What later steps find: outputs, and variables for the OCI CLI and the SDKs. */
async function publish(
  { credentials, paths }: ExchangeResult,
  settings: ExchangeSettings,
  lookup: Lookup,
  runtime: Runtime,
): Promise<void> {
  const { expiresAt } = credentials
  await append('GITHUB_OUTPUT', runtime, {
    configured: 'true',
    oci_config_path: paths.configFile,
    oci_session_token_path: paths.tokenFile,
    oci_private_key_path: paths.keyFile,
    ...(expiresAt !== undefined && { expires_at: new Date(expiresAt).toISOString() }),
  })
  if (lookup('export_environment') === 'false') return
  await append('GITHUB_ENV', runtime, {
    OCI_CLI_AUTH: 'security_token',
    OCI_CLI_PROFILE: settings.profile,
    OCI_CLI_CONFIG_FILE: paths.configFile,
    OCI_CONFIG_FILE: paths.configFile,
  })
}

async function saveProfile({ profile, directory }: ExchangeSettings, runtime: Runtime): Promise<void> {
  await append('GITHUB_STATE', runtime, { profile, ...(directory !== undefined && { directory }) })
}

function savedProfile({ env }: Runtime): { profile: string; directory?: string } | undefined {
  const [profile, directory] = [env('STATE_profile'), env('STATE_directory')]
  if (!profile) return undefined
  return { profile, ...(directory && { directory }) }
}

/** Inputs of the step first, then the variables that people set for the same things. */
function inputLookup(runtime: Runtime): Lookup {
  const inEnvironment = environmentLookup(runtime)
  return (name) => runtime.env(`INPUT_${name.toUpperCase()}`)?.trim() || inEnvironment(name)
}

/** @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#environment-files */
async function append(variable: string, { env }: Runtime, values: Readonly<Record<string, string>>): Promise<void> {
  const file = env(variable)
  if (!file) return
  const lines = Object.entries(values).map(([name, value]) => `${name}=${oneLine(name, value)}\n`)
  await appendFile(file, lines.join(''))
}

// A line break would let the value set other variables of the job.
function oneLine(name: string, value: string): string {
  if (!/[\r\n]/.test(value)) return value
  throw new ConfigurationError('CONFIG_INVALID', `Expected the value of ${name} to be one line.`)
}

function masked(source: SubjectTokenSource, context: ActionContext): SubjectTokenSource {
  return async (call) => {
    const token = await source(call)
    mask(token, context)
    return token
  }
}

function mask(secret: string, { log }: ActionContext): void {
  if (secret !== '') log(`::add-mask::${escapeData(secret)}`)
}

function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function defect(error: unknown): string {
  return `The action failed in a way it should not (${error instanceof Error ? error.name : typeof error}); please report it.`
}
