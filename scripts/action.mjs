// @ts-check
// src/cli/action.ts → action/main.mjs: one file, because a runner takes the action as it lies in the repository.
//   node scripts/action.mjs           writes it
//   node scripts/action.mjs --check   fails when it is not what the sources make
import { readFile, writeFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = resolve(import.meta.dirname, '..')
const committed = resolve(root, 'action/main.mjs')

const ENTRY = `
import { runAction } from './src/cli/action.ts'
import { runtime } from './src/runtime/node.ts'
process.exitCode = await runAction({ runtime, log: (line) => process.stdout.write(line + '\\n') })
`

/** The action's script as the sources make it. @returns {Promise<string>} */
export async function actionBundle() {
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' },
    alias: { '#runtime': resolve(root, 'src/runtime/node.ts') },
    bundle: true,
    minify: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    write: false,
    tsconfigRaw: {},
    legalComments: 'inline',
    // Only a private authority or a proxy needs it, and a runner has neither.
    external: ['undici'],
    banner: { js: '// Made by scripts/action.mjs from src/cli/action.ts. Do not edit.' },
  })
  return outputFiles.map(({ text }) => text).join('')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const made = await actionBundle()
  const isCheck = process.argv.includes('--check')
  if (!isCheck) await writeFile(committed, made)
  else if (made !== (await readFile(committed, 'utf8'))) {
    console.error('action/main.mjs is not what the sources make: run "node scripts/action.mjs".')
    process.exitCode = 1
  }
}
