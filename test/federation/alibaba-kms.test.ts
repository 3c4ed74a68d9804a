import { describe, expect, it, vi } from 'vitest'
import { alibabaAccessKey } from '../../src/credentials/alibaba-access-key.js'
import { alibabaRole } from '../../src/credentials/alibaba-role.js'
import { dkmsSecrets } from '../../src/federation/alibaba-dkms.js'
import {
  decodeDkmsError,
  decodeSecretResponse,
  encodeDkmsError,
  encodeSecretResponse,
} from '../../src/federation/alibaba-dkms-messages.js'
import { kmsSecrets, kmsUrl } from '../../src/federation/alibaba-kms.js'
import { stsUrl } from '../../src/federation/alibaba-sts.js'
import { alibabaCall } from '../../src/http/alibaba-call.js'
import { openClientKey } from '../../src/keys/alibaba-client-key.js'
import { alibabaClientKeyFile } from '../../src/testing/alibaba-account.js'
import type { AlibabaCredentials } from '../../src/types.js'
import { alibabaWorld, noWait } from '../testing/alibaba-world.js'

describe('the access key that asks KMS', () => {
  const rotated = () => {
    const world = alibabaWorld()
    const old = world.account.accessKeys.issue(world.account.userArn('rotated'))
    world.account.accessKeys.remove(old.accessKeyId)
    return { ...world, old }
  }

  it('is refreshed once when KMS no longer knows it', async () => {
    const { account, fetch, clock, old, reads } = rotated()
    const access = vi.fn(async (request?: { forceRefresh?: AlibabaCredentials }) =>
      request?.forceRefresh ? account.accessKey : old,
    )
    const secrets = kmsSecrets({ region: account.region, access, fetch, clock: clock.now })
    expect((await secrets(account.secretName)).secretName).toBe(account.secretName)
    expect([access.mock.calls.length, reads()]).toEqual([2, 2])
  })

  it('is not tried again when it stays the same', async () => {
    const { account, fetch, clock, old, reads } = rotated()
    const secrets = kmsSecrets({ region: account.region, access: async () => old, fetch, clock: clock.now })
    await expect(secrets(account.secretName)).rejects.toMatchObject({ serviceCode: 'InvalidAccessKeyId.NotFound' })
    expect(reads()).toBe(1)
  })
})

describe('a clock that is off', () => {
  const skewed = () => {
    const world = alibabaWorld()
    world.emulator.settings.clockSkewMs = 3_600_000
    return world
  }

  it('is corrected by the answer of KMS, for one more attempt', async () => {
    const { account, secrets, reads } = skewed()
    expect((await secrets(account.secretName)).secretName).toBe(account.secretName)
    expect(reads()).toBe(2)
  })

  it('is corrected by a dedicated instance', async () => {
    const { account, emulator, fetch, clock, sent } = skewed()
    const clientKey = await openClientKey(await alibabaClientKeyFile(emulator))
    const secrets = dkmsSecrets({ endpoint: 'kst', clientKey, fetch, clock: clock.now, sleep: noWait })
    expect((await secrets(account.secretName)).secretName).toBe(account.secretName)
    expect(sent).toHaveLength(2)
  })

  it('is corrected by STS once, and lives are measured by its clock from then on', async () => {
    const { account, fetch, clock, sent } = skewed()
    const { roleArn } = account
    const credentials = alibabaAccessKey(account.accessKey)
    const provider = alibabaRole({ roleArn, credentials, fetch, clock: clock.now, sleep: noWait, retry: false })
    const first = await provider()
    expect([sent.length, await provider()]).toEqual([2, first])
    clock.advance(3_590_000)
    expect(await provider()).not.toBe(first)
    expect(sent).toHaveLength(3)
  })

  it('is not what a service means that tells no time, or ours', async () => {
    for (const date of ['', new Date(1_700_000_000_000).toUTCString()]) {
      const send = vi.fn(async () => Response.json({ Code: 'IllegalTimestamp' }, { status: 400, headers: { date } }))
      const call = alibabaCall(() => new Request('https://kms.cn-hangzhou.aliyuncs.com/'), {
        fetch: send,
        clock: () => 1_700_000_000_000,
        retry: false,
      })
      await expect(call).rejects.toMatchObject({ serviceCode: 'IllegalTimestamp' })
      expect(send).toHaveBeenCalledOnce()
    }
  })
})

describe('the address of KMS and STS', () => {
  it.each([
    [{ region: 'cn-hangzhou' }, 'https://kms.cn-hangzhou.aliyuncs.com/'],
    [{ region: 'cn-hangzhou', vpc: true }, 'https://kms-vpc.cn-hangzhou.aliyuncs.com/'],
    [
      { region: 'a', endpoint: 'kst-1.cryptoservice.kms.aliyuncs.com' },
      'https://kst-1.cryptoservice.kms.aliyuncs.com/',
    ],
    [{ region: 'a', endpoint: 'HTTP://127.0.0.1:8080' }, 'http://127.0.0.1:8080/'],
    [{ region: 'a', endpoint: '' }, 'https://kms.a.aliyuncs.com/'],
  ])('is that of the region, or the one given: %j', (options, url) => {
    expect(kmsUrl(options).href).toBe(url)
  })

  it('of STS is the central one where no region is told', () => {
    expect(stsUrl({}).href).toBe('https://sts.aliyuncs.com/')
    expect(stsUrl({ region: 'cn-beijing', vpc: true }).href).toBe('https://sts-vpc.cn-beijing.aliyuncs.com/')
  })

  it.each([
    { region: 'evil.example/#' },
    { region: 'cn hangzhou' },
    { region: 'a', endpoint: 'not a host' },
    { region: 'a', endpoint: 'user:hunter2@kms.example.com' },
  ])('is refused when it is none: %j', (options) => {
    for (const address of [kmsUrl, stsUrl]) {
      expect(() => address(options)).toThrow(
        expect.objectContaining({ code: 'URL_INVALID', message: expect.not.stringContaining('hunter2') }),
      )
    }
  })
})

describe('the messages of a dedicated KMS instance', () => {
  it('are refused when they were cut off', async () => {
    const whole = await encodeSecretResponse({ SecretName: 'a', SecretType: 'RAMCredentials', SecretData: '{"A":"b"}' })
    expect(await decodeSecretResponse(whole)).toMatchObject({ SecretData: '{"A":"b"}' })
    expect(await decodeSecretResponse(whole.slice(0, -1))).toBeUndefined()
    const error = await encodeDkmsError({ StatusCode: 400, ErrorCode: 'A', ErrorMessage: 'm', RequestId: 'r' })
    expect(await decodeDkmsError(error.slice(0, -1))).toBeUndefined()
  })

  it('tell a failure by its status when they are too long, or hold what can be no request id', async () => {
    const { emulator, clock } = alibabaWorld()
    const clientKey = await openClientKey(await alibabaClientKeyFile(emulator))
    const failing = (body: BodyInit) =>
      dkmsSecrets({
        endpoint: 'kst',
        clientKey,
        fetch: async () => new Response(body, { status: 400 }),
        clock: clock.now,
        sleep: noWait,
      })('a')
    const endless = new ReadableStream({ pull: (stream) => stream.enqueue(new Uint8Array(16_384)) })
    await expect(failing(endless)).rejects.toMatchObject({ code: 'SERVICE_RESPONSE_INVALID', status: 400 })
    const odd = { StatusCode: 400, ErrorCode: 'A', ErrorMessage: 'm', RequestId: '\u65e5\u672c' }
    await expect(failing(await encodeDkmsError(odd))).rejects.toMatchObject({ status: 400, serviceCode: 'A' })
  })
})
