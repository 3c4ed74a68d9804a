import { spawn } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { transformSync } from 'esbuild'
import { beforeAll, describe, expect, it } from 'vitest'
import { documentSnippets, root } from './snippets.js'

const folder = join(root, 'out/snippets-run')
const snippets = documentSnippets().map((snippet, index) => ({ ...snippet, file: join(folder, `${index}.mjs`) }))

describe('every snippet of the documentation runs against the emulator', () => {
  beforeAll(() => {
    rmSync(folder, { recursive: true, force: true })
    mkdirSync(folder, { recursive: true })
    for (const { code, file } of snippets)
      writeFileSync(file, transformSync(code, { loader: 'ts', format: 'esm' }).code)
  })

  it.each(snippets)('$place', async ({ file }) => {
    const { status, errors } = await node(['--import', join(root, 'test/docs/world.mjs'), file])
    expect(errors).toBe('')
    expect(status).toBe(0)
  })
})

function node(parameters: readonly string[]): Promise<{ readonly status: number | null; readonly errors: string }> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, ['--no-warnings', ...parameters], { stdio: ['ignore', 'ignore', 'pipe'] })
    const chunks: Buffer[] = []
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('close', (status) => resolve({ status, errors: Buffer.concat(chunks).toString() }))
  })
}
