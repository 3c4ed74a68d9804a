import { describe, expect, it } from 'vitest'
import { alibabaEcsRamRole } from '../../src/credentials/alibaba-ecs-ram-role.js'
import { dkmsSecrets } from '../../src/federation/alibaba-dkms.js'
import { openClientKey } from '../../src/keys/alibaba-client-key.js'
import { signAcs3 } from '../../src/signers/alibaba-acs3.js'
import { signOss1 } from '../../src/signers/alibaba-oss1.js'
import { presignOss4, signOss4 } from '../../src/signers/alibaba-oss4.js'
import { signRpc } from '../../src/signers/alibaba-rpc.js'
import { alibabaClientKeyFile } from '../../src/testing/alibaba-account.js'
import { memoryRuntime } from '../fixtures/memory-runtime.js'
import { API, alibabaWorld } from './alibaba-world.js'

const ACS3 = { action: 'DescribeRegions', version: '2014-05-26' }
const OBJECT = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/a%20folder/%E6%96%87%E4%BB%B6.txt'

describe('the emulated Open API', () => {
  it('tells whose signature it verified', async () => {
    const { account, fetch, clock } = alibabaWorld()
    const signed = await signAcs3(new Request(`${API}?B=2&A=1 1`), account.accessKey, { ...ACS3, clock: clock.now })
    const answer = await (await fetch(signed)).json()
    expect(answer).toMatchObject({
      Action: 'DescribeRegions',
      Scheme: 'ACS3-HMAC-SHA256',
      Caller: account.userArn('emulated-application'),
    })
  })

  it('takes RPC signatures of access keys and of client keys', async () => {
    const { account, fetch, clock, emulator } = alibabaWorld()
    const request = (): Request => new Request(`${API}?Action=DescribeRegions&Version=2014-05-26`, { method: 'POST' })
    const clientKey = await openClientKey(await alibabaClientKeyFile(emulator))
    for (const signer of [account.accessKey, clientKey]) {
      expect((await fetch(await signRpc(request(), signer, { clock: clock.now }))).status).toBe(200)
    }
  })

  const signedOnce = async (change: (request: Request) => Request, clockOffset = 0) => {
    const { account, fetch, clock } = alibabaWorld()
    const options = { ...ACS3, clock: () => clock.now() + clockOffset }
    const signed = await signAcs3(new Request(API, { method: 'POST', body: 'a=1' }), account.accessKey, options)
    const response = await fetch(change(signed))
    return [response.status, (await response.json()).Code]
  }

  it.each<[string, string, (request: Request) => Request]>([
    [
      'a header that was changed',
      'SignatureDoesNotMatch',
      (r) => new Request(r, { headers: { ...Object.fromEntries(r.headers), 'x-acs-version': '2015-01-01' } }),
    ],
    [
      'a header that was added',
      'IncompleteSignature',
      (r) => new Request(r, { headers: { ...Object.fromEntries(r.headers), 'x-acs-extra': '1' } }),
    ],
    ['a query that was added', 'SignatureDoesNotMatch', (r) => new Request(`${r.url}?More=1`, r)],
    ['a body that was changed', 'ContentSHA256Mismatch', (r) => new Request(r, { body: 'a=2' })],
    ['no signature', 'MissingSignature', (r) => new Request(r, { headers: { 'x-acs-action': 'DescribeRegions' } })],
  ])('refuses %s', async (_, code, change) => {
    expect(await signedOnce(change)).toEqual([400, code])
  })

  it('refuses a request from another time', async () => {
    expect(await signedOnce((request) => request, -16 * 60_000)).toEqual([400, 'IllegalTimestamp'])
  })

  it('refuses a nonce that was used', async () => {
    const { account, fetch, clock } = alibabaWorld()
    const signed = await signAcs3(new Request(API), account.accessKey, { ...ACS3, clock: clock.now })
    await fetch(signed.clone())
    expect((await (await fetch(signed)).json()).Code).toBe('SignatureNonceUsed')
  })

  it('refuses an access key after an emergency rotation, and keeps it for a while after a usual one', async () => {
    const { account, fetch, clock } = alibabaWorld()
    const status = async (credentials = account.accessKey): Promise<number> =>
      (await fetch(await signAcs3(new Request(API), credentials, { ...ACS3, clock: clock.now }))).status
    const first = account.managed()
    const second = account.rotate({ previousForMs: 1000 })
    expect(await status(first)).toBe(200)
    clock.advance(1000)
    expect(await status(first)).toBe(404)
    account.rotate()
    expect(await status(second)).toBe(404)
  })
})

describe('the emulated KMS instance', () => {
  it('answers a client key by its own protocol', async () => {
    const { account, fetch, clock, emulator } = alibabaWorld()
    const clientKey = await openClientKey(await alibabaClientKeyFile(emulator))
    const secrets = dkmsSecrets({
      endpoint: 'kst-emulated.cryptoservice.kms.aliyuncs.com',
      clientKey,
      fetch,
      clock: clock.now,
    })
    const secret = await secrets(account.secretName)
    expect(JSON.parse(secret.secretData).AccessKeyId).toBe(account.managed()?.accessKeyId)
  })

  it('gives the code of an error in protobuf', async () => {
    const { fetch, clock, emulator } = alibabaWorld()
    const clientKey = await openClientKey(await alibabaClientKeyFile(emulator))
    const options = { endpoint: 'kst-emulated.cryptoservice.kms.aliyuncs.com', fetch, clock: clock.now }
    const other = { ...clientKey, clientKeyId: 'KAAP.unknown' }
    await expect(dkmsSecrets({ ...options, clientKey })('none')).rejects.toMatchObject({
      serviceCode: 'Forbidden.ResourceNotFound',
    })
    await expect(dkmsSecrets({ ...options, clientKey: other })('none')).rejects.toMatchObject({
      serviceCode: 'InvalidAccessKeyId.NotFound',
    })
  })
})

describe('the emulated metadata service', () => {
  it.each([false, true])('gives the credentials of the role; token required: %s', async (required) => {
    const { account, fetch, clock } = alibabaWorld()
    account.metadataTokenRequired = required
    const credentials = await alibabaEcsRamRole({ fetch, clock: clock.now, runtime: memoryRuntime() })()
    const signed = await signAcs3(new Request(API), credentials, { ...ACS3, clock: clock.now })
    expect((await (await fetch(signed)).json()).Caller).toContain(account.roleName)
  })
})

describe('the emulated OSS', () => {
  it.each([
    ['V4', signOss4],
    ['V1', signOss1],
  ])('keeps objects that %s signed', async (_, sign) => {
    const { account, fetch, clock } = alibabaWorld()
    const send = async (method: string, url = OBJECT, body?: string) =>
      fetch(await sign(new Request(url, { method, ...(body && { body }) }), account.accessKey, { clock: clock.now }))
    expect((await send('PUT', OBJECT, 'content')).status).toBe(200)
    expect(await (await send('GET')).text()).toBe('content')
    expect((await send('HEAD')).headers.get('etag')).toMatch(/^"[0-9A-F]{32}"$/)
    expect(await (await send('GET', 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/?prefix=a%20f')).text()).toContain(
      '<Size>7</Size>',
    )
    expect(await (await send('GET', 'https://oss-cn-hangzhou.aliyuncs.com/')).text()).toContain(
      '<Name>my-bucket</Name>',
    )
    expect((await send('DELETE')).status).toBe(204)
    expect((await send('GET')).status).toBe(404)
  })

  it('takes a presigned URL until it ends', async () => {
    const { account, fetch, clock } = alibabaWorld()
    const { url } = await presignOss4({ method: 'PUT', url: OBJECT }, account.accessKey, {
      expiresInSeconds: 60,
      clock: clock.now,
    })
    expect((await fetch(url, { method: 'PUT', body: new Uint8Array([1]) })).status).toBe(200)
    expect((await fetch(url, { method: 'GET' })).status).toBe(403)
    clock.advance(60_000)
    expect(await (await fetch(url, { method: 'PUT', body: new Uint8Array([1]) })).text()).toContain('AccessDenied')
  })

  it('tells what is wrong with a HEAD request in a header', async () => {
    const { fetch, clock } = alibabaWorld()
    const unknown = { accessKeyId: 'unknown', accessKeySecret: 'unknown' }
    const response = await fetch(await signOss4(new Request(OBJECT, { method: 'HEAD' }), unknown, { clock: clock.now }))
    expect([response.status, atob(response.headers.get('x-oss-err') ?? '')]).toEqual([
      403,
      expect.stringContaining('<Code>InvalidAccessKeyId</Code>'),
    ])
  })
})
