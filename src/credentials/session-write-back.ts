import { expandHome } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { OciCredentials } from '../types.js'
import { type FileSource, isFile } from './session-source.js'

/** A session that was prolonged. */
export interface RefreshedSession {
  /** The new token, for whoever keeps it elsewhere. It is a secret. */
  readonly token: string
  /** Epoch milliseconds. */
  readonly expiresAt?: number
  /** The file it was written to, or why that failed. Neither when it was not to be, or the file holds another session. */
  readonly writtenTo?: string
  readonly writeError?: unknown
}

/** Tells of a new token, which is in use whatever becomes of that. */
export function tell(observer: ((session: RefreshedSession) => void) | undefined, session: RefreshedSession): void {
  try {
    observer?.(session)
  } catch {
    // An observer must not be able to end the session: the token before this one may not be good any more.
  }
}

/** Replaces the token in its file, unless somebody else has done so in the meantime. */
export async function writeBack(
  replaced: OciCredentials,
  token: string,
  { token: source, runtime }: { readonly token: string | FileSource; readonly runtime: Runtime },
): Promise<Pick<RefreshedSession, 'writtenTo' | 'writeError'>> {
  if (!isFile(source) || runtime.files === undefined) return {}
  const path = expandHome(source.file, runtime)
  try {
    const found = await runtime.files.readText(path)
    if (found?.trim().replace(/^ST\$/, '') !== replaced.token) return {}
    await runtime.files.writeAtomic(path, token, { mode: 0o600 })
    return { writtenTo: path }
  } catch (writeError) {
    return { writeError }
  }
}
