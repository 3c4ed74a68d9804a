import { beforeAll, describe, expect, it } from 'vitest'
import { type CachedProvider, type CacheOptions, type CredentialsEvent, cached } from '../../src/credentials/cached.js'
import { instancePrincipal } from '../../src/credentials/instance-principal.js'
import { sealedStore, type TokenStore } from '../../src/credentials/token-store.js'
import { readSecurityToken, tokenCredentials } from '../../src/federation/security-token.js'
import type { AlibabaCredentials, OciCredentials } from '../../src/types.js'
import { handClock, START } from '../fixtures/clock.js'
import { type FileKey, HOUR, MINUTE, sessionKey, tokenOf } from '../fixtures/sessions.js'
import { emulatedMachine } from './emulated.js'

const SEALING_KEY = new Uint8Array(32).fill(7)
const OTHER_KEY = new Uint8Array(32).fill(8)

let key: FileKey

beforeAll(async () => {
  key = await sessionKey()
})

/** A store as Redis is one, with the caches of several isolates around it. */
function cluster({ withLease = false } = {}) {
  const clock = handClock()
  const values = new Map<string, string>()
  const leases = new Map<string, number>()
  const source = { loads: 0, broken: false, key: key as Pick<FileKey, 'privateKey' | 'jwk'> }
  const events: CredentialsEvent[] = []
  const backend: TokenStore = {
    get: async (name) => values.get(name) ?? null,
    set: async (name, value) => {
      values.set(name, value)
    },
    ...(withLease && {
      lease: async (name: string, ms: number) => {
        if ((leases.get(name) ?? 0) > clock.now()) return false
        leases.set(name, clock.now() + ms)
        return true
      },
    }),
  }
  const sealed = (sealingKey = SEALING_KEY, name = 'test') =>
    sealedStore<OciCredentials>({ store: backend, name, key: sealingKey, clock: clock.now })
  const isolate = (options: CacheOptions<OciCredentials> = {}): CachedProvider<OciCredentials> =>
    cached<OciCredentials>(
      async () => {
        source.loads += 1
        if (source.broken) throw new Error('The source is broken.')
        const token = tokenOf({ issuedAt: clock.now(), lifeMs: HOUR, jwk: key.jwk })
        return tokenCredentials({ token, key: { ...key, ...source.key }, source: 'test' })
      },
      { clock: clock.now, random: () => 0.5, onEvent: (event) => events.push(event), store: sealed(), ...options },
    )
  return { clock, values, source, events, backend, sealed, isolate }
}

const settle = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 150))

describe('a sealed store', () => {
  it('gives an isolate that starts later what another one obtained, and it signs the same', async () => {
    const { isolate, source } = cluster()
    const first = await isolate()()
    const second = await isolate()()
    expect(source.loads).toBe(1)
    expect({ ...second, key: undefined }).toEqual({ ...first, key: undefined })
    const data = new Uint8Array([1, 2, 3])
    const [one, other] = await Promise.all(
      [first, second].map((credentials) => crypto.subtle.sign('RSASSA-PKCS1-v1_5', credentials.key as CryptoKey, data)),
    )
    expect(new Uint8Array(other as ArrayBuffer)).toEqual(new Uint8Array(one as ArrayBuffer))
  })

  it('hands out a key that cannot be exported again', async () => {
    const { isolate } = cluster()
    await isolate()()
    expect(((await isolate()()).key as CryptoKey).extractable).toBe(false)
  })

  it('shows nothing of token and key, and seals the same credentials differently each time', async () => {
    const { isolate, values, sealed } = cluster()
    const { token = '', ...credentials } = await isolate()()
    const [first = ''] = values.values()
    const readable = atob(first.replace(/-/g, '+').replace(/_/g, '/'))
    for (const secret of [token, 'ST$ey', '"kty"', 'keyId', key.jwk.n]) expect(first + readable).not.toContain(secret)
    await sealed().set({ ...credentials, token })
    expect([...values.values()][0]).not.toBe(first)
  })

  it.each<[string, (value: string) => string]>([
    ['changed', (value) => `${value.slice(0, -8)}${value.slice(-8) === 'AAAAAAAA' ? 'BBBBBBBB' : 'AAAAAAAA'}`],
    ['cut', (value) => value.slice(0, 60)],
    ['of another version', (value) => `Ag${value.slice(2)}`],
    ['something else', () => 'not sealed at all'],
    ['empty', () => ''],
  ])('passes over an entry that is %s, says so, and replaces it', async (_, damage) => {
    const { isolate, values, source, events } = cluster()
    await isolate()()
    values.set('test', damage(values.get('test') ?? ''))
    await isolate()()
    expect(source.loads).toBe(2)
    expect(events).toContainEqual(
      expect.objectContaining({
        type: 'store-failed',
        action: 'get',
        error: expect.objectContaining({ code: 'TOKEN_INVALID' }),
      }),
    )
    await isolate()()
    expect(source.loads).toBe(2)
  })

  it('opens nothing that was sealed with another key, or for another name', async () => {
    const { isolate, sealed, values } = cluster()
    await isolate()()
    await expect(sealed(OTHER_KEY).get()).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    values.set('victim', values.get('test') ?? '')
    await expect(sealed(SEALING_KEY, 'victim').get()).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('takes an AES-GCM key as well as bytes, and nothing else', async () => {
    const { backend, isolate, sealed } = cluster()
    const aes = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
    const store = sealedStore<OciCredentials>({ store: backend, name: 'test', key: aes })
    await isolate({ store })()
    expect(await sealedStore({ store: backend, name: 'test', key: aes, clock: () => START }).get()).toBeDefined()
    expect(() => sealed(new Uint8Array(16))).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
    const hmac = await crypto.subtle.generateKey({ name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
    for (const other of [hmac, 'c2VjcmV0IGluIHRoZSB3cm9uZyBmb3Jt', undefined, null]) {
      const make = (): unknown => sealedStore({ store: backend, name: 'test', key: other as CryptoKey })
      expect(make).toThrow(expect.objectContaining({ name: 'UsageError', code: 'OPTION_INVALID' }))
      expect(make).not.toThrow(/c2Vj/)
    }
  })

  it('goes on without the store when the session key may not leave, and says what to do', async () => {
    const { isolate, source, events, values } = cluster()
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', key.privateKey)
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    source.key = { ...key, privateKey: await crypto.subtle.importKey('pkcs8', pkcs8, algorithm, false, ['sign']) }
    await expect(isolate()()).resolves.toBeDefined()
    expect(values.size).toBe(0)
    expect(String(events[0]?.type === 'store-failed' && events[0].error)).toContain('extractable')
  })

  it('goes on without the store while that is down', async () => {
    const { isolate, backend, events, source } = cluster()
    const down = async (): Promise<never> => Promise.reject(new Error('connection refused'))
    Object.assign(backend, { get: down, set: down })
    const provider = isolate()
    await provider()
    await provider()
    expect(source.loads).toBe(1)
    expect(events.map(({ type }) => type)).toEqual(['store-failed', 'store-failed', 'refreshed'])
  })

  it('goes on without the store when that never answers', async () => {
    const { isolate, backend, events, source } = cluster()
    const silent = (): Promise<never> => new Promise(() => undefined)
    Object.assign(backend, { get: silent, set: silent })
    await isolate({ loadTimeoutMs: 400 })()
    expect(source.loads).toBe(1)
    expect(events).toMatchObject([
      { type: 'store-failed', action: 'get', error: { code: 'TIMEOUT' } },
      { type: 'store-failed', action: 'set', error: { code: 'TIMEOUT' } },
      { type: 'refreshed' },
    ])
  })

  it('refreshes itself when nobody can say who holds the lease', async () => {
    const { isolate, backend, clock, source } = cluster()
    Object.assign(backend, {
      lease: () => {
        throw new Error('connection refused')
      },
    })
    const provider = isolate()
    await provider()
    clock.advance(31 * MINUTE)
    await provider()
    await settle()
    expect(source.loads).toBe(2)
  })

  it('does not give back what was held before the source changed', async () => {
    const { isolate, source } = cluster({ withLease: true })
    const provider = isolate()
    const { token } = await provider()
    provider.invalidate()
    expect((await provider()).token).not.toBe(token)
    expect(source.loads).toBe(2)
  })

  it('gives nothing that has expired', async () => {
    const { isolate, clock, sealed } = cluster()
    await isolate()()
    clock.advance(HOUR)
    expect(await sealed().get()).toBeUndefined()
  })

  it('finds what another isolate refreshed before it refreshes itself', async () => {
    const { isolate, clock, source } = cluster()
    const [one, other] = [isolate(), isolate()]
    await one()
    await other()
    clock.advance(31 * MINUTE)
    await one()
    await settle()
    await other()
    await settle()
    expect(source.loads).toBe(2)
    expect((await other()).token).toBe((await one()).token)
  })

  it('lets one isolate refresh for all that share a lease', async () => {
    const { isolate, clock, source } = cluster({ withLease: true })
    const isolates = Array.from({ length: 10 }, () => isolate())
    for (const provider of isolates) await provider()
    clock.advance(31 * MINUTE)
    await Promise.all(isolates.map((provider) => provider()))
    await settle()
    expect(source.loads).toBe(2)
  })

  it('serves an isolate that starts while the source is broken from the store, as long as it is valid', async () => {
    const { isolate, clock, source } = cluster()
    const { token } = await isolate()()
    source.broken = true
    clock.advance(HOUR - 30_000)
    expect((await isolate()()).token).toBe(token)
    clock.advance(31_000)
    await expect(isolate()()).rejects.toThrow('broken')
  })

  it('tells of a refresh that failed and tries again soon, though the store has what the caller holds', async () => {
    const { isolate, clock, source, events } = cluster()
    const provider = isolate()
    await provider()
    source.broken = true
    clock.advance(31 * MINUTE)
    await provider()
    await settle()
    expect(events.map(({ type }) => type)).toContain('refresh-failed')
    source.broken = false
    clock.advance(2_000)
    await provider()
    await settle()
    expect(source.loads).toBe(3)
  })

  it('never answers a refusal with the credentials that were refused', async () => {
    const { isolate, source } = cluster()
    const [one, other] = [isolate(), isolate()]
    const refused = await one()
    const renewed = await one({ forceRefresh: refused })
    expect(renewed.token).not.toBe(refused.token)
    expect(source.loads).toBe(2)
    await other()
    expect((await other({ forceRefresh: refused })).token).toBe(renewed.token)
    expect(source.loads).toBe(2)
    expect(readSecurityToken(renewed.token ?? '').jwk).toEqual(key.jwk)
  })

  it('seals credentials of another cloud too', async () => {
    const { backend } = cluster()
    const store = sealedStore<AlibabaCredentials>({ store: backend, name: 'ali', key: SEALING_KEY, clock: () => START })
    const credentials = { accessKeyId: 'id', accessKeySecret: 'secret', securityToken: 'sts', expiresAt: START + HOUR }
    await store.set(credentials)
    expect(await store.get()).toEqual(credentials)
  })

  it('keeps nothing that has no end', async () => {
    const { backend, values } = cluster()
    await sealedStore({ store: backend, name: 'test', key: SEALING_KEY }).set({})
    expect(values.size).toBe(0)
  })
})

describe('an instance principal with a sealed store', () => {
  it('asks the token service once for all processes, and each of them is accepted', async () => {
    const { settings, emulator, whoami } = await emulatedMachine('instance-principal')
    const values = new Map<string, string>()
    const backend: TokenStore = {
      get: async (name) => values.get(name),
      set: async (name, value) => {
        values.set(name, value)
      },
    }
    const store = sealedStore<OciCredentials>({ store: backend, name: 'test', key: SEALING_KEY, clock: settings.clock })
    for (let process = 0; process < 3; process++) {
      const provider = instancePrincipal({ ...settings, store, sessionKey: { extractable: true } })
      expect((await whoami(provider)).status).toBe(200)
    }
    expect(emulator.counters.snapshot().tokenCalls).toBe(1)
  })
})
