import { describe, expect, it } from 'vitest'
import { percentDecode, percentEncode } from '../../src/encoding/percent.js'
import { hexOf } from '../../src/encoding/short.js'

describe('percentEncode', () => {
  it.each([
    ['AZaz09-_.~', 'AZaz09-_.~'],
    ["!'()*", '%21%27%28%29%2A'],
    ['a b+c/d?e=f&g%h', 'a%20b%2Bc%2Fd%3Fe%3Df%26g%25h'],
    ['ü日🔋', '%C3%BC%E6%97%A5%F0%9F%94%8B'],
    ['\n\0', '%0A%00'],
    ['', ''],
  ])('writes %j as %s', (text, encoded) => {
    expect(percentEncode(text)).toBe(encoded)
    expect(percentDecode(encoded)).toBe(text)
  })

  it.each(['\uD83D', '\uDD0B\uD83D', 'a\uDD0B'])('refuses half of a surrogate pair: %j', (text) => {
    expect(() => percentEncode(text)).toThrow(expect.objectContaining({ name: 'UsageError', code: 'OPTION_INVALID' }))
  })
})

describe('percentDecode', () => {
  it('reads a plus as a space only where it is told to', () => {
    expect(percentDecode('a+b%2Bc')).toBe('a+b+c')
    expect(percentDecode('a+b%2Bc', { plus: 'space' })).toBe('a b+c')
  })

  it.each(['%', '%4', '%zz', '%C3', '%FF', '%C0%80'])('refuses %j, without repeating what is around it', (text) => {
    const decode = (): string => percentDecode(`secret${text}`)
    expect(decode).toThrow(expect.objectContaining({ name: 'UsageError', code: 'URL_INVALID' }))
    expect(decode).not.toThrow(/secret/)
  })
})

describe('hexOf', () => {
  it('spells a character in capital letters', () => {
    expect(hexOf('*')).toBe('%2A')
  })
})
