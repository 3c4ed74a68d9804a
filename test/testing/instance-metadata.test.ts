import { describe, expect, test } from 'vitest'
import { readCertificates, readPair } from '../../src/certificates/pair.js'
import { certificateAuthority } from '../../src/testing/certificate-authority.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { METADATA, readMetadata } from './clients.js'

const emulator = createEmulator()
const BEARER = { authorization: 'Bearer Oracle' }

async function metadataText(path: string): Promise<string> {
  return (await readMetadata(emulator, path)).text()
}

describe('the metadata service', () => {
  test('answers region information with every part that a realm needs', async () => {
    expect(await (await readMetadata(emulator, 'instance/regionInfo')).json()).toEqual({
      realmKey: 'oc1',
      realmDomainComponent: 'oraclecloud.com',
      regionKey: 'PHX',
      regionIdentifier: 'us-phoenix-1',
    })
  })

  test('answers the region as a short code or, when told to, as an identifier', async () => {
    expect(await metadataText('instance/region')).toBe('phx')
    emulator.settings.metadataRegion = 'identifier'
    expect(await metadataText('instance/region')).toBe('us-phoenix-1')
    emulator.settings.metadataRegion = 'short-code'
  })

  test('answers a certificate and its key, one that belongs to the other', async () => {
    const pair = await readPair({
      certificate: await metadataText('identity/cert.pem'),
      privateKey: await metadataText('identity/key.pem'),
      from: 'the emulator',
    })
    expect(pair.certificate.subject.map(({ value }) => value)).toContain(`opc-tenant:${emulator.identities.tenancy}`)
  })

  test('answers the intermediate certificate', async () => {
    expect(readCertificates(await metadataText('identity/intermediate.pem'), 'it')).toHaveLength(1)
  })

  test.each([
    ['no Authorization', {}],
    ['a scheme in lower case', { authorization: 'bearer Oracle' }],
    ['another name', { authorization: 'Bearer oracle' }],
    ['another token', { authorization: 'Bearer Oracle2' }],
  ])('refuses %s', async (_, headers) => {
    const response = await emulator.fetch(`${METADATA}/instance/id`, { headers: headers as Record<string, string> })
    expect(response.status).toBe(401)
    expect(await response.text()).not.toContain('ocid1')
  })

  test.each(['forwarded', 'x-forwarded-for', 'x-forwarded-host'])(
    'refuses what was forwarded with %s',
    async (name) => {
      const response = await emulator.fetch(`${METADATA}/instance/id`, { headers: { ...BEARER, [name]: '10.0.0.1' } })
      expect(response.status).toBe(403)
    },
  )

  test('refuses every method but GET', async () => {
    const response = await emulator.fetch(`${METADATA}/instance/id`, { method: 'POST', headers: BEARER })
    expect(response.status).toBe(405)
  })

  test.each([
    'http://169.254.169.254/opc/v1/instance/id',
    `${METADATA}/instance/unknown`,
    `${METADATA}/constructor`,
    `${METADATA}/__proto__`,
  ])('has nothing at %s', async (url) => {
    expect((await emulator.fetch(url, { headers: BEARER })).status).toBe(404)
  })

  test('rotates between the reads of certificate and key, once, when told to', async () => {
    emulator.settings.rotateAfterRead = 'certificate'
    const source = async (): Promise<{ certificate: string; privateKey: string }> => ({
      certificate: await metadataText('identity/cert.pem'),
      privateKey: await metadataText('identity/key.pem'),
    })
    await expect(source().then((pair) => readPair({ ...pair, from: 'it' }))).rejects.toMatchObject({
      code: 'CERTIFICATE_KEY_MISMATCH',
    })
    await expect(source().then((pair) => readPair({ ...pair, from: 'it' }))).resolves.toBeDefined()
  })

  test('counts every read, the refused ones too', async () => {
    const before = emulator.counters.snapshot().metadataReads
    await readMetadata(emulator, 'instance/id')
    await emulator.fetch(`${METADATA}/instance/id`)
    expect(emulator.counters.snapshot().metadataReads).toBe(before + 2)
  })
})

describe('the certificate authority', () => {
  const authority = emulator.of(certificateAuthority)

  test.each([
    ['multi-valued', 'opc-tenant:'],
    ['service', 'opc-identity:'],
  ] as const)('issues the shape "%s", whose subject names the tenancy after %s', async (subject, prefix) => {
    await authority.rotate({ subject })
    const { certificate } = await readPair({ certificate: await metadataText('identity/cert.pem'), from: 'it' })
    expect(certificate.subject.map(({ value }) => value)).toContain(`${prefix}${emulator.identities.tenancy}`)
  })

  test('issues a certificate that names no tenancy', async () => {
    await authority.rotate({ subject: 'no-tenancy' })
    expect(await metadataText('identity/cert.pem')).toContain('BEGIN CERTIFICATE')
    const { certificate } = await readPair({ certificate: await metadataText('identity/cert.pem'), from: 'it' })
    expect(certificate.subject.map(({ value }) => value).join()).not.toMatch(/opc-tenant|opc-identity/)
  })

  test('issues a certificate whose life is over', async () => {
    const { notAfter } = await authority.rotate({ expired: true })
    expect(notAfter).toBeLessThan(emulator.clock())
  })

  test('writes PEM with CRLF, and the key as PKCS#1', async () => {
    await authority.rotate({ lineBreak: 'crlf', keyFormat: 'pkcs1' })
    const key = await metadataText('identity/key.pem')
    expect(key).toMatch(/^-----BEGIN RSA PRIVATE KEY-----\r\n/)
    const certificate = await metadataText('identity/cert.pem')
    await expect(readPair({ certificate, privateKey: key, from: 'it' })).resolves.toBeDefined()
  })
})
