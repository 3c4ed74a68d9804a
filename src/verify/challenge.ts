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

/** The challenge that a client was given. To go without, leave it out: one that is there and undefined was not found. */
export interface ChallengeOption {
  readonly challenge?: string | undefined
}

/** The headers that a signature must cover for the sake of the challenge. */
export function challengeHeaders(options: ChallengeOption): readonly string[] {
  return 'challenge' in options ? [CHALLENGE_HEADER] : []
}

/**
 * Makes sure that a signed challenge is the one that was given. An option that is there and holds none is not one that
 * was left out: whoever looked the challenge up did not find it, because it was used, or never given.
 *
 * @throws VerificationError `REPLAYED` for another one: a proof made for somebody else, or at another time.
 */
export function assertChallenge(signed: Readonly<Record<string, string>>, options: ChallengeOption): void {
  if (!('challenge' in options)) return
  const { challenge: given } = options
  if (given === undefined || given.length < 22) {
    throw new VerificationError(
      'REPLAYED',
      'Expected a challenge that newChallenge() made, found none to compare with.',
    )
  }
  if (equal(utf8(signed[CHALLENGE_HEADER] ?? ''), utf8(given))) return
  throw new VerificationError('REPLAYED', 'Expected a signature over the challenge that was given, found another.')
}
