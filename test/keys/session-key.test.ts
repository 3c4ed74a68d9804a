import { createPublicKey, verify } from 'node:crypto'
import { describe, expect, it, vi } from 'vitest'
import { utf8 } from '../../src/encoding/bytes.js'
import { generateSessionKey, type SessionKeyOptions, sameJwk, sessionKeyFrom } from '../../src/keys/session-key.js'

const sessionKey = await generateSessionKey()
const importPublic = (extractable: boolean): Promise<CryptoKey> =>
  crypto.subtle.importKey('spki', sessionKey.publicKey, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, extractable, [
    'verify',
  ])

describe('generateSessionKey', () => {
  it('makes a key that signs, with its public half in every spelling', async () => {
    const data = utf8('data')
    const signature = new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', sessionKey.privateKey, data))
    const spki = createPublicKey({
      key: Buffer.from(sessionKey.publicKeyBase64, 'base64'),
      format: 'der',
      type: 'spki',
    })
    const jwk = createPublicKey({ key: { kty: 'RSA', ...sessionKey.jwk }, format: 'jwk' })
    expect(verify('sha256', data, spki, signature)).toBe(true)
    expect(verify('sha256', data, jwk, signature)).toBe(true)
    expect(Buffer.from(sessionKey.publicKey).toString('base64')).toBe(sessionKey.publicKeyBase64)
    expect(sessionKey.publicKeyBase64).not.toMatch(/\s/)
  })

  it('keeps the private key in WebCrypto unless told otherwise', async () => {
    expect(sessionKey.privateKey.extractable).toBe(false)
    expect((await generateSessionKey({ extractable: true })).privateKey.extractable).toBe(true)
  })

  it.each([3072, 4096] as const)('asks for a key of %d bits', async (bits) => {
    const pair = { privateKey: sessionKey.privateKey, publicKey: await importPublic(true) }
    const generateKey = vi.spyOn(crypto.subtle, 'generateKey').mockResolvedValueOnce(pair as unknown as CryptoKey)
    await generateSessionKey({ bits })
    expect(generateKey).toHaveBeenLastCalledWith(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: bits, publicExponent: Uint8Array.of(1, 0, 1) },
      false,
      ['sign', 'verify'],
    )
    generateKey.mockRestore()
  })

  it.each([1024, 2047, 8192, 0, Number.NaN])('refuses a length of %d bits', async (bits) => {
    await expect(generateSessionKey({ bits } as unknown as SessionKeyOptions)).rejects.toMatchObject({
      name: 'UsageError',
      code: 'OPTION_INVALID',
    })
  })
})

describe('sessionKeyFrom', () => {
  const algorithm = { modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) }

  it.each([
    ['another hash', { ...algorithm, name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' }],
    ['another padding', { ...algorithm, name: 'RSA-PSS', hash: 'SHA-256' }],
    ['another algorithm', { name: 'ECDSA', namedCurve: 'P-256' }],
  ])('refuses a pair for %s', async (_, other) => {
    const pair = (await crypto.subtle.generateKey(other, false, ['sign', 'verify'])) as CryptoKeyPair
    await expect(sessionKeyFrom(pair)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  it.each([
    ['none', async () => undefined],
    ['one that cannot be exported', async () => importPublic(false)],
    ['one of another algorithm', async () => (await ecdsaPair()).publicKey],
    ['the private one', async () => sessionKey.privateKey],
  ])('refuses a pair whose public key is %s', async (_, make) => {
    const pair = { privateKey: sessionKey.privateKey, publicKey: await make() } as CryptoKeyPair
    await expect(sessionKeyFrom(pair)).rejects.toMatchObject({ name: 'UsageError', code: 'OPTION_INVALID' })
  })

  it('gives the same spellings as when the pair was made', async () => {
    const pair = { privateKey: sessionKey.privateKey, publicKey: await importPublic(true) }
    expect(await sessionKeyFrom(pair)).toEqual(sessionKey)
  })

  const ecdsaPair = async (): Promise<CryptoKeyPair> =>
    crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])
})

describe('sameJwk', () => {
  const { jwk } = sessionKey

  it('knows a key again, also with zero octets or padding', () => {
    const padded = Buffer.concat([Buffer.from([0]), Buffer.from(jwk.n, 'base64url')]).toString('base64url')
    expect(sameJwk(jwk, { ...jwk })).toBe(true)
    expect(sameJwk(jwk, { ...jwk, n: padded })).toBe(true)
    expect(sameJwk(jwk, { ...jwk, n: `${jwk.n}==` })).toBe(true)
  })

  it.each([
    ['another modulus', { ...jwk, n: `A${jwk.n.slice(1)}` }],
    ['another exponent', { ...jwk, e: 'Aw' }],
    ['no base64', { ...jwk, n: '?' }],
  ])('tells %s apart', (_, other) => {
    expect(sameJwk(jwk, other)).toBe(false)
  })

  it('takes no longer for what a token should not hold', () => {
    const started = performance.now()
    expect(sameJwk(jwk, { ...jwk, n: `${'='.repeat(100_000)}A` })).toBe(false)
    expect(performance.now() - started).toBeLessThan(500)
  })
})
