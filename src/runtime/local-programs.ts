import { ConfigurationError, UsageError } from '../errors.js'

const LARGEST_OUTPUT = 1024 * 1024

/** Runs a program of the machine, through `node:child_process`, which Node, Deno and Bun all have. */
export async function runProgram(
  command: readonly string[],
  { signal }: { signal?: AbortSignal } = {},
): Promise<string> {
  const [program, ...parameters] = command
  if (!program)
    throw new UsageError('OPTION_INVALID', 'Expected a command with a program as its first element, got none.')
  const { execFile } = await import('node:child_process')
  return new Promise((resolve, reject) => {
    const ended = (error: Failure | null, output: string): void => {
      if (!error) resolve(output)
      else reject(signal?.aborted ? signal.reason : failureOf(program, error))
    }
    try {
      const child = execFile(program, parameters, { signal, maxBuffer: LARGEST_OUTPUT, encoding: 'utf8' }, ended)
      // Nobody would answer a program that asks.
      child.stdin?.end()
    } catch (error) {
      // What no program can be given (a NUL, more than the system takes) is refused at once, and in full.
      reject(failureOf(program, Object(error)))
    }
  })
}

/** What is read of the platform's error. */
interface Failure {
  readonly code?: unknown
  readonly signal?: unknown
}

/** Keeps neither the parameters nor what was printed: both may hold a secret, and so does the original error. */
function failureOf(program: string, error: Failure): ConfigurationError {
  const name = JSON.stringify(program)
  if (error.code === 'ENOENT') {
    return new ConfigurationError('COMMAND_FAILED', `Program ${name} was not found; install it or give its full path.`)
  }
  return new ConfigurationError(
    'COMMAND_FAILED',
    `Expected an answer from program ${name}, but it ${howItEnded(error)}; run it by hand to see what it prints.`,
  )
}

function howItEnded({ code, signal }: Failure): string {
  if (typeof code === 'number') return `ended with exit code ${code}`
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') return `printed more than ${LARGEST_OUTPUT} bytes`
  return typeof code === 'string' ? `could not be run (${code})` : `was ended by ${String(signal)}`
}
