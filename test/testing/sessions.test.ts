import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signOci } from '../../src/signers/oci.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { issueDelegationToken, issueSessionToken } from '../../src/testing/session-fixtures.js'
import { DEFAULT_SETTINGS } from '../../src/testing/settings.js'
import type { OciCredentials } from '../../src/types.js'
import {
  AUTH,
  IDENTITY,
  instanceCredentials,
  reason,
  send,
  sendJson,
  tokenCredentials,
  userCredentials,
} from './clients.js'

let now = Date.UTC(2030, 0, 1)
const emulator = createEmulator({ clock: () => now })
const GENERATE = `${AUTH}/v1/token/upst/actions/GenerateUpst`
const REFRESH = `${AUTH}/v1/authentication/refresh`

let user: OciCredentials
let session: OciCredentials
let publicKey: string

beforeAll(async () => {
  user = await userCredentials(emulator)
  publicKey = (await emulator.keys.get('session')).publicKeyPem
})

beforeEach(async () => {
  Object.assign(emulator.settings, DEFAULT_SETTINGS)
  session = await tokenCredentials(emulator, await issueSessionToken(emulator), 'session')
})

async function tokenOf(response: Response): Promise<string> {
  expect(reason(response)).toBeUndefined()
  return ((await response.json()) as { token: string }).token
}

describe('GenerateUpst', () => {
  test('begins a session with an API key', async () => {
    const token = await tokenOf(await sendJson(emulator, GENERATE, { publicKey, sessionExpirationInMinutes: 5 }, user))
    const { sub, iat, exp } = (await emulator.tokens.read(token)) as { sub: string; iat: number; exp: number }
    expect(sub).toBe(emulator.identities.user)
    expect(exp - iat).toBe(300)
  })

  test('takes digits as the OCI CLI sends them, and an hour when nothing is said', async () => {
    for (const sessionExpirationInMinutes of ['30', undefined]) {
      expect((await sendJson(emulator, GENERATE, { publicKey, sessionExpirationInMinutes }, user)).status).toBe(200)
    }
  })

  test.each([4, 61, 5.5, '4', 'ten', null])('refuses a session of %s minutes', async (sessionExpirationInMinutes) => {
    expect((await sendJson(emulator, GENERATE, { publicKey, sessionExpirationInMinutes }, user)).status).toBe(400)
  })
})

describe('the refresh of a session', () => {
  test('gives another token for the same key, with a later end', async () => {
    const before = session.token ?? ''
    now += 60_000
    const token = await tokenOf(await sendJson(emulator, REFRESH, { currentToken: before }, session))
    const [old, renewed] = await Promise.all([emulator.tokens.read(before), emulator.tokens.read(token)])
    expect(renewed['jwk']).toBe(old['jwk'])
    expect(renewed['sess_exp']).toBe(old['sess_exp'])
    expect(renewed['exp']).toBeGreaterThan(old['exp'] as number)
  })

  test('refuses a token other than the one that signs', async () => {
    const other = await issueSessionToken(emulator)
    expect((await sendJson(emulator, REFRESH, { currentToken: other }, session)).status).toBe(400)
  })

  test('refuses an expired token', async () => {
    now += 3_600_001
    const response = await sendJson(emulator, REFRESH, { currentToken: session.token }, session)
    expect(response.status).toBe(401)
    expect(reason(response)).toContain('expired')
  })

  test('ends with the session', async () => {
    emulator.settings.sessionMaxAgeMs = 60_000
    const short = await tokenCredentials(emulator, await issueSessionToken(emulator), 'session')
    now += 61_000
    expect(reason(await sendJson(emulator, REFRESH, { currentToken: short.token }, short))).toContain('session is over')
  })

  test('is not for instances, nor for API keys', async () => {
    const instance = await instanceCredentials(emulator)
    expect((await sendJson(emulator, REFRESH, { currentToken: instance.token }, instance)).status).toBe(401)
    expect((await sendJson(emulator, REFRESH, { currentToken: 'x' }, user)).status).toBe(401)
  })
})

describe('tokens', () => {
  test('are refused once revoked, those issued later are not', async () => {
    expect((await send(emulator, `${IDENTITY}/20160918/regions`, session)).status).toBe(200)
    now += 1000
    emulator.tokens.revoke()
    expect(reason(await send(emulator, `${IDENTITY}/20160918/regions`, session))).toMatch(/^TOKEN_REFUSED: .*revoked/)
    const later = await tokenCredentials(emulator, await issueSessionToken(emulator), 'session')
    expect((await send(emulator, `${IDENTITY}/20160918/regions`, later)).status).toBe(200)
  })

  test('of another issuer are refused, whatever key they carry', async () => {
    const stranger = createEmulator({ clock: () => now, keys: { 'token-issuer': await pairOf('user') } })
    const forged = await tokenCredentials(emulator, await issueSessionToken(stranger), 'session')
    expect((await send(emulator, `${IDENTITY}/20160918/regions`, forged)).status).toBe(401)
  })

  test('do not serve another key', async () => {
    const wrong = { ...session, key: user.key }
    expect(reason(await send(emulator, `${IDENTITY}/20160918/regions`, wrong))).toMatch(/^SIGNATURE_MISMATCH/)
  })
})

async function pairOf(role: string): Promise<CryptoKeyPair> {
  const { privateKey, publicKey } = await emulator.keys.get(role)
  return { privateKey, publicKey }
}

describe('delegation tokens', () => {
  test('tell on whose behalf a request comes', async () => {
    const instance = await instanceCredentials(emulator)
    const signedHeaders = { 'opc-obo-token': await issueDelegationToken(emulator) }
    const response = await send(emulator, `${IDENTITY}/echo`, { ...instance, signedHeaders })
    expect(await response.json()).toMatchObject({ principal: { onBehalfOf: emulator.identities.user } })
  })

  test('are refused when they are not signed with the request', async () => {
    const signed = await signOci(new Request(`${IDENTITY}/echo`), await instanceCredentials(emulator), emulator)
    signed.headers.set('opc-obo-token', await issueDelegationToken(emulator))
    expect(reason(await emulator.fetch(signed))).toMatch(/^HEADER_NOT_SIGNED/)
  })

  test('are refused when the emulator did not issue them', async () => {
    const instance = await instanceCredentials(emulator)
    const response = await send(emulator, `${IDENTITY}/echo`, {
      ...instance,
      signedHeaders: { 'opc-obo-token': 'a.b.c' },
    })
    expect(reason(response)).toMatch(/^TOKEN_REFUSED/)
  })
})

describe('scoped tokens', () => {
  const compartment = emulator.identities.compartment
  const exchange = { scope: 'dataflow_use', public_key: '', target_compartment: compartment }

  test('are given to principals with a token, by the OAuth exchange', async () => {
    const instance = await instanceCredentials(emulator)
    const body = { ...exchange, public_key: (await emulator.keys.get('session')).publicKeyBase64 }
    const token = await tokenOf(await sendJson(emulator, `${AUTH}/v1/oauth2/scoped`, body, instance))
    expect(await emulator.tokens.read(token)).toMatchObject({ scope: 'dataflow_use', target_compartment: compartment })
  })

  test('are not given to API keys by the OAuth exchange', async () => {
    expect((await sendJson(emulator, `${AUTH}/v1/oauth2/scoped`, exchange, user)).status).toBe(401)
  })

  test.each(['scope', 'public_key', 'target_compartment'])('are not given without %s', async (name) => {
    const instance = await instanceCredentials(emulator)
    const body = { ...exchange, public_key: publicKey, [name]: undefined }
    expect(reason(await sendJson(emulator, `${AUTH}/v1/oauth2/scoped`, body, instance))).toContain(`"${name}"`)
  })

  test('are given to any principal by generateScopedAccessToken', async () => {
    const url = `${AUTH}/v1/actions/generateScopedAccessToken`
    expect((await sendJson(emulator, url, { scope: 's', publicKey }, user)).status).toBe(200)
  })
})
