import { findConfigFile } from '../credentials/config-file-path.js'
import { text } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'
import { readCapturedRequest, readCapturedResponse } from '../explain/captured.js'
import { explain as explainEvidence } from '../explain/explain.js'
import type { Evidence } from '../explain/types.js'
import { causesText } from './cause-text.js'
import type { CliCommand, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { printJson } from './print.js'
import { readBytes } from './request-options.js'

/** `countersign explain`: why would, or did, this request fail? Offline, unless it is asked to probe. */
export const explain: CliCommand = {
  arguments: [{ name: '[request]', description: 'curl command or HTTP message in a file (default: standard input)' }],
  options: [
    { flags: '--response <file>', description: 'the answer: status line, headers, empty line, body' },
    { flags: '-k, --key <file>', description: 'the private key that signed; its signatures are compared' },
    { flags: '-p, --profile <name>', description: 'check this profile of the configuration file as well' },
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
  ],
  async run(input, context) {
    const explanation = await explainEvidence(await readEvidence(input, context), { clock: context.clock })
    if (input.flag('json')) printJson(explanation, context)
    else if (explanation.causes.length > 0) context.output.write(`${causesText(explanation.causes, context)}\n`)
    else context.output.write(`Nothing speaks against this request. Checked: ${explanation.checked.join(', ')}.\n`)
    return explanation.causes.length > 0 ? exitCodes.refused : exitCodes.ok
  },
}

async function readEvidence(input: CliInput, context: CliContext): Promise<Evidence> {
  const [response, key, sentAt] = [input.text('response'), input.text('key'), input.text('sentAt')]
  const request = await readRequestText(input, context)
  const config = await readConfig(input, context)
  return {
    sentByBrowser: input.flag('browser'),
    ...(input.flag('probe') && { probe: context.runtime.fetch }),
    ...(request.trim() !== '' && { request: readCapturedRequest(request) }),
    ...(response !== undefined && { response: readCapturedResponse(text(await readBytes(response, context))) }),
    ...(key !== undefined && { setUp: { privateKey: text(await readBytes(key, context)) } }),
    ...(config !== undefined && { config }),
    ...(sentAt !== undefined && { sentAt: readTime(sentAt) }),
  }
}

async function readRequestText(input: CliInput, context: CliContext): Promise<string> {
  const path = input.argument('request')
  if (path !== '' && path !== '-') return text(await readBytes(path, context))
  if (context.askSecret !== undefined) context.errors.write('Paste the request, then press Ctrl-D.\n')
  return text(await context.readInput())
}

async function readConfig(input: CliInput, context: CliContext): Promise<Evidence['config']> {
  const [profile, path] = [input.text('profile'), input.text('configFile')]
  if (profile === undefined && path === undefined) return undefined
  const place = await findConfigFile(path, context.runtime)
  if (place === undefined)
    throw new UsageError('OPTION_INVALID', 'Expected a configuration file beside --profile, found none.')
  return {
    text: text(await readBytes(place.path, context)),
    path: place.path,
    ...(profile !== undefined && { profile }),
  }
}

function readTime(value: string): number {
  const time = Date.parse(value)
  if (!Number.isNaN(time)) return time
  throw new UsageError(
    'OPTION_INVALID',
    `Expected --sent-at as an ISO time, got ${JSON.stringify(value.slice(0, 40))}.`,
  )
}
