import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { type VerifyOciOptions, verifyOci } from '../../src/verify/oci.js'
import { NOON, rejection, TENANCY } from '../fixtures/signing.js'
import { claims, jwt, publicJwk, publicKey, rules, wire } from './fixtures.js'

const stranger = generateKeyPairSync('rsa', { modulusLength: 2048 })
const strangerPem = stranger.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
const strangerJwk = stranger.publicKey.export({ format: 'jwk' })
const issuerKeys = { issuer: publicKey }

const verify = (token: string, options: Partial<VerifyOciOptions> = { issuerKeys }, key?: string) =>
  verifyOci(wire({ keyId: `ST$${token}`, ...(key && { key }) }), { ...rules, ...options })
const refusal = (token: string, options?: Partial<VerifyOciOptions>, key?: string) =>
  rejection(verify(token, options, key))
const now = NOON / 1000

describe('a token that its issuer signed', () => {
  it('tells who sent the request', async () => {
    expect(await verify(jwt(claims))).toMatchObject({
      keyId: { kind: 'token' },
      subject: claims.sub,
      tenancy: TENANCY,
      claims: { ptype: 'instance' },
    })
  })

  it.each([
    ['by kid, as a JWK', { issuer: publicJwk }],
    ['by a function', async (kid: string) => (kid === 'issuer' ? publicKey : undefined)],
  ])('is checked with a key found %s', async (_, keys) => {
    expect(await verify(jwt(claims), { issuerKeys: keys })).toMatchObject({ subject: claims.sub })
  })

  it('may name its key as an object', async () => {
    expect(await verify(jwt({ ...claims, jwk: publicJwk }))).toMatchObject({ subject: claims.sub })
  })

  it('may have one of several audiences', async () => {
    const token = jwt({ ...claims, aud: ['other', 'oci'] })
    expect(await verify(token, { issuerKeys, audiences: ['oci'] })).toMatchObject({ subject: claims.sub })
  })

  it('may have expired within the last minute', async () => {
    expect(await verify(jwt({ ...claims, exp: now - 60 }))).toMatchObject({ subject: claims.sub })
  })

  it('may be confirmed by someone who knows instead', async () => {
    const token = jwt(claims)
    const asked: unknown[] = []
    const confirmToken = async (...call: unknown[]): Promise<boolean> => asked.push(call) > 0
    expect(await verify(token, { confirmToken })).toMatchObject({ subject: claims.sub })
    expect(asked).toEqual([[token, claims]])
  })
})

describe('refuses', () => {
  it.each<[reason: string, code: string, token: string, options?: Partial<VerifyOciOptions>]>([
    ['a token when nobody vouches for it', 'TOKEN_UNVERIFIED', jwt(claims), {}],
    ['a token that nobody confirms', 'TOKEN_UNVERIFIED', jwt(claims), { confirmToken: () => false }],
    ['a token of an unknown key', 'TOKEN_UNVERIFIED', jwt(claims, { alg: 'RS256', kid: 'other' })],
    ['a token that names no key', 'TOKEN_UNVERIFIED', jwt(claims, { alg: 'RS256' })],
    ['a kid like a member of every object', 'TOKEN_UNVERIFIED', jwt(claims, { alg: 'RS256', kid: 'constructor' })],
    ['a token of another signer', 'TOKEN_REFUSED', jwt(claims, undefined, strangerPem)],
    ['an unsigned token', 'TOKEN_REFUSED', jwt(claims, { alg: 'none', kid: 'issuer' })],
    ['a token signed with the public key as a secret', 'TOKEN_REFUSED', jwt(claims, { alg: 'HS256', kid: 'issuer' })],
    ['a token with another padding', 'TOKEN_REFUSED', jwt(claims, { alg: 'PS256', kid: 'issuer' })],
    ['a token with critical extensions', 'TOKEN_REFUSED', jwt(claims, { alg: 'RS256', kid: 'issuer', crit: ['b64'] })],
    ['an expired token', 'TOKEN_REFUSED', jwt({ ...claims, exp: now - 61 })],
    ['a token of nobody', 'TOKEN_REFUSED', jwt({ ...claims, sub: '' })],
    ['a token whose subject is no text', 'TOKEN_REFUSED', jwt({ ...claims, sub: 1 })],
    ['a token without expiry', 'TOKEN_REFUSED', jwt({ ...claims, exp: undefined })],
    ['an expiry as text', 'TOKEN_REFUSED', jwt({ ...claims, exp: String(now + 600) })],
    ['a token of the future', 'TOKEN_REFUSED', jwt({ ...claims, iat: now + 121 })],
    ['a token that is not valid yet', 'TOKEN_REFUSED', jwt({ ...claims, nbf: now + 121 })],
    ['an issue time as text', 'TOKEN_REFUSED', jwt({ ...claims, iat: 'yesterday' })],
    ['a beginning as text', 'TOKEN_REFUSED', jwt({ ...claims, nbf: String(now) })],
    ['another issuer', 'TOKEN_REFUSED', jwt(claims), { issuerKeys, issuers: ['someone.else'] }],
    ['another audience', 'TOKEN_REFUSED', jwt(claims), { issuerKeys, audiences: ['other'] }],
    ['another type of principal', 'TOKEN_REFUSED', jwt(claims), { issuerKeys, principalTypes: ['user'] }],
    [
      'a token without a type, when types are given',
      'TOKEN_REFUSED',
      jwt({ ...claims, ptype: undefined }),
      { issuerKeys, principalTypes: ['user'] },
    ],
    ['a token without a subject', 'TOKEN_REFUSED', jwt({ ...claims, sub: undefined })],
    ['a token that is bound to no key', 'TOKEN_REFUSED', jwt({ ...claims, jwk: undefined })],
    ['a token bound to something else', 'TOKEN_REFUSED', jwt({ ...claims, jwk: 'not json' })],
    ['a token bound to a key that is none', 'KEY_REFUSED', jwt({ ...claims, jwk: { n: '!', e: '!' } })],
    ['a token bound to a key with the exponent 3', 'KEY_REFUSED', jwt({ ...claims, jwk: { ...publicJwk, e: 'Aw' } })],
    [
      'a token of another tenancy',
      'PRINCIPAL_REFUSED',
      jwt({ ...claims, tenant: 'ocid1.tenancy.oc1..other' }),
      { issuerKeys, tenancies: [TENANCY] },
    ],
    [
      'a token without a tenancy, when tenancies are given',
      'PRINCIPAL_REFUSED',
      jwt({ ...claims, tenant: undefined }),
      { issuerKeys, tenancies: [TENANCY] },
    ],
    ['claims that are a list', 'TOKEN_REFUSED', jwt([claims])],
    ['a header that is not JSON', 'TOKEN_REFUSED', `e30x.${jwt(claims).split('.').slice(1).join('.')}`],
    ['four parts', 'KEY_REFUSED', `${jwt(claims)}.e30`],
    ['two parts', 'KEY_REFUSED', 'e30.e30'],
    ['a token of more than 12 KiB', 'KEY_REFUSED', jwt({ ...claims, tags: 'x'.repeat(9000) })],
  ])('%s', async (_, code, token, options) => {
    expect(await refusal(token, options)).toMatchObject({ name: 'VerificationError', code })
  })

  it('a token that is over or for others, without asking anyone about it', async () => {
    const asked: unknown[] = []
    const ask = (...call: unknown[]): never => {
      asked.push(call)
      throw new Error('asked')
    }
    for (const vouchers of [{ confirmToken: ask }, { issuerKeys: ask }]) {
      expect(await refusal(jwt({ ...claims, exp: now - 61 }), vouchers)).toMatchObject({ code: 'TOKEN_REFUSED' })
      const others = { ...vouchers, audiences: ['other'] }
      expect(await refusal(jwt(claims), others)).toMatchObject({ code: 'TOKEN_REFUSED' })
    }
    expect(asked).toEqual([])
  })

  it('a token that someone made around a key of their own', async () => {
    const token = jwt({ ...claims, jwk: strangerJwk }, { alg: 'RS256', kid: 'issuer', jwk: strangerJwk }, strangerPem)
    expect(await refusal(token, { issuerKeys }, strangerPem)).toMatchObject({ code: 'TOKEN_REFUSED' })
    expect(await refusal(token, {}, strangerPem)).toMatchObject({ code: 'TOKEN_UNVERIFIED' })
  })

  it("a genuine token with someone else's signature on the request", async () => {
    expect(await refusal(jwt(claims), { issuerKeys }, strangerPem)).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  })

  it('a token, without repeating it', async () => {
    const token = jwt(claims, undefined, strangerPem)
    const error = await refusal(token)
    for (const part of token.split('.')) expect(String(error)).not.toContain(part)
  })
})
