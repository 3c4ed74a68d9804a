import { describe, expect, it } from 'vitest'
import { decodeDkmsError, encodeSecretRequest } from '../../src/federation/alibaba-dkms-messages.js'
import { openClientKey } from '../../src/keys/alibaba-client-key.js'
import { signAcs3 } from '../../src/signers/alibaba-acs3.js'
import { signDkms } from '../../src/signers/alibaba-dkms.js'
import { presignOss4 } from '../../src/signers/alibaba-oss4.js'
import { signRoaHeaders } from '../../src/signers/alibaba-roa.js'
import { signRpc } from '../../src/signers/alibaba-rpc.js'
import { alibabaClientKeyFile } from '../../src/testing/alibaba-account.js'
import { identityProvider } from '../../src/testing/identity-provider.js'
import type { AlibabaCredentials } from '../../src/types.js'
import { type AlibabaWorld, API, alibabaWorld, changed } from './alibaba-world.js'

// What the emulated Alibaba Cloud refuses, and how each service words it. `alibaba.test.ts` has what it accepts.

const OBJECT = 'https://my-bucket.oss-cn-hangzhou.aliyuncs.com/a/b.txt?acl'
const STS = 'https://sts.aliyuncs.com/'
const METADATA = 'http://100.100.100.200/latest'
const QUARTER_MS = 15 * 60_000

async function apiCode(response: Response): Promise<string> {
  return (await response.json()).Code ?? `${response.status}`
}

describe('the emulated Open API', () => {
  const call = { action: 'DescribeRegions', version: '2014-05-26' }

  it('takes temporary credentials with their token alone, until they end', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const code = async (credentials: AlibabaCredentials) =>
      apiCode(await fetch(await signAcs3(new Request(API), credentials, { ...call, clock: clock.now })))
    const { securityToken, ...pair } = account.accessKeys.issueTemporary(account.roleArn, 60_000)
    expect(await code({ ...pair, securityToken })).toBe('200')
    expect(await code(pair)).toBe('MissingSecurityToken')
    expect(await code({ ...pair, securityToken: 'another' })).toBe('InvalidSecurityToken.MismatchWithAccessKey')
    expect(await code({ ...account.accessKey, securityToken })).toBe('InvalidSecurityToken.MismatchWithAccessKey')
    clock.advance(60_000)
    expect(await code({ ...pair, securityToken })).toBe('InvalidSecurityToken.Expired')
  })

  it('refuses RPC parameters that were changed, added to the form, or are late', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const headers = { 'content-type': 'application/x-www-form-urlencoded' }
    const signed = (offset = 0) =>
      signRpc(new Request(`${API}?A=1`, { method: 'POST', body: 'B=2', headers }), account.accessKey, {
        ...call,
        clock: () => clock.now() + offset,
      })
    expect(await apiCode(await fetch(await signed()))).toBe('200')
    expect(await apiCode(await fetch(new Request(await signed(), { body: 'B=3' })))).toBe('SignatureDoesNotMatch')
    const request = await signed()
    expect(await apiCode(await fetch(new Request(request.url.replace('A=1', 'A=2'), request)))).toBe(
      'SignatureDoesNotMatch',
    )
    expect(await apiCode(await fetch(await signed(-QUARTER_MS - 1000)))).toBe('IllegalTimestamp')
  })

  it('verifies the resource style before ACS3 too', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const url = 'https://cs.aliyuncs.com/clusters?b=2&a=1'
    const { headers } = await signRoaHeaders({ method: 'GET', url }, account.accessKey, { clock: clock.now })
    expect((await fetch(url, { headers })).status).toBe(200)
    expect(await apiCode(await fetch(`${url}&c=3`, { headers }))).toBe('SignatureDoesNotMatch')
    clock.advance(QUARTER_MS + 1000)
    expect(await apiCode(await fetch(url, { headers }))).toBe('IllegalTimestamp')
  })

  it('refuses a header that was named as signed and not sent, whatever every object has', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const signed = await signAcs3(new Request(API), account.accessKey, { ...call, clock: clock.now })
    const authorization = signed.headers.get('authorization') ?? ''
    for (const name of ['x-absent', 'constructor', '__proto__']) {
      const more = authorization.replace('SignedHeaders=', `SignedHeaders=${name};`)
      expect(await apiCode(await fetch(changed(signed, { authorization: more })))).toBe('IncompleteSignature')
    }
  })

  it('refuses a path that cannot be read', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const signed = await signAcs3(new Request(API), account.accessKey, { ...call, clock: clock.now })
    expect(await apiCode(await fetch(`${API}%ff`, { headers: signed.headers }))).toBe('InvalidParameter')
  })

  it('takes a query that cannot be read for one without parameters', async () => {
    const { fetch } = alibabaWorld()
    expect((await fetch(`${API}?Action=%ZZ`)).status).toBe(404)
  })
})

describe('the emulated KMS', () => {
  const ask = async ({ fetch, clock }: AlibabaWorld, query: string, credentials: AlibabaCredentials) =>
    fetch(
      await signAcs3(new Request(`https://kms.cn-hangzhou.aliyuncs.com/?${query}`, { method: 'POST' }), credentials, {
        action: 'GetSecretValue',
        version: '2016-01-20',
        clock: clock.now,
      }),
    )

  it('gives the secret by name and by ARN, the extended configuration when asked', async () => {
    const world = alibabaWorld()
    const { accessKey, secretName, id, region } = world.account
    const plain = await (await ask(world, `SecretName=${secretName}`, accessKey)).json()
    expect(plain).toMatchObject({ SecretType: 'RAMCredentials', VersionStages: { VersionStage: ['ACSCurrent'] } })
    expect(plain).not.toHaveProperty('ExtendedConfig')
    const arn = encodeURIComponent(`acs:kms:${region}:${id}:secret/${secretName}`)
    const byArn = await (await ask(world, `SecretName=${arn}&FetchExtendedConfig=true`, accessKey)).json()
    expect(byArn).toMatchObject({ SecretName: secretName, SecretData: plain.SecretData })
    expect(JSON.parse(byArn.ExtendedConfig)).toMatchObject({ SecretSubType: 'RamUserAccessKey' })
  })

  it.each([
    ['SecretName=none', 'Forbidden.ResourceNotFound'],
    ['SecretName=emulated-ram-secret&VersionStage=ACSPrevious', 'Forbidden.ResourceNotFound'],
    ['Other=1', 'MissingParameter'],
  ])('refuses %s as %s', async (query, code) => {
    const world = alibabaWorld()
    expect(await apiCode(await ask(world, query, world.account.accessKey))).toBe(code)
  })

  it('lets nobody read secrets with the access key that a secret holds', async () => {
    const world = alibabaWorld()
    const managed = world.account.managed()
    if (managed === undefined) throw new Error('Expected a managed access key.')
    expect(await apiCode(await ask(world, 'SecretName=emulated-ram-secret', managed))).toBe('Forbidden.NoPermission')
  })
})

describe('the emulated KMS instance', () => {
  const ask = async (world: AlibabaWorld, change: Readonly<Record<string, string>>, offset = 0) => {
    const clientKey = await openClientKey(await alibabaClientKeyFile(world.emulator))
    const SecretName = world.account.secretName
    const body = await encodeSecretRequest({ SecretName, VersionStage: 'ACSCurrent', FetchExtendedConfig: true })
    const url = 'https://kst-emulated.cryptoservice.kms.aliyuncs.com/'
    const call = { url, apiName: 'GetSecretValue', body }
    const signed = await signDkms(call, clientKey, { clock: () => world.clock.now() + offset })
    const headers = { ...signed.headers, ...change }
    const response = await world.fetch(url, { method: 'POST', headers, body })
    if (response.ok) return 'OK'
    return (await decodeDkmsError(new Uint8Array(await response.arrayBuffer())))?.ErrorCode
  }

  it('refuses what was not signed that way, and another time', async () => {
    const world = alibabaWorld()
    expect(await ask(world, {})).toBe('OK')
    expect(await ask(world, { 'x-kms-extra': '1' })).toBe('Unauthorized')
    expect(await ask(world, { 'content-sha256': 'AA' })).toBe('InvalidParam')
    expect(await ask(world, { 'x-kms-apiname': 'Encrypt' })).toBe('InvalidParam')
    expect(await ask(world, { authorization: 'none' })).toBe('InvalidParam')
    expect(await ask(world, {}, -QUARTER_MS - 1000)).toBe('InvalidParam')
  })
})

describe('the emulated STS', () => {
  const assume = async ({ fetch, account, clock }: AlibabaWorld, change: Readonly<Record<string, string>> = {}) => {
    const query = new URLSearchParams({ RoleArn: account.roleArn, RoleSessionName: 'session', ...change })
    const options = { action: 'AssumeRole', version: '2015-04-01', clock: clock.now }
    return fetch(await signAcs3(new Request(`${STS}?${query}`, { method: 'POST' }), account.accessKey, options))
  }

  it('gives credentials of the role, which other services take', async () => {
    const world = alibabaWorld()
    const { AccessKeyId, AccessKeySecret, SecurityToken } = (await (await assume(world)).json()).Credentials
    const role = { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken }
    const options = { action: 'GetCallerIdentity', version: '2015-04-01', clock: world.clock.now }
    expect(await (await world.fetch(await signAcs3(new Request(STS), role, options))).json()).toMatchObject({
      IdentityType: 'AssumedRoleUser',
      Arn: expect.stringContaining('assumed-role/emulated-role/session'),
    })
  })

  it.each([
    ['DurationSeconds', '899', 'InvalidParameter.DurationSeconds'],
    ['DurationSeconds', '43201', 'InvalidParameter.DurationSeconds'],
    ['RoleSessionName', 'a b', 'InvalidParameter.RoleSessionName'],
    ['RoleArn', 'acs:ram::1:role/other', 'EntityNotExist.Role'],
  ])('refuses %s %s', async (name, value, code) => {
    expect(await apiCode(await assume(alibabaWorld(), { [name]: value }))).toBe(code)
  })

  it('takes a token of the identity provider for its own audience alone', async () => {
    const { fetch, account, emulator, clock } = alibabaWorld()
    const code = async (claims: Readonly<Record<string, unknown>>, change: Readonly<Record<string, string>> = {}) => {
      const OIDCToken = await emulator.of(identityProvider).issue({ aud: 'sts.aliyuncs.com', sub: 'pod', ...claims })
      const role = { RoleArn: account.roleArn, RoleSessionName: 'session', OIDCProviderArn: account.oidcProviderArn }
      const body = new URLSearchParams({ ...role, OIDCToken, ...change })
      return apiCode(await fetch(`${STS}?Action=AssumeRoleWithOIDC&Version=2015-04-01`, { method: 'POST', body }))
    }
    expect(await code({})).toBe('200')
    expect(await code({ aud: 'other' })).toBe('AuthenticationFail.OIDCToken.Invalid')
    expect(await code({ exp: Math.floor(clock.now() / 1000) - 1 })).toBe('AuthenticationFail.OIDCToken.Invalid')
    expect(await code({}, { OIDCToken: 'no.jwt' })).toBe('AuthenticationFail.OIDCToken.Invalid')
    expect(await code({}, { OIDCProviderArn: 'acs:ram::1:oidc-provider/other' })).toBe('EntityNotExist.OIDCProvider')
  })
})

describe('the emulated ECS metadata', () => {
  const ttl = 'x-aliyun-ecs-metadata-token-ttl-seconds'
  const role = `${METADATA}/meta-data/ram/security-credentials/EmulatedEcsRole`

  it('gives tokens that end, and insists on them where told to', async () => {
    const { fetch, account, clock } = alibabaWorld()
    const token = await (await fetch(`${METADATA}/api/token`, { method: 'PUT', headers: { [ttl]: '60' } })).text()
    const read = async (headers: Readonly<Record<string, string>>) => (await fetch(role, { headers })).status
    expect(await read({})).toBe(200)
    account.metadataTokenRequired = true
    expect(await read({})).toBe(401)
    expect(await read({ 'x-aliyun-ecs-metadata-token': token })).toBe(200)
    expect(await read({ 'x-aliyun-ecs-metadata-token': 'another' })).toBe(401)
    clock.advance(60_000)
    expect(await read({ 'x-aliyun-ecs-metadata-token': token })).toBe(401)
  })

  it.each<[number, string, RequestInit]>([
    [405, '/api/token', { method: 'GET' }],
    [400, '/api/token', { method: 'PUT' }],
    [400, '/api/token', { method: 'PUT', headers: { [ttl]: '21601' } }],
    [403, '/meta-data/region-id', { headers: { 'x-forwarded-for': '10.0.0.1' } }],
    [404, '/meta-data/ram/security-credentials/Other', {}],
    [405, '/meta-data/region-id', { method: 'POST' }],
  ])('answers %i to a wrong request for %s', async (status, path, init) => {
    expect((await alibabaWorld().fetch(`${METADATA}${path}`, init)).status).toBe(status)
  })

  it('hands out the same credentials for half of their life, then others', async () => {
    const { fetch, clock } = alibabaWorld()
    const id = async (): Promise<string> => (await (await fetch(role)).json()).AccessKeyId
    const first = await id()
    clock.advance(2 * 3_600_000)
    expect(await id()).toBe(first)
    clock.advance(2 * 3_600_000)
    expect(await id()).not.toBe(first)
  })
})

describe('what the emulator keeps of Alibaba Cloud requests', () => {
  it('counts by service, counts refusals, and keeps no secret, token or signature', async () => {
    const { emulator, account, fetch, clock } = alibabaWorld()
    const credentials = account.accessKeys.issueTemporary(account.roleArn, 3_600_000)
    const options = { action: 'DescribeRegions', version: '2014-05-26', clock: clock.now }
    const right = await signAcs3(new Request(API), credentials, options)
    await fetch(right.clone())
    await fetch(changed(right, { 'x-acs-version': '2000-01-01' }))
    await fetch(
      (await presignOss4({ method: 'GET', url: OBJECT }, credentials, { ...options, expiresInSeconds: 60 })).url,
    )
    await fetch((await signRpc(new Request(API), credentials, options)).url)
    const { requests, refused } = emulator.counters.snapshot()
    expect(requests).toMatchObject({ 'alibaba-open-api': 3, 'alibaba-oss': 1 })
    expect(refused).toBe(1)
    const kept = JSON.stringify(emulator.log.entries())
    const signature = right.headers.get('authorization')?.split('Signature=')[1] ?? 'none'
    for (const secret of [credentials.accessKeySecret, credentials.securityToken ?? 'none', signature]) {
      expect(kept).not.toContain(secret)
    }
    expect(kept).toContain(account.roleArn)
  })

  it('rotates through the control endpoint, and tells a program what it needs', async () => {
    const { emulator, account } = alibabaWorld()
    const before = account.managed()
    const rotate = { method: 'POST', body: JSON.stringify({ previousForMs: 1000 }) }
    const { accessKeyId } = await (await emulator.fetch('http://localhost/_emulator/alibaba/rotate', rotate)).json()
    expect(account.managed()?.accessKeyId).toBe(accessKeyId)
    expect(before?.accessKeyId).not.toBe(accessKeyId)
    const fixtures = await (await emulator.fetch('http://localhost/_emulator/alibaba')).json()
    expect(fixtures).toMatchObject({ secretName: account.secretName, accessKey: account.accessKey })
    expect((await openClientKey(fixtures.clientKeyFile)).clientKeyId).toBe(account.clientKeyId)
  })

  it('fails one service and leaves the others alone', async () => {
    const { emulator, account, fetch, clock, secrets } = alibabaWorld()
    emulator.faults.add({ surface: 'alibaba-kms', effect: 'status', status: 503 })
    const options = { action: 'DescribeRegions', version: '2014-05-26', clock: clock.now }
    expect((await fetch(await signAcs3(new Request(API), account.accessKey, options))).status).toBe(200)
    await expect(secrets(account.secretName)).rejects.toMatchObject({ status: 503 })
    expect((await secrets(account.secretName)).secretName).toBe(account.secretName)
  })
})
