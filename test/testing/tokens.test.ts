import { describe, expect, test } from 'vitest'
import { encodeBase64Url } from '../../src/encoding/base64.js'
import { utf8 } from '../../src/encoding/bytes.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { signJwt } from '../../src/testing/jwt.js'
import { systemTimers } from '../../src/testing/timers.js'

const NOW = Date.UTC(2030, 5, 1)
const emulator = createEmulator({ clock: () => NOW })
const { tokens, keys } = emulator
const HOUR_MS = 3_600_000

function part(value: unknown): string {
  return encodeBase64Url(utf8(JSON.stringify(value)))
}

const claims = { sub: 'someone', iat: NOW / 1000, exp: NOW / 1000 + 60, jti: 'a-0' }

describe('a token of the emulator', () => {
  test('is known again, with its claims', async () => {
    const token = await tokens.issue({ claims: { sub: 'someone' }, lifeMs: HOUR_MS })
    expect(await tokens.read(token)).toMatchObject({ sub: 'someone', iat: NOW / 1000, exp: NOW / 1000 + 3600 })
  })

  test.each<readonly [string, () => string | Promise<string>]>([
    ['nothing', () => ''],
    ['two parts', () => `${part({ alg: 'RS256' })}.${part(claims)}`],
    ['four parts', async () => `${await signJwt(await keys.get('token-issuer'), claims)}.x`],
    ['no algorithm', () => `${part({ alg: 'none' })}.${part(claims)}.`],
    ['another algorithm', () => `${part({ alg: 'HS256' })}.${part(claims)}.${part('secret')}`],
    ['text for a header', () => `${part('text')}.${part(claims)}.${part('x')}`],
    [
      'a key of its own in its header',
      async () => {
        const own = await keys.get('user')
        const [, payload, signature] = (await signJwt(own, claims)).split('.')
        return `${part({ alg: 'RS256', jwk: own.jwk })}.${payload}.${signature}`
      },
    ],
    ['the signature of another key', async () => signJwt(await keys.get('user'), claims)],
    [
      'other claims than the signed ones',
      async () => {
        const [header, , signature] = (await signJwt(await keys.get('token-issuer'), claims)).split('.')
        return `${header}.${part({ ...claims, sub: 'somebody else' })}.${signature}`
      },
    ],
    ['no end', async () => signJwt(await keys.get('token-issuer'), { ...claims, exp: undefined })],
    ['text for an end', async () => signJwt(await keys.get('token-issuer'), { ...claims, exp: '9999999999' })],
    ['an end that is now', async () => signJwt(await keys.get('token-issuer'), { ...claims, exp: NOW / 1000 })],
    ['a beginning to come', async () => signJwt(await keys.get('token-issuer'), { ...claims, nbf: NOW / 1000 + 1 })],
  ])('is none with %s', async (_, make) => {
    await expect(tokens.read(await make())).rejects.toMatchObject({ code: 'TOKEN_REFUSED' })
  })

  test('is none once revoked, while one issued in the same second is good', async () => {
    const custom = createEmulator({ clock: () => NOW })
    const issue = (): Promise<string> => custom.tokens.issue({ claims: { sub: 'someone' }, lifeMs: HOUR_MS })
    const before = await issue()
    custom.tokens.revoke()
    await expect(custom.tokens.read(before)).rejects.toThrow('revoked')
    const after = await issue()
    await expect(custom.tokens.read(after)).resolves.toMatchObject({ sub: 'someone' })
    custom.tokens.revoke(NOW + 1)
    await expect(custom.tokens.read(after)).rejects.toThrow('revoked')
  })

  test('is never shown in the words that refuse it', async () => {
    const token = await signJwt(await keys.get('user'), { ...claims, sub: 'hush-hush' })
    const error: unknown = await tokens.read(token).catch((thrown: unknown) => thrown)
    expect(String(error)).not.toContain(token.split('.')[1])
    expect(String(error)).not.toContain('hush')
  })
})

describe('a key of the emulator', () => {
  test('is the same for everyone who asks at once', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => emulator.keys.get('asked-at-once')))
    expect(new Set(all.map(({ fingerprint }) => fingerprint)).size).toBe(1)
  })

  test('is shared by the emulators of a process, until one replaces it', async () => {
    const other = createEmulator()
    const before = await emulator.keys.get('user')
    expect((await other.keys.get('user')).fingerprint).toBe(before.fingerprint)
    const { privateKey, publicKey } = await emulator.keys.get('asked-at-once')
    await other.keys.replace('user', { privateKey, publicKey })
    expect((await other.keys.get('user')).fingerprint).not.toBe(before.fingerprint)
    expect((await emulator.keys.get('user')).fingerprint).toBe(before.fingerprint)
  })

  test('comes as PKCS#8 and as PKCS#1', async () => {
    const { privateKeyPem, privateKeyPkcs1Pem } = await emulator.keys.get('user')
    expect(privateKeyPem).toMatch(/^-----BEGIN PRIVATE KEY-----/)
    expect(privateKeyPkcs1Pem).toMatch(/^-----BEGIN RSA PRIVATE KEY-----/)
  })
})

describe('the timers of the machine', () => {
  test('wait no longer than the signal lets them', async () => {
    const abort = new AbortController()
    const waiting = systemTimers.wait(60_000, abort.signal)
    abort.abort(new Error('enough'))
    await expect(waiting).rejects.toThrow('enough')
    await expect(systemTimers.wait(60_000, abort.signal)).rejects.toThrow('enough')
  })

  test('resolve when the time is over', async () => {
    await expect(systemTimers.wait(1)).resolves.toBeUndefined()
  })
})
