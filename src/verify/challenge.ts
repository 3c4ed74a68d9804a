import { encodeBase64 } from '../encoding/base64.js'
import { equal, utf8 } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'

/** The header in which a client signs the challenge it was given. */
export const CHALLENGE_HEADER = 'x-countersign-challenge'

/**
 * A new challenge: 32 random bytes in base64. Give each client its own, keep it for a minute or two where your instances
 * find it, and take it away when it is used. A proof that covers it is good for one login at one service.
 *
 * @example
 * ```ts
 * import { newChallenge } from 'countersign/verify/challenge'
 *
 * const challenge = newChallenge()
 * ```
 */
export function newChallenge(): string {
  return encodeBase64(crypto.getRandomValues(new Uint8Array(32)))
}

/**
 * Makes sure that a signed challenge is the one that was given.
 *
 * @throws VerificationError `REPLAYED` for another one: a proof made for somebody else, or at another time.
 */
export function assertChallenge(signed: string | undefined, given: string | undefined): void {
  if (given === undefined) return
  if (given.length >= 22 && signed !== undefined && equal(utf8(signed), utf8(given))) return
  throw new VerificationError('REPLAYED', 'Expected a signature over the challenge that was given, found another.')
}
