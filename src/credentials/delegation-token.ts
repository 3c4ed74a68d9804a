import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError } from '../errors.js'
import { expandHome, readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { type Clock, type CredentialsProvider, type OciCredentials, systemClock } from '../types.js'
import { changeWatcher } from './changed-files.js'
import { type FileSource, isFile } from './session-source.js'

/** What a function that gives delegation tokens is told. */
export interface DelegationTokenRequest {
  /** Whether the last token was refused: the same once more is of no use. */
  readonly refused: boolean
  readonly signal?: AbortSignal
}

/** A delegation token, the file that holds it, or a function that is asked for it before every request. */
export type DelegationTokenSource =
  | string
  | FileSource
  | ((request: DelegationTokenRequest) => string | Promise<string>)

export interface DelegationOptions {
  readonly runtime?: Runtime | undefined
  readonly clock?: Clock | undefined
}

/**
 * Signs as a principal on behalf of a user: the delegation token goes along with every request as `opc-obo-token`, and is
 * covered by the signature. Works over any provider. A file is read again when it changes and when the token is refused.
 *
 * @throws ConfigurationError `TOKEN_INVALID` when the token is empty or cannot stand in a header, `CONFIG_MISSING` when
 * its file is not there; and what the provider throws.
 * @example
 * ```ts
 * import { createSignedFetch } from 'countersign'
 * import { withDelegation } from 'countersign/credentials/delegation-token'
 * import { instancePrincipal } from 'countersign/credentials/instance-principal'
 *
 * const credentials = withDelegation(instancePrincipal(), { file: '/etc/oci/delegation_token' })
 * const fetch = createSignedFetch({ credentials })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/cloudshellintro.htm
 */
export function withDelegation(
  provider: CredentialsProvider<OciCredentials>,
  token: DelegationTokenSource,
  options: DelegationOptions = {},
): CredentialsProvider<OciCredentials> {
  const read = tokenReader(token, options)
  let last: { readonly from: OciCredentials; readonly delegation: string; readonly result: OciCredentials } | undefined
  return async (request = {}) => {
    const { signal, forceRefresh } = request
    const refused = forceRefresh !== undefined
    const [from, delegation] = await Promise.all([
      provider(request),
      read({ refused, ...(signal !== undefined && { signal }) }),
    ])
    // The same token over the same credentials is the same value, by which callers know it again.
    if (last?.from === from && last.delegation === delegation) return last.result
    last = { from, delegation, result: delegated(from, delegation) }
    return last.result
  }
}

function delegated(from: OciCredentials, delegation: string): OciCredentials {
  return Object.freeze({ ...from, signedHeaders: { ...from.signedHeaders, 'opc-obo-token': delegation } })
}

function tokenReader(
  source: DelegationTokenSource,
  options: DelegationOptions,
): (request: DelegationTokenRequest) => Promise<string> {
  if (isFile(source)) return fileReader(source, options)
  if (typeof source === 'function') return async (request) => headerValue(await source(request), 'the function')
  return async () => headerValue(source, 'the settings')
}

function fileReader(
  { file }: FileSource,
  options: DelegationOptions,
): (request: DelegationTokenRequest) => Promise<string> {
  const { runtime = defaultRuntime, clock = systemClock } = options
  const path = expandHome(file, runtime)
  const { files } = runtime
  const hasChanged = files ? changeWatcher({ files, paths: [path], clock }) : async () => false
  let known: string | undefined
  return async ({ refused }) => {
    const isCurrent = !(await hasChanged()) && !refused
    if (known !== undefined && isCurrent) return known
    // Forgotten first: a token whose file is gone or broken is not used again.
    known = undefined
    const token = headerValue(await readTextFile(path, 'the delegation token', runtime), path)
    known = token
    return token
  }
}

// Oracle's tools break the token into lines when they write it.
function headerValue(text: string, from: string): string {
  const token = text.replace(/[\r\n]+/g, '').trim()
  if (/^[!-~]+$/.test(token)) return token
  const found = token === '' ? 'nothing' : 'characters that cannot stand in a header'
  throw new ConfigurationError('TOKEN_INVALID', `Expected a delegation token from ${from}, found ${found}.`)
}
