import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { assertBoundTo, readSecurityToken, tokenCredentials } from '../../src/federation/security-token.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import { START } from '../fixtures/clock.js'
import { type FileKey, HOUR, jwtOf, newSessionKey, sessionKey, tokenOf } from '../fixtures/sessions.js'

let key: FileKey
let otherKey: FileKey

beforeAll(async () => {
  key = await sessionKey()
  otherKey = await newSessionKey()
})

const good = jwtOf({ sub: 'x' })

describe('readSecurityToken', () => {
  it('reads claims, and times as milliseconds', () => {
    const token = tokenOf({ issuedAt: START, lifeMs: HOUR, claims: { res_tenant: 'ocid1.tenancy.oc1..b' } })
    expect(readSecurityToken(token)).toMatchObject({
      token,
      issuedAt: START,
      expiresAt: START + HOUR,
      claims: { res_tenant: 'ocid1.tenancy.oc1..b', iat: START / 1000 },
    })
  })

  it.each([
    ['a line break behind it', (token: string) => `${token}\n`],
    ['Windows line ends around it', (token: string) => `\r\n${token}\r\n`],
    ['ST$ before it', (token: string) => `ST$${token}`],
  ])('accepts %s', (_, damaged) => {
    const token = tokenOf()
    expect(readSecurityToken(damaged(token)).token).toBe(token)
  })

  it.each([
    ['as JSON text', (jwk: object) => JSON.stringify(jwk)],
    ['as an object', (jwk: object) => jwk],
  ])('reads the jwk claim %s', (_, form) => {
    const token = jwtOf({ exp: 2e9, jwk: form({ kty: 'RSA', n: 'AQAB', e: 'AQAB' }) })
    expect(readSecurityToken(token).jwk).toEqual({ n: 'AQAB', e: 'AQAB' })
  })

  it('accepts the longest token there may be', () => {
    const longest = good.padEnd(32_768, 'x')
    expect(readSecurityToken(longest).token).toBe(longest)
  })

  it('leaves out what the token does not say', () => {
    const token = readSecurityToken(jwtOf({ sub: 'x' }))
    expect(token).not.toHaveProperty('expiresAt')
    expect(token).not.toHaveProperty('issuedAt')
    expect(token).not.toHaveProperty('jwk')
  })

  it.each([
    ['nothing', '', 'empty'],
    ['white space', ' \n', 'empty'],
    ['a word', 'hunter2hunter2', '1 parts'],
    ['two parts', 'aaaa.bbbb', '2 parts'],
    ['four parts', `${good}.x`, '4 parts'],
    ['a header that is not base64url', `%%${good}`, 'header'],
    ['a payload that is a list', jwtOf([1]), 'payload'],
    ['a payload that is a string', jwtOf('sub'), 'payload'],
    ['a signature with padding', `${good}=`, 'signature'],
    ['a signature behind another character', good.replace(/\.([^.]+)$/, '.=$1'), 'signature'],
    ['no signature', good.replace(/[^.]+$/, ''), 'signature'],
    ['a line break within', good.replace('.', '.\n'), 'payload'],
    ['an HTML page', '<html><body>a.b.c</body></html>', 'header'],
    ['exp as text', jwtOf({ exp: '1893456000' }), 'exp'],
    ['exp in milliseconds', jwtOf({ exp: START * 1.1 }), 'exp'],
    ['iat below zero', jwtOf({ iat: -1 }), 'iat'],
    ['exp before iat', jwtOf({ iat: 2000, exp: 1000 }), 'exp'],
    ['a jwk that is not JSON', jwtOf({ jwk: 'hunter2' }), 'jwk'],
    ['a jwk without modulus', jwtOf({ jwk: { kty: 'EC', x: 'a' } }), 'jwk'],
    ['a jwk that is a number', jwtOf({ jwk: 5 }), 'jwk'],
    ['more than any token', 'a'.repeat(32_769), '32769 characters'],
  ])('refuses %s, and does not repeat it', (_, text, finding) => {
    const error = ((): unknown => {
      try {
        return readSecurityToken(text)
      } catch (reason) {
        return reason
      }
    })()
    expect(error).toMatchObject({ code: 'TOKEN_INVALID', message: expect.stringContaining(finding) })
    const longest =
      text
        .trim()
        .split('.')
        .sort((one, two) => two.length - one.length)[0] ?? ''
    if (longest.length > 5) expect(inspect(error)).not.toContain(longest)
  })
})

describe('assertBoundTo', () => {
  it('passes a token and the key in its jwk claim', () => {
    expect(() => assertBoundTo(readSecurityToken(tokenOf({ jwk: key.jwk })), key)).not.toThrow()
  })

  it('refuses a token for another key', () => {
    const token = readSecurityToken(tokenOf({ jwk: otherKey.jwk }))
    expect(() => assertBoundTo(token, key)).toThrow(expect.objectContaining({ code: 'TOKEN_KEY_MISMATCH' }))
  })

  it('compares an imported private key as well', async () => {
    const imported = await importPrivateKey(key.pem)
    expect(() => assertBoundTo(readSecurityToken(tokenOf({ jwk: key.jwk })), imported)).not.toThrow()
    const other = readSecurityToken(tokenOf({ jwk: otherKey.jwk }))
    expect(() => assertBoundTo(other, imported)).toThrow(expect.objectContaining({ code: 'TOKEN_KEY_MISMATCH' }))
  })

  it('cannot compare a token that names no key, and passes it', () => {
    expect(() => assertBoundTo(readSecurityToken(tokenOf()), key)).not.toThrow()
  })

  it('takes a modulus with leading zero octets for the same number', () => {
    const padded = {
      n: Buffer.concat([Buffer.alloc(1), Buffer.from(key.jwk.n, 'base64url')]).toString('base64url'),
      e: key.jwk.e,
    }
    expect(() => assertBoundTo(readSecurityToken(tokenOf({ jwk: padded })), key)).not.toThrow()
  })
})

describe('tokenCredentials', () => {
  it('makes one value of token and key', () => {
    const token = tokenOf({ jwk: key.jwk })
    const credentials = tokenCredentials({ token: `${token}\n`, key, source: 'test', region: 'eu-frankfurt-1' })
    expect(credentials).toMatchObject({
      keyId: `ST$${token}`,
      key: key.privateKey,
      token,
      tenancy: 'ocid1.tenancy.oc1..aaaa',
      region: 'eu-frankfurt-1',
      source: 'test',
      expiresAt: START + HOUR,
    })
  })

  it('leaves out what nobody said', () => {
    const credentials = tokenCredentials({ token: good, key, source: 'test' })
    expect(Object.keys(credentials).sort()).toEqual(['claims', 'key', 'keyId', 'source', 'token'])
  })

  it('never puts token and key together that do not belong together', () => {
    const token = tokenOf({ jwk: otherKey.jwk })
    expect(() => tokenCredentials({ token, key, source: 'test' })).toThrow(
      expect.objectContaining({ code: 'TOKEN_KEY_MISMATCH' }),
    )
  })
})
