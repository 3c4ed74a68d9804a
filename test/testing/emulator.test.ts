import { beforeAll, describe, expect, test } from 'vitest'
import { encodeBase64 } from '../../src/encoding/base64.js'
import { utf8 } from '../../src/encoding/bytes.js'
import { generateSessionKey } from '../../src/keys/session-key.js'
import { signOci, signOciHeaders } from '../../src/signers/oci.js'
import { instanceClaims } from '../../src/testing/claims.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { fixtureFiles } from '../../src/testing/fixture-files.js'
import type { OciCredentials } from '../../src/types.js'
import { IDENTITY, reason, send, sendJson, tokenCredentials, userCredentials } from './clients.js'

const emulator = createEmulator()
const { tenancy, user, namespace } = emulator.identities
const ECHO = `${IDENTITY}/echo`
const BUCKET = `https://objectstorage.us-phoenix-1.oraclecloud.com/n/${namespace}/b/photos/o`

let credentials: OciCredentials

beforeAll(async () => {
  credentials = await userCredentials(emulator)
})

describe('the Identity service', () => {
  test.each([
    ['regions', [{ key: 'PHX', name: 'us-phoenix-1' }]],
    [`tenancies/${tenancy}`, { id: tenancy, homeRegionKey: 'PHX' }],
    [`tenancies/${tenancy}/regionSubscriptions`, [{ regionName: 'us-phoenix-1', isHomeRegion: true }]],
    [`users/${user}`, { id: user, lifecycleState: 'ACTIVE' }],
  ])('answers %s', async (path, expected) => {
    const response = await send(emulator, `${IDENTITY}/20160918/${path}`, credentials)
    expect(await response.json()).toMatchObject(expected as object)
  })

  test.each(['tenancies/ocid1.tenancy.oc1..b', 'users/ocid1.user.oc1..b', 'nothing'])(
    'answers in its own shape for %s, which the caller may not see',
    async (path) => {
      const response = await send(emulator, `${IDENTITY}/20160918/${path}`, credentials)
      expect(response.status).toBe(404)
      expect(await response.json()).toMatchObject({ code: 'NotAuthorizedOrNotFound' })
    },
  )

  test('shows a registered user of another tenancy that tenancy alone', async () => {
    const key = await generateSessionKey()
    const other = { tenancy: 'ocid1.tenancy.oc1..other', user: 'ocid1.user.oc1..other' }
    const { keyId } = emulator.registry.uploadApiKey({ publicKey: key.publicKey, ...other })
    const theirs = { keyId, key: key.privateKey }
    expect((await send(emulator, `${IDENTITY}/20160918/tenancies/${other.tenancy}`, theirs)).status).toBe(200)
    expect((await send(emulator, `${IDENTITY}/20160918/tenancies/${tenancy}`, theirs)).status).toBe(404)
    emulator.registry.remove(keyId)
    expect((await send(emulator, `${IDENTITY}/20160918/regions`, theirs)).status).toBe(401)
  })
})

describe('Object Storage', () => {
  test('tells the namespace', async () => {
    const response = await send(emulator, 'https://objectstorage.us-phoenix-1.oraclecloud.com/n/', credentials)
    expect(await response.json()).toBe(namespace)
  })

  test('keeps an object whose name needs encoding, and gives it back byte for byte', async () => {
    const bytes = crypto.getRandomValues(new Uint8Array(65_536)).slice(0, 60_001)
    const url = `${BUCKET}/2026%2F11%20(1).bin`
    const headers = { 'content-type': 'image/png', 'opc-meta-owner': 'me' }
    expect((await send(emulator, new Request(url, { method: 'PUT', body: bytes, headers }), credentials)).status).toBe(
      200,
    )
    const response = await send(emulator, url, credentials)
    expect(response.headers.get('opc-meta-owner')).toBe('me')
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(bytes)
    expect(await (await send(emulator, `${BUCKET}?prefix=2026`, credentials)).json()).toMatchObject({
      objects: [{ name: '2026/11 (1).bin' }],
    })
  })

  test('streams a large object in pieces', async () => {
    const body = new Uint8Array(300_000)
    await send(emulator, new Request(`${BUCKET}/large`, { method: 'PUT', body }), credentials)
    const response = await send(emulator, `${BUCKET}/large`, credentials)
    const sizes: number[] = []
    for await (const chunk of response.body ?? []) sizes.push(chunk.length)
    expect(sizes.length).toBeGreaterThan(3)
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(300_000)
  })

  test('takes an upload whose body is not signed', async () => {
    const request = new Request(`${BUCKET}/streamed`, { method: 'PUT', body: 'not hashed' })
    expect((await send(emulator, request, credentials, { body: 'exclude' })).status).toBe(200)
  })

  test('answers a range, and refuses one outside', async () => {
    await send(emulator, new Request(`${BUCKET}/digits`, { method: 'PUT', body: '0123456789' }), credentials)
    const part = await send(emulator, new Request(`${BUCKET}/digits`, { headers: { range: 'bytes=2-4' } }), credentials)
    expect([part.status, part.headers.get('content-range'), await part.text()]).toEqual([206, 'bytes 2-4/10', '234'])
    const outside = new Request(`${BUCKET}/digits`, { headers: { range: 'bytes=20-' } })
    expect((await send(emulator, outside, credentials)).status).toBe(416)
  })

  test('deletes, and has nothing then', async () => {
    await send(emulator, new Request(`${BUCKET}/gone`, { method: 'PUT', body: 'x' }), credentials)
    expect((await send(emulator, new Request(`${BUCKET}/gone`, { method: 'DELETE' }), credentials)).status).toBe(204)
    const response = await send(emulator, `${BUCKET}/gone`, credentials)
    expect(await response.json()).toMatchObject({ code: 'ObjectNotFound' })
  })

  test('knows no other namespace', async () => {
    const url = 'https://objectstorage.us-phoenix-1.oraclecloud.com/n/other/b/photos/o/x'
    expect((await send(emulator, url, credentials)).status).toBe(404)
  })
})

describe('the endpoint that judges signatures of others', () => {
  const judge = async (requestHeaders: unknown): Promise<unknown> =>
    (
      await sendJson(
        emulator,
        'https://auth.us-phoenix-1.oraclecloud.com/v1/authentication/authenticateClient',
        { requestHeaders },
        credentials,
      )
    ).json()

  test.each([
    ['nothing', {}],
    ['a name that no header has', { 'bad name': ['x'] }],
    ['a value that no header has', { authorization: ['a\nb'] }],
    ['a target that is no text', { '(request-target)': { a: 1 }, authorization: ['Signature x="y"'] }],
    [
      'a target on another host',
      { '(request-target)': ['get https://other.example/'], authorization: ['Signature x'] },
    ],
  ])('finds no good signature in %s', async (_, headers) => {
    expect(await judge(headers)).toMatchObject({ success: false })
  })

  test('takes the digest of a body at its word, for it has the headers alone', async () => {
    const signed = await signOciHeaders(
      { method: 'POST', url: ECHO, headers: { 'content-type': 'text/plain' }, body: 'x' },
      credentials,
      { clock: emulator.clock },
    )
    const { authorization = '' } = signed.headers
    const answer = { principal: { subjectId: user }, success: true }
    expect(await judge({ ...signed.signedValues, authorization })).toMatchObject(answer)
    const forged = { ...signed.signedValues, authorization, 'x-content-sha256': 'other' }
    expect(await judge(forged)).toMatchObject({ success: false })
  })
})

describe('every signed endpoint', () => {
  test('tells what was verified', async () => {
    const response = await sendJson(emulator, ECHO, { name: 'Zoë' }, credentials)
    expect(await response.json()).toMatchObject({
      verified: true,
      principal: { kind: 'api-key', subject: user, tenancy },
      signedHeaders: expect.arrayContaining(['x-content-sha256']) as unknown,
      body: { length: 15 },
    })
  })

  test('echoes the request id of the client with its own behind it', async () => {
    const request = new Request(ECHO, { headers: { 'opc-request-id': 'A/B/C' } })
    const response = await send(emulator, request, credentials)
    expect(response.headers.get('opc-request-id')).toMatch(/^A\/B\/[0-9A-F]{32}$/)
  })

  test('verifies with the host that was received', async () => {
    const signed = await signOci(new Request(ECHO), credentials)
    const moved = new Request(signed.url.replace('phoenix', 'ashburn'), signed)
    expect((await emulator.fetch(moved)).status).toBe(401)
  })

  const tamperings: readonly [string, (signed: Request) => Request | Promise<Request>, RegExp][] = [
    ['no signature', ({ url }) => new Request(url), /^AUTHORIZATION_MISSING/],
    ['another path', (signed) => new Request(`${signed.url}/other`, signed), /^SIGNATURE_MISMATCH/],
    ['another query', (signed) => new Request(`${signed.url}?all=1`, signed), /^SIGNATURE_MISMATCH/],
    ['another method', (signed) => new Request(signed, { method: 'PATCH' }), /^SIGNATURE_MISMATCH/],
    [
      'another body',
      (signed) => new Request(signed.url, { ...initOf(signed), body: '{"amount":9}' }),
      /^BODY_DIGEST_MISMATCH/,
    ],
    ['a longer body', (signed) => new Request(signed.url, { ...initOf(signed), body: '{"amount":10}' }), /./],
    [
      'another date',
      (signed) => withHeader(signed, 'x-date', new Date(Date.now() + 1000).toUTCString()),
      /^SIGNATURE_MISMATCH/,
    ],
    ['another media type', (signed) => withHeader(signed, 'content-type', 'text/plain'), /^SIGNATURE_MISMATCH/],
    [
      'headers in another order',
      (signed) => changeSignature(signed, /x-date \(request-target\)/, '(request-target) x-date'),
      /^SIGNATURE_MISMATCH/,
    ],
    [
      'a header left out of the list',
      (signed) => changeSignature(signed, / x-content-sha256"/, '"'),
      /^(HEADER_NOT_SIGNED|SIGNATURE_MISMATCH)/,
    ],
    [
      'another version',
      (signed) => changeSignature(signed, /version="1"/, 'version="2"'),
      /^(VERSION_REFUSED|AUTHORIZATION_MALFORMED)/,
    ],
    ['another algorithm', (signed) => changeSignature(signed, /rsa-sha256/, 'hmac-sha256'), /^ALGORITHM_REFUSED/],
    ['a key nobody uploaded', (signed) => changeSignature(signed, /[0-9a-f]{2}",/, '00",'), /./],
    [
      'an attribute twice',
      (signed) => changeSignature(signed, /version="1"/, 'version="1",version="1"'),
      /^AUTHORIZATION_MALFORMED/,
    ],
    [
      'a signature that is no base64',
      (signed) => changeSignature(signed, /signature="/, 'signature="*'),
      /^AUTHORIZATION_MALFORMED/,
    ],
  ]

  test.each(tamperings)('refuses %s', async (_, tamper, expected) => {
    const honest = new Request(ECHO, {
      method: 'POST',
      body: '{"amount":1}',
      headers: { 'content-type': 'application/json' },
    })
    const response = await emulator.fetch(await tamper(await signOci(honest, credentials)))
    expect(response.status).toBe(401)
    expect(await response.json()).toEqual({
      code: 'NotAuthenticated',
      message: 'The required information to complete authentication was not provided or was incorrect.',
    })
    expect(reason(response)).toMatch(expected)
  })

  test.each([-301_000, 301_000])('refuses a request whose clock is off by %i ms', async (skew) => {
    const response = await send(emulator, ECHO, credentials, { clock: () => Date.now() + skew })
    expect(reason(response)).toMatch(/^DATE_OUT_OF_WINDOW/)
  })

  test('accepts a clock that is off by less than five minutes, and a signature over date', async () => {
    expect((await send(emulator, ECHO, credentials, { clock: () => Date.now() - 290_000 })).status).toBe(200)
    expect((await send(emulator, ECHO, credentials, { dateHeader: 'date' })).status).toBe(200)
  })
})

describe('the emulator', () => {
  test('has no endpoint for what it does not know', async () => {
    const response = await emulator.fetch('https://iaas.us-phoenix-1.oraclecloud.com/2016/instances')
    expect(response.status).toBe(404)
  })

  test('reads no body that is longer than it is told', async () => {
    const request = new Request(ECHO, { method: 'POST', body: 'eleven byte' })
    const response = await emulator.handle(request, { maxBodyBytes: 10 })
    expect([response.status, await response.json()]).toMatchObject([413, { code: 'PayloadTooLarge' }])
  })

  test('asks surfaces of the caller first', async () => {
    const custom = createEmulator({
      surfaces: [{ name: 'mine', matches: ({ url }) => url.pathname === '/echo', handle: () => new Response('mine') }],
    })
    expect(await (await custom.fetch(ECHO)).text()).toBe('mine')
    expect(custom.log.entries()[0]?.surface).toBe('mine')
  })

  test('answers 500 for a surface that fails, and says which way', async () => {
    const custom = createEmulator({
      surfaces: [
        {
          name: 'broken',
          matches: () => true,
          handle: () => {
            throw new RangeError('out of range: ocid1.secret')
          },
        },
      ],
    })
    const response = await custom.fetch(ECHO)
    expect(response.status).toBe(500)
    expect(reason(response)).toBe('InternalServerError: RangeError')
    expect(JSON.stringify(custom.log.entries())).not.toContain('secret')
  })

  test('rejects, as fetch does, when there is nothing to fetch', async () => {
    await expect(emulator.fetch('no url')).rejects.toThrow(TypeError)
  })

  test.each([
    '/20160918/tenancies/%zz',
    `/n/${namespace}/b/%E0/o`,
    '/n/%/b/x/o',
    '/20180711/resourcePrincipalToken/%E0',
  ])('answers 400 for the path %s, which encodes nothing', async (path) => {
    const custom = createEmulator()
    const token = await custom.tokens.issue({
      claims: instanceClaims(custom.identities),
      jwk: (await custom.keys.get('session')).jwk,
      lifeMs: 60_000,
    })
    const signer = await tokenCredentials(custom, token, 'session')
    // Runtimes send such paths; our own signer would mend them first.
    const target = new URL(path, IDENTITY)
    const { headers } = await signOciHeaders({ method: 'GET', url: IDENTITY }, signer, { clock: custom.clock })
    const time = headers['x-date'] ?? ''
    const text = utf8(`x-date: ${time}\n(request-target): get ${path}\nhost: ${target.host}`)
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', signer.key as CryptoKey, text)
    const authorization = `Signature version="1",headers="x-date (request-target) host",keyId="${signer.keyId}",algorithm="rsa-sha256",signature="${encodeBase64(new Uint8Array(signature))}"`
    const response = await custom.handle(new Request(target, { headers: { 'x-date': time, authorization } }))
    expect([response.status, reason(response)]).toEqual([400, expect.stringContaining('percent-encoded')])
  })

  test('stops reading a body as soon as it is too long', async () => {
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 1024
        controller.enqueue(new Uint8Array(1024))
      },
    })
    const request = new Request(ECHO, { method: 'POST', body, duplex: 'half' } as RequestInit)
    expect((await emulator.handle(request, { maxBodyBytes: 4096 })).status).toBe(413)
    expect(sent).toBeLessThan(10_000)
  })

  test('keeps a key removed that nobody had asked for before', async () => {
    const custom = createEmulator()
    const { keyId } = await userCredentials(custom)
    custom.registry.remove(keyId)
    const unknown = keyId.replace(/[^/]+$/, Array.from({ length: 16 }, () => 'ab').join(':'))
    expect(await custom.registry.find(unknown)).toBeUndefined()
    expect(await custom.registry.find(keyId)).toBeUndefined()
  })

  test('uses keys that are injected and generates no others', async () => {
    const { privateKey, publicKey } = await emulator.keys.get('user')
    const custom = createEmulator({ keys: { user: { privateKey, publicKey } } })
    expect((await custom.keys.get('user')).fingerprint).toBe((await emulator.keys.get('user')).fingerprint)
    expect((await send(custom, ECHO, await userCredentials(custom))).status).toBe(200)
  })

  test('lives in the region and tenancy it is given', async () => {
    const custom = createEmulator({ identities: { region: 'uk-gov-london-1', tenancy: 'ocid1.tenancy.oc4..mine' } })
    expect(custom.identities).toMatchObject({ tenancy: 'ocid1.tenancy.oc4..mine', region: { realm: 'oc4' } })
    expect(custom.identities.user).toMatch(/^ocid1\.user\.oc4\.\./)
  })

  test('logs nothing that lets anyone sign or read', async () => {
    const custom = createEmulator()
    const { files } = await fixtureFiles(custom, '/fixtures')
    const secrets = files.map(({ content }) => content.trim())
    await send(custom, `${ECHO}?token=hush`, await userCredentials(custom))
    await custom.fetch(ECHO, { headers: { 'opc-obo-token': 'hush', 'x-vault-token': 'hush', cookie: 'hush' } })
    const log = JSON.stringify(custom.log.entries())
    expect(log).not.toMatch(/hush|signature=|BEGIN|eyJ/)
    for (const secret of secrets) expect(log).not.toContain(secret)
  })

  test('keeps the last thousand requests in its log', async () => {
    const custom = createEmulator()
    for (let index = 0; index < 1005; index++) await custom.fetch(`${ECHO}?${index}=`)
    expect(custom.log.entries()).toHaveLength(1000)
    expect(custom.log.entries()[0]?.query).toEqual(['5'])
  })
})

function initOf({ method, headers }: Request): RequestInit {
  return { method, headers }
}

async function withHeader(signed: Request, name: string, value: string): Promise<Request> {
  const headers = new Headers(signed.headers)
  headers.set(name, value)
  return new Request(signed.url, { method: signed.method, headers, body: await signed.arrayBuffer() })
}

function changeSignature(signed: Request, from: RegExp, to: string): Promise<Request> {
  const value = signed.headers.get('authorization') ?? ''
  const changed = value.replace(from, to)
  expect(changed).not.toBe(value)
  return withHeader(signed, 'authorization', changed)
}
