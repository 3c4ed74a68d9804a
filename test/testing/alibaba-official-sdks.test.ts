import { createRequire } from 'node:module'
import type openApiCore from '@alicloud/openapi-core'
import OSS from 'ali-oss'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { signAcs3Headers } from '../../src/signers/alibaba-acs3.js'
import { presignOss1, signOss1Headers } from '../../src/signers/alibaba-oss1.js'
import { presignOss4, signOss4Headers } from '../../src/signers/alibaba-oss4.js'
import { type AlibabaAccount, alibabaAccount } from '../../src/testing/alibaba-account.js'
import type { ReceivedRequest } from '../../src/testing/received.js'
import type { Surface } from '../../src/testing/surface.js'
import type { AlibabaCredentials } from '../../src/types.js'

// The official SDKs, unmodified, against the emulator as the command line serves it. Each request that they sign is signed
// again by this library, which must come to the same signature.

const { default: OpenApi, $OpenApiUtil } = createRequire(import.meta.url)(
  '@alicloud/openapi-core',
) as typeof openApiCore

let served: ServedEmulator
let account: AlibabaAccount
const received: ReceivedRequest[] = []

/** Sees every request, and answers none. */
const witness: Surface = {
  name: 'witness',
  matches: (request) => {
    received.push(request)
    return false
  },
  handle: () => new Response(null, { status: 500 }),
}

beforeAll(async () => {
  served = await serveEmulator({ surfaces: [witness] })
  account = served.emulator.of(alibabaAccount)
})

afterAll(() => served.close())
beforeEach(() => void received.splice(0))

const host = (): string => new URL(served.http).host
const temporary = (): AlibabaCredentials => account.accessKeys.issueTemporary(account.roleArn, 3_600_000)

function plain({ method, url, headers, body }: ReceivedRequest) {
  const { authorization = '', ...rest } = Object.fromEntries(headers)
  return { authorization, request: { method, url, headers: rest, ...(body.length > 0 && { body }) }, headers: rest }
}

interface Call {
  readonly method?: string
  readonly style?: 'RPC' | 'ROA'
  readonly pathname?: string
  readonly query?: Readonly<Record<string, string>>
  readonly body?: object
  readonly reqBodyType?: 'formData' | 'json'
}

async function callOpenApi(credentials: AlibabaCredentials, call: Call = {}): Promise<Record<string, unknown>> {
  const { method = 'POST', style = 'RPC', pathname = '/', query = {}, body, reqBodyType = 'formData' } = call
  const { accessKeyId, accessKeySecret, securityToken } = credentials
  const key = { accessKeyId, accessKeySecret, ...(securityToken !== undefined && { securityToken }) }
  const client = new OpenApi(new $OpenApiUtil.Config({ ...key, endpoint: host(), protocol: 'HTTP' }))
  const params = { action: 'DescribeThings', version: '2014-05-26', protocol: 'HTTP', authType: 'AK', bodyType: 'json' }
  const answer = await client.callApi(
    new $OpenApiUtil.Params({ ...params, method, style, pathname, reqBodyType }),
    new $OpenApiUtil.OpenApiRequest({ query: { ...query }, ...(body && { body }) }),
    { toMap: () => ({}) } as never,
  )
  return answer['body'] as Record<string, unknown>
}

const OPEN_API_CORPUS: readonly (readonly [string, Call])[] = [
  ['an empty POST', {}],
  ['a GET with a query', { method: 'GET', query: { RegionId: 'cn-hangzhou', Empty: '', 'A.1.B': 'x' } }],
  ['characters that need care', { query: { Text: 'a b+c*d~e%f/?&=\'"()!', Unicode: '中文🙂é' } }],
  ['mixed case, which sorts by code unit', { query: { b: '1', B: '2', a: '3', _: '4', A: '5' } }],
  ['a form', { body: { Name: '中 文', List: ['a', 'b'], Nested: { Key: 'v' } } }],
  ['JSON', { body: { name: '中文', list: [1, { a: null }] }, reqBodyType: 'json' }],
  ['a resource path', { method: 'GET', style: 'ROA', pathname: '/clusters/c1/nodes', query: { page: '2' } }],
  ['a resource with a body', { method: 'PUT', style: 'ROA', pathname: '/a/b', body: { a: 1 }, reqBodyType: 'json' }],
]

describe('@alicloud/openapi-core', () => {
  describe.each([
    ['an access key', () => account.accessKey],
    ['temporary credentials', temporary],
  ])('with %s', (_, credentialsOf) => {
    it.each(OPEN_API_CORPUS)('is accepted, and signs as we do: %s', async (_name, call) => {
      const credentials = credentialsOf()
      expect(await callOpenApi(credentials, call)).toMatchObject({ AccessKeyId: credentials.accessKeyId })
      const { authorization, request, headers } = plain(received.at(-1) as ReceivedRequest)
      const ours = await signAcs3Headers(request, credentials, {
        clock: () => Date.parse(headers['x-acs-date'] ?? ''),
        nonce: () => headers['x-acs-signature-nonce'] ?? '',
      })
      expect(ours.headers['authorization']).toBe(authorization)
    })
  })

  it('understands how the emulator refuses a key that was rotated away', async () => {
    const gone = account.managed() as AlibabaCredentials
    account.rotate()
    await expect(callOpenApi(gone)).rejects.toMatchObject({ code: 'InvalidAccessKeyId.NotFound', statusCode: 404 })
  })
})

function ossClient(credentials: AlibabaCredentials, options: object = {}): OSS {
  const { accessKeyId, accessKeySecret, securityToken: stsToken } = credentials
  const where = { endpoint: served.http, region: 'oss-cn-hangzhou', bucket: 'emulated-bucket' }
  // An interval keeps it from warning that nobody refreshes the token.
  const key = { accessKeyId, accessKeySecret, stsToken, refreshSTSTokenInterval: 300_000 }
  return new OSS({ ...key, ...where, ...options })
}

const KEYS = ['plain.txt', 'a folder/with spaces.txt', '中文/🙂.txt', "odd !'()*~&=+%.txt"]
const content = Buffer.from('content')

describe('ali-oss', () => {
  describe.each([
    ['V4', true],
    ['V1', false],
  ])('with signature %s', (_, authorizationV4) => {
    const sameAsOurs = async (credentials: AlibabaCredentials): Promise<void> => {
      for (const one of received) {
        const { authorization, request, headers } = plain(one)
        const clock = (): number => timeOf(headers['x-oss-date'] ?? '')
        const ours = authorizationV4
          ? await signOss4Headers(request, credentials, { region: 'cn-hangzhou', clock })
          : await signOss1Headers(request, credentials, { clock })
        expect(ours.headers['authorization']).toBe(authorization)
      }
    }

    it.each(KEYS)('puts, reads, looks at and deletes %s, signing as we do', async (key) => {
      for (const credentials of [account.accessKey, temporary()]) {
        received.splice(0)
        const client = ossClient(credentials, { authorizationV4 })
        await client.put(key, content, { mime: 'text/plain', meta: { a: 'b' } })
        expect((await client.get(key)).content).toEqual(content)
        expect((await client.head(key)).res.headers).toMatchObject({
          'x-oss-meta-a': 'b',
          'content-type': 'text/plain',
        })
        expect((await client.delete(key)).res.status).toBe(204)
        expect(received).toHaveLength(4)
        await sameAsOurs(credentials)
      }
    })

    it('lists objects and buckets', async () => {
      const client = ossClient(account.accessKey, { authorizationV4 })
      await client.put('list/one', content)
      expect((await client.list({ prefix: 'list/', 'max-keys': '10' })).objects?.[0]?.name).toBe('list/one')
      expect((await client.listBuckets()).buckets.map(({ name }) => name)).toContain('emulated-bucket')
    })

    it('understands errors, those of HEAD included', async () => {
      const client = ossClient({ accessKeyId: 'gone', accessKeySecret: 'gone' }, { authorizationV4 })
      await expect(client.get('any')).rejects.toMatchObject({ code: 'InvalidAccessKeyId', status: 403 })
      await expect(client.head('any')).rejects.toMatchObject({ code: 'InvalidAccessKeyId', status: 403 })
      await expect(ossClient(account.accessKey, { authorizationV4 }).get('none')).rejects.toMatchObject({
        code: 'NoSuchKey',
      })
    })
  })

  describe('as a maker of URLs', () => {
    // It makes none for an address of numbers. Paths that name the bucket leave the host out of the signature.
    const urlClient = (credentials: AlibabaCredentials): OSS =>
      ossClient(credentials, { endpoint: served.http.replace('127.0.0.1', 'localhost'), sldEnable: true })
    const at = (url: string): string => url.replace('localhost', '127.0.0.1')

    it('makes URLs that the emulator takes, V1 and V4 alike', async () => {
      for (const credentials of [account.accessKey, temporary()]) {
        const client = urlClient(credentials)
        await ossClient(credentials).put('a b/中文.txt', content)
        const urls = [client.signatureUrl('a b/中文.txt'), await client.signatureUrlV4('GET', 60, {}, 'a b/中文.txt')]
        for (const url of urls.map(at)) {
          expect(await (await fetch(url)).text()).toBe('content')
          expect((await fetch(url.replace('.txt', '.doc'))).status).toBe(403)
        }
      }
    })

    it('makes the URLs that we make', async () => {
      const credentials = { accessKeyId: 'STS.example', accessKeySecret: 'example', securityToken: 'an/example+token=' }
      const client = urlClient(credentials)
      const v4 = new URL(await client.signatureUrlV4('GET', 60, {}, '中文/a b.txt'))
      const clock = (): number => timeOf(v4.searchParams.get('x-oss-date') ?? '')
      const request = { method: 'GET', url: `${v4.origin}${v4.pathname}` }
      const ours4 = await presignOss4(request, credentials, { expiresInSeconds: 60, region: 'cn-hangzhou', clock })
      expect(parametersOf(ours4.url)).toEqual(parametersOf(v4.href))
      const v1 = new URL(client.signatureUrl('中文/a b.txt'))
      const end = Number(v1.searchParams.get('Expires'))
      const ours1 = await presignOss1(request, credentials, { expiresInSeconds: 60, clock: () => (end - 60) * 1000 })
      expect(parametersOf(ours1.url)).toEqual(parametersOf(v1.href))
    })
  })
})

const parametersOf = (url: string): object => Object.fromEntries(new URL(url).searchParams)

const timeOf = (date: string): number =>
  Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
