import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { text } from 'node:stream/consumers'
import * as common from 'oci-common'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { type EmulatedPrincipal, emulatorEnvironment } from '../../src/testing/environment.js'

// The official SDK, unmodified, against the emulator as the command line serves it.

let served: ServedEmulator
const environment = { ...process.env }

beforeAll(async () => {
  served = await serveEmulator()
})

afterAll(() => served.close())

afterEach(() => {
  served.emulator.faults.clear()
  for (const name of Object.keys(process.env)) if (!(name in environment)) delete process.env[name]
  Object.assign(process.env, environment)
})

interface Call {
  readonly method?: common.Method
  readonly path?: string
  readonly body?: string
  readonly contentType?: string
}

async function call(provider: common.AuthenticationDetailsProvider, options: Call = {}): Promise<Response> {
  const { method = 'GET', path = '/echo', body, contentType } = options
  const client = new common.FetchHttpClient(new common.DefaultRequestSigner(provider))
  const headers = new Headers(contentType === undefined ? {} : { 'content-type': contentType })
  return client.send({ method, uri: `${served.http}${path}`, headers, ...(body === undefined ? {} : { body }) })
}

async function whoSigned(provider: common.AuthenticationDetailsProvider): Promise<{ kind: string; subject: string }> {
  const response = await call(provider)
  expect(response.headers.get('x-emulator-reason')).toBeNull()
  expect(response.status).toBe(200)
  const { principal } = (await response.json()) as { principal: { kind: string; subject: string } }
  return principal
}

function enter(principal: EmulatedPrincipal): void {
  Object.assign(process.env, emulatorEnvironment(served, principal))
}

function apiKey(): common.ConfigFileAuthenticationDetailsProvider {
  return new common.ConfigFileAuthenticationDetailsProvider(served.paths.config, 'DEFAULT')
}

function instancePrincipal(): Promise<common.AuthenticationDetailsProvider> {
  const builder = common.InstancePrincipalsAuthenticationDetailsProviderBuilder
  const instance = new builder()
  instance.metadataBaseUrl = `${served.http}/opc/v2`
  instance.federationEndpoint = served.http
  return instance.build() as unknown as Promise<common.AuthenticationDetailsProvider>
}

/** Lets the SDK reach hosts whose names it has built in: every request goes to the emulator, its own host in `Host`. */
async function withEveryHostServed<T>(action: () => Promise<T>): Promise<T> {
  const direct = globalThis.fetch
  globalThis.fetch = async (input, init) => {
    const { host, pathname, search } = new URL(String(input))
    const headers = { ...Object.fromEntries(new Headers(init?.headers)), host }
    const outgoing = request(`${served.http}${pathname}${search}`, { method: init?.method ?? 'GET', headers })
    outgoing.end(init?.body)
    const [incoming] = (await once(outgoing, 'response')) as [IncomingMessage]
    return new Response(await text(incoming), { status: incoming.statusCode ?? 0 })
  }
  try {
    return await action()
  } finally {
    globalThis.fetch = direct
  }
}

describe('oci-common signs for the emulator', () => {
  test('with the API key of the configuration file', async () => {
    expect(await whoSigned(apiKey())).toMatchObject({ kind: 'api-key', subject: served.identities.user })
  })

  test('a JSON body that is not ASCII', async () => {
    const response = await call(apiKey(), { method: 'POST', body: '{"name":"Zoë"}', contentType: 'application/json' })
    expect(await response.json()).toMatchObject({ verified: true, body: { length: 15 } })
  })

  test('a path and a query that need encoding', async () => {
    const response = await call(apiKey(), { path: '/echo/a%20b%2Fc?name=x%2By&limit=10' })
    expect(await response.json()).toMatchObject({ verified: true, target: '/echo/a%20b%2Fc?name=x%2By&limit=10' })
  })

  test('with a session token', async () => {
    const provider = new common.SessionAuthDetailProvider(served.paths.config, 'SESSION')
    expect(await whoSigned(provider)).toMatchObject({ kind: 'token', subject: served.identities.user })
  })

  test('with a session token that it refreshes at a host it has built in', async () => {
    const provider = new common.SessionAuthDetailProvider(served.paths.config, 'SESSION')
    const before = await provider.getSecurityToken()
    const after = await withEveryHostServed(() => provider.refreshSessionToken())
    expect(after).not.toBe(before)
    expect(served.emulator.log.entries().at(-1)).toMatchObject({
      surface: 'user-session',
      host: `auth.${served.identities.region.id}.oraclecloud.com`,
      status: 200,
    })
    expect(await whoSigned(provider)).toMatchObject({ kind: 'token' })
  })

  test('as an instance principal', async () => {
    const provider = await instancePrincipal()
    expect(await whoSigned(provider)).toMatchObject({ kind: 'token', subject: served.identities.instance })
  })

  test('as an instance principal after the certificate was rotated', async () => {
    const { certificateAuthority } = await import('../../src/testing/certificate-authority.js')
    await served.emulator.of(certificateAuthority).rotate()
    expect(await whoSigned(await instancePrincipal())).toMatchObject({ subject: served.identities.instance })
  })

  test('as a resource principal 2.2 whose token and key are files', async () => {
    enter('resource-principal-2.2')
    const provider = common.ResourcePrincipalAuthenticationDetailsProvider.builder()
    expect(await whoSigned(provider)).toMatchObject({ kind: 'token', subject: served.identities.resource })
    expect(await provider.getStringClaim('res_compartment')).toBe(served.identities.compartment)
  })

  test('as a resource principal 2.2 whose files were replaced', async () => {
    enter('resource-principal-2.2')
    await fetch(`${served.control}/resource-principal/rotate`, { method: 'POST' })
    const provider = common.ResourcePrincipalAuthenticationDetailsProvider.builder()
    expect(await whoSigned(provider)).toMatchObject({ subject: served.identities.resource })
  })

  test('as an OKE workload', async () => {
    enter('oke-workload-identity')
    const { authority, serviceAccountToken } = served.paths
    const provider = common.OkeWorkloadIdentityAuthenticationDetailsProvider.builder(authority, serviceAccountToken)
    expect(await whoSigned(provider)).toMatchObject({ kind: 'token', subject: served.identities.cluster })
  })
})

describe('the emulator refuses oci-common', () => {
  test('with the key of another user', async () => {
    const other = await served.emulator.keys.get('session')
    const { tenancy, user } = served.identities
    const region = common.Region.fromRegionId(served.identities.region.id)
    const provider = new common.SimpleAuthenticationDetailsProvider(
      tenancy,
      user,
      served.fingerprint,
      other.privateKeyPem,
      null,
      region,
    )
    const response = await call(provider)
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ code: 'NotAuthenticated' })
    expect(response.headers.get('x-emulator-reason')).toMatch(/^SIGNATURE_MISMATCH/)
  })

  test('when a token is revoked', async () => {
    const provider = await instancePrincipal()
    await provider.getKeyId()
    served.emulator.tokens.revoke()
    expect((await call(provider)).status).toBe(401)
  })

  test.each<readonly [string, Call, (init: RequestInit) => RequestInit]>([
    ['another body', { method: 'POST', body: '{"amount":1}' }, (init) => ({ ...init, body: '{"amount":9}' })],
    ['another method', { method: 'DELETE' }, (init) => ({ ...init, method: 'GET' })],
  ])('whose request carries %s than the signed one', async (_, tampered, tamper) => {
    const { url, init } = await signed({ ...tampered, path: '/echo' })
    expect((await fetch(url, init)).status).toBe(200)
    expect((await fetch(url, tamper(init))).status).toBe(401)
  })

  test('whose path or query is another than the signed one', async () => {
    const { url, init } = await signed({ path: '/echo/mine?limit=1' })
    expect((await fetch(url, init)).status).toBe(200)
    expect((await fetch(url.replace('mine', 'yours'), init)).status).toBe(401)
    expect((await fetch(`${url}&page=2`, init)).status).toBe(401)
  })

  test('whose list of signed headers was put in another order', async () => {
    const { url, init } = await signed({})
    const headers = new Headers(init.headers)
    const value = headers.get('authorization') ?? ''
    headers.set('authorization', value.replace(/headers="([^ "]+) ([^ "]+)/, 'headers="$2 $1'))
    expect(headers.get('authorization')).not.toBe(value)
    expect((await fetch(url, { ...init, headers })).status).toBe(401)
  })
})

async function signed({ method = 'GET', path = '/echo', body }: Call): Promise<{ url: string; init: RequestInit }> {
  const headers = new Headers({ 'content-type': 'application/json' })
  const url = `${served.http}${path}`
  const unsigned: common.HttpRequest = { method, uri: url, headers, ...(body === undefined ? {} : { body }) }
  await new common.DefaultRequestSigner(apiKey()).signHttpRequest(unsigned)
  headers.delete('content-length')
  return { url, init: { method, headers, ...(body === undefined ? {} : { body }) } }
}
