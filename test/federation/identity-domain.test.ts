import { describe, expect, test } from 'vitest'
import { identityDomain } from '../../src/federation/identity-domain.js'

const ORIGIN = 'https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com'

describe('identityDomain', () => {
  test.each([
    ['with port 443, as the Identity API lists it', `${ORIGIN}:443`],
    ['with a slash at the end', `${ORIGIN}/`],
    ['with both', `${ORIGIN}:443/`],
    ['as the full token URL', `${ORIGIN}/oauth2/v1/token`],
    ['as the bare domain id', 'idcs-0123456789abcdef0123456789abcdef'],
    ['with white space around it', `  ${ORIGIN}\n`],
  ])('takes the URL %s', (_, domain) => {
    expect(identityDomain(domain)).toBe(ORIGIN)
  })

  test('keeps a port other than 443', () => {
    expect(identityDomain('https://domain.example:8443/')).toBe('https://domain.example:8443')
  })

  test('takes plain http on loopback', () => {
    expect(identityDomain('http://127.0.0.1:4000')).toBe('http://127.0.0.1:4000')
  })

  test.each([
    ['plain http', 'http://idcs-x.identity.oraclecloud.com'],
    ['a path', `${ORIGIN}/admin/v1`],
    ['a query', `${ORIGIN}/?x=1`],
    ['a password', 'https://user:hunter2@domain.example'],
    ['something that is no URL', 'Default'],
    ['nothing', ''],
  ])('refuses %s', (_, domain) => {
    expect(() => identityDomain(domain)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
  })

  test('does not repeat a password in the message', () => {
    expect(() => identityDomain('https://user:hunter2@domain.example')).not.toThrow('hunter2')
  })
})
