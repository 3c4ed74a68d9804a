import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { root } from './snippets.js'

const source = readFileSync(join(root, 'src/errors.ts'), 'utf8')
const codes = [...source.matchAll(/'([A-Z][A-Z_]+)'/gu)].map(({ 1: code = '' }) => code)

describe.each(['docs/errors.md', 'README.md'])('%s', (page) => {
  it('names every error code', () => {
    const text = readFileSync(join(root, page), 'utf8')
    expect(codes.length).toBeGreaterThan(50)
    expect(codes.filter((code) => !text.includes(`\`${code}\``))).toEqual([])
  })
})
