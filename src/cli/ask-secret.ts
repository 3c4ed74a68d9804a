import { createInterface, type Interface } from 'node:readline/promises'
import { Writable } from 'node:stream'
import { UsageError } from '../errors.js'

/** Where to ask. */
export interface Asker {
  readonly input: NodeJS.ReadableStream
  readonly errors: NodeJS.WritableStream
  readonly signal: AbortSignal
  /** What Ctrl-C does while nothing is shown. Default: what it does to the process at other times. */
  readonly interrupt?: () => void
}

/**
 * Asks on the terminal and shows nothing of what is typed. The question goes to standard error.
 *
 * @throws UsageError `OPTION_INVALID` when the terminal is closed, or Ctrl-D pressed, in place of an answer.
 */
export async function askSecret(
  question: string,
  { input, errors, signal, interrupt = raise }: Asker,
): Promise<string> {
  const silence = new Writable({ write: (_chunk, _encoding, done) => done() })
  const lines = createInterface({ input, output: silence, terminal: true }).on('SIGINT', interrupt)
  errors.write(`${question}: `)
  try {
    return await Promise.race([lines.question('', { signal }), closed(lines, question)])
  } finally {
    lines.close()
    errors.write('\n')
  }
}

/** The terminal hands over every key as it is, Ctrl-C included. */
function raise(): void {
  process.kill(process.pid, 'SIGINT')
}

function closed(lines: Interface, question: string): Promise<never> {
  return new Promise((_, reject) => {
    lines.once('close', () =>
      reject(new UsageError('OPTION_INVALID', `Expected an answer to "${question}", got none.`)),
    )
  })
}
