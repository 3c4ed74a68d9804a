import { doctor as examineAll } from '../explain/doctor.js'
import type { Examination } from '../explain/examination.js'
import { causesText } from './cause-text.js'
import type { CliCommand } from './command.js'
import type { CliContext } from './context.js'
import { exitCodes } from './exit-codes.js'
import { type Look, painter } from './paint.js'
import { printJson } from './print.js'

const marks: Readonly<Record<Examination['state'], readonly [mark: string, look: Look]>> = {
  good: ['✓', 'green'],
  absent: ['–', 'dim'],
  faulty: ['✗', 'red'],
}

/** `countersign doctor`: looks at the whole set-up of this machine. */
export const doctor: CliCommand = {
  options: [
    {
      flags: '-p, --profile <name>',
      description: 'profile of the configuration file (default: OCI_CLI_PROFILE, DEFAULT)',
    },
    { flags: '--config-file <path>', description: 'configuration file (default: OCI_CLI_CONFIG_FILE, ~/.oci/config)' },
    { flags: '--probe', description: 'also ask the metadata service, obtain tokens, and send one signed call' },
  ],
  examples: ['countersign doctor', 'countersign doctor --probe --json'],
  async run(input, context) {
    const [profile, path] = [input.text('profile'), input.text('configFile')]
    const { runtime, clock, signal } = context
    const named = { ...(profile !== undefined && { profile }), ...(path !== undefined && { path }) }
    const diagnosis = await examineAll({ runtime, clock, signal, probe: input.flag('probe'), ...named })
    if (input.flag('json')) printJson(diagnosis, context)
    else for (const examination of diagnosis.examinations) print(examination, context)
    return diagnosis.healthy ? exitCodes.ok : exitCodes.configuration
  },
}

function print({ name, state, says, causes = [] }: Examination, context: CliContext): void {
  const paint = painter(context.output, context)
  const [mark, look] = marks[state]
  const lines = says.flatMap((line) => line.split('\n')).map((line) => `    ${line}`)
  context.output.write([`${paint(look, mark)} ${paint('bold', name)}`, ...lines, ''].join('\n'))
  if (causes.length > 0) context.output.write(`${causesText(causes, context).replaceAll(/^/gmu, '    ')}\n`)
}
