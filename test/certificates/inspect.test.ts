import { X509Certificate } from 'node:crypto'
import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { inspectCertificate } from '../../src/certificates/inspect.js'
import { openssl } from '../fixtures/openssl-keys.js'
import { type ChainOfTrust, chainOfTrust, NOW } from './chain-of-trust.js'

let trust: ChainOfTrust
beforeAll(async () => {
  trust = await chainOfTrust()
})

describe('buildCertificate', () => {
  it('builds a chain that another implementation verifies', () => {
    const [root, intermediate, leaf] = [trust.root, trust.intermediate, trust.leaf].map(
      ({ pem }) => new X509Certificate(pem),
    )
    expect(leaf?.verify(intermediate?.publicKey as never)).toBe(true)
    expect(intermediate?.verify(root?.publicKey as never)).toBe(true)
    expect(leaf?.checkIssued(intermediate as X509Certificate)).toBe(true)
    expect([root?.ca, intermediate?.ca, leaf?.ca]).toEqual([true, true, false])
  })

  it('names servers by DNS name and by IP address', async () => {
    const { pem } = await trust.issue({ serverNames: ['localhost', '127.0.0.1', '::1'] })
    const certificate = new X509Certificate(pem)
    expect(certificate.checkIP('127.0.0.1')).toBe('127.0.0.1')
    expect(certificate.checkIP('::1')).toBe('::1')
    expect(certificate.checkHost('localhost')).toBe('localhost')
    expect(certificate.checkHost('example.com')).toBeUndefined()
  })
})

describe('an issuer that is no certificate', () => {
  it.each([
    ['text', () => 'not a certificate'],
    ['a private key', () => trust.root.keyPem],
    ['bytes', () => Uint8Array.of(0x30, 0)],
  ])('is refused when it is %s, without being repeated', async (_, issuer) => {
    const error = await trust.issue({ issuer: issuer() }).catch((caught: unknown) => caught)
    expect(error).toMatchObject({ name: 'ConfigurationError', code: 'CERTIFICATE_INVALID' })
    expect(inspect(error)).not.toContain(trust.root.keyPem.slice(100, 140))
  })
})

describe('inspectCertificate', () => {
  it('tells what the certificate says, as another implementation does', async () => {
    const { pem, der } = await trust.issue({ serverNames: ['localhost'], serialNumber: '0a0b0c' })
    const reference = new X509Certificate(pem)
    const details = await inspectCertificate(der)
    expect(details).toMatchObject({
      issuer: 'CN=Intermediate',
      serialNumber: '0a0b0c',
      notBefore: NOW - 86_400_000,
      notAfter: NOW + 86_400_000,
      publicKey: { bits: 2048 },
      authority: false,
      selfIssued: false,
      serverNames: ['localhost'],
      fingerprints: {
        sha1: reference.fingerprint.toLowerCase(),
        sha256: reference.fingerprint256.toLowerCase(),
      },
    })
  })

  it('knows an authority that issued itself', async () => {
    expect(await inspectCertificate(trust.root.pem)).toMatchObject({ authority: true, selfIssued: true })
  })

  it.each([
    ['text', 'not a certificate'],
    ['bytes', new Uint8Array([0x30, 0x00])],
  ])('refuses %s that is no certificate', async (_, input) => {
    await expect(inspectCertificate(input)).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' })
  })

  it.each([
    ['ed25519', 'Ed25519', undefined],
    ['ec -pkeyopt ec_paramgen_curve:P-256', 'ECDSA with SHA-256', undefined],
    ['rsa-pss -pkeyopt rsa_keygen_bits:2048', 'RSA-PSS', undefined],
    ['rsa:2048 -sha1', 'RSASSA-PKCS1-v1_5 with SHA-1', 2048],
  ])('tells of a certificate for a key of kind %s', async (kind, signatureAlgorithm, bits) => {
    const newKey = ['-newkey', ...kind.split(' '), '-nodes', '-keyout', '/dev/null', '-subj', '/CN=x']
    const details = await inspectCertificate(openssl(['req', '-x509', ...newKey]).toString())
    expect(details).toMatchObject({ subject: 'CN=x', signatureAlgorithm: expect.stringContaining(signatureAlgorithm) })
    expect(details.publicKey.bits).toBe(bits)
  })

  it('either reads or refuses a certificate with a flipped byte, and never throws anything else', async () => {
    for (let index = 0; index < trust.leaf.der.length; index += 7) {
      const damaged = trust.leaf.der.slice()
      damaged[index] = (damaged[index] ?? 0) ^ 0xff
      const code = await inspectCertificate(damaged).then(
        () => 'read',
        (error: { code?: string }) => error.code,
      )
      expect(['read', 'CERTIFICATE_INVALID'], `byte ${index}`).toContain(code)
    }
  })

  it('does not repeat a private key that is passed by mistake', async () => {
    const error = await inspectCertificate(trust.leaf.keyPem).catch((caught: Error) => caught)
    expect(String((error as Error).stack)).not.toContain(trust.leaf.keyPem.slice(40, 80))
    expect((error as Error).cause).toBeUndefined()
  })
})
