import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type AlibabaAccount, alibabaAccount } from '../../src/testing/alibaba-account.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { identityProvider } from '../../src/testing/identity-provider.js'
import { jsonOf, type RunResult, runCli } from './run-cli.js'

const emulator = createEmulator()
const account: AlibabaAccount = emulator.of(alibabaAccount)
const API = [
  'POST',
  'https://ecs.cn-hangzhou.aliyuncs.com/?RegionId=cn-hangzhou',
  '-H',
  'x-acs-action: DescribeZones',
  '-H',
  'x-acs-version: 2014-05-26',
]
const OBJECT = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/note.txt'

let folder: string
let env: Readonly<Record<string, string>>

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'countersign-cli-alibaba-'))
  const { accessKeyId, accessKeySecret } = account.accessKey
  const token = await emulator.of(identityProvider).issue({ sub: 'pod', aud: 'sts.aliyuncs.com' })
  const settings = {
    credentials_type: 'ak',
    credentials_access_key_id: accessKeyId,
    credentials_access_secret: accessKeySecret,
    cache_client_region_id: '[{"regionId":"cn-hangzhou"}]',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`)
  await writeFile(join(folder, 'managed.properties'), lines.join(''))
  await writeFile(join(folder, 'token'), token)
  env = {
    ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
    ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
    ALIBABA_CLOUD_ROLE_ARN: account.roleArn,
    ALIBABA_CLOUD_OIDC_PROVIDER_ARN: account.oidcProviderArn,
    ALIBABA_CLOUD_OIDC_TOKEN_FILE: join(folder, 'token'),
  }
})

afterAll(() => rm(folder, { recursive: true }))

function run(words: readonly string[], variables = env): Promise<RunResult> {
  return runCli(words, { env: variables, runtime: { fetch: emulator.fetch } })
}

const options = (auth: string): string[] =>
  auth === 'alibaba-managed'
    ? ['--auth', auth, '--profile', account.secretName, '--config-file', join(folder, 'managed.properties')]
    : ['--auth', auth]

describe('countersign for Alibaba Cloud', () => {
  test.each([
    ['alibaba-access-key', 'emulated-application'],
    ['alibaba-ecs-ram-role', 'EmulatedEcsRole'],
    ['alibaba-role', 'emulated-role'],
    ['alibaba-oidc-role', 'emulated-role'],
    ['alibaba-managed', 'emulated-ram-secret'],
  ])('signs a request to an Open API as %s', async (auth, caller) => {
    const result = await run(['request', ...API, ...options(auth)])
    expect(result).toMatchObject({ code: 0, errors: '' })
    expect(jsonOf(result)).toMatchObject({ Action: 'DescribeZones', Caller: expect.stringContaining(caller) })
  })

  test('puts an object into OSS and gets it, and tells each attempt', async () => {
    expect((await run(['request', 'PUT', OBJECT, '-d', 'kept', ...options('alibaba-managed')])).code).toBe(0)
    const { output, errors } = await run(['request', 'GET', OBJECT, '--verbose', ...options('alibaba-access-key')])
    expect(output).toBe('kept')
    expect(errors).toMatch(
      /^1\. GET https:\/\/my-bucket\.oss-cn-hangzhou\.aliyuncs\.com\/note\.txt: 200 in \d+ ms.* [0-9A-F]{24}/,
    )
  })

  test('tells an attempt that had no answer', async () => {
    const broken = (): Promise<never> => Promise.reject(new TypeError('no network'))
    const words = ['request', 'GET', OBJECT, '--verbose', ...options('alibaba-access-key')]
    const { code, errors } = await runCli(words, { env, runtime: { fetch: broken } })
    expect(code).toBeGreaterThan(0)
    expect(errors).toMatch(/^1\. GET \S+: no answer in \d+ ms/)
  })

  test('knows OSS by each of its hosts', async () => {
    const url = 'https://my-bucket.cn-beijing.oss.aliyuncs.com/note.txt'
    const { output } = await run(['sign', 'GET', url, ...options('alibaba-access-key')])
    expect(output).toContain('/cn-beijing/oss/aliyun_v4_request')
  })

  test('prints headers that anyone can send', async () => {
    const signed = jsonOf(await run(['sign', 'GET', OBJECT, '--json', ...options('alibaba-access-key')])) as Signed
    expect(signed.headers['authorization']).toMatch(/^OSS4-HMAC-SHA256 Credential=LTAI/)
    expect((await emulator.fetch(signed.url, { headers: signed.headers })).status).toBe(200)
    const { output } = await run(['sign', ...API, '--signing-string', ...options('alibaba-access-key')])
    expect(output).toMatch(/^ACS3-HMAC-SHA256\n[0-9a-f]{64}\n$/)
  })

  test('takes the region for a host that does not tell it', async () => {
    const words = ['sign', 'GET', 'https://files.example.com/my-bucket/note.txt', ...options('alibaba-access-key')]
    expect((await run(words)).code).not.toBe(0)
    expect((await run([...words, '--region', 'cn-beijing'])).output).toContain('/cn-beijing/oss/aliyun_v4_request')
  })

  test('tells who it is, and nothing that is secret', async () => {
    const { output } = await run(['whoami', '--json', ...options('alibaba-managed')])
    expect(JSON.parse(output)).toMatchObject({ source: 'alibaba-managed', subject: account.managed()?.accessKeyId })
    expect(output).not.toContain(account.managed()?.accessKeySecret)
  })

  test.each([
    ['alibaba-access-key', 'ALIBABA_CLOUD_ACCESS_KEY_ID'],
    ['alibaba-role', 'ALIBABA_CLOUD_ROLE_ARN to be set, found nothing; set it to the ARN of the role to assume.'],
    ['alibaba-oidc-role', 'ALIBABA_CLOUD_ROLE_ARN'],
    ['alibaba-managed', '--profile'],
  ])('says what %s needs', async (auth, told) => {
    const { code, errors } = await run(['request', ...API, '--auth', auth], {})
    expect(code).toBeGreaterThan(1)
    expect(errors).toContain(told)
  })

  test('names a session of its own where the variable is empty', async () => {
    const result = await run(['request', ...API, '--auth', 'alibaba-role'], {
      ...env,
      ALIBABA_CLOUD_ROLE_SESSION_NAME: '',
    })
    expect(jsonOf(result)).toMatchObject({ Caller: expect.stringMatching(/\/countersign$/) })
  })
})

interface Signed {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}
