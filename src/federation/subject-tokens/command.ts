import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError, CountersignError, UsageError } from '../../errors.js'
import type { Runtime } from '../../runtime/types.js'
import { type SubjectTokenSource, subjectTokenFrom } from './source.js'

/** What runs the program. */
export interface CommandOptions {
  /** @defaultValue the runtime's own processes */
  readonly runtime?: Pick<Runtime, 'name' | 'run'>
}

/**
 * The subject token that a program prints, run anew for each exchange and without a shell. Node, Deno and Bun.
 *
 * Rejects with UsageError `UNSUPPORTED_RUNTIME` where there are no processes, ConfigurationError `COMMAND_FAILED` when
 * the program fails (its output, which may hold secrets, stays out of the error), `TOKEN_INVALID` when it prints no
 * token.
 * @example
 * ```ts
 * import { command } from 'countersign/federation/subject-tokens/command'
 *
 * const subjectToken = command(['gcloud', 'auth', 'print-identity-token', '--audiences=oci'])
 * ```
 */
export function command(program: readonly string[], options: CommandOptions = {}): SubjectTokenSource {
  const { runtime = defaultRuntime } = options
  const [name] = program
  if (name === undefined)
    throw new UsageError('OPTION_INVALID', 'Expected a program and its arguments, got an empty list.')
  return async ({ signal } = {}) => {
    const { run } = runtime
    if (run === undefined) {
      throw new UsageError('UNSUPPORTED_RUNTIME', `Cannot run ${name}: the runtime "${runtime.name}" has no processes.`)
    }
    const output = await run(program, signal && { signal }).catch((error: unknown) => {
      signal?.throwIfAborted()
      if (error instanceof CountersignError) throw error
      throw new ConfigurationError('COMMAND_FAILED', `The program ${name} failed. Run it by hand to see why.`)
    })
    return subjectTokenFrom(output, `the program ${name}`)
  }
}
