import { runtime as defaultRuntime } from '#runtime'
import { UsageError } from '../../errors.js'
import type { Runtime } from '../../runtime/types.js'
import { notConfigured, type SubjectTokenSource, subjectTokenFrom } from './source.js'

/** Where files are read. */
export interface TokenFileOptions {
  /** @defaultValue the runtime's own files */
  readonly runtime?: Pick<Runtime, 'files' | 'name'>
}

/**
 * The subject token in a file, read anew for each exchange, because whoever writes such a file replaces it.
 *
 * Rejects with ConfigurationError `NOT_CONFIGURED` when there is no such file, `TOKEN_INVALID` when it holds no token,
 * and UsageError `UNSUPPORTED_RUNTIME` where there are no files.
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
    if (runtime.files === undefined) {
      throw new UsageError('UNSUPPORTED_RUNTIME', `Cannot read ${path}: the runtime "${runtime.name}" has no files.`)
    }
    const content = await runtime.files.readText(path)
    if (content === undefined)
      throw notConfigured(`Expected a subject token in the file ${path}, which does not exist.`)
    return subjectTokenFrom(content, `the file ${path}`)
  }
}
