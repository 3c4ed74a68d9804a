import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError } from '../../errors.js'
import { type FileRuntime, readTextFile } from '../../runtime/text-file.js'
import type { Runtime } from '../../runtime/types.js'
import { notConfigured, type SubjectTokenSource, subjectTokenFrom } from './source.js'

/** Where files are read. */
export interface TokenFileOptions {
  /** @defaultValue the runtime's own files */
  readonly runtime?: FileRuntime
}

/**
 * The subject token in a file, read anew for each exchange, because whoever writes such a file replaces it. `~` at the
 * beginning of the path is the home directory.
 *
 * Rejects with ConfigurationError `NOT_CONFIGURED` when there is no such file, `CONFIG_INVALID` when it cannot be read,
 * `TOKEN_INVALID` when it holds no token, and UsageError `UNSUPPORTED_RUNTIME` where there are no files.
 * @example
 * ```ts
 * import { tokenFile } from 'countersign/federation/subject-tokens/file'
 *
 * const subjectToken = tokenFile('/run/spire/jwt-svid.token')
 * ```
 */
export function tokenFile(path: string, options: TokenFileOptions = {}): SubjectTokenSource {
  const { runtime = defaultRuntime } = options
  return async () => {
    const content = await readTextFile(path, 'the subject token', runtime).catch((error: unknown) => {
      throw isMissing(error) ? notConfigured(error.message) : error
    })
    return subjectTokenFrom(content, `the file ${path}`)
  }
}

/** Where variables and files are read. */
export interface NamedTokenFileOptions {
  /** @defaultValue the runtime's own environment and files */
  readonly runtime?: FileRuntime & Pick<Runtime, 'env'>
}

/** The subject token in the file that an environment variable names; `whoSets` is for those who find it missing. */
export function tokenFileNamedBy(
  variable: string,
  whoSets: string,
  { runtime = defaultRuntime }: NamedTokenFileOptions,
): SubjectTokenSource {
  return async (context) => {
    const path = runtime.env(variable)
    if (!path) throw notConfigured(`Expected ${variable} to be set, as ${whoSets}.`)
    return tokenFile(path, { runtime })(context)
  }
}

function isMissing(error: unknown): error is ConfigurationError {
  return error instanceof ConfigurationError && error.code === 'CONFIG_MISSING'
}
