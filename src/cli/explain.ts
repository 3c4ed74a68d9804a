import { readConfigProfile } from '../credentials/config-file.js'
import { findConfigFile } from '../credentials/config-file-path.js'
import { DEFAULT_PROFILE } from '../credentials/config-profile.js'
import { text } from '../encoding/bytes.js'
import { ConfigurationError, UsageError } from '../errors.js'
import { readCapturedResponse } from '../explain/captured.js'
import { explain as explainEvidence } from '../explain/explain.js'
import { profileSetUp } from '../explain/profile-set-up.js'
import { explanationText } from '../explain/text.js'
import type { Evidence, SetUp } from '../explain/types.js'
import { importPrivateKey } from '../keys/import-private-key.js'
import { causesText } from './cause-text.js'
import type { CliCommand, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { printJson, printWarning } from './print.js'
import { readBytes } from './request-options.js'
import { readCapture } from './signed-request.js'

const PROBE_TIMEOUT_MS = 10_000

/** `countersign explain`: why would, or did, this request fail? Offline, unless it is asked to probe. */
export const explain: CliCommand = {
  arguments: [
    {
      name: '[request]',
      description: 'curl command, HTTP message, or JSON of "sign --json", in a file (default: standard input)',
    },
  ],
  options: [
    { flags: '--response <file>', description: 'the answer: status line, headers, empty line, body' },
    { flags: '-k, --key <file>', description: 'the private key that signed; its signatures are compared' },
    {
      flags: '-p, --profile <name>',
      description: 'check this profile of the configuration file, its key and its token as well',
    },
    { flags: '--config-file <path>', description: 'configuration file (default: OCI_CLI_CONFIG_FILE, ~/.oci/config)' },
    { flags: '--sent-at <time>', description: 'when it was sent: an ISO time (default: not known)' },
    { flags: '--browser', description: 'a browser sent it' },
    {
      flags: '--probe',
      description: 'ask the endpoint, without credentials, whether it is there and what time it has',
    },
  ],
  examples: [
    'pbpaste | countersign explain --response answer.http',
    'countersign explain failed.http --profile DEFAULT --json',
    'countersign explain --profile DEFAULT < /dev/null  # the profile alone',
  ],
  async run(input, context) {
    const explanation = await explainEvidence(await readEvidence(input, context), { clock: context.clock })
    if (input.flag('json')) printJson(explanation, context)
    else if (explanation.causes.length > 0) context.output.write(`${causesText(explanation.causes, context)}\n`)
    else context.output.write(`${explanationText(explanation)}\n`)
    return explanation.causes.length > 0 ? exitCodes.refused : exitCodes.ok
  },
}

async function readEvidence(input: CliInput, context: CliContext): Promise<Evidence> {
  const [response, sentAt] = [input.text('response'), input.text('sentAt')]
  const request = await readRequestText(input, context)
  const { config, setUp: configured } = await readConfig(input, context)
  const setUp = { ...configured, ...(await readKey(input, configured, context)) }
  const evidence = {
    sentByBrowser: input.flag('browser'),
    ...(input.flag('probe') && { probe: probing(context) }),
    ...(request.trim() !== '' && { request: await readCapture(request, context) }),
    ...(response !== undefined && { response: readCapturedResponse(text(await readBytes(response, context))) }),
    ...(Object.keys(setUp).length > 0 && { setUp }),
    ...(config !== undefined && { config }),
    ...(sentAt !== undefined && { sentAt: readTime(sentAt) }),
  }
  if ('request' in evidence || 'response' in evidence || 'setUp' in evidence || 'config' in evidence) return evidence
  throw new UsageError(
    'OPTION_INVALID',
    'Expected a request in a file or on standard input, an answer (--response), a key or a profile, got none of them.',
  )
}

async function readRequestText(input: CliInput, context: CliContext): Promise<string> {
  const path = input.argument('request')
  if (path !== '' && path !== '-') return text(await readBytes(path, context))
  if (context.askSecret !== undefined) context.errors.write('Paste the request, then press Ctrl-D.\n')
  return text(await context.readInput())
}

/** A probe that nobody answers ends by itself, or with Ctrl-C. */
function probing({ runtime, signal }: CliContext): typeof fetch {
  return (url, init) =>
    runtime.fetch(url, { ...init, signal: AbortSignal.any([signal, AbortSignal.timeout(PROBE_TIMEOUT_MS)]) })
}

/** The key that was named; where it is encrypted and there is a terminal, with its passphrase. */
async function readKey(input: CliInput, { passphrase }: SetUp, { askSecret, ...context }: CliContext): Promise<SetUp> {
  const path = input.text('key')
  if (path === undefined) return {}
  const privateKey = text(await readBytes(path, context))
  if (askSecret === undefined || passphrase !== undefined || !(await isEncrypted(privateKey))) return { privateKey }
  return { privateKey, passphrase: await askSecret('Passphrase of the private key') }
}

async function isEncrypted(privateKey: string): Promise<boolean> {
  const failure: unknown = await importPrivateKey(privateKey).catch((error: unknown) => error)
  return failure instanceof ConfigurationError && failure.code === 'KEY_PASSPHRASE_REQUIRED'
}

interface Configured {
  readonly config?: NonNullable<Evidence['config']>
  readonly setUp: SetUp
}

/** The profile as text, whose lines may be the cause; and what it sets up, with the files that it names. */
async function readConfig(input: CliInput, context: CliContext): Promise<Configured> {
  const { runtime } = context
  const path = input.text('configFile')
  if (input.text('profile') === undefined && path === undefined) return { setUp: {} }
  const place = await findConfigFile(path, runtime)
  if (place === undefined)
    throw new UsageError('OPTION_INVALID', 'Expected a configuration file beside --profile, found none.')
  const profile = input.text('profile') ?? (runtime.env('OCI_CLI_PROFILE') || DEFAULT_PROFILE)
  const config = { text: text(await readBytes(place.path, context)), path: place.path, profile }
  // What cannot be read is told as a cause.
  const selected = await readConfigProfile({ path: place.path, profile, runtime }).catch(() => undefined)
  if (selected === undefined) return { config, setUp: {} }
  const { setUp, missing } = await profileSetUp(selected, runtime)
  for (const file of missing) printWarning(file, context)
  return { config, setUp }
}

function readTime(value: string): number {
  const time = Date.parse(value)
  if (!Number.isNaN(time)) return time
  throw new UsageError(
    'OPTION_INVALID',
    `Expected --sent-at as an ISO time, got ${JSON.stringify(value.slice(0, 40))}.`,
  )
}
