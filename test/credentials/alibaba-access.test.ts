import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { alibabaAccessKey, alibabaEnvironment } from '../../src/credentials/alibaba-access-key.js'
import { alibabaEcsRamRole } from '../../src/credentials/alibaba-ecs-ram-role.js'
import { alibabaOidcRole } from '../../src/credentials/alibaba-oidc-role.js'
import { alibabaRole } from '../../src/credentials/alibaba-role.js'
import { identityProvider } from '../../src/testing/identity-provider.js'
import type { AlibabaCredentials, CredentialsProvider } from '../../src/types.js'
import { providerContract } from '../contract/provider.js'
import { memoryRuntime } from '../fixtures/memory-runtime.js'
import { API, alibabaWorld, noWait } from '../testing/alibaba-world.js'

const HOUR = 3_600_000

/** Counts the calls that fit a part of their URL or body, and breaks them on demand. */
function counted(send: typeof fetch, fits: (request: Request) => boolean) {
  let [count, broken] = [0, false]
  const counting: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    if (fits(request)) count += 1
    return broken ? new Response('', { status: 500 }) : send(request)
  }
  const setBroken = (value: boolean): void => {
    broken = value
  }
  return { fetch: counting, loads: () => count, setBroken }
}

const hidden = ({ accessKeySecret, securityToken = '' }: AlibabaCredentials): string[] => [
  accessKeySecret,
  securityToken,
]

providerContract('alibabaEcsRamRole', async () => {
  const { account, fetch, clock } = alibabaWorld()
  const isRole = ({ url }: Request): boolean => url.endsWith(`/ram/security-credentials/${account.roleName}`)
  // The service gives the same credentials for half of their life; here it gives others each time.
  const others: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    if (!isRole(request)) return fetch(request)
    const { accessKeyId, accessKeySecret, securityToken } = account.accessKeys.issueTemporary('arn', 6 * HOUR)
    const Expiration = new Date(clock.now() + 6 * HOUR).toISOString()
    const pair = { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, SecurityToken: securityToken }
    return Response.json({ ...pair, Expiration, Code: 'Success' })
  }
  const { loads, setBroken, fetch: send } = counted(others, isRole)
  const runtime = memoryRuntime()
  const provider = alibabaEcsRamRole({ fetch: send, clock: clock.now, runtime, sleep: noWait, random: () => 0.5 })
  return { provider, clock, lifeMs: 6 * HOUR, loads, setBroken, secrets: hidden }
})

providerContract('alibabaRole', async () => {
  const { account, fetch, clock } = alibabaWorld()
  const {
    loads,
    setBroken,
    fetch: send,
  } = counted(fetch, ({ headers }) => headers.get('x-acs-action') === 'AssumeRole')
  const provider = alibabaRole({
    roleArn: account.roleArn,
    credentials: alibabaAccessKey(account.accessKey),
    fetch: send,
    clock: clock.now,
    retry: false,
    random: () => 0.5,
  })
  return { provider, clock, lifeMs: HOUR, loads, setBroken, secrets: hidden }
})

const works = async (provider: CredentialsProvider<AlibabaCredentials>, world: ReturnType<typeof alibabaWorld>) => {
  const response = await world.api(provider as ReturnType<typeof world.managed>)(API)
  return [response.status, (await response.json()).Caller]
}

describe('an access key', () => {
  it('signs, trimmed of what was read around it', async () => {
    const world = alibabaWorld()
    const { accessKeyId, accessKeySecret } = world.account.accessKey
    const provider = alibabaAccessKey({ accessKeyId: ` ${accessKeyId}\n`, accessKeySecret: `${accessKeySecret}\r\n` })
    expect(await works(provider, world)).toEqual([200, world.account.userArn('emulated-application')])
  })

  it('has its security token trimmed too, or none', async () => {
    const pair = { accessKeyId: 'id', accessKeySecret: 'secret' }
    expect((await alibabaAccessKey({ ...pair, securityToken: ' token\n' })()).securityToken).toBe('token')
    expect(await alibabaAccessKey({ ...pair, securityToken: ' ' })()).not.toHaveProperty('securityToken')
  })

  it.each([
    ['', 'secret', 'accessKeyId, found an empty one'],
    ['id', ' ', 'accessKeySecret, found an empty one'],
    ['id', undefined, 'accessKeySecret, found a value of type undefined'],
  ])('is refused when a part of it is missing', (accessKeyId, accessKeySecret, told) => {
    const options = { accessKeyId, accessKeySecret: accessKeySecret as string }
    const expected = { code: 'CONFIG_INVALID', message: expect.stringContaining(told) }
    expect(() => alibabaAccessKey(options)).toThrow(expect.objectContaining(expected))
  })

  it('comes from the environment, with its security token', async () => {
    const world = alibabaWorld()
    const { accessKeyId, accessKeySecret, securityToken = '' } = world.account.accessKeys.issueTemporary('arn', HOUR)
    const env = {
      ALIBABA_CLOUD_ACCESS_KEY_ID: accessKeyId,
      ALIBABA_CLOUD_ACCESS_KEY_SECRET: accessKeySecret,
      ALIBABA_CLOUD_SECURITY_TOKEN: securityToken,
    }
    const provider = alibabaEnvironment({ runtime: memoryRuntime({ env }) })
    expect(await works(provider, world)).toEqual([200, 'arn'])
    expect(await provider()).toBe(await provider())
  })

  it('is not configured where a variable is missing', async () => {
    const runtime = memoryRuntime({ env: { ALIBABA_CLOUD_ACCESS_KEY_ID: 'LTAI' } })
    await expect(alibabaEnvironment({ runtime })()).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('ALIBABA_CLOUD_ACCESS_KEY_SECRET'),
    })
  })
})

describe('the role of an instance', () => {
  const ecs = (env: Record<string, string>, options: Parameters<typeof alibabaEcsRamRole>[0] = {}) => {
    const world = alibabaWorld()
    const { fetch, clock } = world
    const runtime = memoryRuntime({ env })
    return { world, provider: alibabaEcsRamRole({ fetch, clock: clock.now, runtime, sleep: noWait, ...options }) }
  }

  it('is read with a token, and anew before it ends', async () => {
    const { provider, world } = ecs({})
    const first = await provider()
    expect(first).toMatchObject({ source: 'alibaba-ecs-ram-role', securityToken: expect.any(String) })
    expect(world.sent.map(({ method }) => method)).toEqual(['PUT', 'GET', 'GET'])
    world.clock.advance(7 * HOUR)
    expect(await works(provider, world)).toEqual([200, expect.stringContaining(world.account.roleName)])
  })

  it('takes its name from the environment', async () => {
    const { provider, world } = ecs({ ALIBABA_CLOUD_ECS_METADATA: world0.roleName })
    await provider()
    expect(world.sent).toHaveLength(2)
  })

  it('does without a token where there is none to be had, unless that is forbidden', async () => {
    for (const [disabled, outcome] of [
      ['', 'fulfilled'],
      ['TRUE', 'rejected'],
    ] as const) {
      const { provider, world } = ecs({ ALIBABA_CLOUD_IMDSV1_DISABLED: disabled })
      world.emulator.faults.add({ path: '/latest/api/token', effect: 'status', status: 404, times: 9 })
      const [settled] = await Promise.allSettled([provider()])
      expect(settled?.status).toBe(outcome)
    }
  })

  it('takes no page of a proxy for a token', async () => {
    for (const [allowV1, outcome] of [
      [true, expect.any(String)],
      [false, 'SERVICE_RESPONSE_INVALID'],
    ] as const) {
      const { provider, world } = ecs({}, { allowV1 })
      const body = '<html>\nhunter2\n</html>'
      world.emulator.faults.add({ path: '/latest/api/token', effect: 'body', body, times: 9 } as never)
      const found: unknown = await provider().catch((reason: unknown) => reason)
      expect(found).toMatchObject(allowV1 ? { securityToken: outcome } : { code: outcome })
      expect(inspect(found, { depth: 9 })).not.toContain('hunter2')
    }
  })

  it('is asked for as often, and waited for as long, as one says', async () => {
    const calls = vi.fn(async () => new Response('', { status: 500 }))
    const failing = (retry?: false) => ecs({}, { fetch: calls, allowV1: false, ...(retry === false && { retry }) })
    await expect(failing().provider()).rejects.toMatchObject({ status: 500 })
    expect(calls).toHaveBeenCalledTimes(2)
    await expect(failing(false).provider()).rejects.toMatchObject({ status: 500 })
    expect(calls).toHaveBeenCalledTimes(3)
    const hanging: typeof fetch = () => new Promise(() => {})
    const { provider } = ecs({}, { fetch: hanging, allowV1: false, retry: false, timeoutMs: 10 })
    await expect(provider()).rejects.toMatchObject({ code: 'TIMEOUT' })
  })

  it('is refused at an address that is none', async () => {
    const { provider } = ecs({}, { metadataEndpoint: 'not an address', allowV1: false })
    await expect(provider()).rejects.toMatchObject({ code: 'URL_INVALID' })
  })

  it('asks without the token when the instance does not like it', async () => {
    const { provider, world } = ecs({})
    world.emulator.faults.add({ path: '/meta-data/', effect: 'status', status: 403, times: 1 })
    expect((await provider()).securityToken).toBeDefined()
  })

  it.each([
    ['no JSON', 'hunter2'],
    ['another code', '{"Code":"AssumeRoleUnauthorized","AccessKeySecret":"hunter2"}'],
    [
      'no token',
      '{"Code":"Success","AccessKeyId":"a","AccessKeySecret":"hunter2","Expiration":"2030-01-01T00:00:00Z"}',
    ],
    ['no end', '{"Code":"Success","AccessKeyId":"a","AccessKeySecret":"hunter2","SecurityToken":"hunter2"}'],
  ])('is refused with an answer that has %s, which is not shown', async (_, body) => {
    const { provider, world } = ecs({}, { roleName: world0.roleName, allowV1: false })
    world.emulator.faults.add({ path: '/meta-data/', effect: 'body', body, times: 9 } as never)
    const error: unknown = await provider().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'SERVICE_RESPONSE_INVALID' })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  it('is not configured where the environment says so, or there is no metadata service', async () => {
    await expect(ecs({ ALIBABA_CLOUD_ECS_METADATA_DISABLED: 'True' }).provider()).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
    })
    const runtime = { ...memoryRuntime(), hasMetadataService: false }
    await expect(ecs({}, { runtime }).provider()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
  })
})

const world0 = alibabaWorld().account

describe('a role that is taken on', () => {
  it('acts in its own name', async () => {
    const world = alibabaWorld()
    const { account, fetch, clock } = world
    const credentials = alibabaAccessKey(account.accessKey)
    const provider = alibabaRole({
      roleArn: account.roleArn,
      roleSessionName: 'a-session',
      credentials,
      fetch,
      clock: clock.now,
    })
    expect(await works(provider, world)).toEqual([200, expect.stringMatching(/a-session$/)])
  })

  it('refreshes its caller once when that was rotated', async () => {
    const { account, fetch, clock } = alibabaWorld()
    const old = account.accessKeys.issue(account.userArn('rotated'))
    account.accessKeys.remove(old.accessKeyId)
    const caller = vi.fn(async (options?: { forceRefresh?: AlibabaCredentials }) =>
      options?.forceRefresh ? account.accessKey : old,
    )
    const provider = alibabaRole({
      roleArn: account.roleArn,
      credentials: caller,
      fetch,
      clock: clock.now,
      retry: false,
    })
    expect((await provider()).source).toBe('alibaba-role')
    expect(caller).toHaveBeenCalledTimes(2)
  })

  it.each([
    [{ roleArn: 'a role' }, 'OPTION_INVALID'],
    [{ durationSeconds: 60 }, 'OPTION_INVALID'],
    [{ roleArn: 'acs:ram::1:role/unknown' }, 'SERVICE_ERROR'],
  ])('is refused: %j', async (options, code) => {
    const { account, fetch, clock } = alibabaWorld()
    const credentials = alibabaAccessKey(account.accessKey)
    const provider = alibabaRole({
      roleArn: account.roleArn,
      credentials,
      fetch,
      clock: clock.now,
      retry: false,
      ...options,
    })
    await expect(provider()).rejects.toMatchObject({ code })
  })
})

describe('a role for an OIDC token', () => {
  const workload = async (claims: object = {}) => {
    const world = alibabaWorld()
    const { account, emulator, fetch, clock } = world
    const token = (): Promise<string> =>
      emulator.of(identityProvider).issue({ sub: 'pod', aud: 'sts.aliyuncs.com', ...claims })
    const runtime = memoryRuntime({
      env: {
        ALIBABA_CLOUD_ROLE_ARN: account.roleArn,
        ALIBABA_CLOUD_OIDC_PROVIDER_ARN: account.oidcProviderArn,
        ALIBABA_CLOUD_OIDC_TOKEN_FILE: '/var/run/token',
        ALIBABA_CLOUD_ROLE_SESSION_NAME: 'a-pod',
        ALIBABA_CLOUD_STS_REGION: 'cn-hangzhou',
        ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED: 'true',
      },
      files: { '/var/run/token': `${await token()}\n` },
    })
    return { world, token, runtime, provider: alibabaOidcRole({ runtime, fetch, clock: clock.now, retry: false }) }
  }

  it('finds everything in the environment, at the endpoint of the VPC, and sends no signature', async () => {
    const { world, provider } = await workload()
    expect(await works(provider, world)).toEqual([200, expect.stringMatching(/a-pod$/)])
    const [exchange] = world.sent
    expect(exchange?.url).toContain('https://sts-vpc.cn-hangzhou.aliyuncs.com/?')
    expect(exchange?.headers.has('authorization')).toBe(false)
  })

  it('reads the token anew each time', async () => {
    const { world, provider, runtime, token } = await workload()
    await provider()
    world.clock.advance(2 * HOUR)
    runtime.put('/var/run/token', await token())
    expect((await works(provider, world))[0]).toBe(200)
  })

  it('takes the token of a function too, trimmed', async () => {
    const { world, token, runtime } = await workload()
    const { fetch, clock } = world
    const oidcToken = async (): Promise<string> => `${await token()}\n`
    const provider = alibabaOidcRole({ runtime, fetch, clock: clock.now, retry: false, oidcToken })
    expect((await works(provider, world))[0]).toBe(200)
  })

  it('keeps a refused token out of messages', async () => {
    const { provider, runtime } = await workload({ aud: 'somebody else' })
    const error: unknown = await provider().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', status: 400 })
    expect(inspect(error, { depth: 9 })).not.toContain(runtime.contents.get('/var/run/token')?.trim())
  })

  it('is not configured without its variables', async () => {
    const runtime = memoryRuntime()
    await expect(alibabaOidcRole({ runtime })()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
  })
})
