import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { emulatorEnvironment } from '../../src/testing/environment.js'
import { jsonOf, type RunOptions, type RunResult, runCli } from './run-cli.js'

const NOW = Date.UTC(2026, 10, 21, 12)

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

function sign(...words: readonly string[]): Promise<RunResult> {
  return runCli(['sign', ...words], { env, now: NOW })
}

function verify(input: string, words: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
  return runCli(['verify', '--key', served.paths.apiKeyPublic, ...words], { input, now: NOW, ...options })
}

/** Runs a command line as a user would. */
function shell(line: string, input = ''): Promise<string> {
  return new Promise((resolve, reject) => {
    const done = (error: Error | null, output: string): void => (error ? reject(error) : resolve(output))
    execFile('sh', ['-c', line], { cwd: folder, timeout: 10_000 }, done).stdin?.end(input)
  })
}

describe('countersign sign', () => {
  test('prints the headers to set', async () => {
    const { code, output } = await sign('GET', 'https://example.com/a?b=c')
    expect(code).toBe(0)
    expect(output).toMatch(/^x-date: Sat, 21 Nov 2026 12:00:00 GMT\nauthorization: Signature version="1",.*\n$/)
  })

  test('prints the text that is signed', async () => {
    const { output } = await sign('GET', 'https://example.com/a?b=c', '--signing-string')
    expect(output).toBe('x-date: Sat, 21 Nov 2026 12:00:00 GMT\n(request-target): get /a?b=c\nhost: example.com\n')
  })

  test('prints everything as JSON', async () => {
    const result = await sign('POST', 'https://example.com/', '-d', '{}', '-H', 'x-own: 1', '--json')
    expect(jsonOf(result)).toMatchObject({
      method: 'POST',
      url: 'https://example.com/',
      headers: { 'x-own': '1', 'content-type': 'application/json', authorization: expect.any(String) },
      bodyBase64: 'e30=',
      signingString: expect.stringContaining('content-length: 2'),
    })
  })

  test.each([
    ['GET', ['GET', '/echo/a%20b?c=%2F&d=[1]']],
    ['DELETE', ['DELETE', '/echo/x']],
    ['POST with text', ['POST', '/echo', '-d', `{"quote": "it's", "dollar": "$HOME"}`]],
    ['POST with text that begins with @', ['POST', '/echo', '-d', '@body.json']],
    ['PUT with headers', ['PUT', '/echo', '-d', 'text', '-H', "x-own: it's"]],
  ])('prints a curl command that the verifier accepts: %s', async (_, [method = '', path = '', ...rest]) => {
    await writeFile(join(folder, 'body.json'), '{"from":"file"}')
    const words = rest.map((word) => (word === '@body.json' ? `@${folder}/body.json` : word))
    const signed = await runCli(['sign', method, `${served.http}${path}`, ...words, '--curl'], { env })
    expect(signed.errors).toBe('')
    expect(JSON.parse(await shell(`${signed.output.trim()} --silent`))).toMatchObject({ verified: true, method })
  })

  test('prints a curl command that reads standard input', async () => {
    const signed = await runCli(['sign', 'POST', `${served.http}/echo`, '-d', '@-', '--curl'], { env, input: 'text' })
    expect(JSON.parse(await shell(`${signed.output.trim()} --silent`, 'text'))).toMatchObject({ verified: true })
  })

  test('prints a curl command for a file in the home directory, and for text that looks like a file', async () => {
    const runtime = { homeDirectory: () => folder }
    await writeFile(join(folder, 'body.json'), '{"from":"file"}')
    const url = `${served.http}/echo`
    const file = await runCli(['sign', 'POST', url, '-d', '@~/body.json', '--curl'], { env, runtime })
    expect(JSON.parse(await shell(`${file.output.trim()} --silent`))).toMatchObject({ verified: true })
  })

  test('sends nothing', async () => {
    const before = served.emulator.log.entries().length
    await sign('GET', `${served.http}/echo`)
    expect(served.emulator.log.entries()).toHaveLength(before)
  })
})

describe('countersign verify', () => {
  const signed = (...words: readonly string[]): Promise<string> => sign(...words).then(({ output }) => output)
  const forms: Readonly<Record<string, readonly string[]>> = {
    'the JSON of sign': ['GET', 'https://example.com/a?b=c', '--json'],
    'the JSON of sign, with a body': ['POST', 'https://example.com/', '-d', '{"a":1}', '--json'],
    'a curl command': ['GET', 'https://example.com/a/?b=c', '--curl'],
    'a curl command with a body': ['POST', 'https://example.com/', '-d', `{"it's": 1}`, '--curl'],
  }

  test.each(Object.entries(forms))('accepts %s', async (_, words) => {
    const { code, output, errors } = await verify(await signed(...words))
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toMatch(/^The signature is good\.\nsigned by +ocid1\.user\./)
  })

  test('accepts an HTTP message from a file', async () => {
    const path = join(folder, 'captured.http')
    const headers = (await signed('GET', 'https://example.com/a')).trim()
    await writeFile(path, `GET /a HTTP/1.1\r\nHost: example.com\r\n${headers.replaceAll('\n', '\r\n')}\r\n\r\n`)
    expect((await verify('', [path])).code).toBe(0)
  })

  test('tells what it found as JSON', async () => {
    const result = await verify(await signed('POST', 'https://example.com/x', '-d', '{}', '--json'), ['--json'])
    expect(jsonOf(result)).toMatchObject({
      verified: true,
      subject: served.identities.user,
      tenancy: served.identities.tenancy,
      keyKind: 'api-key',
      method: 'POST',
      target: '/x',
      time: NOW,
      coversBody: true,
    })
  })

  test('accepts a token with the key of its issuer, as PEM or as a set of JWKs', async () => {
    const { publicKeyPem, jwk } = await served.emulator.keys.get('token-issuer')
    await writeFile(join(folder, 'issuer.pem'), publicKeyPem)
    await writeFile(
      join(folder, 'issuer.json'),
      JSON.stringify({ keys: [{ kty: 'EC' }, { ...jwk, kty: 'RSA', kid: 'a' }] }),
    )
    const session = emulatorEnvironment(served, 'session-token')
    const { output: input } = await runCli(['sign', 'GET', 'https://example.com/', '--json'], { env: session })
    for (const file of ['issuer.pem', 'issuer.json']) {
      const result = await runCli(['verify', '--key', join(folder, file), '--json'], { input })
      expect(result.errors).toBe('')
      expect(jsonOf(result)).toMatchObject({ keyKind: 'token', subject: served.identities.user })
    }
  })

  test('picks the key that is named from a file with several', async () => {
    const pem = await readFile(served.paths.apiKeyPublic, 'utf8')
    const other = await served.emulator.keys.get('session')
    const both = join(folder, 'both.pem')
    await writeFile(both, other.publicKeyPem + pem)
    const input = await signed('GET', 'https://example.com/', '--json')
    expect((await runCli(['verify', '--key', both], { input, now: NOW })).code).toBe(0)
  })

  test('finds no key when none of several is the one that is named', async () => {
    const [one, two] = await Promise.all(
      ['session', 'token-issuer'].map((name) => served.emulator.keys.get(name as 'session')),
    )
    const path = join(folder, 'others.pem')
    await writeFile(path, `${one?.publicKeyPem}${two?.publicKeyPem}`)
    const input = await signed('GET', 'https://example.com/', '--json')
    expect(await runCli(['verify', '--key', path], { input, now: NOW })).toMatchObject({
      code: 5,
      errors: expect.stringContaining('KEY_NOT_FOUND'),
    })
  })

  test('reads the file that a curl command names', async () => {
    const path = join(folder, 'two-lines.txt')
    await writeFile(path, 'two\nlines\n')
    const input = await signed('POST', 'https://example.com/', '-d', `@${path}`, '--curl')
    expect((await verify(input)).output).toContain('covered, 10 bytes')
    expect(await verify(input.replace('--data-binary', '--data'))).toMatchObject({ code: 5 })
    await rm(path)
    expect(await verify(input)).toMatchObject({ code: 2, errors: expect.stringContaining(path) })
  })

  test('believes any time only when asked to', async () => {
    const input = await signed('GET', 'https://example.com/', '--json')
    const later = { now: NOW + 3_600_000 }
    expect(await verify(input, [], later)).toMatchObject({
      code: 5,
      errors: expect.stringContaining('DATE_OUT_OF_WINDOW'),
    })
    expect((await verify(input, ['--at', 'signed'], later)).code).toBe(0)
    expect((await verify(input, ['--at', '2026-11-21T12:01:00Z'], later)).code).toBe(0)
    expect((await verify(input, ['--at', '2026-11-22T12:00:00Z'], later)).code).toBe(5)
  })

  test('insists on the host when one is given', async () => {
    const input = await signed('GET', 'https://example.com/', '--json')
    expect((await verify(input, ['--host', 'example.com'])).code).toBe(0)
    expect(await verify(input, ['--host', 'other.example'])).toMatchObject({ code: 5, errors: /HOST_REFUSED/ })
  })

  test.each([
    ['another path', (text: string) => text.replace('example.com/a', 'example.com/b'), 'SIGNATURE_MISMATCH'],
    [
      'another body',
      (text: string) => text.replace('"bodyBase64":"e30="', '"bodyBase64":"W10="'),
      'BODY_DIGEST_MISMATCH',
    ],
    ['no signature', (text: string) => text.replace('"authorization"', '"x-authorization"'), 'AUTHORIZATION_MISSING'],
    ['another date', (text: string) => text.replace('12:00:00', '12:00:01'), 'SIGNATURE_MISMATCH'],
  ])('answers with 5 to %s', async (_, tamper, code) => {
    const input = tamper(await signed('POST', 'https://example.com/a', '-d', '{}', '--json'))
    expect(await verify(input)).toMatchObject({ code: 5, output: '', errors: expect.stringContaining(code) })
  })

  test('answers with 5 to the key of somebody else', async () => {
    const input = await signed('GET', 'https://example.com/', '--json')
    const { publicKeyPem } = await served.emulator.keys.get('session')
    const path = join(folder, 'other.pem')
    await writeFile(path, publicKeyPem)
    expect(await runCli(['verify', '--key', path], { input, now: NOW })).toMatchObject({ code: 5 })
  })

  test.each([
    ['no key', ['verify'], 'SIGNED', 2, /--key/],
    ['a key file that is not there', ['verify', '--key', '/no/key'], 'SIGNED', 2, /no\/key/],
    ['other JSON', ['verify', '--key', 'PUBLIC'], '{"a":1}', 2, /method, url, headers/],
    ['broken JSON', ['verify', '--key', 'PUBLIC'], '{', 2, /method, url, headers/],
    [
      'a body that is no base64',
      ['verify', '--key', 'PUBLIC'],
      '{"method":"GET","url":"https://x.example","bodyBase64":"?"}',
      2,
      /bodyBase64/,
    ],
    [
      'a body that it cannot see',
      ['verify', '--key', 'PUBLIC'],
      'curl https://x.example/ -d a -d @b',
      2,
      /with its body/,
    ],
    ['a URL that is none', ['verify', '--key', 'PUBLIC'], 'curl https://[/', 2, /http or https URL/],
    ['any other text', ['verify', '--key', 'PUBLIC'], 'hello', 2, /OPTION_INVALID/],
    ['nothing', ['verify', '--key', 'PUBLIC'], '', 2, /OPTION_INVALID/],
    ['a time that is none', ['verify', '--key', 'PUBLIC', '--at', 'noon'], 'SIGNED', 2, /ISO time/],
    ['a private key', ['verify', '--key', 'PRIVATE'], 'SIGNED', 3, /openssl pkey -in key\.pem -pubout/],
  ])('refuses %s', async (_, words, input, code, message) => {
    const paths: Readonly<Record<string, string>> = { PUBLIC: served.paths.apiKeyPublic, PRIVATE: served.paths.apiKey }
    const text = input === 'SIGNED' ? await signed('GET', 'https://example.com/', '--json') : input
    const result = await runCli(
      words.map((word) => paths[word] ?? word),
      { input: text },
    )
    expect(result.code).toBe(code)
    expect(result.errors).toMatch(message)
  })
})
