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
    execFile(program, parameters, { signal, maxBuffer: LARGEST_OUTPUT, encoding: 'utf8' }, (error, output) => {
      if (!error) resolve(output)
      else reject(signal?.aborted ? signal.reason : failureOf(program, error))
    })
  })
}

/** Keeps neither the parameters nor what was printed: both may hold a secret, and so does the original error. */
function failureOf(program: string, error: { code?: unknown; signal?: unknown }): ConfigurationError {
  const name = JSON.stringify(program)
  if (error.code === 'ENOENT') {
    return new ConfigurationError('COMMAND_FAILED', `Program ${name} was not found; install it or give its full path.`)
  }
  const how = typeof error.code === 'number' ? `exit code ${error.code}` : String(error.code ?? error.signal)
  return new ConfigurationError(
    'COMMAND_FAILED',
    `Program ${name} ended with ${how} instead of an answer; run it by hand to see what it prints.`,
  )
}
