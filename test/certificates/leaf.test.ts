import { beforeAll, describe, expect, it } from 'vitest'
import { parseCertificate, tenancyOf } from '../../src/certificates/leaf.js'
import type { DistinguishedName } from '../../src/certificates/types.js'
import { type ChainOfTrust, chainOfTrust, INSTANCE_NAME, NOW, TENANCY } from './chain-of-trust.js'

let trust: ChainOfTrust
beforeAll(async () => {
  trust = await chainOfTrust()
})

const parsed = async (subject: DistinguishedName) => parseCertificate((await trust.issue({ subject })).der)

describe('parseCertificate', () => {
  it('reads subject, validity and public key', async () => {
    const { subject, notBefore, notAfter, publicKey } = await parseCertificate(trust.leaf.der)
    expect(subject.map(({ value }) => value)).toEqual(INSTANCE_NAME.flatMap((name) => Object.values(name).flat()))
    expect(subject[1]?.type).toBe('2.5.4.11')
    expect([notBefore, notAfter]).toEqual([NOW - 86_400_000, NOW + 86_400_000])
    const spki = await crypto.subtle.exportKey('spki', trust.leaf.keys.publicKey)
    expect(publicKey).toEqual(new Uint8Array(spki as ArrayBuffer))
  })

  it('reads every value of a multi-valued name, and letters beyond ASCII', async () => {
    const { subject } = await parsed([{ CN: ['Zürich'], OU: ['first', 'second'] }])
    expect(subject.map(({ value }) => value).sort()).toEqual(['Zürich', 'first', 'second'])
  })

  it.each([
    ['nothing', () => new Uint8Array()],
    ['another structure', () => new Uint8Array([0x30, 0x03, 0x02, 0x01, 0x05])],
    ['half a certificate', () => trust.leaf.der.slice(0, 400)],
    ['a certificate and one more byte', () => new Uint8Array([...trust.leaf.der, 0])],
    ['two certificates', () => new Uint8Array([...trust.leaf.der, ...trust.root.der])],
    ['text', () => new TextEncoder().encode('<html>not found</html>')],
  ])('refuses %s', async (_, bytes) => {
    await expect(parseCertificate(bytes())).rejects.toMatchObject({ code: 'CERTIFICATE_INVALID' })
  })

  it('either reads or refuses a certificate with a flipped byte, and never throws anything else', async () => {
    for (let index = 0; index < 200; index += 3) {
      const damaged = trust.leaf.der.slice()
      damaged[index] = (damaged[index] ?? 0) ^ 0xff
      const code = await parseCertificate(damaged).then(
        () => 'read',
        (error: { code?: string }) => error.code,
      )
      expect(['read', 'CERTIFICATE_INVALID'], `byte ${index}`).toContain(code)
    }
  })
})

describe('tenancyOf', () => {
  it('finds the tenancy of an instance', async () => {
    expect(tenancyOf(await parseCertificate(trust.leaf.der))).toBe(TENANCY)
  })

  it('finds the tenancy of a service', async () => {
    expect(tenancyOf(await parsed([{ O: ['opc-identity:ocid1.tenancy.oc1..service'] }]))).toBe(
      'ocid1.tenancy.oc1..service',
    )
  })

  it('prefers opc-tenant even where opc-identity comes first', async () => {
    const name = [{ O: ['opc-identity:service'] }, { OU: ['opc-certtype:instance', `opc-tenant:${TENANCY}`] }]
    expect(tenancyOf(await parsed(name))).toBe(TENANCY)
  })

  it.each([
    ['names no tenancy', [{ CN: ['somebody'] }]],
    ['names an empty one', [{ OU: ['opc-tenant:'] }]],
    ['only mentions one inside another value', [{ OU: ['not-opc-tenant:x'] }]],
  ])('refuses a subject that %s', async (_, subject) => {
    const certificate = await parsed(subject as DistinguishedName)
    expect(() => tenancyOf(certificate)).toThrow(expect.objectContaining({ code: 'CERTIFICATE_INVALID' }))
  })
})
