import { equal, utf8 } from '../encoding/bytes.js'
import type { IssuedAccessKey } from './alibaba-access-keys.js'
import { alibabaAccount } from './alibaba-account.js'
import { refusal } from './answers.js'
import type { EmulatorState } from './state.js'
import { type Slot, slot } from './surface.js'

const WINDOW_MS = 900_000
const MOST_NONCES = 100_000

const usedNonces: Slot<Set<string>> = slot('alibaba-nonces', () => new Set())

/** How an endpoint names what it refuses: Open API and OSS use different words. */
export interface RefusalCodes {
  readonly unknownKey: readonly [status: number, code: string]
  readonly wrongToken: readonly [status: number, code: string]
  readonly expiredToken: readonly [status: number, code: string]
}

/** The access key of a request, if it is accepted now and comes with its own security token. */
export function knownAccessKey(
  accessKeyId: string,
  securityToken: string | undefined,
  codes: RefusalCodes,
  state: EmulatorState,
): IssuedAccessKey {
  const key = state.of(alibabaAccount).accessKeys.find(accessKeyId)
  if (key === undefined) throw refusal(...codes.unknownKey, 'Specified access key is not found or invalid.')
  const expected = key.credentials.securityToken
  if (expected !== undefined && (key.expiresAt ?? 0) <= state.clock()) {
    throw refusal(...codes.expiredToken, 'Specified SecurityToken is expired.')
  }
  if (expected === securityToken) return key
  throw refusal(...codes.wrongToken, 'Specified SecurityToken is not that of the access key.')
}

/** @throws ServiceError 400 for a time more than fifteen minutes away. */
export function requireTime(
  time: number,
  refused: readonly [status: number, code: string],
  state: EmulatorState,
): void {
  if (Math.abs(state.clock() - time) <= WINDOW_MS) return
  throw refusal(...refused, 'The time of the request is more than fifteen minutes away from that of the server.')
}

/** @throws ServiceError 400 for a nonce that was used before. */
export function requireNewNonce(nonce: string | null | undefined, state: EmulatorState): void {
  const used = state.of(usedNonces)
  if (!nonce) throw refusal(400, 'MissingSignatureNonce', 'A signature nonce is mandatory for this action.')
  if (used.has(nonce)) throw refusal(400, 'SignatureNonceUsed', 'Specified signature nonce was used already.')
  if (used.size >= MOST_NONCES) used.clear()
  used.add(nonce)
}

/** Whether two texts are the same, bytes compared in constant time. */
export const sameText = (one: string, other: string): boolean => equal(utf8(one), utf8(other))
