import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError } from '../errors.js'
import { readSecurityToken, tokenCredentials } from '../federation/security-token.js'
import { sleep as machineSleep } from '../http/retry.js'
import type { PrivateKeySource } from '../keys/import-private-key.js'
import { resolveRegion } from '../regions/regions.js'
import { expandHome, readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { type OciCredentials, systemClock } from '../types.js'
import type { CachedProvider, LoadCredentials } from './cache-options.js'
import { cached } from './cached.js'
import { reloadedWhenChanged } from './changed-files.js'
import { type PassphraseSource, passphraseOf } from './passphrase-source.js'
import type { PrincipalOptions } from './principal-options.js'
import { type FileSource, isFile, type Session, sessionReader } from './session-source.js'

export interface InjectedResourcePrincipalOptions extends PrincipalOptions {
  /** The session token, or the file that the platform keeps it in. */
  readonly token: string | FileSource
  /** Its private key, or the file that the platform keeps it in. */
  readonly privateKey: PrivateKeySource | FileSource
  readonly passphrase?: PassphraseSource | undefined
  /** Identifier or short code. */
  readonly region?: string | undefined
}

/** How often, and how long apart in milliseconds, files are read that are being replaced. */
const LOOKS = 4
const PAUSE_MS = 50

/**
 * Signs as a resource whose platform hands it a session token and its key (resource principal version 2.2): Functions,
 * Container Instances, Data Science jobs and others. Files are read again when they change, as the token ages, and when
 * it is refused; a token that was given as text cannot be renewed. A `store` is not used.
 *
 * @throws ConfigurationError `TOKEN_EXPIRED`, `TOKEN_INVALID`, `TOKEN_KEY_MISMATCH`, `CONFIG_MISSING`, and the codes of
 * `importPrivateKey`.
 * @throws UsageError `UNSUPPORTED_RUNTIME` for files where there are none.
 * @example
 * ```ts
 * import { injectedResourcePrincipal } from 'countersign/credentials/resource-principal-injected'
 *
 * const credentials = injectedResourcePrincipal({
 *   token: { file: '/.oci-credentials/rpst' },
 *   privateKey: { file: '/.oci-credentials/private.pem' },
 *   region: 'us-phoenix-1',
 * })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/Functions/Tasks/functionsaccessingociresources.htm
 */
export function injectedResourcePrincipal(options: InjectedResourcePrincipalOptions): CachedProvider<OciCredentials> {
  const { token, privateKey, runtime = defaultRuntime } = options
  const { files } = runtime
  const paths = [token, privateKey].filter(isFile).map(({ file }) => expandHome(file, runtime))
  const load = sessionLoad(options, runtime, paths.length === 0 ? 1 : LOOKS)
  // What the platform hands out is at hand, and says which resource this is: a store could only bring another's.
  const provider = cached(load, { ...options, store: undefined })
  if (files === undefined || paths.length === 0) return provider
  return reloadedWhenChanged(provider, { files, paths, clock: options.clock ?? systemClock })
}

function sessionLoad(
  options: InjectedResourcePrincipalOptions,
  runtime: Runtime,
  looks: number,
): LoadCredentials<OciCredentials> {
  const { token, sleep = machineSleep } = options
  const read = sessionReader({ ...options, passphrase: passphraseOf(options.passphrase, runtime) }, runtime)
  const region = options.region === undefined ? undefined : resolveRegion(options.region).id
  return async ({ signal, forced, previous }) => {
    const look = (): Promise<Session> => unchanged(read, token, runtime)
    const session = await settled(look, () => sleep(PAUSE_MS, signal), looks)
    if (forced && session.token.token === previous?.token) throw sameAgain()
    const tenancy = session.token.claims['res_tenant']
    const known = typeof tenancy === 'string' ? tenancy : undefined
    return tokenCredentials({ ...session, region, tenancy: known, source: 'resource-principal-2.2' })
  }
}

/** Token and key, if the token is still the same after the key was read. */
async function unchanged(read: () => Promise<Session>, token: string | FileSource, runtime: Runtime): Promise<Session> {
  const session = await read()
  if (!isFile(token)) return session
  const now = readSecurityToken(await readTextFile(token.file, 'the security token', runtime))
  if (now.token === session.token.token) return session
  throw new ConfigurationError(
    'TOKEN_KEY_MISMATCH',
    `Expected ${token.file} to stay the same while it is read, it keeps changing.`,
  )
}

// The platform replaces the two files one after the other, and a reader may see half of one.
async function settled(read: () => Promise<Session>, pause: () => Promise<void>, looks: number): Promise<Session> {
  for (let look = 1; ; look++) {
    try {
      return await read()
    } catch (error) {
      if (look === looks || !(error instanceof ConfigurationError) || !SEEN_DURING_ROTATION.has(error.code)) throw error
      await pause()
    }
  }
}

const SEEN_DURING_ROTATION: ReadonlySet<string> = new Set([
  'CONFIG_MISSING',
  'KEY_CORRUPT',
  'KEY_NOT_PEM',
  'PEM_INVALID',
  'TOKEN_INVALID',
  'TOKEN_KEY_MISMATCH',
])

function sameAgain(): ConfigurationError {
  return new ConfigurationError(
    'TOKEN_INVALID',
    'Expected another token after this one was refused, the platform still gives the same; see whether its policies and dynamic groups let it in.',
  )
}
