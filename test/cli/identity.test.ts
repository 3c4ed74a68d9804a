import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { askSecret } from '../../src/cli/ask-secret.js'
import { printFacts } from '../../src/cli/print.js'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { timeText } from '../../src/cli/time-text.js'
import { type EmulatedPrincipal, emulatedPrincipals, emulatorEnvironment } from '../../src/testing/environment.js'
import { openssl } from '../fixtures/openssl-keys.js'
import { jsonOf, type RunOptions, type RunResult, runCli, testContext } from './run-cli.js'

let served: ServedEmulator
let folder: string

beforeAll(async () => {
  served = await serveEmulator()
  folder = await mkdtemp(join(tmpdir(), 'countersign-cli-'))
})

afterAll(async () => {
  await served.close()
  await rm(folder, { recursive: true })
})

function runAs(principal: EmulatedPrincipal, words: readonly string[], options: RunOptions = {}): Promise<RunResult> {
  return runCli(words, { env: emulatorEnvironment(served, principal), ...options })
}

const JWT = /eyJ[\w-]+\.[\w-]+\.[\w-]+/

describe('countersign whoami', () => {
  test.each(emulatedPrincipals)('tells who %s is, and nothing secret', async (principal) => {
    const text = await runAs(principal, ['whoami'])
    const json = await runAs(principal, ['whoami', '--json'])
    expect(text).toMatchObject({ code: 0, errors: '' })
    expect(text.output).toMatch(/^signs as +ocid1\./)
    expect(jsonOf(json)).toMatchObject({
      tenancy: served.identities.tenancy,
      subject: expect.stringMatching(/^ocid1\./),
    })
    expect(text.output + json.output).not.toMatch(JWT)
    expect(text.output + json.output).not.toContain('PRIVATE KEY')
  })

  test('tells the fingerprint of an API key', async () => {
    const result = await runAs('api-key', ['whoami', '--json'])
    expect(jsonOf(result)).toMatchObject({ fingerprint: served.fingerprint, source: 'api-key', region: 'us-phoenix-1' })
  })

  test('tells for whom a delegation token lets it act', async () => {
    const result = await runAs('delegation-token', ['whoami', '--json'])
    expect(jsonOf(result)).toMatchObject({ onBehalfOf: expect.any(String) })
  })

  test('takes a profile that is named, whatever the environment holds', async () => {
    const env = { ...emulatorEnvironment(served, 'api-key'), OCI_CLI_AUTH: '' }
    const named = await runCli(['whoami', '--profile', 'SESSION', '--json'], { env })
    const unnamed = await runCli(['whoami', '--json'], { env })
    expect(jsonOf(named)).toMatchObject({ source: 'session-token' })
    expect(jsonOf(unnamed)).toMatchObject({ source: 'api-key' })
  })

  test('takes a session out of the environment', async () => {
    const { sessionToken, sessionKey } = served.paths
    const env = {
      OCI_CLI_SECURITY_TOKEN_FILE: sessionToken,
      OCI_CLI_KEY_FILE: sessionKey,
      OCI_CLI_REGION: 'us-phoenix-1',
      OCI_CLI_AUTH: 'security_token',
    }
    expect(jsonOf(await runCli(['whoami', '--json'], { env }))).toMatchObject({ source: 'session-token' })
  })

  test('takes OCI_CLI_AUTH in any case, and names it when it makes no sense', async () => {
    const env = emulatorEnvironment(served, 'session-token')
    const shouted = await runCli(['whoami', '--json'], { env: { ...env, OCI_CLI_AUTH: ' SECURITY_TOKEN ' } })
    expect(jsonOf(shouted)).toMatchObject({ source: 'session-token' })
    const wrong = await runCli(['whoami'], { env: { ...env, OCI_CLI_AUTH: 'magic' } })
    expect(wrong).toMatchObject({ code: 2, errors: expect.stringContaining('Expected OCI_CLI_AUTH to be one of auto') })
  })

  test('lets --auth auto have its way whatever OCI_CLI_AUTH says', async () => {
    const env = { ...emulatorEnvironment(served, 'api-key'), OCI_CLI_AUTH: 'resource_principal' }
    expect(jsonOf(await runCli(['whoami', '--auth', 'auto', '--json'], { env }))).toMatchObject({ source: 'api-key' })
    const auto = await runCli(['whoami', '--json'], { env: { ...env, OCI_CLI_AUTH: 'auto' } })
    expect(jsonOf(auto)).toMatchObject({ source: 'api-key' })
  })

  test('tells when the token expires', async () => {
    const { output } = await runAs('session-token', ['whoami'])
    expect(output).toMatch(/expires +\d{4}-\d\d-\d\dT[\d:.]+Z, in \d+ minutes/)
  })
})

describe('countersign token', () => {
  test('tells the claims, and keeps the token to itself', async () => {
    const { code, output } = await runAs('instance-principal', ['token'])
    expect(code).toBe(0)
    expect(output).toMatch(/^exp +\d+ \(\d{4}-.*, in \d+ hours?\)$/m)
    expect(output).not.toMatch(JWT)
  })

  test('tells the claims as JSON, without the token', async () => {
    const result = await runAs('resource-principal-2.2', ['token', '--json'])
    const { output } = result
    expect(jsonOf(result)).toMatchObject({
      claims: { res_tenant: served.identities.tenancy },
      expiresAt: expect.any(Number),
    })
    expect(output).not.toMatch(JWT)
  })

  test('shows the token when it is asked for by name', async () => {
    const text = await runAs('session-token', ['token', '--show-token'])
    const json = await runAs('session-token', ['token', '--show-token', '--json'])
    expect(text.output).toMatch(JWT)
    expect(text.output.trim().split('\n')).toHaveLength(1)
    expect(jsonOf(json)).toMatchObject({ token: text.output.trim() })
  })

  test('answers with 3 where there is no token', async () => {
    expect(await runAs('api-key', ['token'])).toMatchObject({
      code: 3,
      errors: expect.stringMatching(/api-key, which signs without/),
    })
  })
})

describe('a key with a passphrase', () => {
  const words = (): readonly string[] => ['whoami', '--config-file', join(folder, 'config')]

  beforeAll(async () => {
    const { privateKeyPem } = await served.emulator.keys.get('user')
    const encrypted = openssl(['pkcs8', '-topk8', '-passout', 'pass:correct horse'], privateKeyPem)
    await writeFile(join(folder, 'key.pem'), encrypted)
    const { user, tenancy } = served.identities
    const lines = [
      '[DEFAULT]',
      `user=${user}`,
      `tenancy=${tenancy}`,
      'region=us-phoenix-1',
      `key_file=${folder}/key.pem`,
    ]
    await writeFile(join(folder, 'config'), lines.join('\n'))
  })

  test('asks on a terminal, once', async () => {
    const questions: string[] = []
    const askSecret = async (question: string): Promise<string> => {
      questions.push(question)
      return 'correct horse'
    }
    const { code, output } = await runCli(words(), { askSecret })
    expect({ code, questions }).toEqual({ code: 0, questions: ['Passphrase of the private key'] })
    expect(output).toContain(served.fingerprint)
  })

  test('says so when the answer is wrong, without repeating it', async () => {
    const { code, output, errors } = await runCli(words(), { askSecret: async () => 'swordfish' })
    expect(code).toBe(3)
    expect(errors).toContain('KEY_PASSPHRASE_WRONG')
    expect(output + errors).not.toContain('swordfish')
  })

  test('never asks without a terminal', async () => {
    expect(await runCli(words())).toMatchObject({ code: 3, errors: expect.stringContaining('KEY_PASSPHRASE_REQUIRED') })
  })

  test('is not asked for when the key needs none', async () => {
    const askSecret = (): Promise<string> => Promise.reject(new Error('asked'))
    expect(await runAs('api-key', ['whoami'], { askSecret })).toMatchObject({ code: 0 })
  })
})

describe('the question for a passphrase', () => {
  const ask = (typed: string | undefined, interrupt?: () => void, signal = new AbortController().signal) => {
    const [input, errors] = [new PassThrough(), new PassThrough()]
    const answer = askSecret('Passphrase', { input, errors, signal, ...(interrupt && { interrupt }) })
    if (typed === undefined) input.end()
    else input.write(typed)
    return { answer, shown: () => String(errors.read()) }
  }

  test('shows the question and nothing of the answer', async () => {
    const { answer, shown } = ask('swordfish\r')
    expect(await answer).toBe('swordfish')
    expect(shown()).toBe('Passphrase: \n')
  })

  test.each([
    ['Ctrl-D', '\u0004'],
    ['the end of the terminal', undefined],
  ])('ends with %s', async (_, typed) => {
    const { answer } = ask(typed)
    await expect(answer).rejects.toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining('Passphrase'),
    })
  })

  test('hands Ctrl-C to the process, which stops the question', async () => {
    const stop = new AbortController()
    const { answer } = ask('\u0003', () => stop.abort(), stop.signal)
    await expect(answer).rejects.toThrow(/abort/i)
  })
})

describe('what is printed of a token', () => {
  test('survives times that no calendar has, and lets no control character through', async () => {
    const { output } = await printedFacts([
      ['nbf', timeText(1e300, 0)],
      ['sub', 'a\u001b[2Jb\u202ec\r'],
    ])
    expect(output).toBe('nbf  a time that no calendar has\nsub  a\u{fffd}[2Jb\u{fffd}c\u{fffd}\n')
  })
})

async function printedFacts(facts: Parameters<typeof printFacts>[0]): Promise<RunResult> {
  const { context, result } = testContext()
  printFacts(facts, context)
  return result(0)
}
