import { X509Certificate } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { inspectCertificate } from '../../src/certificates/inspect.js'
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

  it('does not repeat a private key that is passed by mistake', async () => {
    const error = await inspectCertificate(trust.leaf.keyPem).catch((caught: Error) => caught)
    expect(String((error as Error).stack)).not.toContain(trust.leaf.keyPem.slice(40, 80))
    expect((error as Error).cause).toBeUndefined()
  })
})
