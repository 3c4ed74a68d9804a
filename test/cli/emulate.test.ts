import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type RunResult, runCli } from './run-cli.js'

/** Runs `emulate` until `use` is through with what it printed first. */
async function whileEmulating(words: readonly string[], use: (printed: string) => Promise<void>): Promise<RunResult> {
  const stop = new AbortController()
  let used = Promise.resolve()
  const result = await runCli(['emulate', ...words], {
    signal: stop.signal,
    inputEnded: new Promise(() => {}),
    onOutput: (text) => {
      if (!text.startsWith('#')) used = used.then(() => use(text)).finally(() => stop.abort())
    },
  })
  await used
  return result
}

describe('countersign emulate', () => {
  test('tells everything on one line of JSON, and serves until interrupted', async () => {
    let directory = ''
    const { code, output } = await whileEmulating(['--json'], async (printed) => {
      const served = JSON.parse(printed)
      directory = served.paths.directory
      expect(served).toMatchObject({
        http: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        https: expect.stringMatching(/^https:\/\/127\.0\.0\.1:\d+$/),
        control: expect.stringContaining('/_emulator'),
        identities: { tenancy: expect.stringMatching(/^ocid1\.tenancy/), user: expect.stringMatching(/^ocid1\.user/) },
        fingerprint: expect.stringMatching(/^(?:[\da-f]{2}:){15}[\da-f]{2}$/),
        environment: { OCI_CLI_CONFIG_FILE: served.paths.config },
        environments: { 'resource-principal-2.2': { OCI_RESOURCE_PRINCIPAL_VERSION: '2.2' } },
      })
      for (const path of Object.values<string>(served.paths)) await stat(path)
      expect((await fetch(`${served.http}/echo`)).status).toBe(401)
      expect((await fetch(`${served.control}/identities`)).status).toBe(200)
    })
    expect(code).toBe(0)
    expect(output.trim().split('\n')).toHaveLength(1)
    expect(existsSync(directory)).toBe(false)
  })

  test('lets nobody else read the keys', async () => {
    await whileEmulating(['--json'], async (printed) => {
      const { apiKey } = JSON.parse(printed).paths
      expect((await stat(apiKey)).mode & 0o077).toBe(0)
      expect(await readFile(apiKey, 'utf8')).toContain('PRIVATE KEY')
    })
  })

  test('stops when its standard input ends, if it speaks JSON', async () => {
    expect(await runCli(['emulate', '--json'], { inputEnded: Promise.resolve() })).toMatchObject({ code: 0 })
  })

  test('keeps a directory that was chosen', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'countersign-emulate-'))
    await runCli(['emulate', '--json', '--directory', directory])
    expect(existsSync(join(directory, 'config'))).toBe(true)
    await rm(directory, { recursive: true })
  })

  test('prints the environment of a principal for a shell', async () => {
    const { output } = await whileEmulating(['--principal', 'api-key'], async () => {})
    const lines = output.trim().split('\n')
    expect(lines[0]).toMatch(/^# Serving http:\/\/127\.0\.0\.1:\d+ and https:.* until Ctrl-C/)
    expect(lines.slice(1).every((line) => /^export [A-Z_]+=\S/.test(line))).toBe(true)
    expect(output).toContain('export OCI_CLI_AUTH=api_key')
  })

  test('also serves what careful clients refuse', async () => {
    await whileEmulating(['--json', '--untrustworthy'], async (printed) => {
      expect(JSON.parse(printed)).toMatchObject({ unknownAuthority: expect.any(String), wrongName: expect.any(String) })
    })
  })

  test.each(['x', '-1', '70000', '1.5', ''])('answers with 2 to the port %j', async (port) => {
    expect(await runCli(['emulate', `--port=${port}`])).toMatchObject({ code: 2, output: '' })
  })

  test.each(['--port', '--https-port'])(
    'answers with 2 to a %s that is taken, and leaves nothing behind',
    async (option) => {
      const before = new Set(await readdir(tmpdir()))
      const taken = createServer().listen(0, '127.0.0.1')
      await once(taken, 'listening')
      const { port } = taken.address() as AddressInfo
      const result = await runCli(['emulate', option, String(port)])
      expect(result).toMatchObject({ code: 2, output: '', errors: expect.stringMatching(`port ${port}.*EADDRINUSE`) })
      const left = (await readdir(tmpdir())).filter((name) => /^countersign-\w{6}$/.test(name) && !before.has(name))
      for (const name of left) expect(existsSync(join(tmpdir(), name, 'api-key.pem'))).toBe(false)
      taken.close()
    },
  )

  test('answers with 2 to a directory that cannot be made', async () => {
    const file = join(await mkdtemp(join(tmpdir(), 'countersign-emulate-')), 'file')
    await writeFile(file, '')
    const { code, errors } = await runCli(['emulate', '--directory', join(file, 'below')])
    expect({ code, errors }).toEqual({ code: 2, errors: expect.stringContaining('ENOTDIR') })
  })
})
