import { UsageError } from '../errors.js'
import { quotedWord } from '../explain/shell-words.js'
import {
  type EmulatedPrincipal,
  emulatedPrincipals,
  emulatorEnvironment,
  emulatorProxyEnvironment,
} from '../testing/environment.js'
import type { CliCommand, CliInput } from './command.js'
import type { CliContext } from './context.js'
import { painter } from './paint.js'
import { printJson } from './print.js'
import { type ServedEmulator, type ServeOptions, serveEmulator } from './serve.js'

/** `countersign emulate`: serves the emulator until it is interrupted; with `--json`, until its standard input ends. */
export const emulate: CliCommand = {
  options: [
    { flags: '--port <number>', description: 'port for HTTP (default: any free one)' },
    { flags: '--https-port <number>', description: 'port for HTTPS (default: any free one)' },
    { flags: '--host <address>', description: 'address to listen on (default: 127.0.0.1)' },
    {
      flags: '--directory <path>',
      description: 'where keys, tokens and certificates go (default: a temporary directory)',
    },
    {
      flags: '--principal <name>',
      description: 'print the environment of this principal',
      choices: emulatedPrincipals,
    },
    { flags: '--untrustworthy', description: 'also serve HTTPS with certificates that a careful client refuses' },
  ],
  examples: [
    'countersign emulate --principal api-key',
    'countersign emulate --principal resource-principal-2.2 > emulator.env  # in another terminal: . ./emulator.env',
  ],
  async run(input, context) {
    const served = await serveEmulator(serveOptions(input))
    try {
      if (input.flag('json')) printJson(descriptionOf(served), context)
      else printEnvironment(served, input, context)
      await ended(context, input.flag('json'))
    } finally {
      await served.close()
    }
    return undefined
  },
}

function serveOptions(input: CliInput): ServeOptions {
  const [host, directory] = [input.text('host'), input.text('directory')]
  return {
    port: portOf(input.text('port')),
    httpsPort: portOf(input.text('httpsPort')),
    untrustworthy: input.flag('untrustworthy'),
    ...(host !== undefined && { host }),
    ...(directory !== undefined && { directory }),
  }
}

function portOf(text = '0'): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN
  if (port <= 65_535) return port
  throw new UsageError('OPTION_INVALID', `Expected a port from 0 to 65535, got ${JSON.stringify(text)}.`)
}

/** Everything that a test in another process needs: addresses, identities, files, and the environment of each principal. */
function descriptionOf(served: ServedEmulator): object {
  const { emulator: _, close: __, ...addresses } = served
  const environments = emulatedPrincipals.map((principal) => [principal, emulatorEnvironment(served, principal)])
  return {
    ...addresses,
    environment: emulatorEnvironment(served),
    environments: Object.fromEntries(environments),
    proxyEnvironment: emulatorProxyEnvironment(served),
  }
}

function printEnvironment(served: ServedEmulator, input: CliInput, context: CliContext): void {
  const { output } = context
  const paint = painter(output, context)
  const principal = input.text('principal') as EmulatedPrincipal | undefined
  output.write(
    paint(
      'dim',
      `# Serving ${served.http} and ${served.https} until Ctrl-C. Keys and tokens: ${served.paths.directory}\n`,
    ),
  )
  for (const [name, value] of Object.entries(emulatorEnvironment(served, principal))) {
    output.write(`export ${name}=${quotedWord(value)}\n`)
  }
}

function ended({ signal, inputEnded }: CliContext, followsInput: boolean): Promise<void> {
  const interrupted = new Promise<void>((resolve) => {
    if (signal.aborted) resolve()
    signal.addEventListener('abort', () => resolve(), { once: true })
  })
  return followsInput ? Promise.race([interrupted, inputEnded()]) : interrupted
}
