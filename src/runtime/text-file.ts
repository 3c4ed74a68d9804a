import { ConfigurationError, UsageError } from '../errors.js'
import type { Runtime } from './types.js'

const LONGEST_PATH = 4096

/** What of a runtime reading a text file takes. */
export type FileRuntime = Pick<Runtime, 'files' | 'homeDirectory' | 'name'>

/**
 * The path with a leading `~` replaced by the home directory, where there is one.
 *
 * @example
 * ```ts
 * import { runtime } from 'countersign/runtime/node'
 * import { expandHome } from 'countersign/runtime/text-file'
 *
 * const path = expandHome('~/.oci/config', runtime) // /home/opc/.oci/config
 * ```
 */
export function expandHome(path: string, runtime: Pick<Runtime, 'homeDirectory'>): string {
  const home = /^~(?=[/\\]|$)/.test(path) ? runtime.homeDirectory() : undefined
  return home === undefined ? path : home + path.slice(1)
}

/**
 * The text of a file that must be there; `what` names its purpose in messages, such as `the private key`.
 *
 * @example
 * ```ts
 * import { runtime } from 'countersign/runtime/node'
 * import { readTextFile } from 'countersign/runtime/text-file'
 *
 * const pem = await readTextFile('~/.oci/key.pem', 'the private key', runtime)
 * ```
 * @throws UsageError `UNSUPPORTED_RUNTIME` where there are no files; ConfigurationError `CONFIG_MISSING` when there is no
 * such file, `CONFIG_INVALID` when it cannot be read.
 */
export async function readTextFile(path: string, what: string, runtime: FileRuntime): Promise<string> {
  const { files } = runtime
  assertPath(path, what)
  if (files === undefined) {
    throw new UsageError(
      'UNSUPPORTED_RUNTIME',
      `Cannot read ${what} from ${path}: the runtime "${runtime.name}" has no file system. Pass its content instead.`,
    )
  }
  const expanded = expandHome(path, runtime)
  const content = await files.readText(expanded).catch((cause: unknown) => {
    throw new ConfigurationError(
      'CONFIG_INVALID',
      `Cannot read ${what} from ${expanded}: check its kind and its permissions.`,
      { cause },
    )
  })
  if (content !== undefined) return content
  throw new ConfigurationError('CONFIG_MISSING', `Expected ${what} in ${expanded}, found no such file.`)
}

/**
 * Content in the place of a path may be a secret: it is told from a path before it can get into a message.
 *
 * @throws ConfigurationError `CONFIG_INVALID` for what looks like content.
 */
export function assertPath(path: string, what: string): void {
  if (path.length <= LONGEST_PATH && !/[\r\n\0]|-----BEGIN|^eyJ[\w-]*\./.test(path)) return
  throw new ConfigurationError(
    'CONFIG_INVALID',
    `Expected the path of ${what}, found what looks like its content; put the content into a file, or pass it where content is taken.`,
  )
}
