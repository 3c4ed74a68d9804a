import { X509Certificate } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { certificateFingerprint, fingerprint } from '../../src/keys/fingerprint.js'
import { openssl, opensslFingerprint } from '../fixtures/openssl-keys.js'

const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=x']
const certificate = new X509Certificate(openssl(['req', '-x509', ...newKey]))

describe('fingerprint', () => {
  it('is what the documented openssl commands print', () => {
    const spki = certificate.publicKey.export({ type: 'spki', format: 'der' })
    const expected = openssl(['md5', '-c'], spki)
      .toString()
      .replace(/^.*= ?/, '')
      .trim()
    expect(fingerprint(new Uint8Array(spki))).toBe(expected)
    expect(expected).toMatch(/^(?:[0-9a-f]{2}:){15}[0-9a-f]{2}$/)
  })

  it('is the same whichever form the key has', () => {
    const pkcs8 = openssl(['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']).toString()
    expect(opensslFingerprint(openssl(['rsa', '-traditional'], pkcs8).toString())).toBe(opensslFingerprint(pkcs8))
  })
})

describe('certificateFingerprint', () => {
  it.each([
    ['SHA-256', certificate.fingerprint256],
    ['SHA-1', certificate.fingerprint],
  ] as const)('is the %s of the certificate in lower case', async (algorithm, expected) => {
    const der = new Uint8Array(certificate.raw)
    expect(await certificateFingerprint(der, algorithm)).toBe(expected.toLowerCase())
  })
})
