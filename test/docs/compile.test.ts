import { spawnSync } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { docstringSnippets, documentSnippets, root } from './snippets.js'

it('compiles every example of the doc comments and every snippet of the documentation', () => {
  const snippets = [...documentSnippets(), ...docstringSnippets()]
  const folder = join(root, 'out/snippets-compiled')
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const [index, { code }] of snippets.entries()) writeFileSync(join(folder, `${index}.ts`), `${code}\nexport {}\n`)
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(configuration))
  const { stdout } = spawnSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' })
  const faults = stdout.split('\n').filter((line) => line.includes('error'))
  const placed = faults.map((line) =>
    line.replace(
      /^.*?(\d+)\.ts\((\d+)/u,
      (_, index, at) => `${snippets[Number(index)]?.place} (line ${at} of the snippet`,
    ),
  )
  expect(placed).toEqual([])
  expect(snippets.length).toBeGreaterThan(100)
}, 120_000)

const configuration = {
  compilerOptions: {
    target: 'ES2022',
    module: 'NodeNext',
    lib: ['ES2023', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
    types: ['node'],
    strict: true,
    noEmit: true,
    skipLibCheck: true,
  },
  include: ['*.ts'],
}
