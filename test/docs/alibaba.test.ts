import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const pages = ['docs/alibaba.md', 'docs/alibaba.zh.md'] as const
const textOf = (path: string): string => readFileSync(join(root, path), 'utf8')

/** The rows of the table of features: its number, the file of the test, and the test's name or the start of it. */
const featuresOf = (page: string) =>
  [...textOf(page).matchAll(/^\| F(\d+) \| [^|]+ \| `(test\/[^`]+)`: ([^|]+) \|$/gm)].map(
    ([, number = '', file = '', title = '']) => ({ number: Number(number), file, title }),
  )

describe('the page about Alibaba Cloud', () => {
  it('is told in both languages', () => {
    const shape = (page: string): string[] => textOf(page).match(/^(#+ |```\w*|\| `[^`]+`)/gm) ?? []
    expect(shape('docs/alibaba.zh.md')).toEqual(shape('docs/alibaba.md'))
    expect(featuresOf('docs/alibaba.zh.md')).toEqual(featuresOf('docs/alibaba.md'))
    expect(JSON.parse(textOf('package.json')).license).toBe('Apache-2.0')
  })

  it.each(pages)('%s tells of each feature once', (page) => {
    expect(featuresOf(page).map(({ number }) => number)).toEqual(Array.from({ length: 21 }, (_, index) => index + 1))
  })

  it.each(featuresOf(pages[0]))('F$number is shown by a test that is there: $title', ({ file, title }) => {
    const test = textOf(file).replaceAll(/'\s*\+\s*'/g, '')
    expect(test).toContain(title)
  })
})
