import type { Passphrase } from '../keys/import-private-key.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { type FileSource, isFile } from './session-source.js'

/** A passphrase, or the file whose first line it is. */
export type PassphraseSource = Passphrase | FileSource

/** The passphrase itself. A file is read when a key proves to be encrypted, anew each time. */
export function passphraseOf(source: PassphraseSource | undefined, runtime: Runtime): Passphrase | undefined {
  if (!isFile(source)) return source
  return async () => (await readTextFile(source.file, 'the passphrase', runtime)).split(/\r?\n/, 1)[0] ?? ''
}
