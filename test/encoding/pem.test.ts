import { describe, expect, it } from 'vitest'
import { utf8 } from '../../src/encoding/bytes.js'
import { readPem, writePem } from '../../src/encoding/pem.js'

const der = Uint8Array.from({ length: 100 }, (_, index) => index)
const pem = writePem('PRIVATE KEY', der)

describe('writePem', () => {
  it('writes 64 characters a line', () => {
    expect(
      writePem('X', der)
        .split('\n')
        .map((line) => line.length),
    ).toEqual([17, 64, 64, 8, 15, 0])
  })

  it('writes an empty block', () => {
    expect(writePem('X', new Uint8Array())).toBe('-----BEGIN X-----\n-----END X-----\n')
  })
})

describe('readPem', () => {
  it('reads what writePem writes', () => {
    expect(readPem(pem)).toEqual([{ label: 'PRIVATE KEY', headers: {}, der }])
  })

  it('reads every block in order, with any text around them', () => {
    const text = `Bag Attributes\n${writePem('CERTIFICATE', utf8('one'))}\nnext:\n${writePem('CERTIFICATE', utf8('two'))}end`
    expect(readPem(text).map((block) => block.der)).toEqual([utf8('one'), utf8('two')])
  })

  it.each([
    ['CRLF', (text: string) => text.replaceAll('\n', '\r\n')],
    ['literal backslash-n', (text: string) => text.replaceAll('\n', '\\n')],
    ['spaces', (text: string) => text.replaceAll('\n', ' ')],
    ['nothing', (text: string) => text.replaceAll('\n', '')],
  ])('reads blocks whose line breaks became %s', (_, damage) => {
    const blocks = readPem(damage(pem + writePem('CERTIFICATE', utf8('two'))))
    expect(blocks.map((block) => block.der)).toEqual([der, utf8('two')])
  })

  it('gives the headers of a traditional block', () => {
    const block = pem.replace('\n', '\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,0011\n\n')
    expect(readPem(block)).toEqual([
      { label: 'PRIVATE KEY', headers: { 'Proc-Type': '4,ENCRYPTED', 'DEK-Info': 'AES-128-CBC,0011' }, der },
    ])
    expect(readPem(block.replaceAll('\n', ' '))).toEqual(readPem(block))
  })

  it.each(['', 'text', '-----BEGIN', 'MIIB'])('finds no block in %j', (text) => {
    expect(readPem(text)).toEqual([])
  })

  it.each([
    ['no END line', pem.slice(0, -30)],
    ['the END line of another label', pem.replace('END PRIVATE', 'END PUBLIC')],
    ['an END line only after the next block', pem.replace(/-----END.*\n/, '') + pem],
    ['a strange character', pem.replace('\nA', '\n?')],
    ['a missing character', pem.replace('\nA', '\n')],
    ['padding in the middle', writePem('PRIVATE KEY', der).replace(/^.{32}/m, '$&====')],
  ])('refuses a block with %s', (_, text) => {
    expect(() => readPem(text)).toThrow(expect.objectContaining({ name: 'ConfigurationError', code: 'PEM_INVALID' }))
  })

  it('never takes content for a label, which its errors repeat', () => {
    const damaged = pem.replace('KEY-----', 'KEY')
    expect(readPem(damaged)).toEqual([])
    expect(readPem(pem.replace('PRIVATE', 'private'))).toEqual([])
  })

  it.each([
    ['blocks without an end', '-----BEGIN X-----'.repeat(20_000)],
    ['one long word', closed('a'.repeat(100_000))],
    ['words with colons', closed('a-:'.repeat(50_000))],
    ['white space', closed(`a:${' '.repeat(100_000)}`)],
    ['line breaks', closed(`${'\n'.repeat(100_000)}a`)],
  ])('takes time in proportion to the text when it is full of %s', (_, odd) => {
    const started = performance.now()
    expect([1, 'PEM_INVALID']).toContain(outcome(odd))
    expect(performance.now() - started).toBeLessThan(500)
  })

  it('takes blocks of many megabytes', () => {
    expect(readPem(closed('A'.repeat(8 * 2 ** 20)))[0]?.der).toHaveLength(6 * 2 ** 20)
  })
})

function closed(content: string): string {
  return `-----BEGIN X-----\n${content}\n-----END X-----`
}

/** How many blocks were found, or the code of the refusal. */
function outcome(text: string): unknown {
  try {
    return readPem(text).length
  } catch (error) {
    return (error as { readonly code?: string }).code
  }
}
