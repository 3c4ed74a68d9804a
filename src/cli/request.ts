import { encodeBase64 } from '../encoding/base64.js'
import { readJsonText } from '../encoding/json.js'
import { UsageError } from '../errors.js'
import type { SignedAttempt } from '../http/signed-fetch.js'
import { expandHome } from '../runtime/text-file.js'
import type { CliCommand, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import type { UnsignedRequest } from './identity.js'
import { identityOptions, openIdentity } from './identity-options.js'
import { painter } from './paint.js'
import { printJson } from './print.js'
import { readRequest, requestArguments, requestOptions } from './request-options.js'
import { saveBody } from './save-body.js'

/** `countersign request`: signs, sends, prints the answer. */
export const request: CliCommand = {
  arguments: requestArguments,
  options: [
    ...requestOptions,
    ...identityOptions,
    { flags: '-i, --include', description: 'print status and headers before the body' },
    { flags: '-o, --output <file>', description: 'write the body to a file' },
    { flags: '--no-retry', description: 'do not try again what may succeed later' },
    { flags: '--timeout <seconds>', description: 'give up after so long' },
    { flags: '-v, --verbose', description: 'tell each attempt on standard error' },
  ],
  examples: [
    'countersign request GET https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/',
    'countersign request GET /regions --service identity --auth instance_principal',
    'countersign request PUT https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/ns/b/bucket/o/name -d @file',
  ],
  async run(input, context) {
    const identity = await openIdentity(input, context)
    const unsigned = await readRequest(input, identity, context)
    const send = identity.signedFetch({
      fetch: context.runtime.fetch,
      clock: context.clock,
      retries: input.flag('retry'),
      ...(input.flag('verbose') && { onAttempt: (attempt: SignedAttempt) => tell(attempt, context) }),
    })
    const response = await send(unsigned.url, requestInit(unsigned, input, context))
    await print(response, input, context)
    return response.status >= 400 ? exitCodes.refused : exitCodes.ok
  },
}

function requestInit({ method, headers, body }: UnsignedRequest, input: CliInput, context: CliContext): RequestInit {
  const seconds = input.text('timeout')
  const limit = seconds === undefined ? [] : [AbortSignal.timeout(milliseconds(seconds))]
  return {
    method,
    headers: headers.map(([name, value]): [string, string] => [name, value]),
    ...(body && { body }),
    signal: AbortSignal.any([context.signal, ...limit]),
  }
}

function milliseconds(seconds: string): number {
  const value = Math.ceil(Number(seconds) * 1000)
  if (value > 0 && value < 2 ** 31) return value
  throw new UsageError(
    'OPTION_INVALID',
    `Expected --timeout in seconds, more than 0 and less than 2147483, got ${JSON.stringify(seconds)}.`,
  )
}

async function print(response: Response, input: CliInput, context: CliContext): Promise<void> {
  const path = input.text('output')
  if (path !== undefined) await saveBody(response, expandHome(path, context.runtime))
  if (input.flag('json')) return printJson(summary(response, await wholeBody(response)), context)
  if (input.flag('include') || (response.status >= 400 && path !== undefined)) printHead(response, context)
  if (context.output.isTerminal) return printBody(await wholeBody(response), context)
  // Every byte goes through as it comes.
  if (!response.bodyUsed) for await (const chunk of response.body ?? []) await context.output.write(chunk)
}

/** What of the body was not written to a file. */
async function wholeBody(response: Response): Promise<Uint8Array> {
  return response.bodyUsed ? new Uint8Array() : new Uint8Array(await response.arrayBuffer())
}

function summary({ status, headers }: Response, body: Uint8Array): object {
  return { status, headers: Object.fromEntries(headers), ...bodyOf(body) }
}

/** JSON as what it says, text as text, and anything else in base64. */
function bodyOf(body: Uint8Array): object {
  if (body.length === 0) return {}
  const text = textOf(body)
  if (text === undefined) return { bodyBase64: encodeBase64(body) }
  return { body: readJsonText(text) ?? text }
}

function printHead({ status, statusText, headers }: Response, context: CliContext): void {
  const paint = painter(context.output, context)
  context.output.write(`${paint(status < 400 ? 'green' : 'red', `${status} ${statusText}`.trim())}\n`)
  for (const [name, value] of headers) context.output.write(`${paint('dim', `${name}:`)} ${value}\n`)
  context.output.write('\n')
}

/** On a terminal JSON is laid out, and what is no text is not thrown at it. */
function printBody(body: Uint8Array, { output, errors }: CliContext): void {
  const text = textOf(body)
  if (text === undefined) errors.write(`${body.length} bytes that are no text: write them to a file with -o.\n`)
  else if (text !== '') output.write(`${JSON.stringify(readJsonText(text), undefined, 2) ?? text}\n`)
}

function textOf(body: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(body)
  } catch {
    return undefined
  }
}

function tell(
  { attempt, method, endpoint, status, durationMs, requestId, next }: SignedAttempt,
  { errors }: CliContext,
): void {
  const outcome = status ?? 'no answer'
  const id = requestId === undefined ? '' : ` opc-request-id ${requestId}`
  const then = next === 'none' ? '' : `, then ${next}`
  errors.write(`${attempt}. ${method} ${endpoint}: ${outcome} in ${Math.round(durationMs)} ms${id}${then}\n`)
}
