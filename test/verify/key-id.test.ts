import { describe, expect, it } from 'vitest'
import { parseAuthorization } from '../../src/verify/authorization.js'
import { parseKeyId } from '../../src/verify/key-id.js'
import { FINGERPRINT, TENANCY, USER } from '../fixtures/signing.js'

const RESOURCE = 'ocid1.fnfunc.oc1.eu-frankfurt-1.aaaafunction'
const pairs = (count: number): string =>
  Array.from({ length: count }, (_, index) => (index % 2 ? '0f' : 'a1')).join(':')

/** A key id of each form, and what it says. */
const FORMS: readonly (readonly [keyId: string, parsed: object])[] = [
  [`${TENANCY}/${USER}/${FINGERPRINT}`, { kind: 'api-key', tenancy: TENANCY, user: USER, fingerprint: FINGERPRINT }],
  ['ST$e30.e30.c2ln', { kind: 'token', token: 'e30.e30.c2ln' }],
  [`resource/v2.1/${RESOURCE}`, { kind: 'resource', version: '2.1', resource: RESOURCE }],
  [
    `resource/v2.1.1/${TENANCY}/${RESOURCE}`,
    { kind: 'resource', version: '2.1.1', tenancy: TENANCY, resource: RESOURCE },
  ],
  [
    `resource/v2.1.2/${TENANCY}/${RESOURCE}`,
    { kind: 'resource', version: '2.1.2', tenancy: TENANCY, resource: RESOURCE },
  ],
  [
    `${TENANCY}/fed-x509/${pairs(20)}`,
    { kind: 'certificate', tenancy: TENANCY, algorithm: 'SHA-1', fingerprint: pairs(20) },
  ],
  [
    `${TENANCY}/fed-x509-sha256/${pairs(32)}`,
    { kind: 'certificate', tenancy: TENANCY, algorithm: 'SHA-256', fingerprint: pairs(32) },
  ],
  [
    `${TENANCY}/fed-x509-sha256/${pairs(32).toUpperCase()}`,
    { kind: 'certificate', tenancy: TENANCY, algorithm: 'SHA-256', fingerprint: pairs(32) },
  ],
]

describe('parseKeyId', () => {
  it.each(FORMS)('reads %s', (text, parsed) => {
    expect(parseKeyId(text)).toEqual(parsed)
  })

  it.each(FORMS)('refuses anything before or behind %s', (text) => {
    for (const longer of [`x${text}`, `x/${text}`, ` ${text}`, `${text} `, `${text}/x`, `${text}\n`, `x\n${text}`]) {
      expect(() => parseKeyId(longer)).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }))
    }
  })

  it.each([
    '',
    'ST$',
    'ST$not-a-token',
    'ST$e30.e30.c2ln\n',
    ` ${TENANCY}/${USER}/${FINGERPRINT}`,
    `${TENANCY}/${USER}`,
    `${TENANCY}//${FINGERPRINT}`,
    `${USER}/${TENANCY}/${FINGERPRINT}`,
    `${TENANCY}/${USER}/${FINGERPRINT}/x`,
    `${TENANCY}/${USER}/${pairs(15)}`,
    `${TENANCY}/../${FINGERPRINT}`,
    `${TENANCY}/fed-x509/${pairs(32)}`,
    `${TENANCY}/FED-X509/${pairs(20)}`,
    `${TENANCY.toUpperCase()}/fed-x509-sha256/${pairs(32)}`,
    `${TENANCY}/fed-x509-sha256/${pairs(20)}`,
    `resource/v2.1.1/${RESOURCE}`,
    `resource/v3/${RESOURCE}`,
    'resource/v2.1/../../admin',
  ])('refuses %j', (text) => {
    expect(() => parseKeyId(text)).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }))
  })

  it('reads key ids of up to 12 288 characters', () => {
    const longest = `ST$e30.e30.${'a'.repeat(12_288 - 11)}`
    expect(parseKeyId(longest)).toEqual({ kind: 'token', token: longest.slice(3) })
    expect(() => parseKeyId(`${longest}a`)).toThrow(expect.objectContaining({ code: 'KEY_REFUSED' }))
  })

  it('does not take long over a long text', () => {
    const started = performance.now()
    for (const text of [`ocid1.tenancy.${'a.'.repeat(6000)}/`, `resource/v2.1/${'a.'.repeat(6000)}!`]) {
      expect(() => parseKeyId(text)).toThrow()
    }
    expect(performance.now() - started).toBeLessThan(1000)
  })
})

describe('parseAuthorization', () => {
  const value =
    'Signature version="1",keyId="a/b/c",algorithm="rsa-sha256",headers="Host (request-target)",signature="AAAA"'

  it('reads the three parts that differ, and keeps the spelling of the names', () => {
    expect(parseAuthorization(value)).toEqual({
      keyId: 'a/b/c',
      headers: ['Host', '(request-target)'],
      signature: new Uint8Array(3),
    })
  })

  it.each([
    '',
    'Signature',
    'Signature ',
    'Signature version',
    'Bearer abc',
    'Signature version="1"',
    `x${value}`,
    `Basic ${value}`,
    `${value}\n`,
    `${value}\nx`,
  ])('refuses %j', (text) => {
    expect(() => parseAuthorization(text)).toThrow(expect.objectContaining({ code: 'AUTHORIZATION_MALFORMED' }))
  })

  const naming = (names: readonly string[]) => value.replace('Host (request-target)', names.join(' '))
  const sized = (length: number) => value.replace('a/b/c', 'a'.repeat(length - value.length + 5))

  it('takes as many names, as long a name and as long a header as it allows', () => {
    const names = Array.from({ length: 50 }, (_, index) => `x-${index}`)
    expect(parseAuthorization(naming(names)).headers).toEqual(names)
    expect(parseAuthorization(naming(['a'.repeat(100)])).headers).toEqual(['a'.repeat(100)])
    expect(parseAuthorization(sized(16_384)).keyId).toMatch(/^a{16000}/)
  })

  it.each([
    ['one name too many', naming(Array.from({ length: 51 }, (_, index) => `x-${index}`)), 'HEADERS_MALFORMED'],
    ['a name that is too long', naming(['a'.repeat(101)]), 'HEADERS_MALFORMED'],
    ['two spaces between names', naming(['host', '', 'x-date']), 'HEADERS_MALFORMED'],
    ['a name that ends in another character', naming(['host§']), 'HEADERS_MALFORMED'],
    ['a name that begins with another character', naming(['§host']), 'HEADERS_MALFORMED'],
    ['something behind the target', naming(['(request-target)x']), 'HEADERS_MALFORMED'],
    ['something before the target', naming(['x(request-target)']), 'HEADERS_MALFORMED'],
    ['one character too many', sized(16_385), 'AUTHORIZATION_TOO_LARGE'],
  ])('refuses %s', (_, text, code) => {
    expect(() => parseAuthorization(text)).toThrow(expect.objectContaining({ code }))
  })
})
