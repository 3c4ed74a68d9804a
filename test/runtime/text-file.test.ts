import { describe, expect, it } from 'vitest'
import { expandHome, readTextFile } from '../../src/runtime/text-file.js'
import { memoryRuntime } from '../fixtures/memory-runtime.js'

const runtime = memoryRuntime({ files: { '/keys/one.pem': 'content' } })

describe('a file that must be there', () => {
  it('is read', async () => {
    expect(await readTextFile('/keys/one.pem', 'the key', runtime)).toBe('content')
  })

  it('is named with its purpose when it is missing', async () => {
    await expect(readTextFile('/keys/two.pem', 'the key', runtime)).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      message: expect.stringMatching(/the key.*\/keys\/two\.pem/),
    })
  })

  it('cannot be had where there are no files', async () => {
    const { files: _, ...bare } = runtime
    await expect(readTextFile('/keys/one.pem', 'the key', bare)).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
  })

  it.each([
    ['a PEM', '-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----'],
    ['a PEM on one line', '-----BEGIN PRIVATE KEY-----c2VjcmV0'],
    ['a token', 'eyJhbGciOiJSUzI1NiJ9.c2VjcmV0.c2ln'],
    ['something long', 'c2VjcmV0'.repeat(1000)],
  ])('is not looked for under %s, which no message repeats', async (_, content) => {
    const { files: __, ...bare } = runtime
    for (const machine of [runtime, bare]) {
      const error: Error = await readTextFile(content, 'the key', machine).catch((failure) => failure)
      expect(error).toMatchObject({ code: 'CONFIG_INVALID' })
      expect(`${error.message} ${error.cause}`).not.toContain('c2VjcmV0')
    }
  })
})

describe('the home directory', () => {
  it.each([
    ['~/key', '/home/opc/key'],
    ['~', '/home/opc'],
    ['~other/key', '~other/key'],
    ['/a/~/b', '/a/~/b'],
  ])('makes %s into %s', (path, expected) => {
    expect(expandHome(path, { homeDirectory: () => '/home/opc' })).toBe(expected)
  })

  it('leaves the path where there is none', () => {
    expect(expandHome('~/key', { homeDirectory: () => undefined })).toBe('~/key')
  })
})
