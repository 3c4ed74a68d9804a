import { describe, expect, it } from 'vitest'
import { signOci } from '../../src/signers/oci.js'
import { verifyOci } from '../../src/verify/oci.js'
import { importPkcs8 } from '../fixtures/oci-vectors.js'
import { clock, NOON } from '../fixtures/signing.js'
import { independentOpinion, observed } from '../independent/verifier.js'
import { HOST, KEY_ID, privateKeyPem, publicKey, rules } from './fixtures.js'

const key = await importPkcs8(privateKeyPem)
const ROUNDS = 300

/** Numbers that look random and are the same in every run (mulberry32). */
function numbers(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const ALPHABET = [...'aZ09-._~!$&\'()*+,;=:@/?|^[]{}`"<> %ü日\u{1f511}', '%2F', '%2f', '%C3%BC', '%25', 'a..b', '//']
const METHODS = ['GET', 'HEAD', 'OPTIONS', 'DELETE', 'POST', 'PUT', 'PATCH']

describe('what is signed is verified, whatever it looks like', () => {
  const next = numbers(20_260_101)
  const text = (longest: number): string =>
    Array.from({ length: next(longest) }, () => ALPHABET[next(ALPHABET.length)]).join('')

  it(`in ${ROUNDS} requests that nobody chose`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const method = METHODS[next(METHODS.length)] ?? 'GET'
      const url = `https://${HOST}/${text(20)}${next(2) ? `?${text(20)}` : ''}`
      const body = ['GET', 'HEAD', 'OPTIONS'].includes(method) || next(3) === 0 ? null : text(200)
      const signed = await signOci(new Request(url, { method, body }), { keyId: KEY_ID, key }, { clock })
      const { objections } = independentOpinion(await observed(signed), publicKey)
      expect([url, method, ...objections]).toEqual([url, method])
      // The URL that comes back is one that no runtime rewrites.
      expect(new Request(signed.url).url).toBe(signed.url)
      expect(signed.url).toMatch(/^[A-Za-z0-9\-._~$&+,;=:@/?%]*$/)
      const verified = await verifyOci(signed, rules)
      expect(verified.time).toBe(NOON)
      expect(new TextDecoder().decode(verified.body)).toBe(body ?? '')
    }
  })
})
