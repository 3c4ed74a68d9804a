import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { authMethods } from '../../src/cli/auth.js'
import { commands } from '../../src/cli/commands.js'
import { exitCodeMeanings } from '../../src/cli/exit-codes.js'

const page = await readFile(join(import.meta.dirname, '../../docs/cli.md'), 'utf8')

describe('docs/cli.md', () => {
  test.each(commands.map(({ name }) => name))('tells of "%s"', (name) => {
    expect(page).toMatch(new RegExp(`\`${name}[ \`]`))
  })

  test.each(Object.keys(authMethods))('tells of --auth %s', (name) => {
    expect(page).toContain(`\`${name}\``)
  })

  test.each(exitCodeMeanings)('tells what exit code %i means', (code, meaning) => {
    expect(page).toContain(`| ${code} | ${meaning} |`)
  })
})
