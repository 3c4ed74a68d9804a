import { describe, expect, it } from 'vitest'
import { assertChallenge, CHALLENGE_HEADER, challengeHeaders, newChallenge } from '../../src/verify/challenge.js'

const refused = expect.objectContaining({ name: 'VerificationError', code: 'REPLAYED' })

describe('a challenge', () => {
  it('is new each time, and has 256 bits', () => {
    const challenge = newChallenge()
    expect(challenge).toMatch(/^[A-Za-z0-9+/]{43}=$/)
    expect(newChallenge()).not.toBe(challenge)
  })

  it('must be signed where there is to be one, found or not', () => {
    expect(challengeHeaders({})).toEqual([])
    expect(challengeHeaders({ challenge: 'a' })).toEqual([CHALLENGE_HEADER])
    expect(challengeHeaders({ challenge: undefined })).toEqual([CHALLENGE_HEADER])
  })

  it('passes when it is the one that was given, or none was to be', () => {
    const challenge = newChallenge()
    expect(() => assertChallenge({ [CHALLENGE_HEADER]: challenge }, { challenge })).not.toThrow()
    expect(() => assertChallenge({}, {})).not.toThrow()
  })

  it('of 22 characters, which hold 128 bits, is long enough, and of 21 is not', () => {
    const [long, short] = ['a'.repeat(22), 'a'.repeat(21)]
    expect(() => assertChallenge({ [CHALLENGE_HEADER]: long }, { challenge: long })).not.toThrow()
    expect(() => assertChallenge({ [CHALLENGE_HEADER]: short }, { challenge: short })).toThrow(refused)
  })

  it.each([
    ['another one', newChallenge()],
    ['none', undefined],
    ['its beginning', 'a'.repeat(43)],
    ['more than it', 'a'.repeat(45)],
    ['it in another case', 'A'.repeat(44)],
  ])('does not pass when %s was signed', (_, signed) => {
    const headers = signed === undefined ? {} : { [CHALLENGE_HEADER]: signed }
    expect(() => assertChallenge(headers, { challenge: 'a'.repeat(44) })).toThrow(refused)
  })
})
