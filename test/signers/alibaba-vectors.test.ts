import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64 } from '../../src/encoding/base64.js'
import { fromHex, toHex, utf8 } from '../../src/encoding/bytes.js'
import { openClientKey } from '../../src/keys/alibaba-client-key.js'
import * as acs3 from '../../src/signers/alibaba-acs3.js'
import * as dkms from '../../src/signers/alibaba-dkms.js'
import { hmac, hmacKey, sha256Hex } from '../../src/signers/alibaba-hmac.js'
import * as oss1 from '../../src/signers/alibaba-oss1.js'
import * as oss4 from '../../src/signers/alibaba-oss4.js'
import type { QueryPairs } from '../../src/signers/alibaba-request.js'
import { signRoaHeaders } from '../../src/signers/alibaba-roa.js'
import * as rpc from '../../src/signers/alibaba-rpc.js'
import { rsaSha256 } from '../../src/signers/alibaba-rsa.js'

// biome-ignore lint/suspicious/noExplicitAny: the vectors have a different shape for each kind.
type Vector = any
const { vectors } = JSON.parse(readFileSync(new URL('../vectors/aliyun-signatures.json', import.meta.url), 'utf8')) as {
  vectors: Vector[]
}
const ofKind = (...kinds: string[]): Vector[] => vectors.filter(({ kind }) => kinds.includes(kind))
const vector = (id: string): Vector => vectors.find((candidate) => candidate.id === id)
const search = (query: Record<string, string>): string => {
  const pairs = Object.entries(query).map(([k, v]) => `${encodeURIComponent(k)}=${encodeURIComponent(v)}`)
  return pairs.length ? `?${pairs.join('&')}` : ''
}
const credentialsOf = ({ accessKeyId = 'id', accessKeySecret, securityToken }: Vector) => ({
  accessKeyId,
  accessKeySecret,
  ...(securityToken && { securityToken }),
})
const clientKeyOf = (id: string) => openClientKey(vector(id).clientKeyJson, { password: vector(id).password })

describe('ACS3-HMAC-SHA256', () => {
  const whole = ofKind('acs3-hmac-sha256').filter(({ request }) => request.headers.host)

  it.each(whole)('signs $id as published', async ({ request, expected, ...v }) => {
    const { host, 'x-acs-security-token': securityToken, ...headers } = request.headers
    const credentials = credentialsOf({ ...v, securityToken })
    const signed = await acs3.signAcs3Headers(
      { method: request.method, url: `https://${host}${request.path}${search(request.query)}`, headers },
      credentials,
      { clock: () => Date.parse(headers['x-acs-date']), nonce: () => headers['x-acs-signature-nonce'] },
    )
    expect(signed.canonicalRequest).toBe(expected.canonicalRequest)
    expect(signed.stringToSign).toBe(expected.stringToSign)
    expect(signed.headers['authorization']).toContain(`SignedHeaders=${expected.signedHeaders},`)
    expect(signed.headers['authorization']).toMatch(new RegExp(`Signature=${expected.signature}$`))
    if (expected.authorization) expect(signed.headers['authorization']).toBe(expected.authorization)
  })

  it('merges headers that differ in case only, step by step', async () => {
    const { request, expected, accessKeySecret } = vector('acs3-sdk-header-merge')
    const query = acs3.canonicalQuery(Object.entries(request.query) as unknown as QueryPairs)
    const headers = acs3.canonicalHeaders(request.headers)
    const payloadHash = request.payloadSha256
    const canonical = acs3.canonicalRequest({
      method: request.method,
      uri: request.path,
      query,
      ...headers,
      payloadHash,
    })
    expect(canonical).toBe(expected.canonicalRequest)
    const string = await acs3.stringToSign(canonical)
    expect(string).toBe(expected.stringToSign)
    expect(toHex(await hmac(await hmacKey('SHA-256', utf8(accessKeySecret)), string))).toBe(expected.signature)
  })
})

describe('RSA', () => {
  it.each(ofKind('rsassa-pkcs1-v1_5-sha256'))('signs the message of $id', async ({ pkcs8, message, expected }) => {
    const der = decodeBase64(pkcs8) ?? new Uint8Array()
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
    const signature = await rsaSha256(key, utf8(message))
    if (expected.signatureHex) expect(toHex(signature)).toBe(expected.signatureHex)
    else expect(encodeBase64(signature)).toBe(expected.signatureBase64)
  })
})

describe('RPC v1', () => {
  it.each(ofKind('rpc-v1-hmac-sha1'))('signs $id as published', async ({ method, params, expected, ...v }) => {
    const string = rpc.stringToSign(method, Object.entries(params) as unknown as QueryPairs)
    expect(string).toBe(expected.stringToSign)
    expect(encodeBase64(await rpc.sign(credentialsOf(v), string))).toBe(expected.signature)
  })

  it('signs with a client key and carries everything in the query', async () => {
    const { method, params, expected, pkcs12 } = vector('kms-clientkey-rpc-getsecretvalue')
    const { SecretName, VersionStage, FetchExtendedConfig, RegionId } = params
    const signed = await rpc.signRpcUrl(
      {
        method,
        url: `https://kms.cn-hangzhou.aliyuncs.com/${search({ SecretName, VersionStage, FetchExtendedConfig, RegionId })}`,
      },
      await clientKeyOf(pkcs12),
      {
        action: params.Action,
        version: params.Version,
        clock: () => Date.parse(params.Timestamp),
        nonce: () => params.SignatureNonce,
      },
    )
    expect(signed.stringToSign).toBe(expected.stringToSign)
    expect(Object.fromEntries(new URL(signed.url).searchParams)).toEqual({ ...params, Signature: expected.signature })
  })
})

it('signs the ROA v1 request of the Python SDK', async () => {
  const { expected, headers, path, method, ...v } = vector('roa1-sdk-get-root')
  const signed = await signRoaHeaders({ method, url: `https://example.com${path}`, headers }, credentialsOf(v))
  expect(signed.stringToSign).toBe(expected.stringToSign)
  expect(signed.headers['authorization']).toBe(expected.authorization)
})

describe('OSS V4', () => {
  const input = ({ method, bucket, key, query, headers }: Vector) => ({
    method,
    url: `https://${bucket}.oss-cn-hangzhou.aliyuncs.com/${key.split('/').map(encodeURIComponent).join('/')}${search(query)}`,
    headers,
  })
  const optionsOf = ({ region, product, bucket, additionalHeaders, signingTime }: Vector) => ({
    region,
    product,
    bucket,
    ...(additionalHeaders && { additionalHeaders }),
    clock: () => signingTime * 1000,
  })

  it.each(ofKind('oss-v4').filter(({ mode }) => mode === 'header'))('signs the headers of $id', async (v) => {
    const signed = await oss4.signOss4Headers(input(v), credentialsOf(v), optionsOf(v))
    expect(signed.canonicalRequest).toBe(v.expected.canonicalRequest)
    expect(signed.stringToSign).toBe(v.expected.stringToSign)
    expect(signed.headers['authorization']).toBe(v.expected.authorization)
  })

  it.each(ofKind('oss-v4').filter(({ mode }) => mode === 'query'))('signs the URL of $id', async (v) => {
    const expiresInSeconds = v.expirationTime - v.signingTime
    const signed = await oss4.presignOss4(input(v), credentialsOf(v), { ...optionsOf(v), expiresInSeconds })
    expect(signed.canonicalRequest).toBe(v.expected.canonicalRequest)
    expect(signed.stringToSign).toBe(v.expected.stringToSign)
    expect(new URL(signed.url).searchParams.get('x-oss-signature')).toBe(v.expected.signature)
  })

  it('takes the last steps of the example in the documentation', async () => {
    const { expected, signingKeyHex } = vector('oss4-doc-partial')
    expect(await sha256Hex(expected.canonicalRequest)).toBe(expected.canonicalRequestSha256)
    const [, date, scope] = expected.stringToSign.split('\n')
    expect(await oss4.stringToSign(expected.canonicalRequest, date, scope)).toBe(expected.stringToSign)
    const key = await hmacKey('SHA-256', fromHex(signingKeyHex) ?? new Uint8Array())
    expect(toHex(await hmac(key, expected.stringToSign))).toBe(expected.signature)
  })
})

describe('OSS V1', () => {
  const lower = (headers: Record<string, string>): Record<string, string> =>
    Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]))
  const sign = async (secret: string, string: string): Promise<string> =>
    encodeBase64(await hmac(await hmacKey('SHA-1', utf8(secret)), string))

  it.each(ofKind('oss-v1').filter(({ mode }) => mode === 'header'))('signs the headers of $id', async (v) => {
    const resource = { bucket: v.bucket, key: v.key ?? '' }
    const pairs = Object.entries(v.query) as unknown as QueryPairs
    const string = oss1.stringToSign({ method: v.method, headers: lower(v.headers), resource, pairs })
    expect(string).toBe(v.expected.stringToSign)
    expect(await sign(v.accessKeySecret, string)).toBe(v.expected.signature)
  })

  it.each(ofKind('oss-v1').filter(({ mode }) => mode === 'query'))('signs the URL of $id', async (v) => {
    const signed = await oss1.presignOss1(
      { method: v.method, url: `https://${v.bucket}.oss-cn-hangzhou.aliyuncs.com/${v.key}${search(v.query)}` },
      credentialsOf(v),
      { clock: () => (v.expires - 60) * 1000, expiresInSeconds: 60 },
    )
    expect(signed.stringToSign).toBe(v.expected.stringToSign)
    const query = new URL(signed.url).searchParams
    expect(query.get('Signature')).toBe(v.expected.signature)
    expect(query.get('Expires')).toBe(`${v.expires}`)
  })
})

it('signs the call to a dedicated KMS instance', async () => {
  const { date, expected, pkcs12 } = vector('dkms-getsecretvalue')
  const body = fromHex(expected.bodyHex) ?? new Uint8Array()
  const request = { url: 'https://kst-test.cryptoservice.kms.aliyuncs.com', apiName: 'GetSecretValue', body }
  const signed = await dkms.signDkms(request, await clientKeyOf(pkcs12), { clock: () => Date.parse(date) })
  expect(signed.headers['content-sha256']).toBe(expected.contentSha256)
  expect(signed.stringToSign).toBe(expected.stringToSign)
  expect(signed.headers['authorization']).toBe(expected.authorization)
})
