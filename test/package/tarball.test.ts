import { execFile } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { entries } from '../../scripts/entries.mjs'
import { root } from './source-modules.js'

const execute = promisify(execFile)
const QUIET = ['--no-audit', '--no-fund', '--loglevel=error']

interface PackedFile {
  readonly path: string
  readonly mode: number
}

let folder = ''
let packed: readonly PackedFile[] = []

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-consumer-'))
  const { stdout } = await execute('npm', ['pack', '--json', '--pack-destination', folder], { cwd: root })
  const [{ filename, files }] = JSON.parse(stdout) as [{ filename: string; files: readonly PackedFile[] }]
  packed = files
  await writeFile(join(folder, 'package.json'), JSON.stringify({ name: 'consumer', private: true, type: 'module' }))
  const install = ['install', '--prefer-offline', ...QUIET, join(folder, filename)]
  await execute('npm', install, { cwd: folder })
}, 120_000)

afterAll(() => rm(folder, { recursive: true, force: true }))

describe('the packed tarball', () => {
  test('holds what users need and nothing else', () => {
    const kinds = new Set(packed.map(({ path }) => path.split('/')[0]))
    expect([...kinds].sort()).toEqual(
      ['CHANGELOG.md', 'LICENSE', 'README.md', 'SECURITY.md', 'dist', 'docs', 'llms.txt', 'package.json'].sort(),
    )
    expect(packed.filter(({ path }) => path.startsWith('docs/') && !/^docs\/[\w.-]+\.md$/.test(path))).toEqual([])
    expect(packed.filter(({ path }) => /\.test\.|\.ts$/.test(path) && !path.endsWith('.d.ts'))).toEqual([])
  })

  test('has types and a map beside every module', () => {
    const paths = new Set(packed.map(({ path }) => path))
    const modules = [...paths].filter((path) => path.startsWith('dist/') && path.endsWith('.js'))
    const lacking = modules.filter((path) => !paths.has(path.replace(/\.js$/, '.d.ts')) || !paths.has(`${path}.map`))
    expect(lacking).toEqual([])
  })

  test('imports at each of its entries in Node, and does nothing by that', async () => {
    const script = `
      const before = new Set(Object.getOwnPropertyNames(globalThis))
      for (const entry of ${JSON.stringify(entries())}) await import(entry)
      console.log(JSON.stringify(Object.getOwnPropertyNames(globalThis).filter((name) => !before.has(name))))`
    await writeFile(join(folder, 'every-entry.js'), script)
    const { stdout, stderr } = await execute(process.execPath, ['every-entry.js'], { cwd: folder, timeout: 30_000 })
    expect({ added: JSON.parse(stdout), stderr }).toEqual({ added: [], stderr: '' })
  })

  test.each([
    { module: 'nodenext', moduleResolution: 'nodenext' },
    { module: 'esnext', moduleResolution: 'bundler' },
    { module: 'esnext', moduleResolution: 'bundler', customConditions: ['workerd'] },
  ])('type checks at each entry with $module and $moduleResolution', async (options) => {
    const imports = entries().map((entry, index) => `import * as entry${index} from '${entry}'\nvoid entry${index}`)
    await writeFile(join(folder, 'consumer.ts'), `${imports.join('\n')}\n${CONSUMER}`)
    const compilerOptions = {
      ...options,
      strict: true,
      noEmit: true,
      target: 'es2022',
      lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable', 'esnext.disposable'],
      types: [],
      skipLibCheck: false,
    }
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, files: ['consumer.ts'] }))
    const compiler = join(root, 'node_modules/typescript/bin/tsc')
    const checked = await execute(process.execPath, [compiler, '-p', folder], { cwd: folder }).catch((error) => error)
    expect(checked.stdout).toBe('')
  })

  test('type checks and runs in Deno', async () => {
    const deno = join(root, 'test/runtimes/node_modules/.bin/deno')
    const env = { ...process.env, DENO_NO_UPDATE_CHECK: '1', NO_COLOR: '1' }
    const script = `import { runtime } from 'countersign/runtime/deno'\n${CONSUMER}\nconsole.log(runtime.name)`
    await writeFile(join(folder, 'deno.ts'), script)
    const command = ['run', '--check', '--node-modules-dir=manual', '--allow-all', 'deno.ts']
    const { stdout } = await execute(deno, command, { cwd: folder, env })
    expect(stdout.trim()).toBe('deno')
  })

  test('installs the command', async () => {
    const { stdout } = await execute(join(folder, 'node_modules/.bin/countersign'), ['--help'], { cwd: folder })
    expect(stdout).toContain('countersign')
  })
})

describe('the lock files', () => {
  test.each(['package-lock.json', 'test/runtimes/package-lock.json'])('%s names no registry', async (path) => {
    expect(await readFile(join(root, path), 'utf8')).not.toMatch(/"resolved":\s*"http/)
  })
})

describe('the build', () => {
  test('mirrors the sources', async () => {
    const list = async (folder: string, ending: string): Promise<string[]> => {
      const paths = await readdir(join(root, folder), { recursive: true })
      return paths.filter((path) => path.endsWith(ending)).map((path) => path.slice(0, -ending.length))
    }
    const sources = (await list('src', '.ts')).filter((path) => !path.endsWith('.d')).sort()
    expect((await list('dist', '.js')).sort()).toEqual(sources)
  })
})

/** Uses what the root entry offers, and calls nothing. */
const CONSUMER = `
import { apiKey, createSignedFetch, type OciCredentials } from 'countersign'

const credentials = apiKey({ tenancy: 'ocid1.tenancy.oc1..a', user: 'ocid1.user.oc1..b', privateKey: '' })
const signed: typeof fetch = createSignedFetch({ credentials })
export const answer = (): Promise<Response> => signed('https://example.com')
export const given = (): Promise<OciCredentials> => credentials()
`
