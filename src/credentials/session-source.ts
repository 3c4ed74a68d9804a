import { ConfigurationError } from '../errors.js'
import { assertBoundTo, readSecurityToken, type SecurityToken } from '../federation/security-token.js'
import {
  type ImportPrivateKeyOptions,
  importPrivateKey,
  type PrivateKey,
  type PrivateKeySource,
} from '../keys/import-private-key.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'

/** A file to read something from, and to read again when it changes. A leading `~` is the home directory. */
export interface FileSource {
  readonly file: string
}

export interface SessionSource {
  /** The security token, or the file that holds it. White space around it does not matter. */
  readonly token: string | FileSource
  /** The session's private key, or the file that holds it. */
  readonly privateKey: PrivateKeySource | FileSource
  readonly passphrase?: ImportPrivateKeyOptions['passphrase']
}

/** A token with the key it is bound to. */
export interface Session {
  readonly token: SecurityToken
  readonly key: PrivateKey
}

export function isFile(source: unknown): source is FileSource {
  return typeof source === 'object' && source !== null && 'file' in source && typeof source.file === 'string'
}

/** Gives a function that reads token and key as they are now. A key that has not changed is not imported again. */
export function sessionReader(
  { token, privateKey, passphrase }: SessionSource,
  runtime: Runtime,
): () => Promise<Session> {
  let imported: { readonly source: PrivateKeySource; readonly key: PrivateKey } | undefined
  const readKey = async (): Promise<PrivateKey> => {
    const source = isFile(privateKey) ? await readTextFile(privateKey.file, 'the private key', runtime) : privateKey
    if (imported?.source !== source) imported = { source, key: await importPrivateKey(source, { passphrase }) }
    return imported.key
  }
  const readToken = async (): Promise<SecurityToken> =>
    readSecurityToken(isFile(token) ? await readTextFile(token.file, 'the security token', runtime) : token)
  const readPair = async (): Promise<Session> => {
    const session = { token: await readToken(), key: await readKey() }
    assertBoundTo(session.token, session.key)
    return session
  }
  // Whoever logs in replaces the two files one after the other: what was read in between is read once more.
  const isInterim = (error: unknown): boolean =>
    isFile(token) && error instanceof ConfigurationError && ['TOKEN_KEY_MISMATCH', 'TOKEN_INVALID'].includes(error.code)
  return () => readPair().catch((error: unknown) => (isInterim(error) ? readPair() : Promise.reject(error)))
}
