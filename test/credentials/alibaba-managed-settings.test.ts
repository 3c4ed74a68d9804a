import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { alibabaManaged } from '../../src/credentials/alibaba-managed.js'
import { readManagedSettings } from '../../src/credentials/alibaba-managed-settings.js'
import { alibabaManager } from '../../src/credentials/alibaba-manager.js'
import { readProperties, settingsOf } from '../../src/credentials/alibaba-properties.js'
import { alibabaClientKeyFile } from '../../src/testing/alibaba-account.js'
import { identityProvider } from '../../src/testing/identity-provider.js'
import { type MemoryRuntimeOptions, memoryRuntime } from '../fixtures/memory-runtime.js'
import { alibabaWorld, noWait } from '../testing/alibaba-world.js'

const REGION = '[{"regionId":"cn-hangzhou"}]'
const FILE = 'managed_credentials_providers.properties'

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/aliyun-signatures.json', import.meta.url), 'utf8')) as {
  vectors: { id: string; password: string; clientKeyJson: string }[]
}
// A published throw-away key.
const encrypted = vectors.find(({ id }) => id === 'pkcs12-ck') as (typeof vectors)[number]

type World = ReturnType<typeof alibabaWorld>
type Values = Record<string, unknown>

/** The access key that a configuration leads to. */
async function fetched(
  world: World,
  machine: MemoryRuntimeOptions,
  values?: Values,
  file?: string,
  environment?: boolean,
): Promise<unknown> {
  const { account, fetch, clock } = world
  const provider = alibabaManaged({
    secretName: account.secretName,
    configuration: { ...(values && { values }), ...(file !== undefined && { file }), environment },
    runtime: memoryRuntime(machine),
    fetch,
    clock: clock.now,
    sleep: noWait,
    maxRetries: 2,
  })
  return (await provider()).accessKeyId === account.managed()?.accessKeyId
}

const accessKeyOf = ({ account }: World): Values => ({
  credentials_type: 'ak',
  credentials_access_key_id: account.accessKey.accessKeyId,
  credentials_access_secret: account.accessKey.accessKeySecret,
  cache_client_region_id: REGION,
})

const properties = (values: Values): string =>
  Object.entries(values)
    .map(([name, value]) => ` ${name} = ${value}   # a comment`)
    .join('\n')

describe('the ways to KMS', () => {
  const ways: Record<string, (world: World) => Values | Promise<Values>> = {
    ak: accessKeyOf,
    token: ({ account }) => ({
      credentials_type: 'token',
      credentials_access_token_id: account.accessKey.accessKeyId,
      credentials_access_token: account.accessKey.accessKeySecret,
    }),
    ram_role: (world) => ({
      ...accessKeyOf(world),
      credentials_type: 'ram_role',
      credentials_role_arn: world.account.roleArn,
    }),
    sts: (world) => ({
      ...accessKeyOf(world),
      credentials_type: 'sts',
      credentials_role_arn: world.account.roleArn,
      credentials_role_session_name: 'a-session',
      credentials_sts_region_id: 'cn-hangzhou',
    }),
    ecs_ram_role: ({ account }) => ({ credentials_type: 'ecs_ram_role', credentials_role_name: account.roleName }),
    oidc_role_arn: ({ account }) => ({
      credentials_type: 'oidc_role_arn',
      credentials_role_arn: account.roleArn,
      credentials_oidc_provider_arn: account.oidcProviderArn,
      credentials_oidc_token_file_path: '/oidc',
      credentials_duration_seconds: '900',
    }),
    client_key: () => ({
      credentials_type: 'client_key',
      client_key_private_key_path: '/client-key.json',
      client_key_password_from_file_path: '/password',
    }),
    dedicated: () => ({
      cache_client_dkms_config_info: JSON.stringify([
        {
          regionId: 'cn-hangzhou',
          endpoint: 'kst-emulated.cryptoservice.kms.aliyuncs.com',
          clientKeyFile: '/client-key.json',
          passwordFromFilePath: '/password',
        },
      ]),
    }),
  }

  it.each(Object.keys(ways))('%s, in a properties file, in the environment, and as an object', async (way) => {
    const world = alibabaWorld()
    const values = { cache_client_region_id: REGION, ...(await ways[way]?.(world)) } as Record<string, string>
    const files = {
      '/client-key.json': JSON.stringify(await alibabaClientKeyFile(world.emulator)),
      '/password': 'not needed',
      '/oidc': await world.emulator.of(identityProvider).issue({ sub: 'pod', aud: 'sts.aliyuncs.com' }),
    }
    const upperCase = Object.fromEntries(Object.entries(values).map(([name, value]) => [name.toUpperCase(), value]))
    const camelCase = Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name.replace(/_(.)/g, (_, letter: string) => letter.toUpperCase()),
        value,
      ]),
    )
    expect(await fetched(world, { files: { ...files, [FILE]: properties(values) } })).toBe(true)
    expect(
      await fetched(
        world,
        { files: { ...files, '/etc/other.properties': properties(values) } },
        undefined,
        '/etc/other.properties',
      ),
    ).toBe(true)
    expect(await fetched(world, { files, env: values })).toBe(true)
    expect(await fetched(world, { files, env: upperCase })).toBe(true)
    expect(await fetched(world, { files }, values)).toBe(true)
    expect(await fetched(world, { files }, camelCase)).toBe(true)
  })

  it('names what is wrong with the type', async () => {
    const world = alibabaWorld()
    await expect(
      fetched(world, {}, { credentials_type: 'magic', cache_client_region_id: REGION }),
    ).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/one of ak, token, .* found "magic"/),
    })
  })

  it.each([
    [
      'a missing secret',
      { credentials_type: 'ak', credentials_access_key_id: 'id', cache_client_region_id: REGION },
      'credentials_access_secret',
    ],
    [
      'no region',
      { credentials_type: 'ak', credentials_access_key_id: 'id', credentials_access_secret: 'hunter2' },
      'cache_client_region_id',
    ],
    ['regions that are none', { credentials_type: 'ak', cache_client_region_id: 'cn-hangzhou' }, 'JSON array'],
    ['a region without its id', { credentials_type: 'ak', cache_client_region_id: '[{}]' }, 'regionId'],
    ['an instance without an endpoint', { cache_client_dkms_config_info: '[{"regionId":"a"}]' }, 'endpoint'],
    ['an instance without a region', { cache_client_dkms_config_info: '[{"endpoint":"a"}]' }, 'regionId'],
    [
      'an instance without a key',
      { cache_client_dkms_config_info: '[{"regionId":"a","endpoint":"a"}]' },
      'clientKeyFile',
    ],
  ])('names %s', async (_, values, told) => {
    const error: unknown = await fetched(alibabaWorld(), {}, values).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(told) })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  it.each(
    ['ram_role', 'sts', 'oidc_role_arn'].flatMap((type) =>
      ['1h', '899', '900.5', 'Infinity'].map((found) => [type, found]),
    ),
  )('%s names a duration of a session that is none: %s', async (credentials_type, found) => {
    const world = alibabaWorld()
    const { roleArn: credentials_role_arn } = world.account
    const role = { ...accessKeyOf(world), credentials_type, credentials_role_arn }
    await expect(fetched(world, {}, { ...role, credentials_duration_seconds: found })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: `Expected a whole number of seconds, at least 900, in credentials_duration_seconds, found "${found}".`,
    })
  })

  it('is an error where nothing is configured, and where a named file is not there', async () => {
    await expect(fetched(alibabaWorld(), {})).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
    await expect(fetched(alibabaWorld(), {}, undefined, '/nowhere')).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
  })

  it('says so when the file in the working directory cannot be read', async () => {
    const world = alibabaWorld()
    const runtime = memoryRuntime()
    const readText = (): Promise<never> => Promise.reject(new Error('EACCES'))
    const options = { secretName: 'a', runtime: { ...runtime, files: { ...runtime.files, readText } } }
    await expect(alibabaManaged(options)()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(FILE),
    })
    const { account, fetch, clock } = world
    const configuration = { values: accessKeyOf(world), file: false } as const
    const without = alibabaManaged({
      ...options,
      secretName: account.secretName,
      configuration,
      fetch,
      clock: clock.now,
    })
    expect((await without()).accessKeyId).toBe(account.managed()?.accessKeyId)
  })

  it('opens a client key without a password when it needs none', async () => {
    const world = alibabaWorld()
    const content = JSON.stringify(await alibabaClientKeyFile(world.emulator))
    const shared = { credentials_type: 'client_key', cache_client_region_id: REGION }
    expect(await fetched(world, {}, { ...shared, client_key_private_key_content: content })).toBe(true)
    const env = { CREDENTIALS_TYPE: 'client_key', CLIENT_KEY_PRIVATE_KEY_CONTENT: content }
    expect(await fetched(world, { env }, { cache_client_region_id: REGION })).toBe(true)
    const item = {
      regionId: 'cn-hangzhou',
      endpoint: 'kst-1.cryptoservice.kms.aliyuncs.com',
      clientKeyContent: content,
    }
    expect(await fetched(world, {}, { cache_client_dkms_config_info: [item] })).toBe(true)
  })

  it('shares what the access keeps among secrets that are fetched at a time', async () => {
    const world = alibabaWorld()
    const { account, fetch, clock, sent } = world
    account.rotate({ secretName: 'second' })
    const values = {
      credentials_type: 'ecs_ram_role',
      cache_client_region_id: REGION,
      secret_names: `${account.secretName},second`,
    }
    const manager = alibabaManager({ configuration: { values }, runtime: memoryRuntime(), fetch, clock: clock.now })
    expect(await manager.prefetch()).toEqual([])
    expect(sent.filter(({ url }) => url.endsWith(account.roleName))).toHaveLength(1)
  })

  it('goes on to the next region while the first one is down', async () => {
    const world = alibabaWorld()
    const regions = [{ regionId: 'cn-beijing' }, { regionId: 'cn-hangzhou' }]
    const down: typeof fetch = async (input, init) =>
      String(input instanceof Request ? input.url : input).includes('cn-beijing')
        ? new Response('', { status: 503 })
        : world.fetch(input, init)
    const values = { ...accessKeyOf(world), cache_client_region_id: regions }
    expect(await fetched({ ...world, fetch: down }, {}, values)).toBe(true)
  })

  it('reads the configuration again after it was wrong', async () => {
    const world = alibabaWorld()
    const { account, fetch, clock } = world
    const runtime = memoryRuntime()
    const provider = alibabaManaged({ secretName: account.secretName, runtime, fetch, clock: clock.now })
    await expect(provider()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
    runtime.put(FILE, properties(accessKeyOf(world)))
    clock.advance(2000)
    expect((await provider()).accessKeyId).toBe(account.managed()?.accessKeyId)
  })
})

describe('the password of a client key', () => {
  const instance = (item: Values, more: Values = {}): Values => ({
    cache_client_dkms_config_info: [
      {
        regionId: 'cn-hangzhou',
        endpoint: 'kst.cryptoservice.kms.aliyuncs.com',
        clientKeyContent: encrypted.clientKeyJson,
        ...item,
      },
    ],
    ...more,
  })
  const shared = (more: Values): Values => ({
    credentials_type: 'client_key',
    client_key_private_key_path: '/ck',
    cache_client_region_id: REGION,
    ...more,
  })
  const { password } = encrypted
  const machine: MemoryRuntimeOptions = {
    env: { RIGHT: password, WRONG: 'hunter2' },
    files: {
      '/right': `\n ${password} \r\n`,
      '/json': JSON.stringify({ ClientKeyPassword: password }),
      '/wrong': 'hunter2',
      '/ck': encrypted.clientKeyJson,
    },
  }
  /** A key that opens is not known to the emulated KMS: that failure shows that the password was right. */
  const attempt = async (values: Values, env: Record<string, string> = {}, environment = true): Promise<string> => {
    const computer = { ...machine, env: { ...machine.env, ...env } }
    const error = await fetched(alibabaWorld(), computer, values, undefined, environment).catch(
      (reason: unknown) => reason,
    )
    expect(inspect(error, { depth: 9 })).not.toMatch(/hunter2|Test-Pass/)
    const { code, serviceCode } = error as { code: string; serviceCode?: string }
    return serviceCode ?? code
  }

  it.each<[string, Values]>([
    ['a file', instance({ passwordFromFilePath: '/right' })],
    ['a file of the console, with JSON', instance({ passwordFromFilePath: '/json' })],
    ['a variable', instance({ passwordFromEnvVariable: 'RIGHT' })],
    ['a file before a variable', instance({ passwordFromFilePath: '/right', passwordFromEnvVariable: 'WRONG' })],
    [
      'a variable before a file at a named setting',
      instance({ passwordFromEnvVariable: 'RIGHT', passwordFromFilePathName: 'place' }, { place: '/wrong' }),
    ],
    ['a file at a named setting', instance({ passwordFromFilePathName: 'place' }, { place: '/right' })],
    ['the item itself', instance({ password })],
    ['the file for all keys', instance({}, { client_key_password_from_file_path: '/right' })],
    ['the variable for all keys', instance({}, { client_key_password_from_env_variable: 'RIGHT' })],
    [
      'the shared variable before the shared file',
      shared({ client_key_password_from_env_variable: 'RIGHT', client_key_password_from_file_path: '/wrong' }),
    ],
    ['the shared file', shared({ client_key_password_from_file_path: '/json' })],
    ['the setting', shared({ client_key_password: password })],
  ])('comes from %s', async (_, values) => {
    expect(await attempt(values)).toBe('InvalidAccessKeyId.NotFound')
  })

  it('comes from the variable client_key_password in the end', async () => {
    expect(await attempt(shared({}), { client_key_password: password })).toBe('InvalidAccessKeyId.NotFound')
  })

  it('does not come from that variable where the environment is not to be read', async () => {
    expect(await attempt(shared({}), { client_key_password: password }, false)).toBe('KEY_PASSPHRASE_REQUIRED')
  })

  it.each<[string, Values, string]>([
    ['is wrong', instance({ passwordFromFilePath: '/wrong' }), 'KEY_PASSPHRASE_WRONG'],
    [
      'is wrong in the place that goes first',
      instance({ passwordFromFilePath: '/wrong', passwordFromEnvVariable: 'RIGHT' }),
      'KEY_PASSPHRASE_WRONG',
    ],
    ['is nowhere', instance({}), 'KEY_PASSPHRASE_REQUIRED'],
    ['is in a file that is not there', instance({ passwordFromFilePath: '/nowhere' }), 'CONFIG_MISSING'],
    [
      'is in the place of the key',
      instance({ clientKeyContent: JSON.stringify({ ClientKeyPassword: 'hunter2' }), password }),
      'CONFIG_INVALID',
    ],
    [
      'is of a key file that is not there',
      shared({ client_key_private_key_path: '/nowhere', client_key_password: password }),
      'CONFIG_MISSING',
    ],
  ])('is one clear error when it %s', async (_, values, code) => {
    expect(await attempt(values)).toBe(code)
  })
})

describe('the settings', () => {
  it('are split at the first equals sign, without comments and blanks', () => {
    expect(readProperties('\uFEFFa=b=c\r\n # all of it\n x = y # rest\nno pair\n')).toEqual({ a: 'b=c', x: 'y' })
  })

  it('are found whatever their case, the later source first', () => {
    const settings = settingsOf([
      { credentials_type: 'ak', other: '' },
      { credentialsType: 'sts', count: 3 },
    ])
    expect(['CREDENTIALS_TYPE', 'credentialsType', 'other', 'count'].map((name) => settings.get(name))).toEqual([
      'sts',
      'sts',
      undefined,
      '3',
    ])
  })

  it('of the environment go before files, and files before values; regions of all are joined', async () => {
    const region = (regionId: string): string => JSON.stringify([{ regionId, vpc: 'true' }])
    const runtime = memoryRuntime({
      env: { credentials_type: 'from-environment', cache_client_region_id: region('c') },
      files: {
        [FILE]: `credentials_type=from-file\nsecret_names=a, b,,\ncache_client_region_id=${region('b')}`,
        'secretsmanager.properties': 'credentials_role_name=from-second-file',
      },
    })
    const values = {
      credentials_type: 'from-values',
      credentials_role_name: 'from-values',
      cache_client_region_id: region('a'),
    }
    const read = await readManagedSettings(runtime, { values })
    expect(['credentials_type', 'credentials_role_name'].map((name) => read.settings.get(name))).toEqual([
      'from-environment',
      'from-second-file',
    ])
    expect(read.regions.map(({ regionId, vpc }) => [regionId, vpc])).toEqual([
      ['a', true],
      ['b', true],
      ['c', true],
    ])
    expect(read.secretNames).toEqual(['a', 'b'])
  })

  it('name another interval', async () => {
    const world = alibabaWorld()
    const { account, fetch, clock } = world
    const values = { ...accessKeyOf(world), rotation_interval: '60000' }
    const options = {
      secretName: account.secretName,
      configuration: { values },
      runtime: memoryRuntime(),
      fetch,
      clock: clock.now,
      random: () => 0,
    }
    const { refreshFrom, issuedAt } = await alibabaManaged(options)()
    expect(refreshFrom - issuedAt).toBe(60_000)
    const wrong = { ...options, configuration: { values: { ...values, rotation_interval: 'soon' } } }
    await expect(alibabaManaged(wrong)()).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  it('name secrets to fetch ahead; failures are told, not thrown', async () => {
    const world = alibabaWorld()
    const { account, fetch, clock, reads } = world
    const values = { ...accessKeyOf(world), secret_names: `${account.secretName},unknown` }
    const manager = alibabaManager({ configuration: { values }, runtime: memoryRuntime(), fetch, clock: clock.now })
    expect(await manager.prefetch()).toEqual(['unknown'])
    const before = reads()
    await manager.credentials(account.secretName)()
    expect(reads()).toBe(before)
  })
})

describe('the transport of a KMS instance', () => {
  const values = (more: Values): Values => ({
    cache_client_dkms_config_info: [
      {
        regionId: 'a',
        endpoint: 'kst',
        clientKeyContent: encrypted.clientKeyJson,
        password: encrypted.password,
        ...more,
      },
    ],
  })
  const open = (runtime: ReturnType<typeof memoryRuntime>, more: Values): Promise<unknown> =>
    alibabaManaged({
      secretName: 'a',
      configuration: { values: values(more) },
      runtime,
      sleep: noWait,
      maxRetries: 1,
    })()

  it('trusts the authority of caFilePath', async () => {
    const connect = vi.fn(async () => async () => new Response('', { status: 403 }))
    const runtime = { ...memoryRuntime({ files: { '/ca.pem': 'the authority' } }), connect }
    await expect(open(runtime, { caFilePath: '/ca.pem' })).rejects.toMatchObject({ status: 403 })
    expect(connect).toHaveBeenCalledWith({ ca: 'the authority' })
  })

  it('never leaves out what it cannot do', async () => {
    await expect(open(memoryRuntime(), { ignoreSslCerts: true })).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
    await expect(open(memoryRuntime(), { caFilePath: '/nowhere' })).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
  })
})
