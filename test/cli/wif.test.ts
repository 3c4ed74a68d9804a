import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { runtime } from '../../src/runtime/node.js'
import type { RuntimeFiles } from '../../src/runtime/types.js'
import { emulatorEnvironment } from '../../src/testing/environment.js'
import { type IdentityDomain, identityDomain } from '../../src/testing/identity-domain.js'
import { policies } from '../../src/testing/identity-policies.js'
import { type IdentityProvider, identityProvider } from '../../src/testing/identity-provider.js'
import { SUBJECT } from '../federation/federated-world.js'
import { jsonOf, type RunResult, runCli } from './run-cli.js'

let served: ServedEmulator
let domain: IdentityDomain
let provider: IdentityProvider
let folder: string
let env: Record<string, string>

beforeAll(async () => {
  served = await serveEmulator()
  domain = served.emulator.of(identityDomain)
  provider = served.emulator.of(identityProvider)
  env = { ...emulatorEnvironment(served, 'api-key') }
})

afterAll(() => served.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'wif-'))
})

afterEach(async () => {
  await wif('remove')
  await rm(folder, { recursive: true })
})

function description(): readonly string[] {
  const rule = ['--user', 'ci', '--rule', `sub eq ${SUBJECT}`, '--group', 'ci']
  const policy = ['--compartment', served.emulator.identities.tenancy, '--allow', 'read buckets in tenancy']
  const keys = ['--issuer', provider.issuer, '--jwks-uri', provider.jwksUri]
  return ['--domain', served.http, '--identity-endpoint', served.http, '--app', 'ci', ...keys, ...rule, ...policy]
}

function wif(verb: string, ...words: readonly string[]): Promise<RunResult> {
  return runCli(['wif', verb, ...description(), ...words], { env: { ...env, MY_TOKEN: subjectToken } })
}

let subjectToken = ''
beforeEach(async () => {
  subjectToken = await provider.issue({ sub: SUBJECT })
})

describe('countersign wif setup', () => {
  test('sets everything up, tries it, and finds nothing to change the second time', async () => {
    const file = join(folder, 'runtimeConfig.ini')
    const first = await wif('setup', '--trial', '--token-env', 'MY_TOKEN', '--runtime-config', file)
    expect(first).toMatchObject({ code: 0 })
    expect(first.output.match(/^create/gm)).toHaveLength(6)
    expect(first.errors).toContain('The trial exchange works')
    const second = await wif('setup', '--json')
    const { outcomes } = jsonOf(second) as { outcomes: readonly { outcome: string }[] }
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']))
  })

  test('writes a runtimeConfig.ini with which an exchange works', async () => {
    const file = join(folder, 'runtimeConfig.ini')
    await wif('setup', '--runtime-config', file)
    expect(((await stat(file)).mode & 0o777).toString(8)).toBe('600')
    const words = [
      'exchange',
      '--runtime-config',
      file,
      '--token-env',
      'MY_TOKEN',
      '--region',
      'phx',
      '--oci-home',
      folder,
    ]
    expect(await runCli(words, { env: { ...env, MY_TOKEN: subjectToken } })).toMatchObject({ code: 0 })
  })

  test('shows what it would do, and does nothing, with --dry-run', async () => {
    const result = await wif('setup', '--dry-run')
    expect(result.output).toMatch(/^create +app ci$/m)
    expect(domain.all('Apps')).toEqual([])
    expect(jsonOf(await wif('setup', '--dry-run', '--json'))).toMatchObject({ changes: { length: 6 } })
  })

  test('shows drift before it changes it', async () => {
    await wif('setup')
    const [trust] = domain.all('IdentityPropagationTrusts')
    domain.update('IdentityPropagationTrusts', trust?.id ?? '', { active: false })
    expect((await wif('setup')).output).toMatch(/^update +trust ci\n {4}active: false → true$/m)
  })

  test('prints no secret', async () => {
    const file = join(folder, 'runtimeConfig.ini')
    const results = [await wif('setup', '--runtime-config', file), await wif('setup', '--json')]
    const [, secret = ''] = /oauthclientsecret=(.*)/.exec(await readFile(file, 'utf8')) ?? []
    expect(secret).not.toBe('')
    for (const { output, errors } of results) expect(output + errors).not.toContain(secret)
  })

  test('says how to get on when the domain does not show the secret again', async () => {
    await wif('setup')
    domain.showsSecretsAgain = false
    const file = join(folder, 'runtimeConfig.ini')
    const refused = await wif('setup', '--runtime-config', file)
    expect(refused).toMatchObject({ code: 2, errors: expect.stringContaining('--regenerate-secret') })
    expect(await wif('setup', '--runtime-config', file, '--regenerate-secret')).toMatchObject({ code: 0 })
    domain.showsSecretsAgain = true
  })

  test('says that the system refuses the file, but not so of a defect', async () => {
    const write = (path: string, files: RuntimeFiles | undefined): Promise<RunResult> =>
      runCli(['wif', 'setup', ...description(), '--runtime-config', path, '--regenerate-secret'], {
        env,
        runtime: files ? { files } : {},
      })
    const refused = await write('/no/such/folder/file', runtime.files)
    expect(refused).toMatchObject({
      code: 2,
      errors: expect.stringMatching(/write to \/no\/such\/folder\/file.*ENOENT/),
    })
    const writeAtomic = (): Promise<never> => Promise.reject(new TypeError('a defect'))
    const defect = await write(join(folder, 'file'), runtime.files && { ...runtime.files, writeAtomic })
    expect(defect.code).not.toBe(2)
    expect(defect.errors).not.toContain('the system refuses')
  })

  test('makes users and trusts as an application that is gone afterwards, with --admin-app', async () => {
    expect(await wif('setup', '--admin-app')).toMatchObject({ code: 0 })
    expect(domain.all('Apps').map(({ displayName }) => displayName)).toEqual(['ci'])
  })

  test('prints Terraform and calls nobody, with --terraform', async () => {
    served.emulator.log.clear()
    const { output } = await wif('setup', '--terraform')
    expect(output).toContain('resource "oci_identity_domains_identity_propagation_trust" "wif"')
    expect(served.emulator.log.entries()).toHaveLength(0)
  })

  test('knows issuer, keys and rules of a GitHub repository', async () => {
    const base = ['wif', 'setup', '--domain', served.http, '--app', 'ci', '--user', 'ci', '--terraform']
    const gitHub = ['--github', 'octo-org/app', '--branch', 'main', '--owner-id', '1', '--repository-id', '2']
    const { output, errors } = await runCli([...base, ...gitHub])
    expect(errors).toBe('')
    expect(output).toContain('issuer = "https://token.actions.githubusercontent.com"')
    expect(output).toContain('rule = "sub eq repo:octo-org/app:ref:refs/heads/main"')
    expect(output).toContain('rule = "sub eq repo:octo-org@1/app@2:ref:refs/heads/main"')
    expect(await runCli([...base, '--github', 'octo-org'])).toMatchObject({ code: 2 })
  })

  test.each([
    ['--resource-type', ['--resource-type', 'x']],
    ['--rule', ['--rule', 'sub eq x']],
    ['--issuer', ['--issuer', 'https://gitlab.com']],
    ['--jwks-uri', ['--jwks-uri', 'https://gitlab.com/jwks']],
    ['--certificate', ['--certificate', 'AAAA']],
  ])('refuses %s beside --github, which it would make void or replace', async (flag, words) => {
    const base = ['--domain', 'https://d.example', '--app', 'ci', '--terraform', '--github', 'octo-org/app']
    const user = flag === '--resource-type' ? [] : ['--user', 'ci']
    const result = await runCli(['wif', 'setup', ...base, '--branch', 'main', ...user, ...words])
    expect(result).toMatchObject({ code: 2, output: '' })
    expect(result.errors).toContain(`found ${flag}; leave out either --github or ${flag}.`)
  })

  test.each(['--branch', '--tag', '--environment', '--owner-id', '--repository-id'])(
    'refuses %s without --github, where it would narrow nothing down',
    async (flag) => {
      const result = await wif('setup', '--terraform', flag, '1')
      expect(result).toMatchObject({ code: 2, output: '' })
      expect(result.errors).toContain(`Expected ${flag} together with --github, found no --github; add --github`)
    },
  )

  test.each([
    ['--rule', 'sub eq x'],
    ['--user', 'ci'],
    ['--group', 'ci'],
  ])('refuses %s beside --resource-type, where it would keep nobody out', async (flag, value) => {
    const base = ['--domain', served.http, '--app', 'ci', '--issuer', 'https://i.example', '--jwks-uri', served.http]
    const result = await runCli(['wif', 'setup', ...base, '--terraform', '--resource-type', 'x', flag, value])
    expect(result).toMatchObject({ code: 2, output: '' })
    expect(result.errors).toContain(`found ${flag}; leave out either --resource-type or ${flag}.`)
  })

  test("reads the sample's setupConfig.ini, and the profile that it names", async () => {
    const file = join(folder, 'setupConfig.ini')
    const lines = [
      '[IdentityDomain]',
      `iam_guid=${served.http}`,
      '[OCIConfig]',
      'cli_profile=DEFAULT',
      '[WIFConfig]',
      'admin_app_name=admin',
    ]
    lines.push('token_Exchange_app_name=ci', '[ServiceUserConfig]', 'user_name=ci', '[TrustConfiguration]')
    lines.push(`issuer=${provider.issuer}`, `jwk_uri=${provider.jwksUri}`, `impersonationrule=sub eq ${SUBJECT}`)
    await writeFile(file, lines.join('\n'))
    const result = await runCli(['wif', 'setup', '--config', file, '--config-file', served.paths.config], { env: {} })
    expect(result).toMatchObject({ code: 0, errors: '' })
    expect(domain.all('IdentityPropagationTrusts')[0]).toMatchObject({ name: 'Token Trust for IDP' })
    await runCli(['wif', 'remove', '--config', file, '--config-file', served.paths.config], { env: {} })
  })

  test.each([
    ['nothing', [], 2, '--domain'],
    ['no principal', ['--domain', 'https://d.example', '--issuer', 'https://i.example', '--app', 'a'], 2, '--user'],
    ['a rule that lets everyone in', ['--issuer', 'https://gitlab.com', '--rule', 'sub eq *'], 2, 'open-to-everyone'],
    ['a policy without a group', ['--allow', 'read buckets in tenancy'], 2, '--compartment'],
  ] as const)('given %s says what is missing', async (name, words, code, message) => {
    const base =
      name === 'nothing' || name === 'no principal'
        ? []
        : [
            '--domain',
            served.http,
            '--issuer',
            provider.issuer,
            '--jwks-uri',
            provider.jwksUri,
            '--app',
            'x',
            '--user',
            'x',
            '--rule',
            'sub eq x',
          ]
    const result = await runCli(['wif', 'setup', ...base, ...words], { env })
    expect(result.code).toBe(code)
    expect(result.errors).toContain(message)
  })
})

describe('countersign wif remove', () => {
  test('leaves nothing behind', async () => {
    await wif('setup')
    const removed = await wif('remove')
    expect(removed).toMatchObject({ code: 0 })
    expect(removed.output.match(/^removed/gm)).toHaveLength(5)
    for (const type of ['Apps', 'Users', 'Groups', 'IdentityPropagationTrusts']) expect(domain.all(type)).toEqual([])
    expect(served.emulator.of(policies).size).toBe(0)
    expect((await wif('remove')).output.match(/^absent/gm)).toHaveLength(5)
  })
})

describe('countersign wif lint', () => {
  test('finds what is wrong, and says so by its exit code', async () => {
    const issuer = 'https://token.actions.githubusercontent.com'
    const bad = await runCli(['wif', 'lint', '--issuer', issuer, '--rule', 'sub eq *'])
    expect(bad).toMatchObject({ code: 1, output: expect.stringContaining('open-to-everyone') })
    const good = await runCli(['wif', 'lint', '--issuer', issuer, '--rule', 'sub eq repo:o/r:*', '--json'])
    expect(good.code).toBe(0)
    expect(jsonOf(good)).toEqual({ findings: [] })
  })
})
