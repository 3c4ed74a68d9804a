import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { concat, copyBytes, equal, fromHex, isBytes, tagOf, text, toHex, utf8 } from '../../src/encoding/bytes.js'

describe('bytes', () => {
  it('turn into text and back', () => {
    expect(text(utf8('grüne Batterie 🔋'))).toBe('grüne Batterie 🔋')
  })

  it('are put one after another', () => {
    expect(concat(Uint8Array.of(1), new Uint8Array(), Uint8Array.of(2, 3))).toEqual(Uint8Array.of(1, 2, 3))
    expect(concat()).toEqual(new Uint8Array())
  })

  it('are the same only when each of them is', () => {
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 2))).toBe(true)
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1, 3))).toBe(false)
    expect(equal(Uint8Array.of(1, 2), Uint8Array.of(1))).toBe(false)
    expect(equal(new Uint8Array(), new Uint8Array())).toBe(true)
  })

  it('turn into hexadecimal and back', () => {
    expect(toHex(Uint8Array.of(0, 9, 171, 255))).toBe('0009abff')
    expect(fromHex('0009ABff')).toEqual(Uint8Array.of(0, 9, 171, 255))
    expect(fromHex('')).toEqual(new Uint8Array())
  })

  it.each(['0', '0g', '00 00', '0x00', '00\n'])('do not come out of %j', (hex) => {
    expect(fromHex(hex)).toBeUndefined()
  })

  it('are known from another realm', () => {
    expect(isBytes(runInNewContext('new ArrayBuffer(1)'))).toBe(true)
    expect(isBytes(runInNewContext('new Uint8Array(1)'))).toBe(true)
    expect(tagOf(runInNewContext('new Map()'))).toBe('Map')
  })

  it.each([undefined, null, 'text', 5, {}, [1, 2]])('are not %j', (value) => {
    expect(isBytes(value)).toBe(false)
  })

  it('are copied, of a view only what it shows', () => {
    const memory = Uint8Array.of(1, 2, 3, 4)
    const copy = copyBytes(new DataView(memory.buffer, 1, 2))
    memory.fill(0)
    expect(copy).toEqual(Uint8Array.of(2, 3))
    expect(copyBytes(Uint8Array.of(5).buffer)).toEqual(Uint8Array.of(5))
  })
})
