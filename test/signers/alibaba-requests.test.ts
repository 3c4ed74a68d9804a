import { describe, expect, it } from 'vitest'
import { type Acs3Options, signAcs3, signAcs3Headers } from '../../src/signers/alibaba-acs3.js'
import { presignOss1, signOss1, signOss1Headers } from '../../src/signers/alibaba-oss1.js'
import { presignOss4, signOss4, signOss4Headers } from '../../src/signers/alibaba-oss4.js'
import { signRoaHeaders } from '../../src/signers/alibaba-roa.js'
import { signRpc, signRpcUrl } from '../../src/signers/alibaba-rpc.js'
import type { AlibabaCredentials } from '../../src/types.js'

// What requests may look like, beside those of the published vectors.

const credentials: AlibabaCredentials = { accessKeyId: 'LTAIkey', accessKeySecret: 'secret' }
const options = { action: 'DescribeRegions', version: '2014-05-26', clock: () => 1_700_000_000_000, nonce: () => 'n' }
const OBJECT = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/report.txt'
const signers = { signAcs3, signRpc, signOss1, signOss4 } as const
const names = Object.keys(signers) as (keyof typeof signers)[]

describe('the address of a request to OSS', () => {
  it.each([
    ['https://my-bucket.oss-cn-hangzhou.aliyuncs.com/a', '/my-bucket/a', 'cn-hangzhou'],
    ['https://my-bucket.oss-cn-hangzhou-internal.aliyuncs.com/a', '/my-bucket/a', 'cn-hangzhou'],
    ['https://my-bucket.s3.oss-us-west-1.aliyuncs.com/a', '/my-bucket/a', 'us-west-1'],
    ['https://s3.oss-us-west-1.aliyuncs.com/my-bucket/a', '/my-bucket/a', 'us-west-1'],
    ['https://oss-eu-central-1.aliyuncs.com/my-bucket/a', '/my-bucket/a', 'eu-central-1'],
    ['https://oss-eu-central-1.aliyuncs.com/', '/', 'eu-central-1'],
    ['https://my-bucket.cn-hangzhou.oss.aliyuncs.com/a', '/my-bucket/a', 'cn-hangzhou'],
    ['https://cn-hangzhou.oss.aliyuncs.com/', '/', 'cn-hangzhou'],
    ['https://cn-hangzhou.oss.aliyuncs.com/my-bucket/', '/my-bucket/', 'cn-hangzhou'],
    ['https://my-bucket.oss-rg-china-mainland.aliyuncs.com/', '/my-bucket/', 'rg-china-mainland'],
  ])('tells bucket and region: %s', async (url, uri, region) => {
    const { canonicalRequest, stringToSign } = await signOss4Headers({ method: 'GET', url }, credentials)
    expect([canonicalRequest.split('\n')[1], stringToSign.split('/')[1]]).toEqual([uri, region])
  })

  it.each([
    'https://my-bucket.oss-accelerate.aliyuncs.com/a',
    'https://my-bucket.oss-accelerate-overseas.aliyuncs.com/a',
    'https://my-bucket.oss.aliyuncs.com/a',
    'https://files.example.com/a',
    'https://oss-cn-hangzhou.aliyuncs.com.example.com/a',
  ])('does not tell the region: %s', async (url) => {
    await expect(signOss4Headers({ method: 'GET', url }, credentials)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    const address = { region: 'cn-hangzhou', bucket: 'my-bucket' }
    const { canonicalRequest } = await signOss4Headers({ method: 'GET', url }, credentials, address)
    expect(canonicalRequest.split('\n')[1]).toBe('/my-bucket/a')
  })
})

describe('the URL of a request to OSS', () => {
  it('is sent as it was, so that a body need not become a stream', async () => {
    const url = `${OBJECT}?uploadId=1&partNumber=2&marker=a%2fb`
    expect((await signOss4(new Request(`${url}#part`, { method: 'PUT', body: 'x' }), credentials)).url).toMatch(
      /marker=a%2fb(#part)?$/,
    )
    expect((await signOss4Headers({ method: 'PUT', url }, credentials)).url).toBe(url)
  })

  it('is written anew where servers differ in how they read it', async () => {
    const { url } = await signOss4Headers({ method: 'GET', url: `${OBJECT}?b=&a=1+1` }, credentials)
    expect(url).toBe(`${OBJECT}?a=1%201&b`)
  })

  it.each([
    ['shows its body', {}],
    ['does not, as in Firefox', { body: { value: undefined } }],
  ])('keeps the body of a request that %s', async (_, properties) => {
    const request = new Request(`${OBJECT}?b=&a=1`, { method: 'PUT', body: 'content' })
    const signed = await signOss4(Object.defineProperties(request, properties), credentials)
    expect([signed.url, signed.method, await signed.text()]).toEqual([`${OBJECT}?a=1&b`, 'PUT', 'content'])
  })

  it.each([
    ['V4', presignOss4],
    ['V1', presignOss1],
  ])('is signed again as if for the first time: %s', async (_, presign) => {
    const life = { expiresInSeconds: 60, clock: options.clock }
    const headers = { 'x-oss-security-token': 'of before', authorization: 'of before' }
    const temporary = { ...credentials, securityToken: 'token' }
    const once = await presign({ method: 'GET', url: `${OBJECT}?acl` }, credentials, life)
    const before = await presign({ method: 'GET', url: `${OBJECT}?acl` }, temporary, { ...life, expiresInSeconds: 9 })
    const again = await presign({ method: 'GET', url: before.url, headers }, credentials, life)
    expect([again.url, again.headers]).toEqual([once.url, {}])
  })
})

describe('further headers under a signature of OSS', () => {
  it('can have the host among them, in a URL too', async () => {
    const request = { method: 'GET', url: OBJECT }
    const additional = { additionalHeaders: ['Host'], clock: options.clock }
    const { headers } = await signOss4Headers(request, credentials, additional)
    expect(headers['authorization']).toContain(',AdditionalHeaders=host,')
    const signed = await presignOss4(request, credentials, { ...additional, expiresInSeconds: 60 })
    expect(new URL(signed.url).searchParams.get('x-oss-additional-headers')).toBe('host')
    expect(signed.canonicalRequest).toContain('\nhost:my-bucket.oss-cn-hangzhou.aliyuncs.com\n')
  })

  it('are those that the request has, and none that every object has', async () => {
    const additionalHeaders = ['constructor', 'toString', '__proto__', 'range']
    const { headers } = await signOss4Headers({ method: 'GET', url: OBJECT }, credentials, { additionalHeaders })
    expect(headers['authorization']).not.toContain('AdditionalHeaders')
  })

  it('are never the host that somebody put into the headers', async () => {
    const request = { method: 'GET', url: OBJECT, headers: { Host: 'other.example.com' } }
    const { canonicalRequest } = await signOss4Headers(request, credentials, { additionalHeaders: ['host'] })
    expect(canonicalRequest).toContain('\nhost:my-bucket.oss-cn-hangzhou.aliyuncs.com\n')
  })
})

describe('a request', () => {
  const sign = (name: keyof typeof signers, request: Request, signer = credentials): Promise<Request> =>
    signers[name](request, signer, options satisfies Acs3Options)

  it.each(names)('whose body was read is refused by %s', async (name) => {
    const request = new Request(OBJECT, { method: 'PUT', body: 'content' })
    await request.text()
    await expect(sign(name, request)).rejects.toMatchObject({ code: 'BODY_NOT_REPLAYABLE' })
  })

  it('is signed with its method as it is sent, in capitals', async () => {
    const life = { ...options, expiresInSeconds: 60 }
    const signed = (method: string) => {
      const request = { method, url: OBJECT }
      return Promise.all([
        ...[signAcs3Headers, signRpcUrl, signRoaHeaders].map((sign) => sign(request, credentials, options)),
        ...[signOss1Headers, signOss4Headers].map((sign) => sign(request, credentials, options)),
        ...[presignOss1, presignOss4].map((sign) => sign(request, credentials, life)),
      ])
    }
    expect(await signed('put')).toEqual(await signed('PUT'))
  })

  it.each(['signAcs3', 'signRpc'] as const)('stays usable after %s, with an empty body too', async (name) => {
    const url = 'https://ecs.cn-hangzhou.aliyuncs.com/'
    for (const body of ['', 'A=1']) {
      const request = new Request(url, { method: 'POST', body })
      expect(await (await sign(name, request)).text()).toBe(body)
      expect(await request.text()).toBe(body)
    }
  })

  it.each([
    ['', 'an empty one'],
    ['line\n', 'white space'],
    [7 as unknown as string, 'a value of type number'],
  ])('is not signed with a security token that no header takes: %j', async (securityToken, found) => {
    const temporary = { ...credentials, securityToken }
    const expected = { code: 'CONFIG_INVALID', message: expect.stringContaining(found) }
    for (const name of names) await expect(sign(name, new Request(OBJECT), temporary)).rejects.toMatchObject(expected)
    await expect(signRoaHeaders({ method: 'GET', url: OBJECT }, temporary)).rejects.toMatchObject(expected)
  })
})
