import { describe, expect, test } from 'vitest'
import { readIni, removeIniSection, replaceIniSection } from '../../src/encoding/ini.js'

describe('readIni', () => {
  test('keeps %, # and ; inside values', () => {
    const [section] = readIni('[a]\nrule = sub eq x%3Ay#z;w\n')
    expect(section?.entries).toEqual([{ key: 'rule', value: 'sub eq x%3Ay#z;w', line: 2 }])
  })

  test('takes any line ending, a byte order mark, and a colon for "="', () => {
    const sections = readIni('\uFEFF[a]\r\nx: 1\r[b]\ny = 2')
    expect(sections.map(({ name, entries }) => [name, entries[0]?.value])).toEqual([
      ['a', '1'],
      ['b', '2'],
    ])
  })

  test('leaves out comments, and whatever is no entry', () => {
    expect(readIni('x=0\n[a]\n# c\n ; c\nnonsense\ny=')).toEqual([
      { name: 'a', entries: [{ key: 'y', value: '', line: 6 }] },
    ])
  })

  test('takes time in proportion to a line, however odd that is', () => {
    const started = performance.now()
    const gap = ' '.repeat(50_000)
    expect(readIni(`[a]\n${gap}a${gap}b\nc = d${gap}e`)[0]?.entries).toHaveLength(1)
    expect(replaceIniSection(`[a]\n# b${gap}c`, 'd', {})).toMatch(/\[d\]\n$/)
    expect(performance.now() - started).toBeLessThan(500)
  })
})

describe('a section', () => {
  const text = '[one]\na=1\n\n[two]\nb=2\n# of two\n[three]\nc=3\n'

  test('is replaced at the end, and the others stay as they are', () => {
    expect(replaceIniSection(text, 'two', { b: '9', gone: undefined })).toBe(
      '[one]\na=1\n\n[three]\nc=3\n\n[two]\nb=9\n',
    )
  })

  test('is appended to a text without a line break at its end', () => {
    expect(replaceIniSection('[one]\na=1', 'two', { b: '2' })).toBe('[one]\na=1\n\n[two]\nb=2\n')
  })

  test('refuses a value that would begin another line', () => {
    for (const tenancy of ['a\nuser=b', 'a\r[DEFAULT]']) {
      expect(() => replaceIniSection('', 'two', { tenancy })).toThrow(
        expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining('"tenancy"') }),
      )
    }
  })

  test('ends at the next heading, whatever ends the lines', () => {
    for (const end of ['\n', '\r\n', '\r']) {
      expect(removeIniSection(text.replaceAll('\n', end), 'two')).toBe(
        '[one]\na=1\n\n[three]\nc=3\n'.replaceAll('\n', end),
      )
    }
  })

  test('is all there is in an empty text', () => {
    expect(replaceIniSection('', 'two', { b: '2' })).toBe('[two]\nb=2\n')
  })

  test('that appears twice is removed twice', () => {
    expect(removeIniSection(`${text}[two]\nb=3\n`, 'two')).toBe('[one]\na=1\n\n[three]\nc=3\n')
  })
})
