import { describe, expect, it } from 'vitest'
import { type Bytes, fromHex, utf8 } from '../../src/encoding/bytes.js'
import { DER, writeElement, writeUnsigned } from '../../src/encoding/der.js'
import { decryptPbes2 } from '../../src/keys/pbes2.js'

const oid = (hex: string): Bytes => writeElement(DER.oid, fromHex(hex) ?? new Uint8Array())
const sequence = (...parts: readonly Bytes[]): Bytes => writeElement(DER.sequence, ...parts)
const octets = (length: number): Bytes => writeElement(DER.octetString, new Uint8Array(length))
const number = (value: number): Bytes => writeUnsigned(fromHex(value.toString(16).padStart(16, '0')) ?? utf8(''))

const PBES2 = '2a864886f70d01050d'
const AES_128 = sequence(oid('608648016503040102'), octets(16))
const SHA_256 = sequence(oid('2a864886f70d0209'), writeElement(DER.null))

const pbkdf2 = (...parameters: readonly Bytes[]): Bytes => sequence(oid('2a864886f70d01050c'), sequence(...parameters))
const scrypt = (...costs: readonly number[]): Bytes =>
  sequence(oid('2b06010401da47040b'), sequence(octets(8), ...costs.map(number)))
const scheme = (derivation: Bytes, encryption = AES_128): Bytes =>
  sequence(oid(PBES2), sequence(derivation, encryption))

const block = new Uint8Array(16)
const cheap = pbkdf2(octets(8), number(1), SHA_256)

describe('decryptPbes2', () => {
  it.each([
    ['one round', cheap],
    ['the hash left out, which is SHA-1', pbkdf2(octets(8), number(1))],
    ['the length of the key told', pbkdf2(octets(8), number(1), number(16), SHA_256)],
    ['scrypt at its least', scrypt(2, 1, 1)],
    ['scrypt as parallel as allowed', scrypt(2, 1, 16)],
  ])('takes %s, and says when the passphrase does not fit', async (_, derivation) => {
    expect(await decryptPbes2(scheme(derivation), block, 'wrong')).toBeUndefined()
  })

  it.each([
    ['no rounds', pbkdf2(octets(8), number(0), SHA_256)],
    ['rounds without end', pbkdf2(octets(8), number(2 ** 50), SHA_256)],
    ['a salt that is no text', pbkdf2(number(8), number(1), SHA_256)],
    ['nothing', pbkdf2()],
    ['scrypt without memory', scrypt(1, 1, 1)],
    ['scrypt with a cost that is no power of two', scrypt(3, 1, 1)],
    ['scrypt without a block', scrypt(2, 0, 1)],
    ['scrypt without a lane', scrypt(2, 1, 0)],
    ['scrypt without costs', scrypt()],
  ])('finds damage in %s', async (_, derivation) => {
    await expect(decryptPbes2(scheme(derivation), block, 'x')).rejects.toMatchObject({ code: 'KEY_CORRUPT' })
  })

  it.each([
    ['10 000 001 rounds', pbkdf2(octets(8), number(10_000_001), SHA_256), /more than 10000000 iterations/],
    ['scrypt with 512 MiB', scrypt(2 ** 19, 8, 1), /beyond 256 MiB/],
    ['scrypt with 17 lanes', scrypt(2, 1, 17), /beyond 256 MiB/],
    ['another hash', pbkdf2(octets(8), number(1), sequence(oid('2a864886f70d0208'))), /PBKDF2 hash other/],
    ['another derivation', sequence(oid('2a864886f70d01050e'), sequence()), /key derivation other/],
  ])('refuses %s before it begins', async (_, derivation, message) => {
    await expect(decryptPbes2(scheme(derivation), block, 'x')).rejects.toMatchObject({
      code: 'KEY_UNSUPPORTED',
      message: expect.stringMatching(message),
    })
  })

  it.each([
    ['no initialisation vector', sequence(oid('608648016503040102'))],
    ['a short initialisation vector', sequence(oid('608648016503040102'), octets(15))],
    ['a number for an initialisation vector', sequence(oid('608648016503040102'), number(1))],
  ])('finds damage in %s', async (_, encryption) => {
    await expect(decryptPbes2(scheme(cheap, encryption), block, 'x')).rejects.toMatchObject({ code: 'KEY_CORRUPT' })
  })

  it.each([
    ['another cipher', scheme(cheap, sequence(oid('608648016503040101'), octets(16))), 'KEY_UNSUPPORTED'],
    ['another scheme', sequence(oid('2a864886f70d010503'), sequence()), 'KEY_UNSUPPORTED'],
    ['a scheme without parameters', sequence(oid(PBES2)), 'KEY_CORRUPT'],
    ['a scheme that is no sequence', number(1), 'KEY_CORRUPT'],
  ])('refuses %s', async (_, algorithm, code) => {
    await expect(decryptPbes2(algorithm, block, 'x')).rejects.toMatchObject({ code })
  })

  it.each([0, 15, 17])('finds damage in %i bytes, which are no whole blocks', async (length) => {
    await expect(decryptPbes2(scheme(cheap), new Uint8Array(length), 'x')).rejects.toMatchObject({
      code: 'KEY_CORRUPT',
    })
  })
})
