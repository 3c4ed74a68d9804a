import { describe, expect, it } from 'vitest'
import { redactHeaders, redactText, redactUrl } from '../../src/http/redact.js'

const JWT = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2lnbmF0dXJl'

describe('redaction', () => {
  it.each([
    ['a token', `before ${JWT} after`, 'before [token] after'],
    ['a token in a key id', `keyId="ST$${JWT}"`, 'keyId="[token]"'],
    ['a token without signature', 'eyJhbGciOiJub25lIn0.e30.', '[token]'],
    ['a private key', 'x -----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY----- y', 'x [key] y'],
    ['a private key that breaks off', 'x -----BEGIN PRIVATE KEY-----\nMIIB', 'x [key]'],
    ['a token that was cut before its first dot', 'ST$eyJhbGciOiJSUzI1', '[token]'],
    ['a long row of beginnings of tokens', 'eyJ-'.repeat(50_000), '[token]'],
    ['a token in a header', 'x-acs-security-token: CAIS+a/b== x', 'x-acs-security-token: [token] x'],
    ['a token in a query', 'GET&SecurityToken=CAIS%2Ba&b=c', 'GET&SecurityToken=[token]&b=c'],
    ['a token in an encoded query', 'a%26SecurityToken%3DCAIS%252Ba%26b', 'a%26SecurityToken%3D[token]'],
    ['a token in JSON', '{"SecurityToken": "CAIS+a"}', '{"SecurityToken": "[token]"}'],
    ['no word behind the name', 'The SecurityToken is expired', 'The SecurityToken is expired'],
    ['two of them', `${JWT} ${JWT}`, '[token] [token]'],
    ['nothing secret', 'NotAuthenticated: eye of the beholder', 'NotAuthenticated: eye of the beholder'],
  ])('takes %s out of a text', (_, text, redacted) => {
    expect(redactText(text)).toBe(redacted)
  })

  it('cuts long texts, after taking out what is secret', () => {
    expect(redactText('a'.repeat(301))).toBe(`${'a'.repeat(300)}…`)
    expect(redactText('a'.repeat(300))).toBe('a'.repeat(300))
    expect(redactText('abc', 2)).toBe('ab…')
    expect(redactText(`${'a'.repeat(290)} ${JWT}`)).not.toContain('eyJ')
  })

  it('replaces the values of headers that carry credentials', () => {
    const names = [
      'authorization',
      'cookie',
      'set-cookie',
      'opc-obo-token',
      'x-vault-token',
      'x-acs-security-token',
      'x-api-key',
      'proxy-authorization',
    ]
    for (const value of Object.values(redactHeaders(names.map((name) => [name, 'v'])))) expect(value).toBe('[redacted]')
    expect(
      redactHeaders([
        ['x-date', 'Thu'],
        ['x-trace', JWT],
      ]),
    ).toEqual({ 'x-date': 'Thu', 'x-trace': '[token]' })
  })

  it('leaves query, fragment and userinfo out of a URL', () => {
    expect(redactUrl('https://scott:tiger@a.example:8443/p/q?token=1#x')).toBe('https://a.example:8443/p/q')
  })
})
