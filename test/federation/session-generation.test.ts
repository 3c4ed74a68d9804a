import { beforeAll, describe, expect, it } from 'vitest'
import { apiKey } from '../../src/credentials/api-key.js'
import { readSecurityToken } from '../../src/federation/security-token.js'
import { type GenerateSessionOptions, generateSession } from '../../src/federation/session-generation.js'
import { refreshSession } from '../../src/federation/session-refresh.js'
import type { OciCredentials } from '../../src/types.js'
import { belongTogether, type EmulatedMachine, emulatedMachine } from '../credentials/emulated.js'
import { MINUTE, newSessionKey } from '../fixtures/sessions.js'

const endpoint = 'https://auth.us-phoenix-1.oraclecloud.com/'

let machine: EmulatedMachine
let user: OciCredentials

beforeAll(async () => {
  machine = await emulatedMachine('api-key')
  const { identities, keys } = machine.emulator
  const { privateKeyPem } = await keys.get('user')
  user = await apiKey({
    tenancy: identities.tenancy,
    user: identities.user,
    privateKey: privateKeyPem,
    region: 'us-phoenix-1',
  })()
})

const generate = (options: Partial<GenerateSessionOptions> = {}): Promise<OciCredentials> =>
  generateSession(user, { endpoint, fetch: machine.emulator.fetch, clock: machine.clock.now, retry: false, ...options })

describe('generateSession', () => {
  it('begins a session with a key of its own, which a service accepts', async () => {
    const session = await generate({ minutes: 15 })
    expect(session).toMatchObject({ source: 'session-token', region: 'us-phoenix-1', tenancy: user.tenancy })
    expect((session.expiresAt ?? 0) - (session.issuedAt ?? 0)).toBe(15 * MINUTE)
    expect(await belongTogether(session)).toBe(true)
    expect((await machine.whoami(async () => session)).status).toBe(200)
  })

  it('begins a session that can be prolonged with the same key', async () => {
    const session = await generate()
    machine.clock.advance(10 * MINUTE)
    const token = await refreshSession(session, endpoint, { fetch: machine.emulator.fetch, clock: machine.clock.now })
    expect(readSecurityToken(token).jwk).toEqual(readSecurityToken(session.token ?? '').jwk)
    expect(readSecurityToken(token).expiresAt).toBeGreaterThan(session.expiresAt ?? 0)
  })

  it('is not begun by prolonging an API key, which nobody is asked to do', async () => {
    const fetch = () => Promise.reject(new Error('called'))
    await expect(refreshSession(user, endpoint, { fetch })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  it('takes a key pair of the caller', async () => {
    const own = await newSessionKey()
    const publicKey = await crypto.subtle.importKey(
      'spki',
      own.publicKey,
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
      true,
      ['verify'],
    )
    const session = await generate({ sessionKey: { privateKey: own.privateKey, publicKey } })
    expect(session.key).toBe(own.privateKey)
  })

  it.each([4, 61, 5.5, Number.NaN])('refuses a life of %s minutes before it calls anybody', async (minutes) => {
    await expect(generate({ minutes })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  it('tells what the service answered to a user it does not know', async () => {
    const stranger = { ...user, keyId: user.keyId.replace(/.$/, (last) => (last === '0' ? '1' : '0')) }
    const attempt = generateSession(stranger, {
      endpoint,
      fetch: machine.emulator.fetch,
      clock: machine.clock.now,
      retry: false,
    })
    await expect(attempt).rejects.toMatchObject({ code: 'SERVICE_ERROR', status: 401, serviceCode: 'NotAuthenticated' })
  })

  it('refuses a token for another key', async () => {
    machine.emulator.tokens.spoilNext('other-key')
    await expect(generate()).rejects.toMatchObject({ code: 'TOKEN_KEY_MISMATCH' })
  })
})
