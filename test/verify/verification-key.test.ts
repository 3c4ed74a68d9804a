import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { verificationKey } from '../../src/verify/verification-key.js'

/** A number of so many bits that looks like a modulus: importing asks for no more. */
function modulus(bits: number): string {
  const bytes = new Uint8Array(Math.ceil(bits / 8)).fill(0xa5)
  bytes[0] = 2 ** ((bits - 1) % 8)
  return Buffer.from(bytes).toString('base64url')
}

const jwk = (changes: { bits?: number; e?: string }): JsonWebKey => ({
  kty: 'RSA',
  n: modulus(changes.bits ?? 2048),
  e: changes.e ?? 'AQAB',
})

describe('verificationKey', () => {
  it.each([
    ['2048 bits', { bits: 2048 }],
    ['8192 bits', { bits: 8192 }],
    ['the exponent 65 539', { e: 'AQAD' }],
  ])('takes a key with %s', async (_, changes) => {
    expect(await verificationKey(jwk(changes))).toMatchObject({ type: 'public', usages: ['verify'] })
  })

  it.each([
    ['2047 bits', { bits: 2047 }, 'an RSA key of 2048 to 8192 bits, found 2047 bits'],
    ['8193 bits', { bits: 8193 }, 'an RSA key of 2048 to 8192 bits, found 8193 bits'],
    ['the exponent 3', { e: 'Aw' }, 'an odd public exponent of 65537 or more'],
    ['the exponent 65 535', { e: '__8' }, 'an odd public exponent of 65537 or more'],
    ['the exponent 65 538', { e: 'AQAC' }, 'an odd public exponent of 65537 or more'],
    ['the exponent 65 540', { e: 'AQAE' }, 'an odd public exponent of 65537 or more'],
  ])('refuses a key with %s', async (_, changes, expected) => {
    await expect(verificationKey(jwk(changes))).rejects.toMatchObject({
      code: 'KEY_REFUSED',
      message: expect.stringContaining(expected),
    })
  })

  it('takes a shorter key where that is asked for, and no longer one where that is', async () => {
    await expect(verificationKey(jwk({ bits: 1024 }), 1024)).resolves.toBeDefined()
    await expect(verificationKey(jwk({ bits: 2048 }), 3072)).rejects.toMatchObject({ code: 'KEY_REFUSED' })
  })

  it('refuses a key that signs, or one of an elliptic curve', async () => {
    const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const { privateKey } = await crypto.subtle.generateKey(
      { ...rsa, modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
      false,
      ['sign', 'verify'],
    )
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey
    const spki = new Uint8Array(curve.export({ format: 'der', type: 'spki' }))
    for (const source of [privateKey, spki, curve.export({ format: 'jwk' }) as JsonWebKey]) {
      await expect(verificationKey(source)).rejects.toMatchObject({ code: 'KEY_REFUSED' })
    }
  })
})
