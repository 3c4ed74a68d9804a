import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { VerificationError } from '../../src/errors.js'
import { signOci } from '../../src/signers/oci.js'
import { memoryReplayStore, type VerifyOciOptions, verifyOci } from '../../src/verify/oci.js'
import { importPkcs8, ociVectors } from '../fixtures/oci-vectors.js'
import { clock, NOON, rejection, sha256, TENANCY, USER } from '../fixtures/signing.js'
import { asRequest, type Draft, HOST, KEY_ID, privateKeyPem, publicJwk, publicKey, rules, wire } from './fixtures.js'

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const strangerPem = stranger.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()

const verify = (draft: Draft = {}, options: Partial<VerifyOciOptions> = {}) =>
  verifyOci(wire(draft), { ...rules, ...options })
const refusal = (draft: Draft, options?: Partial<VerifyOciOptions>) => rejection(verify(draft, options))
const imported = (name: string, hash: string, extractable = true): Promise<CryptoKey> =>
  crypto.subtle.importKey('spki', publicKey, { name, hash }, extractable, ['verify'])
const json = '{"name":"a"}'
const replace = (from: string | RegExp, to: string) => (value: string) => value.replace(from, to)

describe('a request in order', () => {
  it('tells who sent what', async () => {
    expect(await verify({ body: json })).toMatchObject({
      keyId: { kind: 'api-key', tenancy: TENANCY, user: USER },
      subject: USER,
      tenancy: TENANCY,
      method: 'POST',
      target: '/20160918/things?limit=1',
      time: NOON,
      signedHeaders: ['x-date', '(request-target)', 'host', 'content-length', 'content-type', 'x-content-sha256'],
      body: new TextEncoder().encode(json),
    })
  })

  it('shows the signed headers, in any case, and no others', async () => {
    const { headers } = await verify({ headers: { 'x-admin': 'true' } })
    expect(headers.get('Host')).toBe(HOST)
    expect(headers.get('x-admin')).toBeUndefined()
    expect(headers.has('x-admin')).toBe(false)
    expect(headers.has('constructor')).toBe(false)
  })

  it.each(['GET', 'DELETE', 'HEAD'])('may be a %s without a body', async (method) => {
    expect((await verify({ method })).body).toEqual(new Uint8Array())
  })

  it.each([{}, { body: json }, { body: '' }])('may come as a Request, with %o', async (draft) => {
    const request = asRequest(wire(draft))
    expect(await verifyOci(request, rules)).toMatchObject({ subject: USER })
  })

  it('may come from our signer, without the headers that only a connection adds', async () => {
    const key = await importPkcs8(privateKeyPem)
    const request = new Request(`https://${HOST}/things?`, { method: 'POST', body: json })
    const verified = await verifyOci(await signOci(request, { keyId: KEY_ID, key }, { clock }), rules)
    expect(verified.signedHeaders).toContain('content-length')
    expect(new TextDecoder().decode(verified.body)).toBe(json)
  })

  it.each([
    ['as a JWK', publicJwk],
    ['as a CryptoKey', imported('RSASSA-PKCS1-v1_5', 'SHA-256')],
  ])('may be verified with a key %s', async (_, key) => {
    expect(await verify({}, { resolveKey: async () => key })).toMatchObject({ subject: USER })
  })

  it.each([
    ['parameters in another order', (value: string) => `Signature ${value.slice(10).split(',').reverse().join(',')}`],
    ['names of parameters in another case', replace(/keyId/, 'KEYID')],
    ['another case of the scheme', replace('Signature ', 'signature ')],
    ['spaces after commas', replace(/",/g, '", ')],
    ['spaces around commas and equals signs', replace(/(\w+)="([^"]*)"(,?)/g, '$1 = "$2" $3 ')],
    ['a parameter that nobody knows', replace('version', 'xkeyId="other",version')],
  ])('may have %s', async (_, authorization) => {
    expect(await verify({ authorization })).toMatchObject({ subject: USER })
  })

  it('asks for the key by what the key id says', async () => {
    const asked: unknown[] = []
    await verify({}, { resolveKey: (keyId) => (asked.push(keyId) > 0 ? publicKey : undefined) })
    expect(asked[0]).toEqual({ kind: 'api-key', tenancy: TENANCY, user: USER, fingerprint: KEY_ID.split('/')[2] })
  })
})

// In the order in which they are checked; each negates one rule, everything else being in order.
describe('refuses', () => {
  const long = 'x'.repeat(16_384)
  const many = Array.from({ length: 51 }, (_, index) => `x-${index}`)

  it.each<[reason: string, code: string, draft: Draft, options?: Partial<VerifyOciOptions>]>([
    ['an oversized Authorization header', 'AUTHORIZATION_TOO_LARGE', { authorization: (value) => value + long }],
    [
      'more than 50 signed headers',
      'HEADERS_MALFORMED',
      {
        headers: Object.fromEntries(many.map((name) => [name, 'v'])),
        signed: ['x-date', '(request-target)', 'host', ...many],
      },
    ],
    ['another scheme', 'AUTHORIZATION_MALFORMED', { authorization: () => 'Bearer abc' }],
    ['two merged Authorization headers', 'AUTHORIZATION_MALFORMED', { authorization: (value) => `${value}, ${value}` }],
    ['a parameter twice', 'AUTHORIZATION_MALFORMED', { authorization: (value) => `${value},keyId="other"` }],
    [
      'a parameter twice, in another case',
      'AUTHORIZATION_MALFORMED',
      { authorization: (value) => `${value},KEYID="other"` },
    ],
    ['a parameter without quotes', 'AUTHORIZATION_MALFORMED', { authorization: replace('version="1"', 'version=1') }],
    ['a trailing comma', 'AUTHORIZATION_MALFORMED', { authorization: (value) => `${value},` }],
    ['garbage after the parameters', 'AUTHORIZATION_MALFORMED', { authorization: (value) => `${value} x` }],
    ['an escape in a value', 'AUTHORIZATION_MALFORMED', { authorization: replace('version="1"', 'version="\\"1"') }],
    ['no version', 'AUTHORIZATION_MALFORMED', { authorization: replace('version="1",', '') }],
    ['no key id', 'AUTHORIZATION_MALFORMED', { authorization: replace(/keyId="[^"]*",/, '') }],
    ['no algorithm', 'AUTHORIZATION_MALFORMED', { authorization: replace('algorithm="rsa-sha256",', '') }],
    [
      'no list of headers, implying date',
      'AUTHORIZATION_MALFORMED',
      { authorization: replace(/headers="[^"]*",/, '') },
    ],
    ['no signature', 'AUTHORIZATION_MALFORMED', { authorization: replace(/,signature="[^"]*"/, '') }],
    ['an empty signature', 'AUTHORIZATION_MALFORMED', { authorization: replace(/signature="[^"]*"/, 'signature=""') }],
    [
      'a signature in URL-safe base64',
      'AUTHORIZATION_MALFORMED',
      { authorization: replace(/signature="[^"]*"/, `signature="${'_-'.repeat(172)}"`) },
    ],
    ['a signature without padding', 'AUTHORIZATION_MALFORMED', { authorization: replace('=="', '"') }],
    ['another version', 'VERSION_REFUSED', { authorization: replace('version="1"', 'version="2"') }],
    ['an algorithm of another family', 'ALGORITHM_REFUSED', { authorization: replace('rsa-sha256', 'hmac-sha256') }],
    ['an algorithm that is to be derived', 'ALGORITHM_REFUSED', { authorization: replace('rsa-sha256', 'hs2019') }],
    ['another padding', 'ALGORITHM_REFUSED', { authorization: replace('rsa-sha256', 'rsa-pss-sha256') }],
    ['no algorithm at all', 'ALGORITHM_REFUSED', { authorization: replace('rsa-sha256', 'none') }],
    [
      'an empty list of headers',
      'AUTHORIZATION_MALFORMED',
      { authorization: replace(/headers="[^"]*"/, 'headers=""') },
    ],
    [
      'a header name of more than 100 letters',
      'HEADERS_MALFORMED',
      { authorization: replace(' host', ` host ${'X'.repeat(101)}`) },
    ],
    ['two spaces in the list', 'HEADERS_MALFORMED', { authorization: replace('x-date (', 'x-date  (') }],
    ['a header name in another case', 'HEADERS_MALFORMED', { signed: ['X-Date', '(request-target)', 'host'] }],
    ['a header listed twice', 'HEADERS_MALFORMED', { signed: ['x-date', '(request-target)', 'host', 'host'] }],
    [
      'a header listed twice, in another case',
      'HEADERS_MALFORMED',
      { signed: ['x-date', '(request-target)', 'host', 'Host'] },
      { allowMixedCaseNames: true },
    ],
    [
      'a signed header that did not come',
      'HEADERS_MALFORMED',
      { signed: ['x-date', '(request-target)', 'host', 'x-nonce'] },
    ],
    [
      '(created)',
      'HEADERS_MALFORMED',
      { signed: ['x-date', '(request-target)', 'host', '(created)'], headers: { '(created)': '1' } },
    ],
    ['(expires)', 'HEADERS_MALFORMED', { signed: ['x-date', '(request-target)', 'host', '(expires)'] }],
    ['an unsigned target', 'HEADER_NOT_SIGNED', { signed: ['x-date', 'host'] }],
    ['an unsigned host', 'HEADER_NOT_SIGNED', { signed: ['x-date', '(request-target)'] }],
    ['an unsigned time', 'HEADER_NOT_SIGNED', { signed: ['(request-target)', 'host'] }],
    [
      'an unsigned length',
      'HEADER_NOT_SIGNED',
      { body: json, signed: ['x-date', '(request-target)', 'host', 'content-type', 'x-content-sha256'] },
    ],
    [
      'an unsigned content type',
      'HEADER_NOT_SIGNED',
      { body: json, signed: ['x-date', '(request-target)', 'host', 'content-length', 'x-content-sha256'] },
    ],
    [
      'an unsigned digest',
      'HEADER_NOT_SIGNED',
      { body: json, signed: ['x-date', '(request-target)', 'host', 'content-length', 'content-type'] },
    ],
    ['an unsigned delegation token', 'HEADER_NOT_SIGNED', { headers: { 'opc-obo-token': 't' } }],
    [
      'an unsigned header that the service requires',
      'HEADER_NOT_SIGNED',
      { headers: { 'x-challenge': 'c' } },
      { requiredHeaders: ['X-Challenge'] },
    ],
    [
      'an unsigned body on DELETE',
      'HEADER_NOT_SIGNED',
      { method: 'DELETE', body: json, signed: ['x-date', '(request-target)', 'host'] },
    ],
    [
      'other than ASCII in a signed header',
      'HEADERS_MALFORMED',
      { headers: { 'x-date': 'Thü, 01 Jan 2026 12:00:00 GMT' } },
    ],
    [
      'a line end in a signed header',
      'HEADERS_MALFORMED',
      { headers: { 'x-a': 'b\nhost: evil' }, signed: ['x-date', '(request-target)', 'host', 'x-a'] },
    ],
    ['a space in the target', 'HEADERS_MALFORMED', { target: '/a b' }],
    ['a line end in the target', 'HEADERS_MALFORMED', { target: '/a\nhost: evil' }],
    ['a host of another service', 'HOST_REFUSED', { headers: { host: 'other.example.com' } }],
    ['a host with another port', 'HOST_REFUSED', { headers: { host: `${HOST}:8443` } }],
    [
      'our own host in X-Forwarded-Host only',
      'HOST_REFUSED',
      { headers: { host: 'other.example.com', 'x-forwarded-host': HOST } },
    ],
    ['a time in another format', 'DATE_INVALID', { headers: { 'x-date': '2026-01-01T12:00:00Z' } }],
    ['a time in another zone', 'DATE_INVALID', { headers: { 'x-date': 'Thu, 01 Jan 2026 12:00:00 +0000' } }],
    [
      'two merged times',
      'DATE_INVALID',
      { headers: { 'x-date': 'Thu, 01 Jan 2026 12:00:00 GMT, Thu, 01 Jan 2026 12:00:00 GMT' } },
    ],
    ['a day that does not exist', 'DATE_INVALID', { headers: { 'x-date': 'Thu, 31 Feb 2026 12:00:00 GMT' } }],
    ['an hour that does not exist', 'DATE_INVALID', { headers: { 'x-date': 'Thu, 01 Jan 2026 24:00:00 GMT' } }],
    ['a request of 301 seconds ago', 'DATE_OUT_OF_WINDOW', { headers: { 'x-date': 'Thu, 01 Jan 2026 11:54:59 GMT' } }],
    ['a request of 61 seconds ahead', 'DATE_OUT_OF_WINDOW', { headers: { 'x-date': 'Thu, 01 Jan 2026 12:01:01 GMT' } }],
    [
      'a signed date out of the window beside a good x-date',
      'DATE_OUT_OF_WINDOW',
      { headers: { date: 'Thu, 01 Jan 2026 11:00:00 GMT' }, signed: ['x-date', 'date', '(request-target)', 'host'] },
    ],
    ['a key id of no known form', 'KEY_REFUSED', { keyId: '../../etc/passwd' }],
    ['a key id with another kind of OCID', 'KEY_REFUSED', { keyId: KEY_ID.replace('ocid1.user', 'ocid1.group') }],
    [
      'a fingerprint in upper case',
      'KEY_REFUSED',
      { keyId: KEY_ID.toUpperCase().replace(/OCID1\.(\w+)\.OC1/g, (text) => text.toLowerCase()) },
    ],
    ['a key that nobody knows', 'KEY_NOT_FOUND', {}, { resolveKey: () => undefined }],
    ['any key when nobody is asked', 'KEY_NOT_FOUND', {}, { resolveKey: undefined }],
    [
      'a resolved key with another fingerprint',
      'KEY_REFUSED',
      {},
      { resolveKey: () => new Uint8Array(stranger.publicKey.export({ format: 'der', type: 'spki' })) },
    ],
    ['the signature of another key', 'SIGNATURE_MISMATCH', { key: strangerPem }],
    [
      'a signature of another length',
      'SIGNATURE_MISMATCH',
      { authorization: replace(/signature="[^"]*"/, 'signature="AAAA"') },
    ],
    [
      'a signature with a byte too many',
      'SIGNATURE_MISMATCH',
      { authorization: replace(/signature="[^"]*"/, `signature="${'A'.repeat(342)}A=" `.trim()) },
    ],
    ['another tenancy', 'PRINCIPAL_REFUSED', {}, { tenancies: ['ocid1.tenancy.oc1..other'] }],
    ['whom the service does not want', 'PRINCIPAL_REFUSED', {}, { authorize: async ({ subject }) => subject !== USER }],
  ])('%s', async (_, code, draft, options) => {
    expect(await refusal(draft, options)).toMatchObject({ name: 'VerificationError', code })
  })

  it('a request without Authorization', async () => {
    const { headers, ...rest } = wire()
    const without = [...headers].filter(([name]) => name !== 'authorization')
    expect(await rejection(verifyOci({ ...rest, headers: without }, rules))).toMatchObject({
      code: 'AUTHORIZATION_MISSING',
    })
  })

  it('a request with two Authorization headers', async () => {
    const { headers, ...rest } = wire()
    const twice = [...headers, ...[...headers].filter(([name]) => name === 'authorization')]
    expect(await rejection(verifyOci({ ...rest, headers: twice }, rules))).toMatchObject({
      code: 'AUTHORIZATION_MALFORMED',
    })
  })

  it.each(['host', 'x-date', 'content-length', 'content-type', 'x-content-sha256'])(
    'a request with %s twice',
    async (name) => {
      const { headers, ...rest } = wire({ body: json })
      const twice = [...headers, [name.toUpperCase(), 'other'] as const]
      expect(await rejection(verifyOci({ ...rest, headers: twice }, rules))).toMatchObject({
        code: 'HEADER_DUPLICATED',
      })
    },
  )

  it.each(['content-length', 'content-type', 'x-content-sha256'])(
    'a Request whose platform merged two of %s',
    async (name) => {
      const values: Record<string, string> = {
        'content-length': '12, 12',
        'content-type': 'application/json, text/plain',
        'x-content-sha256': `${sha256(json)}, x`,
      }
      const request = wire({ body: json, headers: { [name]: values[name] } })
      expect(await rejection(verifyOci(asRequest(request), rules))).toMatchObject({ code: 'HEADER_DUPLICATED' })
    },
  )

  it.each(['host', 'x-date', 'authorization'])(
    'a line end or another character around the value of %s',
    async (name) => {
      for (const extra of ['\r\n', '\n', '\0', '\u00a0', '\ufeff', '\u2028', '\v']) {
        const { headers, ...rest } = wire()
        for (const around of [(value: string) => `${value}${extra}`, (value: string) => `${extra}${value}`]) {
          const spoiled = [...headers].map(([field, value]) => [field, field === name ? around(value) : value] as const)
          expect(await rejection(verifyOci({ ...rest, headers: spoiled }, rules))).toMatchObject({
            code: 'HEADERS_MALFORMED',
          })
        }
      }
    },
  )

  it.each([`https://${HOST}/things`, 'http://other.example.com/things', 'other.example.com:443', 'things', '**'])(
    'the target %s, which some frameworks take a host from',
    async (target) => {
      expect(await refusal({ target })).toMatchObject({ code: 'HEADERS_MALFORMED' })
    },
  )

  it.each(['DELETE', 'GET', 'REPORT'])('a body with %s whose type and length nobody signed', async (method) => {
    const signed = ['x-date', '(request-target)', 'host', 'x-content-sha256']
    expect(await refusal({ method, body: json, signed })).toMatchObject({ code: 'HEADER_NOT_SIGNED' })
    expect(await verify({ method, body: json })).toMatchObject({ method, subject: USER })
  })

  it('a Request whose body somebody has read, or is reading: that is for the service to mend', async () => {
    const read = asRequest(wire({ body: json }))
    await read.text()
    const reading = asRequest(wire({ body: json }))
    reading.body?.getReader()
    for (const request of [read, reading]) {
      expect(await rejection(verifyOci(request, rules))).toMatchObject({
        name: 'UsageError',
        code: 'BODY_NOT_REPLAYABLE',
      })
    }
  })

  it('a body that breaks off', async () => {
    const { method, target, headers } = wire({ body: json })
    const body = new ReadableStream({
      pull: (controller) => controller.error(new TypeError('terminated')),
    })
    const init = { method, headers: headers as [string, string][], body, duplex: 'half' }
    const request = new Request(`https://${HOST}${target}`, init)
    expect(await rejection(verifyOci(request, rules))).toMatchObject({
      name: 'VerificationError',
      code: 'BODY_DIGEST_MISMATCH',
    })
  })

  it('a body of text, which its stream must not have: that is for the service to mend', async () => {
    const { method, target, headers } = wire({ body: json })
    const body = new ReadableStream({ start: (controller) => controller.enqueue(json) })
    const request = new Request(`https://${HOST}${target}`, { method, headers: headers as [string, string][] })
    Object.defineProperty(request, 'body', { value: body })
    expect(await rejection(verifyOci(request, rules))).toMatchObject({ name: 'UsageError', code: 'BODY_UNSUPPORTED' })
  })

  it('a host that a function promises to know later', async () => {
    const hosts = (async () => false) as unknown as VerifyOciOptions['hosts']
    expect(await refusal({}, { hosts })).toMatchObject({ code: 'HOST_REFUSED' })
  })

  it('an unsigned header that came twice: not at all, for nobody relies on it', async () => {
    const { headers, ...rest } = wire()
    expect(await verifyOci({ ...rest, headers: [...headers, ['x-a', '1'], ['x-a', '2']] }, rules)).toMatchObject({
      subject: USER,
    })
  })

  it.each([
    ['another body', '{"name":"b"}'],
    ['a longer body', `${json} `],
    ['a shorter body', ''],
  ])('%s than was signed', async (_, body) => {
    const sent = { ...wire({ body: json }), body: new TextEncoder().encode(body) }
    expect(await rejection(verifyOci(sent, rules))).toMatchObject({ code: 'BODY_DIGEST_MISMATCH' })
  })

  it('a length that is not that of the body, even when it is signed', async () => {
    expect(await refusal({ body: json, headers: { 'content-length': '11' } })).toMatchObject({
      code: 'BODY_DIGEST_MISMATCH',
    })
  })

  it('a body longer than it is willing to read', async () => {
    expect(await refusal({ body: json }, { maxBodyBytes: 11 })).toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(await rejection(verifyOci(asRequest(wire({ body: json })), { ...rules, maxBodyBytes: 11 }))).toMatchObject({
      code: 'BODY_TOO_LARGE',
    })
  })

  it('a length or another header that was signed and did not come', async () => {
    const lengthless = wire({ body: json, headers: { 'content-length': undefined } })
    expect(await rejection(verifyOci(lengthless, rules))).toMatchObject({ code: 'HEADERS_MALFORMED' })
    const incomplete = asRequest(wire({ signed: ['x-date', '(request-target)', 'host', 'x-thing'] }))
    expect(await rejection(verifyOci(incomplete, rules))).toMatchObject({ code: 'HEADERS_MALFORMED' })
  })

  it('a body of more than 16 MiB, where nobody says otherwise', async () => {
    const longest = '{}'.padEnd(2 ** 24)
    expect((await verify({ body: longest })).body).toHaveLength(2 ** 24)
    expect(await refusal({ body: `${longest} ` })).toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  it('a body as long as it is willing to read: not at all', async () => {
    const options = { ...rules, maxBodyBytes: json.length }
    expect(await verifyOci(wire({ body: json }), options)).toMatchObject({ subject: USER })
    expect(await verifyOci(asRequest(wire({ body: json })), options)).toMatchObject({ subject: USER })
  })

  it('white space around values: not at all, for nobody signs it', async () => {
    const { headers, ...rest } = wire()
    const padded = [...headers].map(([name, value]): [string, string] => [name, ` \t${value} `])
    expect(await verifyOci({ ...rest, headers: padded }, rules)).toMatchObject({ subject: USER })
  })

  it('nothing of a body whose stream the platform keeps to itself, once it has read it', async () => {
    const request = Object.defineProperty(asRequest(wire({ body: json })), 'body', { value: undefined })
    expect(new TextDecoder().decode((await verifyOci(request, rules)).body)).toBe(json)
  })

  it.each([['of 1024 bits', ociVectors.key.publicKeySpkiPem]])('a key %s', async (_, pem) => {
    const key = Uint8Array.from(Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64'))
    const keyId = KEY_ID.replace(/[^/]+$/, ociVectors.key.fingerprintMd5Spki)
    const draft = { keyId, key: ociVectors.key.privateKeyPkcs8Pem }
    expect(await refusal(draft, { resolveKey: () => key })).toMatchObject({
      code: 'KEY_REFUSED',
      message: expect.stringContaining('1024 bits'),
    })
    expect(await verify(draft, { resolveKey: () => key, minimumKeyBits: 1024 })).toMatchObject({ subject: USER })
  })

  it.each([
    ['the exponent 3', { ...publicJwk, e: 'Aw' }],
    ['an even exponent', { ...publicJwk, e: 'AQAC' }],
    ['another type', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }],
    ['nothing in it', {}],
    ['bytes that are no key', Uint8Array.of(1, 2, 3)],
    ['another hash', imported('RSASSA-PKCS1-v1_5', 'SHA-1')],
    ['another padding', imported('RSA-PSS', 'SHA-256')],
    ['no way to check its fingerprint', imported('RSASSA-PKCS1-v1_5', 'SHA-256', false)],
  ])('a key with %s', async (_, key) => {
    expect(await refusal({}, { resolveKey: () => key })).toMatchObject({
      name: 'VerificationError',
      code: 'KEY_REFUSED',
    })
  })

  it('what it has seen before, which it remembers for as long as that could come again', async () => {
    const seen: number[] = []
    const replayStore = { insert: (_: string, expiresAt: number) => seen.push(expiresAt) > 0 }
    await verify({}, { replayStore })
    await verify({}, { replayStore, maxAgeMs: 1000, maxFutureMs: 2000 })
    expect(seen).toEqual([NOON + 360_000, NOON + 3000])
  })

  it('what it has seen before, when it is to remember', async () => {
    const options = { replayStore: memoryReplayStore(clock) }
    await verify({}, options)
    expect(await refusal({}, options)).toMatchObject({ code: 'REPLAYED' })
    expect(await verify({ target: '/other' }, options)).toMatchObject({ subject: USER })
  })

  it('without a secret or a signature in the message', async () => {
    const error = await refusal({ key: strangerPem })
    expect(error).toBeInstanceOf(VerificationError)
    expect(String(error)).not.toMatch(/[A-Za-z0-9+/]{40}/)
  })
})

describe('what weakens it, only when asked', () => {
  const unsignedHost = { signed: ['x-date', '(request-target)'] }
  const unsignedBody = { body: json, signed: ['x-date', '(request-target)', 'host'] }

  it('lets header names come in any case', async () => {
    const verified = await verify({ signed: ['X-Date', '(request-target)', 'Host'] }, { allowMixedCaseNames: true })
    expect(verified.signedHeaders).toEqual(['x-date', '(request-target)', 'host'])
  })

  it('lets host go unsigned, and still looks at it', async () => {
    expect((await verify(unsignedHost, { allowUnsignedHost: true })).headers.get('host')).toBeUndefined()
    expect(await refusal({ ...unsignedHost, headers: { host: 'evil' } }, { allowUnsignedHost: true })).toMatchObject({
      code: 'HOST_REFUSED',
    })
  })

  it('lets the body go unsigned, and then does not vouch for it', async () => {
    expect((await verify(unsignedBody, { allowUnsignedBody: true })).body).toBeUndefined()
  })

  it('checks a digest that is signed all the same', async () => {
    const sent = { ...wire({ body: json }), body: new TextEncoder().encode('{}') }
    expect(await rejection(verifyOci(sent, { ...rules, allowUnsignedBody: true }))).toMatchObject({
      code: 'BODY_DIGEST_MISMATCH',
    })
  })

  it('judges headers whose body is elsewhere, and then does not vouch for it', async () => {
    const { body: _, ...headersAlone } = wire({ body: json })
    expect(await rejection(verifyOci(headersAlone, rules))).toMatchObject({ code: 'BODY_DIGEST_MISMATCH' })
    const verified = await verifyOci(headersAlone, { ...rules, allowAbsentBody: true })
    expect([verified.body, verified.headers.get('x-content-sha256')]).toEqual([undefined, sha256(json)])
    const another = { ...headersAlone, body: new TextEncoder().encode('{}') }
    expect(await rejection(verifyOci(another, { ...rules, allowAbsentBody: true }))).toMatchObject({
      code: 'BODY_DIGEST_MISMATCH',
    })
    const undescribed = { body: json, signed: ['x-date', '(request-target)', 'host'] }
    expect(await refusal(undescribed, { allowAbsentBody: true })).toMatchObject({ code: 'HEADER_NOT_SIGNED' })
  })

  it('says how far from now a time is', async () => {
    const found = async (time: string) =>
      String(await refusal({ headers: { 'x-date': `Thu, 01 Jan 2026 ${time} GMT` } }))
    expect(await found('11:54:59')).toContain('"x-date" within 300 s before and 60 s after now, found it 301 s ago')
    expect(await found('12:01:01')).toContain('found it 61 s ahead')
  })

  it('moves the window', async () => {
    const ahead = { headers: { 'x-date': 'Thu, 01 Jan 2026 12:04:00 GMT' } }
    expect((await verify(ahead, { maxFutureMs: 300_000 })).time).toBe(NOON + 240_000)
    expect(await refusal({}, { maxAgeMs: 1000, clock: () => NOON + 1001 })).toMatchObject({
      code: 'DATE_OUT_OF_WINDOW',
    })
  })

  it('takes any of the hosts, in any case', async () => {
    expect(await verify({}, { hosts: ['other.example.com', HOST.toUpperCase()] })).toBeDefined()
    expect(await verify({ headers: { host: HOST.toUpperCase() } })).toBeDefined()
  })

  it('asks a function about hosts', async () => {
    expect(
      await verify({ headers: { host: 'A.Example.com' } }, { hosts: (host) => host.endsWith('.example.com') }),
    ).toBeDefined()
  })
})

describe('the order of the lines', () => {
  it('is that of the list, also when the name of a header is a number', async () => {
    const signed = ['x-date', '(request-target)', 'host', '7', '3']
    expect((await verify({ headers: { 7: 'a', 3: 'b' }, signed })).signedHeaders).toEqual(signed)
  })
})

describe('times', () => {
  it('takes the signed date beside an unsigned x-date, as oci-common sends them', async () => {
    const headers = { date: 'Thu, 01 Jan 2026 12:00:00 GMT', 'x-date': 'Thu, 01 Jan 1970 00:00:00 GMT' }
    expect((await verify({ headers, signed: ['date', '(request-target)', 'host'] })).time).toBe(NOON)
  })

  it('ignores an unsigned date beside a signed x-date', async () => {
    expect((await verify({ headers: { date: 'Thu, 01 Jan 1970 00:00:00 GMT' } })).time).toBe(NOON)
  })

  it('takes x-date of two that are signed', async () => {
    const headers = { date: 'Thu, 01 Jan 2026 11:59:00 GMT' }
    expect((await verify({ headers, signed: ['date', 'x-date', '(request-target)', 'host'] })).time).toBe(NOON)
  })
})
