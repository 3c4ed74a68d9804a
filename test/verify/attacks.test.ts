import { createHmac } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type VerifyOciOptions, verifyOci, type WireRequest } from '../../src/verify/oci.js'
import { memoryReplayStore } from '../../src/verify/replay.js'
import { clock, NOON, rejection, sha256, TENANCY, USER } from '../fixtures/signing.js'
import { asRequest, type Draft, HOST, KEY_ID, publicJwk, publicKey, rules, wire } from './fixtures.js'

const refusal = (request: Request | WireRequest, options: Partial<VerifyOciOptions> = {}) =>
  rejection(verifyOci(request, { ...rules, ...options }))
const authorizationOf = ({ headers }: WireRequest): string =>
  [...headers].find(([name]) => name === 'authorization')?.[1] ?? ''
const json = '{"amount":1}'

/** Puts other headers into a signed request, as someone on the way could. */
function tampered(request: WireRequest, headers: Readonly<Record<string, string>>): WireRequest {
  const kept = [...request.headers].filter(([name]) => !(name in headers))
  return { ...request, headers: [...kept, ...Object.entries(headers)] }
}

// The classes of vulnerability that verifiers of HTTP signatures are known for, each attacked.
describe('header names outside of the signing string', () => {
  it('a value cannot be moved to another header (CVE-2017-16005)', async () => {
    const signed = wire({
      headers: { 'x-a': 'user', 'x-b': 'admin' },
      signed: ['x-date', '(request-target)', 'host', 'x-a'],
    })
    const renamed = authorizationOf(signed).replace(' x-a"', ' x-b"')
    const moved = tampered(signed, { 'x-b': 'user', 'x-a': 'admin', authorization: renamed })
    expect(await refusal(moved)).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  })

  it('the order of the lines is the order of the list', async () => {
    const signed = wire()
    const swapped = authorizationOf(signed).replace('x-date (request-target) host', 'host (request-target) x-date')
    expect(await refusal(tampered(signed, { authorization: swapped }))).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  })
})

describe('a signature check that can be left out (CWE-347)', () => {
  it.each([
    ['an empty signature', 'AUTHORIZATION_MALFORMED', ''],
    ['zero bytes', 'SIGNATURE_MISMATCH', `${'A'.repeat(342)}==`],
    [
      'the signature of another request',
      'SIGNATURE_MISMATCH',
      /signature="([^"]*)"/.exec(authorizationOf(wire({ target: '/other' })))?.[1] ?? '',
    ],
  ])('%s does not pass', async (_, code, signature) => {
    const request = wire({ authorization: (value) => value.replace(/signature="[^"]*"/, `signature="${signature}"`) })
    expect(await refusal(request)).toMatchObject({ code })
  })

  it('no answer of the resolver passes for a key', async () => {
    for (const answer of [null, undefined, false, '', {}, []]) {
      const resolveKey = () => answer as unknown as undefined
      expect(await refusal(wire(), { resolveKey })).toMatchObject({ code: expect.stringMatching(/^KEY_/) })
    }
  })
})

describe('required headers that are not enforced', () => {
  it.each<[string, Draft]>([
    ['only a date', { signed: ['date'], headers: { date: 'Thu, 01 Jan 2026 12:00:00 GMT' } }],
    ['nothing but a header of its own', { signed: ['x-a'], headers: { 'x-a': 'b' } }],
    [
      'everything but the target',
      { body: json, signed: ['x-date', 'host', 'content-length', 'content-type', 'x-content-sha256'] },
    ],
  ])('a signature over %s does not pass', async (_, draft) => {
    expect(await refusal(wire(draft))).toMatchObject({ code: 'HEADER_NOT_SIGNED' })
  })

  it('a challenge must be signed, and not only be there', async () => {
    const request = tampered(wire(), { 'x-challenge': 'c' })
    expect(await refusal(request, { requiredHeaders: ['x-challenge'] })).toMatchObject({ code: 'HEADER_NOT_SIGNED' })
  })
})

describe('a digest that is trusted without hashing', () => {
  it('a replaced body does not pass', async () => {
    expect(await refusal({ ...wire({ body: json }), body: new TextEncoder().encode('{"amount":9}') })).toMatchObject({
      code: 'BODY_DIGEST_MISMATCH',
    })
  })

  it('a replaced body with its own digest does not pass', async () => {
    const other = '{"amount":9}'
    const request = tampered(
      { ...wire({ body: json }), body: new TextEncoder().encode(other) },
      { 'x-content-sha256': sha256(other) },
    )
    expect(await refusal(request)).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  })

  it('a body added to a request that was signed without one does not pass', async () => {
    for (const method of ['DELETE', 'GET']) {
      const request = { ...wire({ method }), body: new TextEncoder().encode(json) }
      expect(await refusal(request)).toMatchObject({ code: 'HEADER_NOT_SIGNED' })
    }
  })

  it('an absent digest does not count as that of an empty body', async () => {
    const request = wire({ method: 'POST', body: '', headers: { 'x-content-sha256': undefined } })
    expect(await refusal(request)).toMatchObject({ code: 'HEADERS_MALFORMED' })
  })

  it('the bytes that are given back are those that were hashed', async () => {
    const request = asRequest(wire({ body: json }))
    const { body } = await verifyOci(request, rules)
    expect(new TextDecoder().decode(body)).toBe(json)
    expect(request.bodyUsed).toBe(true)
  })
})

describe('a target that is not the one on the wire', () => {
  it.each([
    ['another query', '/20160918/things?limit=2'],
    ['no query', '/20160918/things'],
    ['the query in another order', '/20160918/things?b=1&a=2'],
    ['a decoded path', '/20160918/a/b?limit=1'],
    ['dot segments that lead to the same place', '/20160918/x/../things?limit=1'],
    ['another case of percent-encoding', '/20160918/a%2fb?limit=1'],
  ])('%s does not pass', async (_, target) => {
    const signedTargets = ['/20160918/things?limit=1', '/20160918/things?a=2&b=1', '/20160918/a%2Fb?limit=1']
    for (const signed of signedTargets) {
      expect(await refusal({ ...wire({ target: signed }), target })).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    }
  })

  it('what stands on the wire passes as it stands', async () => {
    for (const target of ['/a/../b?c=%2e', '/a%2fb%2F', '/?a=+%20', '*']) {
      expect(await verifyOci(wire({ target }), rules)).toMatchObject({ target })
    }
  })

  it('a method cannot bring lines of its own', async () => {
    const method = 'get /a\nhost: evil\nx-a: post'
    expect(await refusal({ ...wire(), method })).toMatchObject({ code: 'HEADERS_MALFORMED' })
  })

  it('another method does not pass', async () => {
    expect(await refusal({ ...wire(), method: 'DELETE' })).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  })
})

describe('replay', () => {
  it('is over when the window is', async () => {
    expect(await refusal(wire(), { clock: () => NOON + 300_001 })).toMatchObject({ code: 'DATE_OUT_OF_WINDOW' })
  })

  it('is not helped by another spelling of the same signature', async () => {
    const replayStore = memoryReplayStore(clock)
    await verifyOci(wire(), { ...rules, replayStore })
    const respelled = wire({ authorization: (value) => `signature ${value.slice(10).split(',').reverse().join(', ')}` })
    expect(await refusal(respelled, { replayStore })).toMatchObject({ code: 'REPLAYED' })
  })

  it('is not helped by another spelling of the key id, which no signature covers', async () => {
    const resource = 'ocid1.fnfunc.oc1.phx.aaaa'
    const pairs = Array.from({ length: 32 }, () => 'ab').join(':')
    const spellings = [
      [`${TENANCY}/fed-x509-sha256/${pairs}`, `${TENANCY}/fed-x509-sha256/${pairs.toUpperCase()}`],
      [`resource/v2.1.1/${TENANCY}/${resource}`, `resource/v2.1.2/${TENANCY}/${resource}`, `resource/v2.1/${resource}`],
    ]
    for (const [first = '', ...others] of spellings) {
      const replayStore = memoryReplayStore(clock)
      await verifyOci(wire({ keyId: first }), { ...rules, replayStore })
      for (const other of others) {
        const respelled = wire({ authorization: (value) => value.replace(KEY_ID, other) })
        expect(await refusal(respelled, { replayStore })).toMatchObject({ code: 'REPLAYED' })
      }
    }
  })

  it('does not let a refused request use up a signature', async () => {
    const replayStore = memoryReplayStore(clock)
    expect(await refusal(wire(), { replayStore, tenancies: [] })).toMatchObject({ code: 'PRINCIPAL_REFUSED' })
    expect(await verifyOci(wire(), { ...rules, replayStore })).toMatchObject({ subject: USER })
  })

  it('is remembered for as long as the window is open, and no longer', async () => {
    let now = NOON
    const store = memoryReplayStore(() => now)
    expect(await store.insert('a', NOON + 10)).toBe(true)
    now += 10
    expect(await store.insert('a', NOON + 20)).toBe(false)
    now += 1
    expect(await store.insert('a', NOON + 20)).toBe(true)
  })
})

describe('a key or algorithm that the message chooses', () => {
  it('the public key does not serve as a secret (CVE-2015-9235)', async () => {
    const text = `x-date: Thu, 01 Jan 2026 12:00:00 GMT\n(request-target): get /20160918/things?limit=1\nhost: ${HOST}`
    const mac = createHmac('sha256', publicKey).update(text).digest('base64')
    for (const algorithm of ['hmac-sha256', 'rsa-sha256']) {
      const authorization = () =>
        `Signature version="1",headers="x-date (request-target) host",keyId="${KEY_ID}",algorithm="${algorithm}",signature="${mac}"`
      expect(await refusal(wire({ authorization }))).toMatchObject({
        code: expect.stringMatching(/ALGORITHM_REFUSED|SIGNATURE_MISMATCH/),
      })
    }
  })

  it('a forged signature with sloppy padding does not pass, whatever the exponent (CVE-2022-24771)', async () => {
    expect(await refusal(wire(), { resolveKey: () => ({ ...publicJwk, e: 'Aw' }) })).toMatchObject({
      code: 'KEY_REFUSED',
    })
  })
})

describe('a valid signature of somebody else', () => {
  it('another user in the key id does not pass', async () => {
    const other = KEY_ID.replace(USER, 'ocid1.user.oc1..admin')
    const resolveKey: VerifyOciOptions['resolveKey'] = (keyId) =>
      keyId.kind === 'api-key' && keyId.user === USER ? publicKey : undefined
    const request = wire({ authorization: (value) => value.replace(KEY_ID, other) })
    expect(await refusal(request, { resolveKey })).toMatchObject({ code: 'KEY_NOT_FOUND' })
  })

  it('a key of our own does not open the account of another, where keys are known by their whole key id', async () => {
    const publicKeys = new Map([[KEY_ID, publicKey]])
    const resolveKey: VerifyOciOptions['resolveKey'] = (keyId) =>
      keyId.kind === 'api-key' ? publicKeys.get(`${keyId.tenancy}/${keyId.user}/${keyId.fingerprint}`) : undefined
    expect(await verifyOci(wire(), { ...rules, resolveKey })).toMatchObject({ subject: USER })
    for (const [mine, theirs] of [
      [USER, 'ocid1.user.oc1..admin'],
      [TENANCY, 'ocid1.tenancy.oc1..other'],
    ] as const) {
      const request = wire({ keyId: KEY_ID.replace(mine, theirs) })
      expect(await refusal(request, { resolveKey })).toMatchObject({ code: 'KEY_NOT_FOUND' })
    }
  })

  it('a request for another service does not pass', async () => {
    expect(await refusal(wire({ headers: { host: 'vault.example.com' } }))).toMatchObject({ code: 'HOST_REFUSED' })
    expect(await refusal(tampered(wire({ headers: { host: 'vault.example.com' } }), { host: HOST }))).toMatchObject({
      code: 'SIGNATURE_MISMATCH',
    })
  })

  it('a principal of a tenancy that is not on the list does not pass', async () => {
    expect(await refusal(wire(), { tenancies: [`${TENANCY}x`] })).toMatchObject({ code: 'PRINCIPAL_REFUSED' })
    expect(await verifyOci(wire(), { ...rules, tenancies: [TENANCY] })).toMatchObject({ tenancy: TENANCY })
  })
})
