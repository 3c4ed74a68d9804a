import { beforeAll, describe, expect, test } from 'vitest'
import { encodeBase64 } from '../../src/encoding/base64.js'
import { certificateFingerprint } from '../../src/keys/fingerprint.js'
import { certificateAuthority } from '../../src/testing/certificate-authority.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { federate, IDENTITY, instanceCredentials, reason, send } from './clients.js'

const emulator = createEmulator()
const authority = emulator.of(certificateAuthority)

beforeAll(() => authority.current())

function payloadOf(token: string): Record<string, unknown> {
  return JSON.parse(atob((token.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'))) as Record<
    string,
    unknown
  >
}

describe('/v1/x509', () => {
  test('gives the instance a token that is bound to the submitted key', async () => {
    const response = await federate(emulator)
    expect(response.status).toBe(200)
    const { token } = (await response.json()) as { token: string }
    const claims = payloadOf(token)
    expect(claims).toMatchObject({ sub: emulator.identities.instance, ptype: 'instance', ttype: 'x509', aud: 'oci' })
    expect(typeof claims['jwk']).toBe('string')
    const { jwk } = await emulator.keys.get('session')
    expect(JSON.parse(String(claims['jwk']))).toMatchObject({ n: jwk.n, e: jwk.e })
  })

  test('gives a token that signs', async () => {
    const response = await send(emulator, `${IDENTITY}/20160918/regions`, await instanceCredentials(emulator))
    expect(response.status).toBe(200)
  })

  test('takes the older form with a SHA-1 fingerprint, in upper case too', async () => {
    const { certificate, tenancy } = await authority.current()
    const sha1 = (await certificateFingerprint(certificate.der, 'SHA-1')).toUpperCase()
    const changes = { keyId: () => `${tenancy}/fed-x509/${sha1}`, body: { fingerprintAlgorithm: undefined } }
    expect((await federate(emulator, 'session', changes)).status).toBe(200)
  })

  test('takes a signature that leaves out host, and one over date', async () => {
    const genericHeaders = ['date', '(request-target)']
    expect((await federate(emulator, 'session', { options: { genericHeaders } })).status).toBe(200)
  })

  test('refuses a tenancy that is not the one of the certificate, but for another purpose', async () => {
    const keyId = (honest: string): string => honest.replace('emulatedtenancy', 'anothertenancy0')
    expect(reason(await federate(emulator, 'session', { keyId }))).toMatch(/^KEY_REFUSED: The tenancy/)
    expect((await federate(emulator, 'session', { keyId, body: { purpose: 'SERVICE_PRINCIPAL' } })).status).toBe(200)
  })

  test.each([
    ['the fingerprint of another certificate', (honest: string) => honest.replace(/..$/, '00'), /fingerprint/],
    ['a key id of the other form', (honest: string) => honest.replace('-sha256', '').slice(0, -36), /contradicts/],
    ['a key id of no form', () => 'ocid1.tenancy.oc1..a/ocid1.user.oc1..b/00:11', /./],
  ])('refuses %s', async (_, keyId, expected) => {
    const response = await federate(emulator, 'session', { keyId })
    expect(response.status).toBe(401)
    expect(reason(response)).toMatch(expected)
  })

  test.each([
    ['a certificate in PEM', { certificate: '-----BEGIN CERTIFICATE-----' }, 400],
    ['no certificate', { certificate: undefined }, 400],
    ['a certificate nobody issued', { certificate: 'MAA=' }, 401],
    ['no intermediate certificate', { intermediateCertificates: [] }, 401],
    ['intermediates that are no list', { intermediateCertificates: 'MAA=' }, 400],
    ['another fingerprint algorithm', { fingerprintAlgorithm: 'SHA512' }, 400],
    ['a public key in PEM', { publicKey: '-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----' }, 400],
    ['a public key that is none', { publicKey: 'MAA=' }, 400],
  ])('refuses %s', async (_, body, status) => {
    expect((await federate(emulator, 'session', { body })).status).toBe(status)
  })

  test('refuses the key of the certificate as the session key', async () => {
    const { spki } = await authority.current()
    const response = await federate(emulator, 'session', { body: { publicKey: encodeBase64(spki) } })
    expect(response.status).toBe(400)
  })

  test('refuses a short key', async () => {
    const short = await crypto.subtle.generateKey(
      { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256', modulusLength: 1024, publicExponent: new Uint8Array([1, 0, 1]) },
      true,
      ['sign', 'verify'],
    )
    const publicKey = encodeBase64(new Uint8Array(await crypto.subtle.exportKey('spki', short.publicKey)))
    expect(reason(await federate(emulator, 'session', { body: { publicKey } }))).toContain('1024')
  })

  test('counts a key that is submitted twice, and refuses it when told to', async () => {
    const strict = createEmulator({ settings: { refuseRepeatedKeys: true } })
    expect((await federate(strict)).status).toBe(200)
    expect((await federate(strict)).status).toBe(400)
    expect(strict.counters.snapshot()).toMatchObject({ tokenCalls: 2, sessionKeys: 1, publicKeyRepeats: 1 })
  })

  test('refuses another media type', async () => {
    expect((await federate(emulator, 'session', { contentType: 'text/plain' })).status).toBe(400)
  })

  test('refuses a certificate whose life is over', async () => {
    await authority.rotate({ expired: true })
    expect(reason(await federate(emulator))).toContain('not in its life')
    await authority.rotate()
    expect((await federate(emulator)).status).toBe(200)
  })

  test('gives tokens of the life it is told', async () => {
    emulator.settings.tokenLifeMs = 90_000
    const { token } = (await (await federate(emulator)).json()) as { token: string }
    const { exp, iat } = payloadOf(token) as { exp: number; iat: number }
    expect(exp - iat).toBe(90)
    emulator.settings.tokenLifeMs = undefined
  })

  test.each([
    ['no-exp', (claims: Record<string, unknown>) => expect(claims['exp']).toBeUndefined()],
    ['expired', (claims: Record<string, unknown>) => expect(claims['exp']).toBeLessThan(Date.now() / 1000)],
    ['other-key', (claims: Record<string, unknown>) => expect(claims['jwk']).toContain('uuuu')],
  ] as const)('gives a token with the flaw "%s" when told to', async (flaw, check) => {
    emulator.tokens.spoilNext(flaw)
    const { token } = (await (await federate(emulator)).json()) as { token: string }
    check(payloadOf(token))
  })

  test('gives something that is no token when told to', async () => {
    emulator.tokens.spoilNext('not-a-jwt')
    expect(await (await federate(emulator)).json()).toEqual({ token: 'this-is-not-a-token' })
  })
})
