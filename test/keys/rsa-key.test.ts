import { describe, expect, it } from 'vitest'
import { type Bytes, fromHex } from '../../src/encoding/bytes.js'
import { DER, writeElement, writeUnsigned } from '../../src/encoding/der.js'
import {
  bitLength,
  readRsaPrivateKey,
  readRsaPublicKey,
  writePkcs1,
  writeRsaPublicKey,
} from '../../src/keys/rsa-key.js'
import { checkRsaKey } from '../../src/keys/rsa-key-checks.js'

const n = Uint8Array.of(0xc5, 1, 2, 3)
const e = Uint8Array.of(1, 0, 1)
const rsa = fromHex('300d06092a864886f70d0101010500') ?? new Uint8Array()
const pss = fromHex('300d06092a864886f70d01010a0500') ?? new Uint8Array()
const numbers = (...magnitudes: readonly Uint8Array[]): Bytes =>
  writeElement(DER.sequence, ...magnitudes.map(writeUnsigned))
const bits = (content: Bytes, unused = 0): Bytes => writeElement(DER.bitString, Uint8Array.of(unused), content)
const spki = (...parts: readonly Bytes[]): Bytes => writeElement(DER.sequence, ...parts)

describe('a public key', () => {
  it('is read as it was written', () => {
    expect(readRsaPublicKey(writeRsaPublicKey({ n, e }))).toEqual({ n, e })
  })

  it.each([
    ['no bytes', new Uint8Array()],
    ['no members', spki()],
    ['an algorithm alone', spki(rsa)],
    ['another algorithm', spki(pss, bits(numbers(n, e)))],
    ['octets in place of bits', spki(rsa, writeElement(DER.octetString, Uint8Array.of(0), numbers(n, e)))],
    ['bits that are not whole bytes', spki(rsa, bits(numbers(n, e), 1))],
    ['more behind the bits', spki(rsa, bits(numbers(n, e)), rsa)],
    ['one number', spki(rsa, bits(numbers(n)))],
    ['three numbers', spki(rsa, bits(numbers(n, e, e)))],
    ['a negative number', spki(rsa, bits(spki(writeElement(DER.integer, n), writeUnsigned(e))))],
    ['something else than numbers', spki(rsa, bits(spki(rsa, writeUnsigned(e))))],
  ])('is not read from %s', (_, der) => {
    expect(readRsaPublicKey(der)).toBeUndefined()
  })
})

describe('a private key', () => {
  const eight = Array.from({ length: 8 }, (_, index) => Uint8Array.of(index + 1))

  it('has eight numbers, of which none is negative, behind the version 0', () => {
    expect(readRsaPrivateKey(writePkcs1(eight))?.numbers).toEqual(eight)
    expect(readRsaPrivateKey(writePkcs1(eight.slice(1)))).toBeUndefined()
    expect(readRsaPrivateKey(writePkcs1([...eight, e]))).toBeUndefined()
    expect(readRsaPrivateKey(numbers(Uint8Array.of(1), ...eight))).toBeUndefined()
    const [version, ...seven] = [new Uint8Array(), ...eight.slice(1)].map(writeUnsigned)
    const negative = writeElement(DER.integer, Uint8Array.of(0x80))
    expect(readRsaPrivateKey(spki(version ?? negative, negative, ...seven))).toBeUndefined()
  })

  it('is corrupt when one of its primes is none at all', () => {
    const [one, modulus] = [Uint8Array.of(1), new Uint8Array(256).fill(0xa5)]
    for (const [p, q] of [
      [one, modulus],
      [modulus, one],
    ] as const) {
      expect(() => checkRsaKey([modulus, e, one, p, q, one, one, one], 2048)).toThrow(
        expect.objectContaining({ code: 'KEY_CORRUPT' }),
      )
    }
  })
})

it.each([
  [[1], 1],
  [[0x80], 8],
  [[0x7f], 7],
  [[1, 0], 9],
  [[0xff, 0xff], 16],
])('the number of the bytes %j has %i bits', (bytes, length) => {
  expect(bitLength(Uint8Array.from(bytes))).toBe(length)
})
