import { equal, utf8 } from '../encoding/bytes.js'
import { percentDecode } from '../encoding/percent.js'
import type { AlibabaCredentials } from '../types.js'
import { alibabaAccount } from './alibaba-account.js'
import { type AlibabaProblem, type AlibabaRefusals, refused } from './alibaba-refusals.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, slot } from './surface.js'

/** Who signed an Alibaba Cloud request. */
export interface AlibabaCaller {
  readonly arn: string
  /** The id of the access key, or of the client key. */
  readonly accessKeyId: string
  /** The scheme of the signature, as the request names it. */
  readonly scheme: string
}

/** A request whose signature is looked at, and the words for what is wrong with it. */
export interface Examination {
  readonly request: ReceivedRequest
  readonly state: EmulatorState
  readonly refusals: AlibabaRefusals
}

const WINDOW_MS = 15 * 60_000
const usedNonces: Slot<Map<string, number>> = slot('alibaba-nonces', () => new Map<string, number>())

/** Refuses the request: what every check of it throws. */
export function fault({ state, refusals }: Examination, problem: AlibabaProblem, detail?: string): Error {
  return refused(problem, { state, refusals, ...(detail !== undefined && { detail }) })
}

/** Refuses a URL whose escapes spell nothing, before anything of it is read. */
export function requireReadableUrl(examination: Examination): void {
  const { pathname, search } = examination.request.url
  try {
    percentDecode(pathname + search)
  } catch {
    throw fault(examination, 'url')
  }
}

/** The access key of this id, with the token that belongs to it. */
export function knownAccessKey(
  examination: Examination,
  accessKeyId: string,
  securityToken: string | undefined,
): { readonly credentials: AlibabaCredentials; readonly arn: string } {
  const { state } = examination
  const key = state.of(alibabaAccount).accessKeys.find(accessKeyId)
  if (key === undefined) throw fault(examination, 'access-key')
  const expected = key.credentials.securityToken
  if (expected === undefined && securityToken === undefined) return key
  if (securityToken === undefined) throw fault(examination, 'token-missing')
  if (expected === undefined || !sameText(expected, securityToken)) throw fault(examination, 'token')
  if ((key.expiresAt ?? 0) <= state.clock()) throw fault(examination, 'token-expired')
  return key
}

/** Checks that a time in epoch milliseconds is within 15 minutes of the emulator's clock. */
export function requireRecent(examination: Examination, time: number): void {
  if (Number.isNaN(time)) throw fault(examination, 'time-format')
  const difference = Math.abs(examination.state.clock() - time)
  if (difference > WINDOW_MS) throw fault(examination, 'time', `off by ${Math.round(difference / 1000)} s`)
}

/** Checks that a nonce is there, and new; call it when all else was right. */
export function requireUnused(examination: Examination, accessKeyId: string, nonce: string | undefined): void {
  if (!nonce) throw fault(examination, 'incomplete', 'no nonce')
  const { state } = examination
  const used = state.of(usedNonces)
  const now = state.clock()
  for (const [known, until] of used) if (until < now) used.delete(known)
  const key = `${accessKeyId} ${nonce}`
  if (used.has(key)) throw fault(examination, 'nonce')
  used.set(key, now + 2 * WINDOW_MS)
}

/** Remembers for the log who the signature proved. */
export function proven(
  examination: Examination,
  caller: AlibabaCaller,
  signedHeaders?: readonly string[],
): AlibabaCaller {
  const notes = examination.state.notes(examination.request)
  notes.subject = caller.arn
  if (signedHeaders) notes.signedHeaders = signedHeaders
  return caller
}

/** The fields of `Scheme A=1,B=2`, in whatever order and with or without spaces. */
export function authorizationFields(authorization: string, scheme: string): Readonly<Record<string, string>> {
  const fields = authorization.slice(scheme.length).split(',')
  return Object.fromEntries(fields.map((field) => splitOnce(field.trim())))
}

/** Compares in a time that does not depend on where they differ. */
export function sameText(one: string, other: string): boolean {
  return equal(utf8(one), utf8(other))
}

function splitOnce(field: string): readonly [string, string] {
  const at = field.indexOf('=')
  return at < 0 ? [field, ''] : [field.slice(0, at), field.slice(at + 1)]
}
