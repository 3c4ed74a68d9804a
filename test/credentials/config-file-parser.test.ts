import { describe, expect, it } from 'vitest'
import { parseConfigFile } from '../../src/credentials/config-file-parser.js'

const parse = (content: string): Record<string, Record<string, string>> =>
  Object.fromEntries(
    [...parseConfigFile(content, 'config')].map(([name, { entries }]) => [
      name,
      Object.fromEntries([...entries].map(([key, { value }]) => [key, value])),
    ]),
  )

describe('parseConfigFile', () => {
  it.each<[string, string, Record<string, Record<string, string>>]>([
    ['spaces around names, keys and values', '[ A ]\n  user =  x  ', { A: { user: 'x' } }],
    ['keys in any case', '[A]\nUser=x\nKEY_FILE=y', { A: { user: 'x', key_file: 'y' } }],
    ['values with "=" in them whole', '[A]\npass_phrase=a=b==', { A: { pass_phrase: 'a=b==' } }],
    ['a colon as part of the value, not as a separator', '[A]\nfingerprint=aa:bb', { A: { fingerprint: 'aa:bb' } }],
    ['"#" and ";" behind a value as part of it', '[A]\npass_phrase=a#b ;c', { A: { pass_phrase: 'a#b ;c' } }],
    ['quotes as part of the value', '[A]\nuser="x"', { A: { user: '"x"' } }],
    ['comments of both kinds', '# one\n; two\n[A]\n  # three\nuser=x', { A: { user: 'x' } }],
    ['Windows line ends and a byte order mark', '\uFEFF[A]\r\nuser=x\r\n', { A: { user: 'x' } }],
    ['old Macintosh line ends', '[A]\ruser=x', { A: { user: 'x' } }],
    ['a profile in two places as one', '[A]\nuser=x\n[B]\n[A]\nregion=y', { A: { user: 'x', region: 'y' }, B: {} }],
    ['the last of two equal keys', '[A]\nuser=x\nuser=y', { A: { user: 'y' } }],
    ['an empty value', '[A]\nuser=', { A: { user: '' } }],
    ['nothing', '', {}],
  ])('reads %s', (_, content, profiles) => {
    expect(parse(content)).toEqual(profiles)
  })

  it.each([
    ['a line without "="', '[A]\nuser=x\n\nhunter2', 4, 'key=value'],
    ['a key pasted into the file', '[A]\n-----BEGIN PRIVATE KEY-----', 2, 'key=value'],
    ['a setting before any profile', '# c\nuser=hunter2', 2, 'before the first setting'],
    ['a heading without a name', '[A]\n[ ]', 2, 'profile name'],
    ['a heading that is not closed', '[A', 1, 'closed'],
    ['text behind a heading', '[A] hunter2', 1, 'nothing after it'],
    ['a heading behind a heading', '[A] hunter2 [B]', 1, 'nothing after it'],
    ['a value without a key', '[A]\n=hunter2', 2, 'key before'],
  ])('refuses %s with the line, and does not show the line', (_, content, line, expected) => {
    const parsing = (): unknown => parseConfigFile(content, '/home/opc/.oci/config')
    expect(parsing).toThrow(
      expect.objectContaining({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining(`line ${line} of /home/opc/.oci/config`),
      }),
    )
    expect(parsing).toThrow(expected)
    expect(parsing).not.toThrow('hunter2')
  })

  it('tells on which line a setting stands', () => {
    const profile = parseConfigFile('\n[A]\n# c\nuser=x', 'config').get('A')
    expect(profile?.line).toBe(2)
    expect(profile?.entries.get('user')?.line).toBe(4)
  })
})
