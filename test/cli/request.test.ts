import { mkdtemp, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { emulatedPrincipals, emulatorEnvironment } from '../../src/testing/environment.js'
import { jsonOf, type RunResult, runCli } from './run-cli.js'

let served: ServedEmulator
let folder: string
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  served = await serveEmulator()
  folder = await mkdtemp(join(tmpdir(), 'countersign-cli-'))
  env = emulatorEnvironment(served, 'api-key')
})

afterAll(async () => {
  await served.close()
  await rm(folder, { recursive: true })
})

function send(...words: readonly string[]): Promise<RunResult> {
  return runCli(['request', ...words], { env })
}

describe('countersign request', () => {
  test('signs, sends and prints the body as it came', async () => {
    const { code, output, errors } = await send('GET', `${served.http}/echo?a=b`)
    expect(code).toBe(0)
    expect(errors).toBe('')
    expect(JSON.parse(output)).toMatchObject({ verified: true, method: 'GET', target: '/echo?a=b' })
  })

  test.each(emulatedPrincipals)('signs as %s, told by the environment', async (principal) => {
    const result = await runCli(['request', 'GET', `${served.http}/echo`], {
      env: emulatorEnvironment(served, principal),
    })
    expect(result).toMatchObject({ code: 0, errors: '' })
    expect(jsonOf(result)).toMatchObject({ verified: true })
  })

  test.each([
    ['api_key', 'api-key'],
    ['security_token', 'session-token'],
    ['instance_principal', 'instance-principal'],
    ['instance_obo_user', 'delegation-token'],
    ['resource_principal', 'resource-principal-2.2'],
    ['oke_workload_identity', 'oke-workload-identity'],
  ] as const)('signs as --auth %s', async (method, principal) => {
    const { OCI_CLI_AUTH: _, ...rest } = emulatorEnvironment(served, principal)
    const result = await runCli(['request', 'GET', `${served.http}/echo`, '--auth', method], { env: rest })
    expect(result).toMatchObject({ code: 0, errors: '' })
    expect(jsonOf(result)).toMatchObject({ verified: true })
  })

  test('prints status, headers and body as JSON', async () => {
    const result = await send('POST', `${served.http}/echo`, '-d', '{"a":1}', '--json')
    const { output } = result
    expect(jsonOf(result)).toMatchObject({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: { verified: true, method: 'POST' },
    })
    expect(output.trim().split('\n')).toHaveLength(1)
  })

  test('prints status and headers before the body when asked to', async () => {
    const { output } = await send('GET', `${served.http}/echo`, '--include')
    expect(output).toMatch(/^200 OK\n(?:[\w-]+: .*\n)+\n\{/)
  })

  test('sends a file, standard input, and headers', async () => {
    const path = join(folder, 'body.json')
    await writeFile(path, '{"from":"file"}')
    const own = { env, input: '{"from":"input"}' }
    const file = await runCli(['request', 'POST', `${served.http}/echo`, '-d', `@${path}`], own)
    const input = await runCli(
      ['request', 'POST', `${served.http}/echo`, '-d', '@-', '-H', 'x-one: 1', '-H', 'x-two: 2: 2'],
      own,
    )
    expect(jsonOf(file)).toMatchObject({ verified: true })
    expect(jsonOf(input)).toMatchObject({ verified: true })
    const [first, second] = served.emulator.log.entries().slice(-2)
    expect(first).toMatchObject({ method: 'POST', status: 200 })
    expect(second).toMatchObject({ method: 'POST', status: 200 })
  })

  test('writes the body to a file', async () => {
    const path = join(folder, 'answer.json')
    const { output } = await send('GET', `${served.http}/echo`, '-o', path)
    expect(output).toBe('')
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ verified: true })
  })

  test('writes the body into what is there, be it a device', async () => {
    const path = join(folder, 'linked.json')
    await writeFile(join(folder, 'real.json'), 'x'.repeat(10_000))
    await symlink(join(folder, 'real.json'), path)
    const before = await stat(join(folder, 'real.json'))
    expect((await send('GET', `${served.http}/echo`, '-o', path)).code).toBe(0)
    const after = await stat(join(folder, 'real.json'))
    expect([after.ino, after.mode]).toEqual([before.ino, before.mode])
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ verified: true })
    expect(await send('GET', `${served.http}/echo`, '-o', '/dev/null')).toMatchObject({ code: 0, errors: '' })
    expect((await stat('/dev/null')).isCharacterDevice()).toBe(true)
  })

  test('answers with 2 when the file cannot be written, and with 4 when the answer breaks off', async () => {
    const refused = await send('GET', `${served.http}/echo`, '-o', '/no/such/folder/file')
    expect(refused).toMatchObject({ code: 2, errors: expect.stringMatching(/\/no\/such\/folder\/file.*ENOENT/) })
    for (const more of [[], ['-o', join(folder, 'broken')]]) {
      served.emulator.faults.add({ effect: 'break-off', surface: 'identity' })
      const broken = await send('GET', `${served.http}/20160918/regions`, '--no-retry', ...more)
      expect(broken).toMatchObject({ code: 4, errors: expect.stringContaining('SERVICE_UNREACHABLE') })
    }
  })

  test('hands a long body on piece by piece', async () => {
    const pieces = Array.from({ length: 5 }, (_, index) => `${index}`.repeat(1000))
    const chunks: string[] = []
    const fetch = (async () =>
      new Response(new Blob(pieces).stream().pipeThrough(inPieces()))) as typeof globalThis.fetch
    const words = ['request', 'GET', 'https://example.com/']
    await runCli(words, { env, runtime: { fetch }, onOutput: (text) => chunks.push(text) })
    expect(chunks).toHaveLength(5)
    expect((await runCli(words, { env, runtime: { fetch } })).output).toBe(pieces.join(''))
  })

  test.each(['0.07', '2.3', '1.0005', '2147483.6'])('waits for %s seconds', async (seconds) => {
    const fetch = (async () => new Response('good')) as typeof globalThis.fetch
    const words = ['request', 'GET', 'https://example.com/', '--timeout', seconds]
    expect(await runCli(words, { env, runtime: { fetch } })).toMatchObject({ code: 0, output: 'good', errors: '' })
  })

  test('finds the endpoint of a service in the region of the identity', async () => {
    const urls: string[] = []
    const fetch = (async (input: URL | string) => {
      urls.push(String(input))
      return new Response('[]')
    }) as typeof globalThis.fetch
    const words = ['request', 'GET', '/instances?limit=1', '--service', 'core.ComputeClient']
    const cloud = { ...env, OCI_CLI_ENDPOINT: '' }
    await runCli(words, { env: cloud, runtime: { fetch } })
    await runCli([...words, '--region', 'fra'], { env: cloud, runtime: { fetch } })
    expect(urls).toEqual([
      'https://iaas.us-phoenix-1.oraclecloud.com/20160918/instances?limit=1',
      'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances?limit=1',
    ])
  })

  test('finds the services where OCI_CLI_ENDPOINT says that they are', async () => {
    const result = await send('GET', '/regions', '--service', 'identity')
    expect(result).toMatchObject({ code: 0, errors: '' })
    expect(jsonOf(result)).toContainEqual(expect.objectContaining({ name: 'us-phoenix-1' }))
  })

  test('does not repeat a password in OCI_CLI_ENDPOINT', async () => {
    const result = await runCli(['request', 'GET', '/regions', '--service', 'identity'], {
      env: { ...env, OCI_CLI_ENDPOINT: 'https://scott:tiger@example.com' },
    })
    expect(result).toMatchObject({ code: 2, errors: expect.stringContaining('OCI_CLI_ENDPOINT') })
    expect(result.errors).not.toContain('tiger')
  })

  test('lays JSON out on a terminal', async () => {
    const { output } = await runCli(['request', 'GET', `${served.http}/echo`], { env, terminal: true })
    expect(output).toContain('{\n  "verified": true')
  })

  test('keeps bytes that are no text from a terminal', async () => {
    const fetch = (async () => new Response(Uint8Array.of(0xff, 0xfe, 0, 1))) as typeof globalThis.fetch
    const words = ['request', 'GET', 'https://example.com/']
    expect(await runCli(words, { env, terminal: true, runtime: { fetch } })).toMatchObject({
      output: '',
      errors: expect.stringContaining('4 bytes that are no text'),
    })
    expect(jsonOf(await runCli([...words, '--json'], { env, runtime: { fetch } }))).toMatchObject({
      bodyBase64: '//4AAQ==',
    })
  })

  test('tells each attempt when asked to, without anything secret', async () => {
    const { errors } = await send('GET', `${served.http}/echo`, '--verbose')
    expect(errors).toMatch(/^1\. GET http:\/\/127\.0\.0\.1:\d+\/echo: 200 in \d+ ms opc-request-id \S+\n$/)
  })

  test('answers with 1 when the service refuses, and prints what it says', async () => {
    const { code, output } = await send('GET', `${served.http}/20160918/nothing/here`)
    expect(code).toBe(1)
    expect(JSON.parse(output)).toMatchObject({ code: expect.any(String), message: expect.any(String) })
  })

  test('answers with 4 when nobody answers', async () => {
    const { code, errors } = await send('GET', 'http://127.0.0.1:1/', '--no-retry')
    expect(code).toBe(4)
    expect(errors).toContain('SERVICE_UNREACHABLE')
  })

  test('answers with 4 when the time is up', async () => {
    const hang = (_: unknown, init: RequestInit = {}): Promise<Response> =>
      new Promise((_resolve, reject) => {
        const stop = (): void => reject(init.signal?.reason)
        // On a busy machine the time is up before anything is sent.
        if (init.signal?.aborted) stop()
        init.signal?.addEventListener('abort', stop)
      })
    const words = ['request', 'GET', 'https://x.example/', '--timeout', '0.01']
    const result = await runCli(words, { env, runtime: { fetch: hang as typeof fetch } })
    expect(result).toMatchObject({ code: 4, output: '', errors: expect.stringContaining('TIMEOUT') })
  })

  test.each([
    ['no URL', ['GET'], /Missing required argument 'url'\.\n/],
    ['a path without a service', ['GET', '/20160918/regions'], /https:\/\/, or --service/],
    ['a service without a path', ['GET', 'https://x.example/', '--service', 'identity'], /a path beside --service/],
    ['an unknown service', ['GET', '/', '--service', 'nosuch'], /core\.ComputeClient/],
    ['a header without a colon', ['GET', 'https://x.example/', '-H', 'nothing'], /name: value/],
    ['a header with a line break', ['GET', 'https://x.example/', '-H', 'a: b\r\nc: d'], /HEADER_INVALID/],
    ['a file that is not there', ['POST', 'https://x.example/', '-d', '@/no/such/file'], /no\/such\/file/],
    ['a body with GET', ['GET', 'https://x.example/', '-d', 'x'], /BODY_NOT_ALLOWED/],
    ['a user in the URL', ['GET', 'https://ada:secret@x.example/'], /URL_INVALID/],
    ['an unknown way to sign', ['GET', 'https://x.example/', '--auth', 'magic'], /one of auto, api_key/],
    ['an unknown option', ['GET', 'https://x.example/', '--frobnicate'], /Unknown option/],
    ['a user without a scheme', ['GET', 'ada:secret@x.example/a?secret=secret'], /got "x\.example\/a"/],
    ['a timeout that is too long', ['GET', 'https://x.example/', '--timeout', '2147483.7'], /less than 2147483/],
    ['a timeout that is none', ['GET', 'https://x.example/', '--timeout', 'soon'], /in seconds/],
  ])('answers with 2 to %s', async (_, words, message) => {
    const { code, errors, output } = await send(...words)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).toMatch(message)
    expect(errors).not.toContain('secret')
  })

  test.each([
    ['a profile that is not there', ['--profile', 'NOSUCH', '--auth', 'api_key'], /PROFILE_MISSING/],
    ['a configuration file that is not there', ['--config-file', '/no/such/config'], /CONFIG_MISSING/],
  ])('answers with 3 to %s', async (_, words, message) => {
    const { code, errors } = await send('GET', 'https://x.example/', ...words)
    expect(code).toBe(3)
    expect(errors).toMatch(message)
  })

  test('does not repeat a key that stands in the place of a file', async () => {
    const { code, errors } = await send('POST', 'https://x.example/', '-d', '@-----BEGIN secret')
    expect({ code, errors }).toEqual({ code: 3, errors: expect.not.stringContaining('secret') })
  })

  test('prints errors as JSON when asked to', async () => {
    const { code, errors } = await send(
      'GET',
      'https://x.example/',
      '--profile',
      'NOSUCH',
      '--auth',
      'api_key',
      '--json',
    )
    expect(code).toBe(3)
    expect(JSON.parse(errors)).toMatchObject({ error: { code: 'PROFILE_MISSING', message: expect.any(String) } })
  })
})

/** Cuts a stream into pieces of 1000 bytes. */
function inPieces(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  return new TransformStream({
    transform(chunk, stream) {
      for (let at = 0; at < chunk.length; at += 1000) stream.enqueue(chunk.slice(at, at + 1000))
    },
  })
}
