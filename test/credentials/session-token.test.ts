import { inspect } from 'node:util'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type RefreshedSession, type SessionTokenOptions, sessionToken } from '../../src/credentials/session-token.js'
import { readSecurityToken } from '../../src/federation/security-token.js'
import { verifyOci } from '../../src/verify/oci.js'
import { providerContract } from '../contract/provider.js'
import { handClock, START } from '../fixtures/clock.js'
import { HOME, memoryRuntime } from '../fixtures/memory-runtime.js'
import { type FileKey, HOUR, MINUTE, newSessionKey, sessionKey, tokenOf } from '../fixtures/sessions.js'

const TOKEN_FILE = `${HOME}/.oci/sessions/DEFAULT/token`
const KEY_FILE = `${HOME}/.oci/sessions/DEFAULT/oci_api_key.pem`

let key: FileKey
let otherKey: FileKey

beforeAll(async () => {
  key = await sessionKey()
  otherKey = await newSessionKey()
})

/** A session in two files, and a token service that prolongs it. */
function subject(options: Partial<SessionTokenOptions> = {}) {
  const clock = handClock()
  const first = tokenOf({ issuedAt: START, lifeMs: HOUR, jwk: key.jwk })
  const requests: Request[] = []
  const refreshed: RefreshedSession[] = []
  const service = { broken: false, answer: (): Response => prolong() }
  const prolong = (): Response =>
    Response.json({ token: tokenOf({ issuedAt: clock.now(), lifeMs: HOUR, jwk: key.jwk }) })
  const runtime = memoryRuntime({
    files: { [TOKEN_FILE]: `${first}\n`, [KEY_FILE]: key.pem },
    fetch: async (input, init) => {
      requests.push(new Request(input, init))
      if (service.broken) throw new TypeError('unreachable')
      return service.answer()
    },
  })
  const provider = sessionToken({
    token: { file: '~/.oci/sessions/DEFAULT/token' },
    privateKey: { file: KEY_FILE },
    region: 'eu-frankfurt-1',
    runtime,
    clock: clock.now,
    random: () => 0.5,
    retry: false,
    onRefresh: (session) => refreshed.push(session),
    ...options,
  })
  return { provider, clock, runtime, service, requests, refreshed, first }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 20))

providerContract('sessionToken', async () => {
  const { provider, clock, runtime, service } = subject()
  return {
    provider,
    clock,
    lifeMs: HOUR,
    loads: () => runtime.log.filter((entry) => entry === `read ${TOKEN_FILE}`).length,
    setBroken: (broken) => {
      service.broken = broken
      // Nothing but another log-in helps when the token has expired.
      if (!broken) runtime.put(TOKEN_FILE, tokenOf({ issuedAt: clock.now(), jwk: key.jwk }))
    },
    secrets: ({ token = '' }) => [token, key.pem.split('\n')[1] ?? ''],
    belongTogether: async (credentials) => {
      const { jwk } = readSecurityToken(credentials.token ?? '')
      return jwk?.n === key.jwk.n && credentials.key instanceof CryptoKey
    },
  }
})

describe('what it reads', () => {
  it('reads token and key from files, the token without the line break behind it', async () => {
    const { provider, first } = subject()
    expect(await provider()).toMatchObject({
      keyId: `ST$${first}`,
      token: first,
      source: 'session-token',
      region: 'eu-frankfurt-1',
    })
  })

  it('takes token and key as content', async () => {
    const token = tokenOf({ jwk: key.jwk })
    const provider = sessionToken({
      token: ` ST$${token}\r\n`,
      privateKey: key.pem,
      clock: () => START,
      runtime: memoryRuntime(),
    })
    expect((await provider()).token).toBe(token)
  })

  it('reads the file again when it changes, whatever life is left', async () => {
    const { provider, runtime, clock, requests } = subject()
    await provider()
    const next = tokenOf({ jwk: key.jwk })
    runtime.put(TOKEN_FILE, next)
    clock.advance(1_000)
    expect((await provider()).token).toBe(next)
    expect(requests).toHaveLength(0)
  })

  it('changes over to another session with its key', async () => {
    const { provider, runtime, clock } = subject()
    await provider()
    runtime.put(KEY_FILE, otherKey.pem)
    runtime.put(TOKEN_FILE, tokenOf({ jwk: otherKey.jwk }))
    clock.advance(1_000)
    const { token = '' } = await provider()
    expect(readSecurityToken(token).jwk).toEqual(otherKey.jwk)
  })

  it('goes on with the old pair while the files are replaced one after the other, and never mixes them', async () => {
    const { provider, runtime, clock } = subject()
    const old = await provider()
    runtime.put(TOKEN_FILE, tokenOf({ jwk: otherKey.jwk }))
    clock.advance(1_000)
    expect(await provider()).toBe(old)
    runtime.put(KEY_FILE, otherKey.pem)
    clock.advance(1_000)
    expect(readSecurityToken((await provider()).token ?? '').jwk).toEqual(otherKey.jwk)
  })

  it('goes on with the old token while the file is half written', async () => {
    const { provider, runtime, clock } = subject()
    const old = await provider()
    runtime.put(TOKEN_FILE, tokenOf({ jwk: key.jwk }).slice(0, 90))
    clock.advance(1_000)
    expect(await provider()).toBe(old)
  })

  it('imports a key that has not changed only once', async () => {
    const { provider, clock, runtime } = subject()
    const { key: imported } = await provider()
    clock.advance(31 * MINUTE)
    await provider()
    await settle()
    expect((await provider()).key).toBe(imported)
    const token = tokenOf({ issuedAt: clock.now(), lifeMs: HOUR, jwk: key.jwk })
    runtime.put(TOKEN_FILE, token)
    clock.advance(1000)
    expect(await provider()).toMatchObject({ token })
    expect((await provider()).key).toBe(imported)
  })

  it.each([
    ['no token file', TOKEN_FILE, undefined, 'CONFIG_MISSING'],
    ['no key file', KEY_FILE, undefined, 'CONFIG_MISSING'],
    ['an empty token file', TOKEN_FILE, '\n', 'TOKEN_INVALID'],
    ['an HTML page in the token file', TOKEN_FILE, '<html>', 'TOKEN_INVALID'],
    ['a public key', KEY_FILE, '-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----', 'KEY_IS_PUBLIC'],
  ])('says what is wrong with %s', async (_, path, content, code) => {
    const { provider, runtime } = subject()
    runtime.contents.delete(path)
    if (content !== undefined) runtime.put(path, content)
    await expect(provider()).rejects.toMatchObject({ code })
  })

  it('refuses a token for another key, and shows neither', async () => {
    const { provider, runtime } = subject()
    const foreign = tokenOf({ jwk: otherKey.jwk })
    runtime.put(TOKEN_FILE, foreign)
    const error: unknown = await provider().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'TOKEN_KEY_MISMATCH' })
    expect(inspect(error)).not.toContain(foreign.split('.')[1])
  })
})

describe('whose session it is', () => {
  it('is what the files say, not what somebody before left in a store', async () => {
    const stored = { keyId: 'ST$other', key: key.privateKey, token: 'other', expiresAt: START + HOUR }
    const asked: string[] = []
    const store = {
      get: async () => {
        asked.push('get')
        return stored
      },
      set: async () => void asked.push('set'),
    }
    const { provider, first } = subject({ store })
    expect((await provider()).token).toBe(first)
    expect(asked).toEqual([])
  })

  it('tells the region by its identifier', async () => {
    expect((await subject({ region: 'FRA' }).provider()).region).toBe('eu-frankfurt-1')
  })
})

describe('how it prolongs the session', () => {
  it('asks the token service of the region, signed by the session itself', async () => {
    const { provider, clock, requests, first } = subject()
    await provider()
    clock.advance(31 * MINUTE)
    await provider()
    const request = await vi.waitFor(() => requests[0] ?? Promise.reject(new Error('nobody asked yet')))
    expect(request?.url).toBe('https://auth.eu-frankfurt-1.oraclecloud.com/v1/authentication/refresh')
    expect(await request?.clone().json()).toEqual({ currentToken: first })
    const verified = await verifyOci(request as Request, {
      hosts: ['auth.eu-frankfurt-1.oraclecloud.com'],
      confirmToken: () => true,
      clock: clock.now,
    })
    expect(verified.subject).toBe('ocid1.user.oc1..aaaa')
  })

  it('asks the token service that it is told, with a region or without', async () => {
    for (const region of ['eu-frankfurt-1', undefined]) {
      const { provider, requests } = subject({ endpoint: 'https://auth.gateway.example', region })
      await provider({ forceRefresh: await provider() })
      expect(requests.map(({ url }) => url)).toEqual(['https://auth.gateway.example/v1/authentication/refresh'])
    }
  })

  it('keeps the key: it is the token that is new', async () => {
    const { provider, refreshed } = subject()
    const old = await provider()
    const renewed = await provider({ forceRefresh: old })
    expect(renewed.token).not.toBe(old.token)
    expect(renewed.key).toBe(old.key)
    expect(refreshed).toEqual([{ token: renewed.token, expiresAt: renewed.expiresAt }])
  })

  it('looks into the file before it asks for another token after a 401', async () => {
    const { provider, runtime, requests } = subject()
    const refused = await provider()
    const next = tokenOf({ jwk: key.jwk })
    runtime.contents.set(TOKEN_FILE, next)
    expect((await provider({ forceRefresh: refused })).token).toBe(next)
    expect(requests).toHaveLength(0)
  })

  it('prolongs the token it got last, not the older one in the file', async () => {
    const { provider, requests, refreshed } = subject()
    const second = await provider({ forceRefresh: await provider() })
    await provider({ forceRefresh: second })
    expect(await requests[1]?.json()).toEqual({ currentToken: refreshed[0]?.token })
  })

  it('leaves the file alone unless told to write', async () => {
    const { provider, runtime } = subject()
    await provider({ forceRefresh: await provider() })
    expect(runtime.log.filter((entry) => entry.startsWith('write'))).toEqual([])
  })

  it('uses the new token although whoever is told of it fails', async () => {
    const onRefresh = (): never => {
      throw new Error('no disk')
    }
    const { provider, requests } = subject({ onRefresh })
    const old = await provider()
    expect((await provider({ forceRefresh: old })).token).not.toBe(old.token)
    expect(requests).toHaveLength(1)
  })

  it('writes the new token back in one step, for the owner alone', async () => {
    const { provider, runtime, refreshed } = subject({ autoRefresh: 'write-back' })
    const renewed = await provider({ forceRefresh: await provider() })
    expect(runtime.contents.get(TOKEN_FILE)).toBe(renewed.token)
    expect(runtime.log).toContain(`write ${TOKEN_FILE} 600`)
    expect(refreshed[0]?.writtenTo).toBe(TOKEN_FILE)
  })

  it('does not take its own writing for a change by somebody else', async () => {
    const { provider, clock, requests } = subject({ autoRefresh: 'write-back' })
    const renewed = await provider({ forceRefresh: await provider() })
    clock.advance(1_000)
    expect((await provider()).token).toBe(renewed.token)
    clock.advance(1_000)
    expect((await provider()).token).toBe(renewed.token)
    expect(requests).toHaveLength(1)
  })

  it('does not overwrite a session that somebody else began in the meantime', async () => {
    const { provider, runtime, service, refreshed } = subject({ autoRefresh: 'write-back' })
    const refused = await provider()
    const others = tokenOf({ jwk: key.jwk })
    const answer = service.answer
    service.answer = () => {
      runtime.put(TOKEN_FILE, others)
      return answer()
    }
    await provider({ forceRefresh: refused })
    expect(runtime.contents.get(TOKEN_FILE)).toBe(others)
    expect(refreshed[0]).not.toHaveProperty('writtenTo')
  })

  it('uses the new token although it cannot be written, and says why', async () => {
    const { provider, runtime, refreshed } = subject({ autoRefresh: 'write-back' })
    const refused = await provider()
    const writeError = new Error('read-only file system')
    Object.assign(runtime.files, { writeAtomic: () => Promise.reject(writeError) })
    expect((await provider({ forceRefresh: refused })).token).not.toBe(refused.token)
    expect(refreshed[0]?.writeError).toBe(writeError)
  })

  it('refuses to write back where there is no file', () => {
    expect(() => subject({ autoRefresh: 'write-back', token: tokenOf() })).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID' }),
    )
  })

  it('refuses a new token that is for another key, and keeps the old pair', async () => {
    const { provider, service, clock } = subject()
    const old = await provider()
    service.answer = () => Response.json({ token: tokenOf({ jwk: otherKey.jwk }) })
    await expect(provider({ forceRefresh: old })).rejects.toMatchObject({ code: 'TOKEN_KEY_MISMATCH' })
    clock.advance(2_000)
    expect(await provider()).toBe(old)
  })

  it.each([
    ['text', () => new Response('<html>busy</html>'), 'SERVICE_RESPONSE_INVALID'],
    ['JSON without a token', () => Response.json({ jwt: 'x' }), 'SERVICE_RESPONSE_INVALID'],
    ['a token that is none', () => Response.json({ token: 'abc' }), 'TOKEN_INVALID'],
    ['an error', () => new Response('{"code":"InternalServerError"}', { status: 500 }), 'SERVICE_ERROR'],
  ])('keeps the session when the service answers with %s', async (_, answer, code) => {
    const { provider, service, clock } = subject()
    const old = await provider()
    service.answer = answer
    await expect(provider({ forceRefresh: old })).rejects.toMatchObject({ code })
    clock.advance(2_000)
    expect(await provider()).toBe(old)
  })

  it('wants a region when it is time to prolong, not before', async () => {
    const { provider } = subject({ region: undefined })
    const old = await provider()
    await expect(provider({ forceRefresh: old })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})

describe('when the session is over', () => {
  it('says to log in again when the service refuses', async () => {
    const { provider, service } = subject()
    const old = await provider()
    service.answer = () => Response.json({ code: 'NotAuthenticated', message: 'no' }, { status: 401 })
    await expect(provider({ forceRefresh: old })).rejects.toMatchObject({
      code: 'SESSION_EXPIRED',
      message: expect.stringContaining('oci session authenticate'),
    })
  })

  it('asks nobody to prolong a token that has expired', async () => {
    const { provider, clock, requests } = subject()
    clock.advance(HOUR)
    await expect(provider()).rejects.toMatchObject({
      code: 'SESSION_EXPIRED',
      message: expect.stringContaining('2026-01-01T01:00:00'),
    })
    expect(requests).toHaveLength(0)
  })

  it('comes back to life when somebody logs in again', async () => {
    const { provider, clock, runtime } = subject()
    clock.advance(HOUR + 1)
    await expect(provider()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' })
    const next = tokenOf({ issuedAt: clock.now() - 1, jwk: key.jwk })
    runtime.put(TOKEN_FILE, next)
    clock.advance(1_000)
    expect((await provider()).token).toBe(next)
  })

  it('accepts that a session near its end is not prolonged any further, and does not ask without pause', async () => {
    const { provider, clock, service, requests, first } = subject()
    await provider()
    service.answer = () => Response.json({ token: first })
    clock.advance(HOUR - 30_000)
    for (let call = 0; call < 10; call++) expect((await provider()).token).toBe(first)
    expect(requests).toHaveLength(1)
  })

  it('asks nobody when prolonging is off', async () => {
    const { provider, clock, requests } = subject({ autoRefresh: 'off' })
    const old = await provider()
    await expect(provider({ forceRefresh: old })).rejects.toMatchObject({ code: 'SESSION_EXPIRED' })
    clock.advance(31 * MINUTE)
    expect((await provider()).token).toBe(old.token)
    clock.advance(30 * MINUTE)
    await expect(provider()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' })
    expect(requests).toHaveLength(0)
  })
})
