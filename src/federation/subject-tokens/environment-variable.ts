import { runtime as defaultRuntime } from '#runtime'
import type { Runtime } from '../../runtime/types.js'
import { notConfigured, type SubjectTokenSource, subjectTokenFrom } from './source.js'

/** Where variables are read. */
export interface EnvironmentVariableOptions {
  /** @defaultValue the runtime's own environment */
  readonly runtime?: Pick<Runtime, 'env'>
}

/**
 * The subject token in the environment variable `name`, read anew for each exchange. Most CI systems set the variable
 * once per job and the token in it dies within minutes or an hour: exchange early, and not again.
 *
 * Rejects with ConfigurationError `NOT_CONFIGURED` when the variable is not set, `TOKEN_INVALID` when it holds no token.
 * @example
 * ```ts
 * import { environmentVariable } from 'countersign/federation/subject-tokens/environment-variable'
 *
 * const subjectToken = environmentVariable('OCI_SUBJECT_TOKEN')
 * ```
 */
export function environmentVariable(name: string, options: EnvironmentVariableOptions = {}): SubjectTokenSource {
  const { runtime = defaultRuntime } = options
  return async () => {
    const value = runtime.env(name)
    if (value === undefined)
      throw notConfigured(`Expected a subject token in the environment variable ${name}, which is not set.`)
    return subjectTokenFrom(value, `the environment variable ${name}`)
  }
}
