import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { emulatorEnvironment } from '../../src/testing/environment.js'
import { root } from './snippets.js'

const page = readFileSync(join(root, 'docs/emulator.md'), 'utf8')
// Shell blocks in their order; the first one only tells how to serve.
const [, ...blocks] = [...page.matchAll(/```sh\n([\s\S]*?)```/gu)].map(({ 1: block = '' }) => block)

let served: ServedEmulator
let folder: string
let environment: NodeJS.ProcessEnv

beforeAll(async () => {
  served = await serveEmulator()
  folder = mkdtempSync(join(tmpdir(), 'countersign-docs-'))
  // What a reader's `npx` finds in node_modules.
  writeFileSync(join(folder, 'npx'), `#!/bin/sh\nshift\nexec "${process.execPath}" "${root}/dist/cli/main.js" "$@"\n`)
  chmodSync(join(folder, 'npx'), 0o755)
  const variables = { ...emulatorEnvironment(served, 'api-key') }
  const lines = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`)
  writeFileSync(join(folder, 'emulator.env'), lines.join('\n'))
  environment = { ...variables, HOME: folder, PATH: `${folder}:${process.env['PATH']}` }
})

afterAll(async () => {
  await served.close()
  rmSync(folder, { recursive: true, force: true })
})

const hasTools = spawnSync('sh', ['-c', 'curl --version']).status === 0

describe.skipIf(!hasTools)('the shell blocks of docs/emulator.md run as they stand', () => {
  test('there are some', () => expect(blocks.length).toBeGreaterThan(3))

  test.each(blocks)('%s', async (block) => {
    // A fault that the page injects belongs to its own block.
    served.emulator.faults.clear()
    const script = block.replaceAll('curl ', 'curl --silent --show-error --fail-with-body ')
    expect(await shell(script)).toMatchObject({ status: 0 })
  })
})

function shell(script: string): Promise<{ readonly status: number | null; readonly output: string }> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-e', '-c', script], {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const chunks: Buffer[] = []
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
    child.on('close', (status) => resolve({ status, output: Buffer.concat(chunks).toString() }))
  })
}
