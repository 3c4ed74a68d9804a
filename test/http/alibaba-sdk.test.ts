import { createRequire } from 'node:module'
import type * as openApiCore from '@alicloud/openapi-core'
import OSS from 'ali-oss'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { alibabaAccessKey } from '../../src/credentials/alibaba-access-key.js'
import { alibabaManaged, type ManagedAlibabaProvider } from '../../src/credentials/alibaba-managed.js'
import { kmsSecrets } from '../../src/federation/alibaba-kms.js'
import { liveOssClient, renewedCall, renewedClient, sdkCredential } from '../../src/http/alibaba-sdk.js'
import { type AlibabaAccount, alibabaAccount } from '../../src/testing/alibaba-account.js'

// The official clients, unmodified, against the emulator as the command line serves it, live through rotations.

const { default: OpenApi, $OpenApiUtil } = createRequire(import.meta.url)(
  '@alicloud/openapi-core',
) as typeof openApiCore.default

let served: ServedEmulator
let account: AlibabaAccount

beforeAll(async () => {
  served = await serveEmulator()
  account = served.emulator.of(alibabaAccount)
})

afterAll(() => served.close())

/** A provider of the managed access key, and how often it asked KMS. */
function managed(): { readonly provider: ManagedAlibabaProvider; readonly reads: () => number } {
  const access = alibabaAccessKey(account.accessKey)
  const secrets = kmsSecrets({ region: account.region, endpoint: served.http, access, fetch })
  const counting = vi.fn(secrets)
  return {
    provider: alibabaManaged({ secretName: account.secretName, secrets: counting }),
    reads: () => counting.mock.calls.length,
  }
}

function openApiClient(provider: ManagedAlibabaProvider) {
  const { host } = new URL(served.http)
  const config = new $OpenApiUtil.Config({ endpoint: host, protocol: 'http' })
  const client = new OpenApi(Object.assign(config, { credential: sdkCredential(provider) }))
  const params = new $OpenApiUtil.Params({
    action: 'DescribeRegions',
    version: '2014-05-26',
    protocol: 'HTTP',
    pathname: '/',
    method: 'POST',
    authType: 'AK',
    style: 'RPC',
    reqBodyType: 'formData',
    bodyType: 'json',
  })
  const call = async (): Promise<string> => {
    const runtime = { autoretry: false } as unknown as Parameters<typeof client.callApi>[2]
    const { body } = await client.callApi(
      params,
      new $OpenApiUtil.OpenApiRequest({ query: { RegionId: 'cn-hangzhou' } }),
      runtime,
    )
    return body.AccessKeyId
  }
  return { client, call }
}

async function ossClient(provider: ManagedAlibabaProvider, authorizationV4 = true) {
  const { accessKeyId, accessKeySecret } = await provider()
  return new OSS({
    accessKeyId,
    accessKeySecret,
    endpoint: served.http,
    bucket: 'my-bucket',
    region: 'oss-cn-hangzhou',
    authorizationV4,
  })
}

const current = (): string | undefined => account.managed()?.accessKeyId

describe('@alicloud/openapi-core with our credentials', () => {
  it('signs with the access key of the secret, and with the next one', async () => {
    const { provider } = managed()
    const { call } = openApiClient(provider)
    expect(await call()).toBe(current())
    account.rotate()
    await provider.refreshNow()
    expect(await call()).toBe(current())
  })

  it('fails by itself after an emergency rotation, and survives it as a renewed client', async () => {
    const { provider, reads } = managed()
    const { client, call } = openApiClient(provider)
    await call()
    account.rotate()
    await expect(call()).rejects.toMatchObject({ code: expect.stringContaining('InvalidAccessKeyId.NotFound') })
    renewedClient(client, provider)
    const answers = await Promise.all(Array.from({ length: 20 }, call))
    expect(new Set(answers)).toEqual(new Set([current()]))
    expect(reads()).toBe(2)
  })

  it('gets temporary credentials with their token', async () => {
    const credentials = account.accessKeys.issueTemporary('arn', 3_600_000)
    const credential = sdkCredential(alibabaAccessKey(credentials))
    const { accessKeyId, accessKeySecret, securityToken } = credentials
    expect(await credential.getCredential()).toEqual({ accessKeyId, accessKeySecret, securityToken, type: 'sts' })
    expect([
      await credential.getAccessKeyId(),
      await credential.getAccessKeySecret(),
      await credential.getSecurityToken(),
    ]).toEqual([accessKeyId, accessKeySecret, securityToken])
    expect([credential.getBearerToken(), credential.getType()]).toEqual(['', 'access_key'])
  })
})

describe('ali-oss with our credentials', () => {
  it.each([true, false])('survives emergency rotations with many calls under way; V4: %s', async (authorizationV4) => {
    const { provider, reads } = managed()
    const client = liveOssClient(await ossClient(provider, authorizationV4), provider)
    await client.put('a file.txt', Buffer.from('content'))
    account.rotate()
    const found = await Promise.all(Array.from({ length: 20 }, () => client.get('a file.txt')))
    expect(found.map(({ content }) => String(content))).toEqual(Array.from({ length: 20 }, () => 'content'))
    account.rotate()
    expect((await client.head('a file.txt')).res.status).toBe(200)
    expect((await client.list({ prefix: 'a ', 'max-keys': 10 })).objects?.map(({ name }) => name)).toEqual([
      'a file.txt',
    ])
    account.rotate()
    await client.delete('a file.txt')
    expect(reads()).toBe(4)
  })

  it('fails by itself', async () => {
    const { provider } = managed()
    const client = await ossClient(provider)
    account.rotate()
    await expect(client.get('none')).rejects.toMatchObject({ code: 'InvalidAccessKeyId' })
  })

  it('passes on failures of another kind', async () => {
    const { provider, reads } = managed()
    const client = liveOssClient(await ossClient(provider), provider)
    await expect(client.get('none')).rejects.toMatchObject({ code: 'NoSuchKey' })
    expect(reads()).toBe(1)
  })
})

describe('a call with any SDK', () => {
  const failing = (code: unknown) => Object.assign(new Error('refused'), { code, status: 403 })

  it.each([undefined, 404, 'Throttling'])('is made once when it fails with the code %s', async (code) => {
    const { provider } = managed()
    const call = vi.fn(() => Promise.reject(failing(code)))
    await expect(renewedCall(provider, call)).rejects.toMatchObject({ message: 'refused' })
    expect(call).toHaveBeenCalledOnce()
  })

  it.each([undefined, null, 7])('is judged without the message %s, which is no text', async (message) => {
    const { provider } = managed()
    const expired = vi.fn(() => false)
    const failure = { code: 'A', status: 403, message }
    await expect(renewedCall(provider, () => Promise.reject(failure), { expired })).rejects.toBe(failure)
    expect(expired.mock.calls).toEqual([[{ code: 'A', status: 403 }]])
  })

  it('is made twice at most', async () => {
    const { provider } = managed()
    await provider()
    account.rotate()
    const call = vi.fn(() => Promise.reject(failing('InvalidAccessKeyId')))
    await expect(renewedCall(provider, call)).rejects.toMatchObject({ code: 'InvalidAccessKeyId' })
    expect(call).toHaveBeenCalledTimes(2)
  })

  it('is made twice at most where one renewed method calls another', async () => {
    const { provider, reads } = managed()
    await provider()
    account.rotate()
    const before = reads()
    let count = 0
    const client = renewedClient(
      {
        async callApi(): Promise<unknown> {
          return client.execute()
        },
        async execute(): Promise<unknown> {
          count += 1
          throw failing('InvalidAccessKeyId')
        },
      },
      provider,
    )
    await expect(client.callApi()).rejects.toMatchObject({ code: 'InvalidAccessKeyId' })
    expect([count, reads() - before]).toEqual([2, 1])
  })

  it('passes on what is no object', async () => {
    const { provider } = managed()
    await expect(renewedCall(provider, () => Promise.reject('text'))).rejects.toBe('text')
  })
})
