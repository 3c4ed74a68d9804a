import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { copyFile, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
let folder: string
let program: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-spawned-'))
  program = join(folder, 'dist/cli/main.js')
  await build({
    entryPoints: [join(root, 'src/cli/main.ts')],
    outdir: join(folder, 'dist/cli'),
    alias: { '#runtime': join(root, 'src/runtime/node.ts') },
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    logLevel: 'error',
  })
  await copyFile(join(root, 'package.json'), join(folder, 'package.json'))
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
})

afterAll(() => rm(folder, { recursive: true }))

interface Outcome {
  readonly code: number
  readonly output: string
  readonly errors: string
}

function run(words: readonly string[], input = '', env: NodeJS.ProcessEnv = {}): Promise<Outcome> {
  return new Promise((done) => {
    const settings = { env: { PATH: process.env['PATH'], HOME: folder, ...env }, timeout: 15_000 }
    const child = execFile(process.execPath, [program, ...words], settings, (error, output, errors) => {
      done({ code: error === null ? 0 : Number(error.code), output, errors })
    })
    child.stdin?.end(input)
  })
}

async function emulator(): Promise<{
  readonly child: ChildProcess
  readonly environments: Record<string, NodeJS.ProcessEnv>
  readonly http: string
}> {
  const child = spawn(process.execPath, [program, 'emulate', '--json'], { stdio: ['pipe', 'pipe', 'inherit'] })
  let line = ''
  for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
    line += chunk
    if (line.includes('\n')) break
  }
  return { child, ...JSON.parse(line) }
}

describe('the program as a process', () => {
  test('prints version and help', async () => {
    expect((await run(['--version'])).output).toMatch(/^\d+\.\d+\.\d+\n$/)
    expect((await run(['request', '--help'])).output).toContain('Usage: countersign request')
  })

  test('ends with the exit codes it documents', async () => {
    expect((await run(['frobnicate'])).code).toBe(2)
    expect((await run(['whoami', '--auth', 'api_key'])).code).toBe(3)
    expect((await run(['verify', '--key', '/no/key'])).code).toBe(2)
  })

  test('signs against its own emulator, pipes into itself, and ends with its input', async () => {
    const { child, environments, http } = await emulator()
    const env = environments['api-key']
    const sent = await run(['request', 'POST', `${http}/echo`, '-d', '@-'], '{"a":1}', env)
    expect(sent).toMatchObject({ code: 0, errors: '' })
    expect(JSON.parse(sent.output)).toMatchObject({ verified: true })
    const signed = await run(['sign', 'GET', `${http}/echo`, '--json'], '', env)
    const key = `${env?.['OCI_CLI_KEY_FILE']}`.replace(/\.pem$/, '-public.pem')
    expect((await run(['verify', '--key', key], signed.output)).code).toBe(0)
    child.stdin?.end()
    expect(await once(child, 'exit')).toEqual([0, null])
  })

  test('does not mind a reader that has seen enough', async () => {
    const shell = `"${process.execPath}" "${program}" --help | head -1`
    const { stdout } = await new Promise<{ stdout: string }>((done) => {
      execFile('sh', ['-c', shell], (_error, stdout, stderr) => done({ stdout: stdout + stderr }))
    })
    expect(stdout.trim().split('\n')).toHaveLength(1)
  })

  test('ends when nobody reads on, however long it would have gone on', async () => {
    const shell = `"${process.execPath}" "${program}" emulate | true`
    const code = await new Promise((done) => execFile('sh', ['-c', shell], { timeout: 15_000 }, (error) => done(error)))
    expect(code).toBeNull()
  })

  test.skipIf(!existsSync('/dev/full'))('answers with 2 when the output cannot be written', async () => {
    const shell = `"${process.execPath}" "${program}" --help > /dev/full`
    const [code, errors] = await new Promise<[unknown, string]>((done) => {
      execFile('sh', ['-c', shell], (error, _, errors) => done([error?.code, errors]))
    })
    expect([code, errors]).toEqual([2, 'OPTION_INVALID: The output cannot be written (ENOSPC).\n'])
  })

  test('stops waiting for its input when it is interrupted', async () => {
    const child = spawn(process.execPath, [program, 'verify', '--key', program], { stdio: ['pipe', 'pipe', 'pipe'] })
    await waitUntilReading(child)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([130, null])
  })
})

/** Until more than a pipe holds has gone to the program's standard input, so that it must have begun to read. */
async function waitUntilReading({ stdin }: ChildProcess): Promise<void> {
  if (stdin?.write('x'.repeat(1_000_000)) === false) await once(stdin, 'drain')
}
