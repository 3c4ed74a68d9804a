import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.js'
import {
  type InfisicalLoginOptions,
  type InfisicalToken,
  infisicalLogin,
  infisicalLoginBody,
  renewInfisicalToken,
  revokeInfisicalToken,
} from '../../src/logins/infisical.js'
import {
  attachInfisicalOciAuth,
  detachInfisicalOciAuth,
  getInfisicalOciAuth,
  type InfisicalAdmin,
  updateInfisicalOciAuth,
} from '../../src/logins/infisical-admin.js'
import { apiKeyUser, infisicalHost } from '../../src/logins/infisical-rules.js'
import { infisicalSession } from '../../src/logins/infisical-session.js'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import { type InfisicalState, infisicalState } from '../../src/testing/infisical-state.js'
import type { OciCredentials } from '../../src/types.js'

const IDENTITY = '01234567-89ab-cdef-0123-456789abcdef'
const START = Date.parse('2026-11-21T12:00:00Z')

let now: number
let emulator: Emulator
let server: InfisicalState
let admin: InfisicalAdmin

beforeEach(async () => {
  now = START
  emulator = createEmulator({ clock: () => now })
  server = emulator.of(infisicalState)
  admin = { accessToken: server.adminToken, fetch: emulator.fetch }
  const { tenancy, userName } = emulator.identities
  await attachInfisicalOciAuth(
    IDENTITY,
    { tenancyOcid: tenancy, allowedUsernames: ['someone@else.example', userName] },
    admin,
  )
  emulator.counters.reset()
})

async function userKey(): Promise<OciCredentials> {
  const { privateKey, fingerprint } = await emulator.keys.get('user')
  const { tenancy, user } = emulator.identities
  return { keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey, region: 'us-phoenix-1' }
}

/** Another user of the same tenancy, who may read everybody. */
async function strangerKey(): Promise<OciCredentials> {
  const { spki, privateKey } = await emulator.keys.get('session')
  const user = emulator.identities.user.replace('emulateduser', 'emulatedbob0')
  return {
    keyId: emulator.registry.uploadApiKey({ publicKey: spki, user }).keyId,
    key: privateKey,
    region: 'us-phoenix-1',
  }
}

function options(changes: Partial<InfisicalLoginOptions> = {}): InfisicalLoginOptions {
  return {
    identityId: IDENTITY,
    credentials: userKey,
    fetch: emulator.fetch,
    clock: () => now,
    retry: false,
    ...changes,
  }
}

async function send(body: object): Promise<Response> {
  const init = { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  return emulator.fetch('https://app.infisical.com/api/v1/auth/oci-auth/login', init)
}

interface Body {
  readonly headers: Record<string, string>
  readonly [member: string]: unknown
}

const validBody = async () => (await infisicalLoginBody(options())) as Body

describe('login', () => {
  test('gives an access token with its end', async () => {
    const token = await infisicalLogin(options())
    expect(token).toMatchObject({ issuedAt: START, expiresAt: START + 2_592_000_000, maxTtlMs: 2_592_000_000 })
    expect(token.accessToken.split('.')).toHaveLength(3)
  })

  test('sends three headers, which are all that the signature covers', async () => {
    const body = await validBody()
    expect(Object.keys(body)).toEqual(['identityId', 'userOcid', 'headers'])
    expect(Object.keys(body.headers).sort()).toEqual(['authorization', 'host', 'x-date'])
    expect(body.headers['host']).toBe('identity.us-phoenix-1.oraclecloud.com')
    expect(
      /headers="([^"]*)"/
        .exec(body.headers['authorization'] ?? '')?.[1]
        ?.split(' ')
        .sort(),
    ).toEqual(['(request-target)', 'host', 'x-date'])
  })

  test('leaves delegation headers out, which the server would drop', async () => {
    const credentials = async () => ({ ...(await userKey()), signedHeaders: { 'opc-obo-token': 'x' } })
    await expect(infisicalLogin(options({ credentials }))).resolves.toBeDefined()
  })

  test('names the organization only when there is one', async () => {
    expect(await infisicalLoginBody(options({ organizationSlug: '' }))).not.toHaveProperty('organizationSlug')
    expect(await infisicalLoginBody(options({ organizationSlug: 'octo' }))).toMatchObject({ organizationSlug: 'octo' })
  })

  test('is signed anew for each attempt', async () => {
    emulator.faults.add({ surface: 'infisical', effect: 'status', status: 503, times: 1 })
    const bodies: string[] = []
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init)
      bodies.push(await request.clone().text())
      now += 60_000
      return emulator.fetch(request)
    }
    const retry = { attempts: 2, totalMs: 600_000, baseMs: 0, maxMs: 0, retryOn: () => true }
    await infisicalLogin(options({ fetch, retry }))
    expect(new Set(bodies).size).toBe(2)
  })

  test('takes the end from the token when the server capped it', async () => {
    await updateInfisicalOciAuth(IDENTITY, { accessTokenTTL: 600, accessTokenMaxTTL: 600 }, admin)
    const body = JSON.stringify({ accessToken: (await infisicalLogin(options())).accessToken, expiresIn: 7200 })
    emulator.faults.add({ surface: 'infisical', effect: 'body', body })
    expect((await infisicalLogin(options())).expiresAt).toBe(START + 600_000)
  })

  test('knows no end where the server sets none', async () => {
    emulator.faults.add({ surface: 'infisical', effect: 'body', body: '{"accessToken":"opaque","expiresIn":0}' })
    expect(await infisicalLogin(options())).not.toHaveProperty('expiresAt')
  })
})

describe('a login that cannot work is refused before any call', () => {
  test.each([
    ['a security token', 'ST$eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln', 'security token'],
    ["a resource's key", 'resource/v2.1/ocid1.fnfunc.oc1.phx.aaaa', "resource's key"],
    ['two segments', 'ocid1.tenancy.oc1..aaaa/ocid1.user.oc1..aaaa', 'another form'],
    ['four segments', `ocid1.tenancy.oc1..a/ocid1.user.oc1..b/${Array(16).fill('aa').join(':')}/x`, 'another form'],
    ['an empty segment', `ocid1.tenancy.oc1..a//${Array(16).fill('aa').join(':')}`, 'another form'],
    ['a path in the user', `ocid1.tenancy.oc1..a/../x/${Array(16).fill('aa').join(':')}`, 'another form'],
    ['nothing', '', 'another form'],
  ])('with %s as key id', async (_, keyId, reason) => {
    const credentials = async () => ({ ...(await userKey()), keyId })
    await expect(infisicalLogin(options({ credentials }))).rejects.toMatchObject({
      code: 'KEY_ID_INVALID',
      message: expect.stringContaining(reason),
    })
    expect(emulator.counters.snapshot().requests).toEqual({})
  })

  test.each([
    'us-gov-ashburn-1', // of another realm, and of two words
    'ap-dcc-canberra-10',
    'us-ashburn-12',
    'us-ashburn-1.evil.example/',
    'IAD',
    '',
  ])('for the region %j', async (region) => {
    await expect(infisicalLogin(options({ region }))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(() => infisicalHost(region)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test.each(['app.infisical.com', 'https://ci:hunter2@infisical.example', ''])('for the site %j', async (site) => {
    const error: unknown = await infisicalLogin(options({ site })).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'URL_INVALID', message: expect.stringContaining('the site of Infisical') })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  test('with an identity id that is none', async () => {
    await expect(infisicalLogin(options({ identityId: 'my-identity' }))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })
})

describe('the server refuses', () => {
  test('a user who is not on the list', async () => {
    await updateInfisicalOciAuth(IDENTITY, { allowedUsernames: ['someone@else.example'] }, admin)
    await expect(infisicalLogin(options())).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('username not allowed'),
    })
  })

  test('a tenancy that is another', async () => {
    await updateInfisicalOciAuth(IDENTITY, { tenancyOcid: 'ocid1.tenancy.oc1..other' }, admin)
    await expect(infisicalLogin(options())).rejects.toMatchObject({
      status: 401,
      message: expect.stringContaining('part of tenancy'),
    })
  })

  test('an identity without OCI Auth', async () => {
    await detachInfisicalOciAuth(IDENTITY, admin)
    await expect(infisicalLogin(options())).rejects.toMatchObject({ status: 404 })
  })

  test('with a 500 what OCI refuses, such as a date of ten minutes ago', async () => {
    await expect(infisicalLogin(options({ clock: () => now - 600_000 }))).rejects.toMatchObject({ status: 500 })
  })

  test('a signer who names another user', async () => {
    const { headers } = (await infisicalLoginBody(options({ credentials: strangerKey }))) as Body
    const { user } = emulator.identities
    expect((await send({ ...(await validBody()), headers, userOcid: user })).status).toBe(401)
  })

  test.each([
    ['without a date', (body: Body) => ({ ...body, headers: { ...body.headers, 'x-date': undefined } }), 422],
    [
      'with a host of another form',
      (body: Body) => ({ ...body, headers: { ...body.headers, host: 'identity.us-phoenix-1.oci.oraclecloud.com' } }),
      400,
    ],
    [
      'with an upper-case header name',
      (body: Body) => ({ ...body, headers: { ...body.headers, host: undefined, Host: body.headers['host'] } }),
      422,
    ],
    ['with an empty organization', (body: Body) => ({ ...body, organizationSlug: '' }), 422],
    [
      'with an unquoted key id',
      (body: Body) => changeAuthorization(body, (value) => value.replace(/keyId="([^"]*)"/, 'keyId=$1')),
      400,
    ],
    [
      'with the key id twice, in any case',
      (body: Body) => changeAuthorization(body, (value) => `${value},KEYID="a/b/c"`),
      400,
    ],
    ['with a comma at the end', (body: Body) => changeAuthorization(body, (value) => `${value},`), 400],
    [
      'with another scheme',
      (body: Body) => changeAuthorization(body, (value) => value.replace('Signature', 'Bearer')),
      400,
    ],
    ['with a comma missing', (body: Body) => changeAuthorization(body, (value) => value.replace('",', '" ')), 400],
    ['with a stray word', (body: Body) => changeAuthorization(body, (value) => `${value},stray`), 400],
    [
      'with a parameter of strange letters',
      (body: Body) => changeAuthorization(body, (value) => `${value},a-b="c"`),
      400,
    ],
    [
      'with a token as key id',
      (body: Body) => changeAuthorization(body, (value) => value.replace(/keyId="[^"]*"/, 'keyId="ST$a.b.c"')),
      400,
    ],
    [
      'with an empty key id',
      (body: Body) => changeAuthorization(body, (value) => value.replace(/keyId="[^"]*"/, 'keyId=""')),
      400,
    ],
    [
      'with four segments in the key id',
      (body: Body) => changeAuthorization(body, (value) => value.replace(/keyId="([^"]*)"/, 'keyId="$1/x"')),
      400,
    ],
  ])('a body %s', async (_, change, status) => {
    expect((await send(change(await validBody()))).status).toBe(status)
  })

  test('nothing about a parameter whose name only ends in keyId', async () => {
    const body = changeAuthorization(await validBody(), (value) => `${value},notKeyId="a/b/c"`)
    expect((await send(body)).status).toBe(200)
  })

  test('nothing about the order and spacing of parameters', async () => {
    const shuffle = (value: string) =>
      `Signature ${value
        .replace(/^Signature /, '')
        .split(/,(?=\w+=)/)
        .reverse()
        .join(' , ')}`
    expect((await send(changeAuthorization(await validBody(), shuffle))).status).toBe(200)
  })
})

function changeAuthorization(body: Body, change: (value: string) => string): Body {
  return { ...body, headers: { ...body.headers, authorization: change(body.headers['authorization'] ?? '') } }
}

describe('tokens', () => {
  test('are renewed into new ones', async () => {
    const first = await infisicalLogin(options())
    now += 1000
    const second = await renewInfisicalToken(first.accessToken, options())
    expect(second.accessToken).not.toBe(first.accessToken)
    expect(second.expiresAt).toBe(START + 2_592_000_000) // capped by the maximum life
  })

  test('that are revoked cannot be renewed', async () => {
    const { accessToken } = await infisicalLogin(options())
    await revokeInfisicalToken(accessToken, options())
    await expect(renewInfisicalToken(accessToken, options())).rejects.toMatchObject({ status: 401 })
  })

  test('are absent from errors', async () => {
    const { accessToken } = await infisicalLogin(options())
    now += 3_000_000_000
    const error: unknown = await renewInfisicalToken(accessToken, options()).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(ServiceError)
    expect(inspect(error, { depth: 9 })).not.toContain(accessToken)
  })
})

describe('a session', () => {
  beforeEach(() => updateInfisicalOciAuth(IDENTITY, { accessTokenTTL: 1000, accessTokenMaxTTL: 3000 }, admin))

  const paths = () => emulator.log.entries().flatMap(({ path }) => (/\/(login|renew)$/.test(path) ? [path] : []))
  const logins = () => emulator.log.entries().filter(({ path }) => path.endsWith('/login')).length

  test('renews after four fifths of the life and logs in again when the maximum is reached', async () => {
    const session = infisicalSession({ ...options(), random: () => 0.5 })
    const first = await session()
    now += 790_000
    expect(await session()).toBe(first)
    for (let round = 0; round < 2; round++) {
      now += 205_000 // less than the minimum is left: renewal comes first
      await session()
      now += 790_000
    }
    expect(logins()).toBe(1)
    now += 205_000
    await session()
    now += 990_000
    await session()
    expect(logins()).toBe(2)
  })

  test('logs in again when the token was revoked', async () => {
    const session = infisicalSession(options())
    const { accessToken } = await session()
    await revokeInfisicalToken(accessToken, options())
    now += 995_000
    expect((await session()).accessToken).not.toBe(accessToken)
    expect(logins()).toBe(2)
  })

  test("goes by the server's clock when this machine's is behind: it does not renew what has expired", async () => {
    let stored: InfisicalToken | undefined
    const store = { get: async () => stored, set: async () => {} }
    const session = infisicalSession({ ...options(), store })
    const first = await session()
    now += 995_000
    stored = { ...first, issuedAt: now + 300_000, expiresAt: now + 900_000 } // from a machine whose clock is right
    expect(await session()).toBe(stored)
    now += 650_000
    await session()
    expect(paths()).toEqual(['/api/v1/auth/oci-auth/login', '/api/v1/auth/oci-auth/login'])
  })

  test('logs in again when it is told that its token was refused', async () => {
    const session = infisicalSession(options())
    const forceRefresh = await session()
    await session({ forceRefresh })
    expect(logins()).toBe(2)
  })
})

describe('administration', () => {
  test('a change sends the list of users again, which the server would empty', async () => {
    const { userName } = emulator.identities
    const changed = await updateInfisicalOciAuth(IDENTITY, { accessTokenTTL: 60 }, admin)
    expect(changed).toMatchObject({ allowedUsernames: ['someone@else.example', userName], accessTokenTTL: 60 })
    expect(await getInfisicalOciAuth(IDENTITY, admin)).toEqual(changed)
  })

  test('a change is judged together with the lives that stay as they are', async () => {
    await updateInfisicalOciAuth(IDENTITY, { accessTokenTTL: 60 }, admin)
    const changed = await updateInfisicalOciAuth(IDENTITY, { accessTokenMaxTTL: 3600 }, admin)
    expect(changed).toMatchObject({ accessTokenTTL: 60, accessTokenMaxTTL: 3600 })
    await expect(updateInfisicalOciAuth(IDENTITY, { accessTokenTTL: 7200 }, admin)).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('an access token that no header can carry stays out of the error', async () => {
    const broken = { ...admin, accessToken: 'hunter2\nhunter2' }
    const error: unknown = await getInfisicalOciAuth(IDENTITY, broken).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'HEADER_INVALID' })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  test('a change opens the list when it is told to', async () => {
    expect((await updateInfisicalOciAuth(IDENTITY, { allowedUsernames: null }, admin)).allowedUsernames).toBeNull()
  })

  test.each([
    ['a tenancy of another realm', { tenancyOcid: 'ocid1.tenancy.oc2..aaaa', allowedUsernames: null }],
    ['no names in a list', { tenancyOcid: 'ocid1.tenancy.oc1..a', allowedUsernames: [] }],
    ['a name with a slash', { tenancyOcid: 'ocid1.tenancy.oc1..a', allowedUsernames: ['domain/user'] }],
    [
      'names of more than 500 characters',
      { tenancyOcid: 'ocid1.tenancy.oc1..a', allowedUsernames: Array(60).fill('abcdefghij') },
    ],
    [
      'a life longer than the longest',
      { tenancyOcid: 'ocid1.tenancy.oc1..a', allowedUsernames: null, accessTokenTTL: 2_592_001 },
    ],
  ])('refuses %s before any call', async (_, auth) => {
    await expect(attachInfisicalOciAuth(IDENTITY, auth, admin)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(emulator.counters.snapshot().requests).toEqual({})
  })

  test('hears what the server refuses', async () => {
    const auth = { tenancyOcid: emulator.identities.tenancy, allowedUsernames: null }
    await expect(attachInfisicalOciAuth(IDENTITY, auth, admin)).rejects.toMatchObject({ status: 400 })
    await expect(getInfisicalOciAuth('unknown', admin)).rejects.toMatchObject({ status: 404 })
    await expect(getInfisicalOciAuth(IDENTITY, { ...admin, accessToken: 'x' })).rejects.toMatchObject({ status: 401 })
    await detachInfisicalOciAuth(IDENTITY, admin)
    await expect(updateInfisicalOciAuth(IDENTITY, auth, admin)).rejects.toMatchObject({ status: 400 })
  })
})

test('apiKeyUser reads the user out of a key id', async () => {
  expect(apiKeyUser(await userKey())).toBe(emulator.identities.user)
})
