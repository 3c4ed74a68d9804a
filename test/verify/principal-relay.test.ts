import { inspect } from 'node:util'
import { Hono } from 'hono'
import { beforeEach, describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../src/errors.js'
import { userProof } from '../../src/logins/principal-proof.js'
import { signOciHeaders } from '../../src/signers/oci.js'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import type { OciCredentials } from '../../src/types.js'
import { CHALLENGE_HEADER, newChallenge } from '../../src/verify/challenge.js'
import { type RelayOptions, readUserProof, type UserProof, verifyUserProof } from '../../src/verify/principal-relay.js'
import { memoryReplayStore } from '../../src/verify/replay.js'

const START = Date.parse('2026-11-21T12:00:00Z')

let now: number
let emulator: Emulator
let sent: Request[]

beforeEach(() => {
  now = START
  emulator = createEmulator({ clock: () => now })
  sent = []
})

async function alice(): Promise<OciCredentials> {
  const { privateKey, fingerprint } = await emulator.keys.get('user')
  const { tenancy, user } = emulator.identities
  return { keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey, region: 'us-phoenix-1' }
}

/** A user of the same tenancy who may read everybody. */
async function bob(changes: { tenancy?: string } = {}): Promise<OciCredentials> {
  const { spki, privateKey } = await emulator.keys.get('session')
  const user = emulator.identities.user.replace('emulateduser', 'emulatedbob0')
  const { keyId } = emulator.registry.uploadApiKey({ publicKey: spki, user, ...changes })
  return { keyId, key: privateKey, region: 'us-phoenix-1' }
}

function options(changes: Partial<RelayOptions> = {}): RelayOptions {
  const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    sent.push(request.clone())
    return emulator.fetch(request)
  }
  return { tenancies: [emulator.identities.tenancy], fetch, clock: () => now, ...changes }
}

const proofOf = (credentials = alice, challenge?: string) => userProof({ credentials, challenge, clock: () => now })

function withHeader(proof: UserProof, name: string, value: string | undefined): UserProof {
  const { [name]: _, ...rest } = proof.headers
  return { ...proof, headers: value === undefined ? rest : { ...rest, [name]: value } }
}

function withAuthorization(proof: UserProof, change: (value: string) => string): UserProof {
  return withHeader(proof, 'authorization', change(proof.headers['authorization'] ?? ''))
}

describe('a proof', () => {
  test('tells which user is calling', async () => {
    const { tenancy, user, userName } = emulator.identities
    expect(await verifyUserProof(await proofOf(), options())).toEqual({
      user,
      tenancy,
      name: userName,
      email: userName,
      region: 'us-phoenix-1',
      time: START,
    })
  })

  test('may be signed for the older form of the host', async () => {
    const { user } = emulator.identities
    const host = 'identity.us-phoenix-1.oraclecloud.com'
    const { signedValues, headers } = await signOciHeaders(
      { method: 'GET', url: `https://${host}/20160918/users/${user}` },
      await alice(),
      { clock: () => now, dateHeader: 'date' },
    )
    const { '(request-target)': _, ...values } = signedValues
    const proof = { region: 'us-phoenix-1', headers: { ...values, authorization: headers['authorization'] ?? '' } }
    await expect(verifyUserProof(proof, options())).resolves.toMatchObject({ user })
    expect(new URL(sent[0]?.url ?? '').host).toBe(host)
  })

  test('is sent on without the headers that nobody signed', async () => {
    await verifyUserProof(withHeader(await proofOf(), 'opc-request-id', 'smuggled'), options())
    expect([...(sent[0]?.headers.keys() ?? [])].sort()).toEqual(['authorization', 'x-date'])
  })

  test('that covers the challenge is good for that challenge', async () => {
    const challenge = newChallenge()
    await expect(verifyUserProof(await proofOf(alice, challenge), options({ challenge }))).resolves.toBeDefined()
  })
})

describe('refused without a call', () => {
  test.each([
    ['another challenge', async () => proofOf(alice, newChallenge()), { challenge: newChallenge() }, 'REPLAYED'],
    ['no challenge', async () => proofOf(), { challenge: newChallenge() }, 'HEADER_NOT_SIGNED'],
    ['a short challenge of our own', async () => proofOf(alice, 'a'), { challenge: 'a' }, 'REPLAYED'],
    [
      'a tenancy that is not ours',
      async () => proofOf(),
      { tenancies: ['ocid1.tenancy.oc1..other'] },
      'PRINCIPAL_REFUSED',
    ],
    [
      'a region of another realm',
      async () => ({ ...(await proofOf()), region: 'us-gov-ashburn-1' }),
      {},
      'HOST_REFUSED',
    ],
    [
      'a user of another realm than the region',
      async () => ({ ...(await proofOf()), region: 'us-gov-ashburn-1' }),
      { realms: ['oc3', 'oc2'] },
      'PRINCIPAL_REFUSED',
    ],
    [
      'a user of another realm than the tenancy',
      async () => withAuthorization(await proofOf(), (text) => text.replace('ocid1.user.oc1.', 'ocid1.user.oc2.')),
      {},
      'PRINCIPAL_REFUSED',
    ],
    ['a region that we do not allow', async () => proofOf(), { regions: ['eu-frankfurt-1'] }, 'HOST_REFUSED'],
    ['a region that we do not know', async () => ({ ...(await proofOf()), region: 'xx-evil-1' }), {}, 'HOST_REFUSED'],
    ['a host for a region', async () => ({ ...(await proofOf()), region: 'evil.example' }), {}, 'HOST_REFUSED'],
    [
      'a URL for a region',
      async () => ({ ...(await proofOf()), region: 'us-phoenix-1.evil.example/' }),
      {},
      'HOST_REFUSED',
    ],
    [
      'a host that is not the region’s',
      async () => withHeader(await proofOf(), 'host', 'identity.eu-frankfurt-1.oci.oraclecloud.com'),
      {},
      'HOST_REFUSED',
    ],
    ['a host of our own', async () => withHeader(await proofOf(), 'host', '169.254.169.254'), {}, 'HOST_REFUSED'],
    ['no date', async () => withHeader(await proofOf(), 'x-date', undefined), {}, 'HEADERS_MALFORMED'],
    ['a date of six minutes ago', async () => proofOf(), { clock: () => START + 360_000 }, 'DATE_OUT_OF_WINDOW'],
    ['a date of two minutes ahead', async () => proofOf(), { clock: () => START - 120_000 }, 'DATE_OUT_OF_WINDOW'],
    ['no signature', async () => withHeader(await proofOf(), 'authorization', undefined), {}, 'AUTHORIZATION_MISSING'],
    [
      'the signature twice',
      async () => withHeader(await proofOf(), 'Authorization', 'Signature x="y"'),
      {},
      'AUTHORIZATION_MISSING',
    ],
    [
      'another algorithm',
      async () => withAuthorization(await proofOf(), (text) => text.replace('rsa-sha256', 'hs2019')),
      {},
      'ALGORITHM_REFUSED',
    ],
    [
      'a signature that leaves the host out',
      async () => withAuthorization(await proofOf(), (text) => text.replace(/(headers="[^"]*) host/, '$1')),
      {},
      'HEADER_NOT_SIGNED',
    ],
    [
      'a path in the user',
      async () =>
        withAuthorization(await proofOf(), (text) => text.replace(/\/ocid1\.user[^/]*/, '/ocid1.user.oc1../..')),
      {},
      'KEY_ID_INVALID',
    ],
    [
      'a security token',
      async () =>
        withAuthorization(await proofOf(), (text) => text.replace(/keyId="[^"]*"/, 'keyId="ST$eyJ.eyJ.c2ln"')),
      {},
      'KEY_REFUSED',
    ],
    [
      'headers that are no texts',
      async () => ({ ...(await proofOf()), headers: { authorization: 1 as never } }),
      {},
      'HEADERS_MALFORMED',
    ],
    ['no headers', async () => ({ region: 'us-phoenix-1', headers: undefined as never }), {}, 'HEADERS_MALFORMED'],
    ['a list of headers', async () => ({ region: 'us-phoenix-1', headers: ['a'] as never }), {}, 'HEADERS_MALFORMED'],
    ['nothing at all', async () => null as never, {}, 'HEADERS_MALFORMED'],
    ['a text', async () => 'us-phoenix-1' as never, {}, 'HEADERS_MALFORMED'],
    [
      'a challenge that was looked up and not found',
      async () => proofOf(),
      { challenge: undefined },
      'HEADER_NOT_SIGNED',
    ],
    [
      'a challenge of its own, where ours was not found',
      async () => proofOf(alice, newChallenge()),
      { challenge: undefined },
      'REPLAYED',
    ],
  ] as const)('%s', async (_, proof, changes, code) => {
    const error: unknown = await verifyUserProof(await proof(), options(changes as Partial<RelayOptions>)).catch(
      (reason: unknown) => reason,
    )
    expect(error).toMatchObject({ name: 'VerificationError' })
    if (code !== 'KEY_ID_INVALID') expect(error).toMatchObject({ code })
    expect(sent).toHaveLength(0)
  })

  test.each([
    ['the connection', 'transfer-encoding', 'chunked'],
    ['on whose behalf it acts', 'opc-obo-token', 'token'],
    ['anything else', 'x-forwarded-host', 'internal'],
  ])('a signature that covers %s', async (_, name, value) => {
    const { user } = emulator.identities
    const url = `https://identity.us-phoenix-1.oci.oraclecloud.com/20160918/users/${user}`
    const signing = { clock: () => now, additionalSignedHeaders: [name] }
    const { signedValues, headers } = await signOciHeaders(
      { method: 'GET', url, headers: { [name]: value } },
      await alice(),
      signing,
    )
    const { '(request-target)': _target, ...values } = signedValues
    const proof = { region: 'us-phoenix-1', headers: { ...values, authorization: headers['authorization'] ?? '' } }
    await expect(verifyUserProof(proof, options())).rejects.toMatchObject({
      code: 'HEADERS_MALFORMED',
      message: expect.stringContaining(name),
    })
    expect(sent).toHaveLength(0)
  })

  test('the same proof a second time, where seen ones are remembered', async () => {
    const replayStore = memoryReplayStore(() => now)
    const proof = await proofOf()
    await verifyUserProof(proof, options({ replayStore }))
    const reordered = withAuthorization(
      proof,
      (text) =>
        `Signature ${text
          .slice(10)
          .split(/,(?=\w+=)/)
          .reverse()
          .join(',')}`,
    )
    for (const again of [proof, reordered]) {
      await expect(verifyUserProof(again, options({ replayStore }))).rejects.toMatchObject({ code: 'REPLAYED' })
    }
  })

  test('everything, by a service that names no tenancy', async () => {
    await expect(verifyUserProof(await proofOf(), options({ tenancies: [] }))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })
})

describe('refused after asking OCI', () => {
  test('somebody who signs with their own key and names another: OCI is asked about the signer alone', async () => {
    const { user } = emulator.identities
    const signer = await bob()
    const url = `https://identity.us-phoenix-1.oci.oraclecloud.com/20160918/users/${user}`
    const { signedValues, headers } = await signOciHeaders({ method: 'GET', url }, signer, { clock: () => now })
    const { '(request-target)': _, ...values } = signedValues
    const proof = { region: 'us-phoenix-1', headers: { ...values, authorization: headers['authorization'] ?? '' } }
    await expect(verifyUserProof(proof, options())).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    expect(sent[0]?.url).not.toContain(user)
  })

  test('a key id that names somebody else than the key', async () => {
    const { keyId } = await alice()
    const { key } = await bob()
    const forged = async () => ({ keyId, key, region: 'us-phoenix-1' })
    await expect(verifyUserProof(await proofOf(forged), options())).rejects.toMatchObject({
      code: 'SIGNATURE_MISMATCH',
    })
  })

  test.each([
    ['another user', { id: 'ocid1.user.oc1..other' }],
    ['another tenancy', { compartmentId: 'ocid1.tenancy.oc1..other' }],
    ['a user who is not active', { lifecycleState: 'INACTIVE' }],
    ['a user without a name', { name: '' }],
  ])('an answer with %s', async (_, changes) => {
    const { user, tenancy } = emulator.identities
    const body = { id: user, compartmentId: tenancy, name: 'a', lifecycleState: 'ACTIVE', ...changes }
    const fetch = async () => Response.json(body)
    await expect(verifyUserProof(await proofOf(), options({ fetch }))).rejects.toMatchObject({
      code: 'PRINCIPAL_REFUSED',
    })
  })
})

/** An answer of which half comes. */
function answerThatBreaks(reason: Error): Response {
  const parts = [new TextEncoder().encode('{"id":')]
  return new Response(
    new ReadableStream({
      pull(controller) {
        const part = parts.shift()
        if (part) controller.enqueue(part)
        else controller.error(reason)
      },
    }),
  )
}

describe('when OCI cannot be asked', () => {
  test.each([
    ['is down', async () => new Response(null, { status: 503 }), { code: 'SERVICE_ERROR', retryable: true }],
    [
      'redirects',
      async () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
      { code: 'SERVICE_ERROR' },
    ],
    ['answers with a page', async () => new Response('<html>'), { code: 'SERVICE_RESPONSE_INVALID' }],
    [
      'answers without end',
      async () => new Response('x'.repeat(300_000)),
      { code: 'SERVICE_RESPONSE_INVALID', message: expect.stringContaining('262144 bytes') },
    ],
    ['answers with nothing', async () => new Response(null), { code: 'SERVICE_RESPONSE_INVALID' }],
    ['answers with a list', async () => Response.json([]), { code: 'SERVICE_RESPONSE_INVALID' }],
    [
      'breaks off in the middle',
      async () => answerThatBreaks(new TypeError('terminated')),
      { code: 'SERVICE_UNREACHABLE', retryable: true },
    ],
    [
      'is slow in the middle',
      async () => answerThatBreaks(new DOMException('late', 'TimeoutError')),
      { code: 'TIMEOUT', retryable: true },
    ],
    [
      'cannot be called',
      () => {
        throw new TypeError('no network here')
      },
      { code: 'SERVICE_UNREACHABLE' },
    ],
    ['is down, without a request id', async () => new Response(null, { status: 500 }), { requestId: undefined }],
    ['does not answer', () => Promise.reject(new TypeError('fetch failed')), { code: 'SERVICE_UNREACHABLE' }],
    ['is slow', () => Promise.reject(new DOMException('late', 'TimeoutError')), { code: 'TIMEOUT' }],
  ])('because it %s, the caller is not blamed', async (_, fetch, expected) => {
    await expect(verifyUserProof(await proofOf(), options({ fetch }))).rejects.toMatchObject({
      name: 'ServiceError',
      ...expected,
    })
  })
})

test('an error of the fetch that it was given goes through as it is', async () => {
  const own = new ConfigurationError('NOT_CONFIGURED', 'Expected a proxy, found none.')
  const fetch = async () => Promise.reject(own)
  await expect(verifyUserProof(await proofOf(), options({ fetch }))).rejects.toBe(own)
})

test.each([400, 401, 403, 404])('the status %i says that the signature is not good', async (status) => {
  const fetch = async () => new Response(null, { status })
  await expect(verifyUserProof(await proofOf(), options({ fetch }))).rejects.toMatchObject({
    code: 'SIGNATURE_MISMATCH',
  })
})

test.each([
  [402, false],
  [405, false],
  [428, false],
  [429, true],
  [430, false],
  [500, true],
])('the status %i says nothing of the caller, only where it came from', async (status, retryable) => {
  const fetch = async () => new Response(null, { status })
  const endpoint = `https://identity.us-phoenix-1.oci.oraclecloud.com/20160918/users/${emulator.identities.user}`
  await expect(verifyUserProof(await proofOf(), options({ fetch }))).rejects.toMatchObject({
    code: 'SERVICE_ERROR',
    endpoint,
    retryable,
  })
})

test('an answer that nobody reads is given up, so that its connection is free', async () => {
  let cancelled = 0
  const body = () => new ReadableStream({ cancel: () => void cancelled++ })
  for (const status of [401, 500, 302]) {
    const fetch = async () => new Response(body(), { status })
    await verifyUserProof(await proofOf(), options({ fetch })).catch(() => undefined)
  }
  expect(cancelled).toBe(3)
})

test('errors do not repeat the signature', async () => {
  const proof = await proofOf()
  const fetch = async () => new Response(proof.headers['authorization'], { status: 401 })
  const error: unknown = await verifyUserProof(proof, options({ fetch })).catch((reason: unknown) => reason)
  const signature = /signature="([^"]+)"/.exec(proof.headers['authorization'] ?? '')?.[1] ?? 'none'
  expect(inspect(error, { depth: 9 })).not.toContain(signature)
})

describe('in a server', () => {
  test('of Hono, a client with a challenge logs in once', async () => {
    const challenges = new Set<string>()
    const app = new Hono()
    app.post('/challenge', (context) => {
      const challenge = newChallenge()
      challenges.add(challenge)
      return context.json({ challenge })
    })
    app.post('/login', async (context) => {
      const proof = await readUserProof(context.req.raw)
      const challenge = proof.headers[CHALLENGE_HEADER] ?? ''
      if (!challenges.delete(challenge)) return context.body(null, 401)
      const user = await verifyUserProof(proof, options({ challenge })).catch(() => undefined)
      return user ? context.json({ hello: user.name }) : context.body(null, 401)
    })
    const { challenge } = (await (await app.request('/challenge', { method: 'POST' })).json()) as { challenge: string }
    const body = JSON.stringify(await proofOf(alice, challenge))
    const first = await app.request('/login', { method: 'POST', body })
    expect(await first.json()).toEqual({ hello: emulator.identities.userName })
    expect((await app.request('/login', { method: 'POST', body })).status).toBe(401)
  })

  test('that is sent without end, only so much of the body is read', async () => {
    let sent = 0
    const body = new ReadableStream({
      pull(controller) {
        sent += 16_384
        controller.enqueue(new Uint8Array(16_384))
      },
    })
    const request = new Request('https://api.example.com/login', {
      method: 'POST',
      body,
      duplex: 'half',
    } as RequestInit)
    await expect(readUserProof(request)).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    expect(sent).toBeLessThan(200_000)
  })

  test('whose body somebody has read already, the service is told', async () => {
    const request = new Request('https://api.example.com/login', { method: 'POST', body: '{}' })
    await request.text()
    await expect(readUserProof(request)).rejects.toMatchObject({ code: 'BODY_NOT_REPLAYABLE' })
  })

  test('that understands no more than fetch, a body that is no proof is refused', async () => {
    for (const body of ['', '[]', 'null', '"a"', '{"region":"us-phoenix-1"}', '{"region":1,"headers":{"a":"b"}}']) {
      const request = new Request('https://api.example.com/login', { method: 'POST', body })
      await expect(readUserProof(request)).rejects.toMatchObject({ code: 'HEADERS_MALFORMED' })
    }
  })
})
