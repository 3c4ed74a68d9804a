import { openClientKey } from 'countersign/keys/alibaba-client-key'
import { signAcs3Headers } from 'countersign/signers/alibaba-acs3'
import { signDkms } from 'countersign/signers/alibaba-dkms'
import { hmac, hmacKey } from 'countersign/signers/alibaba-hmac'
import { stringToSign as oss1StringToSign, presignOss1 } from 'countersign/signers/alibaba-oss1'
import { presignOss4, signOss4Headers } from 'countersign/signers/alibaba-oss4'
import { signRoaHeaders } from 'countersign/signers/alibaba-roa'
import { stringToSign as rpcStringToSign, sign as signRpc, signRpcUrl } from 'countersign/signers/alibaba-rpc'
import { rsaSha256 } from 'countersign/signers/alibaba-rsa'
import { equal, failsWith, ok } from '../assert.js'
import { fromBase64, fromHex, toBase64, toHex, utf8 } from '../bytes.js'
import type { Capability, World } from '../capability.js'

// biome-ignore lint/suspicious/noExplicitAny: each kind of vector has a shape of its own.
type Vector = any

export const acs3: Capability = {
  name: 'Alibaba Cloud ACS3',
  cases: {
    'signs the published requests': async (world) => {
      for (const { request, expected, ...v } of ofKind(world, 'acs3-hmac-sha256')) {
        if (request.headers.host === undefined) continue // a vector of single steps
        const { host, 'x-acs-security-token': securityToken, ...headers } = request.headers
        const signed = await signAcs3Headers(
          { method: request.method, url: `https://${host}${request.path}${search(request.query)}`, headers },
          credentialsOf({ ...v, securityToken }),
          { clock: () => Date.parse(headers['x-acs-date']), nonce: () => headers['x-acs-signature-nonce'] },
        )
        equal(signed.canonicalRequest, expected.canonicalRequest, `${v.id}: canonical request`)
        equal(signed.stringToSign, expected.stringToSign, `${v.id}: string to sign`)
        ok(signed.headers['authorization']?.endsWith(`Signature=${expected.signature}`), `${v.id}: the signature`)
      }
    },
  },
}

export const oss: Capability = {
  name: 'Alibaba Cloud OSS V4 and V1, headers and presigned URLs',
  cases: {
    'signs the headers of V4': async (world) => {
      for (const v of ofKind(world, 'oss-v4').filter(({ mode }) => mode === 'header')) {
        const signed = await signOss4Headers(oss4Request(v), credentialsOf(v), oss4Options(v))
        equal(signed.canonicalRequest, v.expected.canonicalRequest, `${v.id}: canonical request`)
        equal(signed.headers['authorization'], v.expected.authorization, `${v.id}: authorization`)
      }
    },
    'presigns URLs with V4': async (world) => {
      for (const v of ofKind(world, 'oss-v4').filter(({ mode }) => mode === 'query')) {
        const options = { ...oss4Options(v), expiresInSeconds: v.expirationTime - v.signingTime }
        const signed = await presignOss4(oss4Request(v), credentialsOf(v), options)
        equal(signed.stringToSign, v.expected.stringToSign, `${v.id}: string to sign`)
        equal(new URL(signed.url).searchParams.get('x-oss-signature'), v.expected.signature, `${v.id}: signature`)
      }
    },
    'signs the strings of V1': async (world) => {
      for (const v of ofKind(world, 'oss-v1').filter(({ mode }) => mode === 'header')) {
        const lower = Object.entries<string>(v.headers).map(([name, value]) => [name.toLowerCase(), value])
        const string = oss1StringToSign({
          method: v.method,
          headers: Object.fromEntries(lower),
          resource: { bucket: v.bucket, key: v.key ?? '' },
          pairs: Object.entries(v.query) as never,
        })
        equal(string, v.expected.stringToSign, `${v.id}: string to sign`)
        equal(
          toBase64(await hmac(await hmacKey('SHA-1', utf8(v.accessKeySecret)), string)),
          v.expected.signature,
          `${v.id}: signature`,
        )
      }
    },
    'presigns URLs with V1': async (world) => {
      for (const v of ofKind(world, 'oss-v1').filter(({ mode }) => mode === 'query')) {
        const url = `https://${v.bucket}.oss-cn-hangzhou.aliyuncs.com/${v.key}${search(v.query)}`
        const options = { clock: () => (v.expires - 60) * 1000, expiresInSeconds: 60 }
        const signed = await presignOss1({ method: v.method, url }, credentialsOf(v), options)
        equal(new URL(signed.url).searchParams.get('Signature'), v.expected.signature, `${v.id}: signature`)
      }
    },
  },
}

export const older: Capability = {
  name: 'Alibaba Cloud RPC and ROA signatures',
  cases: {
    'signs the strings of RPC with HMAC': async (world) => {
      for (const { method, params, expected, ...v } of ofKind(world, 'rpc-v1-hmac-sha1')) {
        const string = rpcStringToSign(method, Object.entries(params) as never)
        equal(string, expected.stringToSign, `${v.id}: string to sign`)
        equal(toBase64(await signRpc(credentialsOf(v), string)), expected.signature, `${v.id}: signature`)
      }
    },
    'signs ROA': async (world) => {
      const { expected, headers, path, method, ...v } = vector(world, 'roa1-sdk-get-root')
      const signed = await signRoaHeaders({ method, url: `https://example.com${path}`, headers }, credentialsOf(v))
      equal(signed.headers['authorization'], expected.authorization, 'authorization')
    },
  },
}

export const clientKeys: Capability = {
  name: 'Alibaba Cloud client keys (PKCS#12), and what they sign',
  cases: {
    'opens each client key, and no key with a wrong password': async (world) => {
      for (const { id, clientKeyJson, password } of ofKind(world, 'pkcs12-client-key')) {
        const { key } = await openClientKey(clientKeyJson, { password })
        ok(typeof key !== 'function' && !key.extractable, `${id}: a key that stays`)
        await failsWith('KEY_PASSPHRASE_WRONG', openClientKey(clientKeyJson, { password: 'wrong' }), id)
      }
    },
    'signs a call with the RSA key': async (world) => {
      const { method, params, expected, pkcs12 } = vector(world, 'kms-clientkey-rpc-getsecretvalue')
      const { SecretName, VersionStage, FetchExtendedConfig, RegionId } = params
      const url = `https://kms.cn-hangzhou.aliyuncs.com/${search({ SecretName, VersionStage, FetchExtendedConfig, RegionId })}`
      const { Action: action, Version: version } = params
      const clock = (): number => Date.parse(params.Timestamp)
      const options = { action, version, clock, nonce: () => params.SignatureNonce }
      const signed = await signRpcUrl({ method, url }, await clientKeyOf(world, pkcs12), options)
      equal(new URL(signed.url).searchParams.get('Signature'), expected.signature, 'signature')
    },
    'signs a call to a dedicated KMS': async (world) => {
      const { date, expected, pkcs12 } = vector(world, 'dkms-getsecretvalue')
      const url = 'https://kst-test.cryptoservice.kms.aliyuncs.com'
      const request = { url, apiName: 'GetSecretValue', body: fromHex(expected.bodyHex) }
      const signed = await signDkms(request, await clientKeyOf(world, pkcs12), { clock: () => Date.parse(date) })
      equal(signed.headers['authorization'], expected.authorization, 'authorization')
    },
    'signs published messages': async (world) => {
      for (const { id, pkcs8, message, expected } of ofKind(world, 'rsassa-pkcs1-v1_5-sha256')) {
        const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
        const key = await crypto.subtle.importKey('pkcs8', fromBase64(pkcs8), algorithm, false, ['sign'])
        const signature = await rsaSha256(key, utf8(message))
        const { signatureHex, signatureBase64 } = expected
        equal(signatureHex ? toHex(signature) : toBase64(signature), signatureHex ?? signatureBase64, id)
      }
    },
  },
}

function vectorsOf({ vectors }: World): readonly Vector[] {
  return (vectors['aliyun-signatures'] as { vectors: readonly Vector[] }).vectors
}

function ofKind(world: World, kind: string): readonly Vector[] {
  const found = vectorsOf(world).filter((candidate) => candidate.kind === kind)
  ok(found.length > 0, `vectors of kind ${kind}`)
  return found
}

function vector(world: World, id: string): Vector {
  return vectorsOf(world).find((candidate) => candidate.id === id)
}

function clientKeyOf(world: World, id: string): ReturnType<typeof openClientKey> {
  const { clientKeyJson, password } = vector(world, id)
  return openClientKey(clientKeyJson, { password })
}

function credentialsOf({ accessKeyId = 'id', accessKeySecret, securityToken }: Vector): Vector {
  return { accessKeyId, accessKeySecret, ...(securityToken && { securityToken }) }
}

function search(query: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(query).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
  return pairs.length > 0 ? `?${pairs.join('&')}` : ''
}

function oss4Request({ method, bucket, key, query, headers }: Vector): Vector {
  const path = key.split('/').map(encodeURIComponent).join('/')
  return { method, url: `https://${bucket}.oss-cn-hangzhou.aliyuncs.com/${path}${search(query)}`, headers }
}

function oss4Options({ region, product, bucket, additionalHeaders, signingTime }: Vector): Vector {
  const clock = (): number => signingTime * 1000
  return { region, product, bucket, ...(additionalHeaders && { additionalHeaders }), clock }
}
