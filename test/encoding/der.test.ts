import { describe, expect, it } from 'vitest'
import { type Bytes, fromHex, toHex } from '../../src/encoding/bytes.js'
import { readElements, readSequence, readUnsigned, writeElement, writeUnsigned } from '../../src/encoding/der.js'

function hex(digits: string): Bytes {
  return fromHex(digits.replaceAll(' ', '')) ?? new Uint8Array()
}

describe('the DER reader', () => {
  it('gives tag, content and the whole of each element', () => {
    const [integer, text] = readElements(hex('020105 0c0161')) ?? []
    expect(integer).toEqual({ tag: 2, content: hex('05'), bytes: hex('020105') })
    expect(text).toEqual({ tag: 0x0c, content: hex('61'), bytes: hex('0c0161') })
  })

  it('reads nothing as no elements', () => {
    expect(readElements(new Uint8Array())).toEqual([])
    expect(readSequence(hex('3000'))).toEqual([])
  })

  it.each([127, 128, 255, 256, 65_535, 65_536])('reads what it writes with %i bytes', (length) => {
    const content = new Uint8Array(length).fill(7)
    expect(readElements(writeElement(4, content))?.map((element) => element.content)).toEqual([content])
  })

  it.each([
    ['a missing length', '02'],
    ['a missing value', '0201'],
    ['a value cut short', '02020500'.slice(0, 6)],
    ['bytes after the last element', '02010500'],
    ['an indefinite length', '3080 020105 0000'],
    ['a length that is not the shortest', '028101 05'],
    ['a length with a leading zero', '04820080'.concat('00'.repeat(128))],
    ['a length of five bytes', '0485 0000000001 00'],
    ['a length that lies', '04847fffffff 00'],
    ['a tag of several bytes', '1f8101 00'],
  ])('refuses %s', (_, digits) => {
    expect(readElements(hex(digits))).toBeUndefined()
  })

  it.each([
    ['another element', '020105'],
    ['two sequences', '30003000'],
    ['a broken member', '30020201'],
    ['nothing', ''],
  ])('finds no sequence in %s', (_, digits) => {
    expect(readSequence(hex(digits))).toBeUndefined()
  })
})

describe('unsigned integers', () => {
  it.each([
    ['00', '020100'],
    ['0000', '020100'],
    ['', '020100'],
    ['7f', '02017f'],
    ['80', '02020080'],
    ['000080', '02020080'],
    ['010001', '0203010001'],
  ])('are written in the shortest form: %s as %s', (magnitude, written) => {
    expect(toHex(writeUnsigned(hex(magnitude)))).toBe(written)
  })

  it.each([
    ['00', ''],
    ['7f', '7f'],
    ['0080', '80'],
  ])('are read without their sign: %s as %j', (content, magnitude) => {
    expect(toHex(readUnsigned(hex(content)) ?? hex('ff'))).toBe(magnitude)
  })

  it.each([
    ['a negative number', '80'],
    ['a sign that is not needed', '007f'],
    ['no digits', ''],
  ])('are not %s', (_, content) => {
    expect(readUnsigned(hex(content))).toBeUndefined()
  })
})
