import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { emulatorEnvironment } from '../../src/testing/environment.js'
import { type FederatedWorld, federatedWorld, SUBJECT } from '../federation/federated-world.js'
import { jsonOf, type RunResult, runCli } from './run-cli.js'

let served: ServedEmulator
let world: FederatedWorld
let folder: string
let subjectToken: string

beforeAll(async () => {
  served = await serveEmulator()
  world = federatedWorld({}, served.emulator)
})

afterAll(() => served.close())

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'exchange-'))
  subjectToken = await world.provider.issue({ sub: SUBJECT })
})

afterEach(() => rm(folder, { recursive: true }))

/** The variables that people set for the tools of today. */
function environment(): Record<string, string> {
  const { id, secret } = world.client
  return {
    OIDC_CLIENT_IDENTIFIER: `${id}:${secret}`,
    DOMAIN_BASE_URL: served.http,
    OCI_REGION: 'us-phoenix-1',
    OCI_HOME: folder,
    OCI_PROFILE: 'UPST',
    OCI_SUBJECT_TOKEN: subjectToken,
  }
}

function exchange(words: readonly string[] = [], env: Record<string, string> = {}): Promise<RunResult> {
  return runCli(['exchange', ...words], { env: { ...environment(), ...env } })
}

const configFile = () => join(folder, '.oci', 'config')

describe('countersign exchange', () => {
  test('writes a profile that signs', async () => {
    expect(await exchange()).toMatchObject({ code: 0, errors: '' })
    const words = [
      'request',
      'GET',
      `${served.http}/echo`,
      '--auth',
      'security_token',
      '--profile',
      'UPST',
      '--config-file',
      configFile(),
    ]
    expect(jsonOf(await runCli(words))).toMatchObject({ verified: true, principal: { subject: world.user.ocid } })
  })

  test('tells who the session acts as, and where it lies', async () => {
    const result = await exchange(['--json'])
    expect(jsonOf(result)).toMatchObject({
      subject: world.user.ocid,
      configFile: configFile(),
      expiresAt: expect.any(Number),
    })
    expect((await exchange()).output).toContain(world.user.ocid)
  })

  test('prints no secret, not even when it fails', async () => {
    const results = [
      await exchange(),
      await exchange(['--json']),
      await exchange([], { OIDC_CLIENT_IDENTIFIER: 'x:hunter2' }),
    ]
    const [, path = ''] = /security_token_file=(.*)/.exec(await readFile(configFile(), 'utf8')) ?? []
    const hidden = [subjectToken, world.client.secret, 'hunter2', await readFile(path, 'utf8'), 'PRIVATE KEY']
    for (const { output, errors } of results) for (const secret of hidden) expect(output + errors).not.toContain(secret)
  })

  test('takes options before the environment', async () => {
    const other = join(folder, 'other')
    await exchange(['--oci-home', other, '--profile', 'MINE', '--region', 'eu-frankfurt-1'])
    expect(await readFile(join(other, '.oci', 'config'), 'utf8')).toMatch(/^\[MINE\]\n[\s\S]*region=eu-frankfurt-1\n/)
  })

  test('takes the client secret from a file', async () => {
    const { OIDC_CLIENT_IDENTIFIER: _, ...env } = environment()
    const file = join(folder, 'secret')
    await writeFile(file, `${world.client.secret}\n`)
    const words = ['exchange', '--client-id', world.client.id, '--client-secret-file', file]
    expect(await runCli(words, { env })).toMatchObject({ code: 0 })
  })

  test("takes everything but the region from the sample's runtimeConfig.ini", async () => {
    const file = join(folder, 'runtimeConfig.ini')
    const { id, secret } = world.client
    const text = `[IdentityDomain]\niam_guid=${served.http} ;domain URL\n[WIFConfig]\noauthClientId=${id}\noauthClientSecret=${secret}\nsubjectToken=${subjectToken}\n`
    await writeFile(file, text)
    const result = await runCli(['exchange', '--runtime-config', file, '--region', 'phx', '--oci-home', folder])
    expect(result).toMatchObject({ code: 0 })
    expect(result.errors).toContain('Line 2')
    expect(result.errors).not.toContain(secret)
  })

  test('reads the subject token from a file, a variable or a program', async () => {
    const file = join(folder, 'jwt')
    await writeFile(file, `${subjectToken}\n`)
    const { OCI_SUBJECT_TOKEN: _, ...env } = environment()
    for (const words of [
      ['--token-file', file],
      ['--token-env', 'MY_TOKEN'],
      ['--token-command', `'${process.execPath}' -e 'console.log(process.argv[1])' ${subjectToken}`],
      ['--token-source', 'kubernetes', '--token-file', file],
    ]) {
      expect(await runCli(['exchange', ...words], { env: { ...env, MY_TOKEN: subjectToken } })).toMatchObject({
        code: 0,
      })
    }
  })

  test('signs with OCI credentials in place of a secret', async () => {
    world.domain.update('Apps', world.app.id, { delegatedServiceNames: ['compute'] })
    const { OIDC_CLIENT_IDENTIFIER: _, ...env } = { ...environment(), ...emulatorEnvironment(served, 'api-key') }
    expect(
      await runCli(['exchange', '--auth', 'api_key'], {
        env: { ...env, ...environment(), OIDC_CLIENT_IDENTIFIER: '' },
      }),
    ).toMatchObject({ code: 0 })
  })

  test.each([
    ['no domain', { DOMAIN_BASE_URL: '' }, 2, 'domain_base_url'],
    ['no client', { OIDC_CLIENT_IDENTIFIER: '' }, 2, 'oidc_client_identifier'],
    ['half a client', { OIDC_CLIENT_IDENTIFIER: 'only-an-id' }, 2, 'oidc_client_identifier'],
    ['no region', { OCI_REGION: '' }, 2, 'oci_region'],
    ['a retry count of words', { RETRY_COUNT: 'many' }, 2, 'retry_count'],
    ['no sign of a subject token', { OCI_SUBJECT_TOKEN: '' }, 2, '--token-source'],
    ['an unknown platform', { PLATFORM: 'jenkins' }, 2, 'jenkins'],
    ['an empty subject token', { OCI_SUBJECT_TOKEN: ' ' }, 3, 'empty'],
    ['a path for a subject token', { OCI_SUBJECT_TOKEN: '/tmp/jwt' }, 3, 'file path'],
    ['a secret that was rotated', { OIDC_CLIENT_IDENTIFIER: 'a:b' }, 4, 'client id or secret is wrong'],
    ['another tenancy than is expected', { OCI_TENANCY: 'ocid1.tenancy.oc1..other' }, 3, 'ocid1.tenancy.oc1..other'],
  ])('with %s says so, and writes nothing', async (_, env, code, message) => {
    const result = await exchange([], env)
    expect(result.code).toBe(code)
    expect(result.errors).toContain(message)
    await expect(stat(configFile())).rejects.toMatchObject({ code: 'ENOENT' })
  })
})
