import { describe, expect, it } from 'vitest'
import { decodeBase64, decodeBase64Url, encodeBase64, encodeBase64Url } from '../../src/encoding/base64.js'
import { utf8 } from '../../src/encoding/bytes.js'

/** The vectors of RFC 4648 section 10. */
const VECTORS = [
  ['', ''],
  ['f', 'Zg=='],
  ['fo', 'Zm8='],
  ['foo', 'Zm9v'],
  ['foob', 'Zm9vYg=='],
  ['fooba', 'Zm9vYmE='],
  ['foobar', 'Zm9vYmFy'],
] as const

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index)
const large = Uint8Array.from({ length: 100_003 }, (_, index) => (index * 7) % 256)

describe('base64', () => {
  it.each(VECTORS)('spells %j as %j', (plain, encoded) => {
    expect(encodeBase64(utf8(plain))).toBe(encoded)
    expect(decodeBase64(encoded)).toEqual(utf8(plain))
    expect(encodeBase64Url(utf8(plain))).toBe(encoded.replace(/=+$/, ''))
    expect(decodeBase64Url(encoded.replace(/=+$/, ''))).toEqual(utf8(plain))
  })

  it.each([[everyByte], [large]])('agrees with Node on many bytes', (bytes) => {
    expect(encodeBase64(bytes)).toBe(Buffer.from(bytes).toString('base64'))
    expect(encodeBase64Url(bytes)).toBe(Buffer.from(bytes).toString('base64url'))
    expect(decodeBase64(encodeBase64(bytes))).toEqual(bytes)
    expect(decodeBase64Url(encodeBase64Url(bytes))).toEqual(bytes)
  })

  it.each([
    ['a missing character', 'Zm9'],
    ['missing padding', 'Zg'],
    ['too much padding', 'Zg==='],
    ['padding in the middle', 'Zg==Zm9v'],
    ['padding alone', '===='],
    ['white space', 'Zm 9v'],
    ['a line break', 'Zm9v\n'],
    ['stray bits', 'Zh=='],
    ['stray bits after a group', 'Zm9vZm9='],
    ['the other alphabet', 'Zm-_'],
    ['another character', 'Zm9é'],
  ])('refuses %s', (_, encoded) => {
    expect(decodeBase64(encoded)).toBeUndefined()
  })

  it.each(['Z', 'Zg==', 'Zh', 'Zm9vZm9', 'Zm+/', 'Zm 9', 'Zm9v\n'])('refuses %j as base64url', (encoded) => {
    expect(decodeBase64Url(encoded)).toBeUndefined()
  })
})
