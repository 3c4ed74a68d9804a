import { describe, expect, it } from 'vitest'
import { presignOss1, signOss1 } from '../../src/signers/alibaba-oss1.js'
import { presignOss4, signOss4 } from '../../src/signers/alibaba-oss4.js'
import type { AlibabaCredentials } from '../../src/types.js'
import { type AlibabaWorld, alibabaWorld, changed } from './alibaba-world.js'

// What the emulated OSS refuses, and in which words.

const OBJECT = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/a/b.txt?response-cache-control=none'
const QUARTER_MS = 15 * 60_000

async function ossCode(response: Response): Promise<string> {
  return /<Code>(\w+)<\/Code>/.exec(await response.text())?.[1] ?? `${response.status}`
}

describe.each([
  ['V4', signOss4, presignOss4],
  ['V1', signOss1, presignOss1],
])('the emulated OSS, asked with %s', (_, sign, presign) => {
  const signed = (world: AlibabaWorld, credentials: AlibabaCredentials = world.account.accessKey, offset = 0) =>
    sign(new Request(OBJECT, { headers: { 'content-type': 'text/plain', 'x-oss-meta-a': 'b' } }), credentials, {
      clock: () => world.clock.now() + offset,
    })

  it('gets as far as the missing bucket with the right signature', async () => {
    const world = alibabaWorld()
    expect(await ossCode(await world.fetch(await signed(world)))).toBe('NoSuchBucket')
  })

  it.each<[string, (request: Request) => Request]>([
    ['header', (request) => changed(request, { 'x-oss-meta-a': 'c' })],
    ['content type', (request) => changed(request, { 'content-type': 'text/html' })],
    ['object', (request) => changed(request, {}, request.url.replace('b.txt', 'c.txt'))],
    ['sub-resource', (request) => changed(request, {}, `${request.url}&tagging`)],
    ['bucket', (request) => changed(request, {}, request.url.replace('my-bucket', 'other-bucket'))],
    ['method', (request) => new Request(request, { method: 'DELETE' })],
  ])('refuses another %s than the one that was signed', async (_part, change) => {
    const world = alibabaWorld()
    expect(await ossCode(await world.fetch(change(await signed(world))))).toBe('SignatureDoesNotMatch')
  })

  it('refuses a time outside of fifteen minutes, and takes one inside', async () => {
    const world = alibabaWorld()
    const codeAt = async (offset: number) => ossCode(await world.fetch(await signed(world, undefined, offset)))
    expect(await codeAt(-QUARTER_MS - 1000)).toBe('RequestTimeTooSkewed')
    expect(await codeAt(QUARTER_MS + 1000)).toBe('RequestTimeTooSkewed')
    expect(await codeAt(-QUARTER_MS)).toBe('NoSuchBucket')
  })

  it('refuses another secret, an unknown key, a wrong token, and a token that has ended', async () => {
    const world = alibabaWorld()
    const { accessKey, accessKeys, roleArn } = world.account
    const code = async (credentials: AlibabaCredentials) => ossCode(await world.fetch(await signed(world, credentials)))
    expect(await code({ ...accessKey, accessKeySecret: 'another' })).toBe('SignatureDoesNotMatch')
    expect(await code({ ...accessKey, accessKeyId: 'LTAIunknown' })).toBe('InvalidAccessKeyId')
    const { securityToken, ...pair } = accessKeys.issueTemporary(roleArn, 60_000)
    expect(await code(pair)).toBe('InvalidSecurityToken')
    expect(await code({ ...pair, securityToken: `${securityToken}x` })).toBe('InvalidAccessKeyId')
    expect(await code({ ...pair, securityToken })).toBe('NoSuchBucket')
    world.clock.advance(60_000)
    expect(await code({ ...pair, securityToken })).toBe('SecurityTokenExpired')
  })

  it('refuses a URL that was changed, and one that has ended', async () => {
    const world = alibabaWorld()
    const credentials = world.account.accessKeys.issueTemporary(world.account.roleArn, 3_600_000)
    const options = { expiresInSeconds: 60, clock: world.clock.now }
    const { url } = await presign({ method: 'GET', url: OBJECT }, credentials, options)
    expect(await ossCode(await world.fetch(url))).toBe('NoSuchBucket')
    expect(await ossCode(await world.fetch(url.replace('b.txt', 'c.txt')))).toBe('SignatureDoesNotMatch')
    expect(await ossCode(await world.fetch(url.replace(/(x-oss-expires|Expires)=\d+/, '$1=604800')))).not.toBe('200')
    world.clock.advance(61_000)
    expect(await ossCode(await world.fetch(url))).toBe('AccessDenied')
  })
})

describe('the emulated OSS', () => {
  it('refuses a request without a signature, and an upload whose digest is wrong', async () => {
    const { fetch, account, clock } = alibabaWorld()
    expect(await ossCode(await fetch(OBJECT))).toBe('AccessDenied')
    const headers = { 'content-md5': 'AAAAAAAAAAAAAAAAAAAAAA==' }
    const upload = new Request(OBJECT.replace(/\?.*/, ''), { method: 'PUT', body: 'content', headers })
    expect(await ossCode(await fetch(await signOss4(upload, account.accessKey, { clock: clock.now })))).toBe(
      'InvalidDigest',
    )
  })

  it('refuses the scope of another day', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const signed = await signOss4(new Request(OBJECT), account.accessKey, { clock: clock.now })
    const authorization = (signed.headers.get('authorization') ?? '').replace(/\/\d{8}\//, '/20200101/')
    expect(await ossCode(await fetch(changed(signed, { authorization })))).toBe('InvalidArgument')
  })

  it.each([
    ['PUT', '?acl', {}],
    ['PUT', '?partNumber=1&uploadId=2', {}],
    ['GET', '?x-oss-process=image', {}],
    ['PUT', '', { 'x-oss-copy-source': '/my-bucket/other' }],
  ])('does not take a part for the whole: %s %s %j', async (method, query, headers) => {
    const { fetch, account, clock } = alibabaWorld()
    const send = async (url: string, init: RequestInit): Promise<Response> =>
      fetch(await signOss4(new Request(url, init), account.accessKey, { clock: clock.now }))
    const object = OBJECT.replace(/\?.*/, '')
    await send(object, { method: 'PUT', body: 'content' })
    const body = method === 'PUT' ? { body: 'other' } : {}
    const response = await send(object + query, { method, headers, ...body })
    expect([response.status, await ossCode(response)]).toEqual([501, 'NotImplemented'])
    const kept = await send(OBJECT, { headers: { referer: 'https://example.com/' } })
    expect([kept.headers.get('cache-control'), await kept.text()]).toEqual(['none', 'content'])
  })

  it.each(['%ff', '%'])('refuses a URL that cannot be read: %s', async (escaped) => {
    const { fetch, account, clock } = alibabaWorld()
    for (const url of [OBJECT.replace('b.txt', escaped), `${OBJECT}&prefix=${escaped}`]) {
      const signed = await signOss4(new Request(OBJECT), account.accessKey, { clock: clock.now })
      const response = await fetch(url, { headers: signed.headers })
      expect([response.status, await ossCode(response)]).toEqual([400, 'InvalidURI'])
    }
  })

  it('is found at the hosts for both versions of IP', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const object = 'https://my-bucket.cn-hangzhou.oss.aliyuncs.com/a.txt'
    const request = new Request(object, { method: 'PUT', body: 'content' })
    expect((await fetch(await signOss4(request, account.accessKey, { clock: clock.now }))).status).toBe(200)
    expect(await ossCode(await fetch(object))).toBe('AccessDenied')
  })
})
