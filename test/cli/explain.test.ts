import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { type EmulatedPrincipal, emulatorEnvironment } from '../../src/testing/environment.js'
import { openssl } from '../fixtures/openssl-keys.js'
import { jsonOf, type RunOptions, type RunResult, runCli } from './run-cli.js'

let served: ServedEmulator
let folder: string

beforeAll(async () => {
  served = await serveEmulator()
  folder = await mkdtemp(join(tmpdir(), 'countersign-explain-'))
  await writeFile(join(folder, 'body.txt'), 'two\nlines\n')
})

afterAll(async () => {
  await served.close()
  await rm(folder, { recursive: true })
})

const url = 'https://identity.us-phoenix-1.oraclecloud.com/20160918/regions'

async function signed(words: readonly string[], principal: EmulatedPrincipal = 'api-key'): Promise<string> {
  return (await runCli(['sign', ...words, '--curl'], { env: emulatorEnvironment(served, principal) })).output
}

function explain(input: string, words: readonly string[] = [], options: RunOptions = {}): Promise<RunResult> {
  return runCli(['explain', ...words], { input, ...options })
}

describe('countersign explain', () => {
  test('finds nothing wrong with what sign --curl prints', async () => {
    const key = ['--key', served.paths.apiKey]
    for (const words of [
      ['GET', url],
      ['POST', url, '-d', '{"a":1}'],
      ['POST', url, '-d', `@${folder}/body.txt`],
    ]) {
      const { code, output } = await explain(await signed(words), key)
      expect(output).toMatch(/^Nothing speaks against this request\. Checked: .*body, signature\.\n$/)
      expect(code).toBe(0)
    }
  })

  test('reads what sign --json prints', async () => {
    const { output } = await runCli(['sign', 'POST', url, '-d', '{}', '--json'], {
      env: emulatorEnvironment(served, 'api-key'),
    })
    expect(await explain(output, ['--key', served.paths.apiKey])).toMatchObject({
      code: 0,
      output: expect.stringMatching(/^Nothing speaks against this request/),
    })
  })

  test('does not say that it checked a signature of which it does not know every line', async () => {
    const { output: command } = await runCli(['sign', 'POST', url, '-d', '@-', '--curl'], {
      env: emulatorEnvironment(served, 'api-key'),
      input: '{}',
    })
    const { output } = await explain(command.replace('/regions', '/users'), ['--key', served.paths.apiKey, '--json'])
    expect((JSON.parse(output) as { checked: readonly string[] }).checked).not.toContain('signature')
  })

  test('sees what curl makes of a file', async () => {
    const command = (await signed(['POST', url, '-d', `@${folder}/body.txt`])).replace('--data-binary', '-d')
    const result = await explain(command, ['--json'])
    expect(result.code).toBe(1)
    expect(jsonOf(result)).toMatchObject({ causes: [{ code: 'BODY_CHANGED', certainty: 'certain' }] })
  })

  test('checks the rest where the body came from the standard input', async () => {
    const env = emulatorEnvironment(served, 'api-key')
    const { output: command } = await runCli(['sign', 'POST', url, '-d', '@-', '--curl'], { env, input: '{"a":1}' })
    expect(command).toContain('@-')
    const key = ['--key', served.paths.apiKey]
    const { code, output } = await explain(command, key)
    expect(output).toMatch(/^Nothing speaks against this request\. Checked: .*time\.\n$/)
    expect(code).toBe(0)
    const late = await explain(command.replace(/x-date: [^']*/u, 'x-date: yesterday'), key)
    expect(late).toMatchObject({ code: 1, output: expect.stringContaining('DATE_MALFORMED') })
  })

  test('takes the key and the token of the profile', async () => {
    const profile = ['--config-file', served.paths.config, '--profile']
    const apiKey = await explain(await signed(['GET', url]), [...profile, 'DEFAULT'])
    expect(apiKey).toMatchObject({ code: 0, output: expect.stringContaining('signature') })
    const session = await explain(await signed(['GET', url], 'session-token'), [...profile, 'SESSION'])
    expect(session).toMatchObject({ code: 0, output: expect.stringMatching(/token, signature/), errors: '' })
    const other = await explain((await signed(['GET', url])).replace('/20160918/', '/20160919/'), [
      ...profile,
      'DEFAULT',
    ])
    expect(other).toMatchObject({ code: 1, output: expect.stringContaining('SIGNED_WITH_OTHER_KEY') })
  })

  test('looks at a profile alone', async () => {
    const config = await readFile(served.paths.config, 'utf8')
    const path = join(folder, 'config')
    await writeFile(
      path,
      config.replace(/^fingerprint=..:/mu, 'fingerprint=zz:').replace(/^key_file=.*$/mu, 'key_file=/gone'),
    )
    const { code, output, errors } = await explain('', ['--config-file', path])
    expect({ code, errors }).toEqual({ code: 1, errors: expect.stringContaining('no readable file /gone') })
    expect(output).toContain('FINGERPRINT_MALFORMED')
  })

  test('tells a broken file as a cause', async () => {
    const path = join(folder, 'broken')
    await writeFile(path, '[DEFAULT]\nnonsense')
    expect(await explain('', ['--config-file', path])).toMatchObject({
      code: 1,
      output: expect.stringContaining('CONFIG_BROKEN'),
    })
  })

  test('looks at an answer', async () => {
    const path = join(folder, 'answer.http')
    await writeFile(path, 'HTTP/1.1 429 Too Many Requests\r\n\r\n{"code":"TooManyRequests"}')
    expect(await explain('', ['--response', path])).toMatchObject({
      code: 1,
      output: expect.stringContaining('TOO_MANY_REQUESTS'),
    })
  })

  test('asks for the passphrase of an encrypted key, on a terminal', async () => {
    const path = join(folder, 'encrypted.pem')
    const pem = await readFile(served.paths.apiKey, 'utf8')
    await writeFile(path, openssl(['pkcs8', '-topk8', '-passout', 'pass:correct horse'], pem))
    const questions: string[] = []
    const askSecret = async (question: string): Promise<string> => {
      questions.push(question)
      return 'correct horse'
    }
    const command = await signed(['GET', url])
    expect(await explain(command, ['--key', path], { askSecret })).toMatchObject({ code: 0 })
    expect(questions).toEqual(['Passphrase of the private key'])
    expect((await explain(command, ['--key', path])).output).toContain('PASSPHRASE_MISSING')
  })

  test('gives a probe up that nobody answers, when it is interrupted', async () => {
    const stop = new AbortController()
    const fetch = ((_: unknown, init: RequestInit = {}) => {
      const silence = new Promise<never>((_resolve, reject) => {
        init.signal?.addEventListener('abort', () => reject(new DOMException('stopped', 'AbortError')))
      })
      stop.abort()
      return silence
    }) as typeof globalThis.fetch
    const result = await explain(await signed(['GET', url]), ['--probe'], { runtime: { fetch }, signal: stop.signal })
    expect(result.output).toContain('ENDPOINT_UNREACHABLE')
  })

  test('lets no control character of what was pasted reach the terminal', async () => {
    const command = (await signed(['GET', url])).replace(/x-date: [^']*/u, 'x-date: \u001b[2J')
    const { output } = await explain(command)
    expect(output).toContain('DATE_MALFORMED')
    expect(output).not.toContain('\u001b')
  })

  test.each([
    ['nothing at all', '', [], /Expected a request/],
    ['text that is no request', 'hello', [], /Expected a curl command/],
    ['a URL without a host', 'curl foo://', [], /http or https URL/],
    ['a file that is not there', '', ['/no/such/request'], /no\/such\/request/],
    ['a body that is not there', 'curl https://x.example/ -d @/no/such/body', [], /no\/such\/body/],
    ['a time that is none', 'curl https://x.example/', ['--sent-at', 'noon'], /ISO time/],
    ['a profile without a file', '', ['--profile', 'DEFAULT'], /configuration file beside --profile/],
  ])('answers with 2 to %s', async (_, input, words, message) => {
    const { code, output, errors } = await explain(input, words)
    expect({ code, output }).toEqual({ code: 2, output: '' })
    expect(errors).toMatch(message)
  })
})

describe('countersign verify', () => {
  test('says how to give a request whose body came from the standard input', async () => {
    const { code, errors } = await runCli(['verify', '--key', served.paths.apiKey], {
      input: `curl ${url} -d @-`,
    })
    expect(code).toBe(2)
    expect(errors).toContain('give it as the JSON of "sign --json", or as an HTTP message with its body.')
  })
})

describe('countersign doctor', () => {
  const doctor = (words: readonly string[], env: RunOptions['env'] = {}): Promise<RunResult> =>
    runCli(['doctor', ...words], { env })

  test('finds the emulated machine healthy, and tells no secret', async () => {
    const result = await doctor([], emulatorEnvironment(served, 'api-key'))
    expect(result).toMatchObject({ code: 0, errors: '' })
    expect(result.output).toMatch(/^✓ configuration file\n {4}profile \[DEFAULT\]/)
    expect(result.output).not.toMatch(/PRIVATE|eyJ/)
  })

  test('calls the service where OCI_CLI_ENDPOINT says that it is', async () => {
    const result = await doctor(['--probe', '--json'], emulatorEnvironment(served, 'api-key'))
    const answered = [expect.stringMatching(/^127\.0\.0\.1:\d+ answered with status 200/)]
    expect(jsonOf(result)).toMatchObject({
      examinations: expect.arrayContaining([
        expect.objectContaining({ name: 'service', state: 'good', says: answered }),
      ]),
    })
  })

  test('takes the file and the profile that are named', async () => {
    const result = await doctor(['--config-file', served.paths.config, '--profile', 'SESSION', '--json'])
    expect(jsonOf(result)).toMatchObject({
      healthy: true,
      examinations: [
        { state: 'good' },
        { state: 'absent' },
        { name: 'credentials', says: expect.arrayContaining(['from: session-token']) },
      ],
    })
  })

  test('answers with 3 where there is nothing', async () => {
    const { code, output } = await doctor([])
    expect(code).toBe(3)
    expect(output).toContain('✗ credentials')
  })
})
