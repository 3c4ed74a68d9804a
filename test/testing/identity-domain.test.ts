import { beforeEach, describe, expect, test } from 'vitest'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import { type IdentityDomain, identityDomain } from '../../src/testing/identity-domain.js'
import { identityProvider } from '../../src/testing/identity-provider.js'
import { USER_EXTENSION } from '../../src/testing/scim-types.js'

let emulator: Emulator
let domain: IdentityDomain
let signed: typeof fetch

beforeEach(() => {
  emulator = createEmulator()
  domain = emulator.of(identityDomain)
  signed = createSignedFetch({
    credentials: async () => {
      const { privateKey, fingerprint } = await emulator.keys.get('user')
      const { tenancy, user } = emulator.identities
      return { keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey }
    },
    fetch: emulator.fetch,
  })
})

interface Answer {
  readonly status: number
  readonly body: Readonly<Record<string, unknown>>
}

async function call(
  method: string,
  path: string,
  body?: object,
  fetch: typeof globalThis.fetch = signed,
): Promise<Answer> {
  const init =
    body === undefined
      ? { method }
      : { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
  const response = await fetch(`${domain.url}/admin/v1/${path}`, init)
  const text = await response.text()
  return { status: response.status, body: text === '' ? {} : JSON.parse(text) }
}

const trust = (changes: object = {}) => ({ name: 't', type: 'JWT', issuer: 'https://idp.example', ...changes })
const patch = (...Operations: readonly object[]) => ({ Operations })

describe('the emulated identity domain', () => {
  test('takes the calls of the set-up sample in their order, and exchanges with what they leave', async () => {
    const provider = emulator.of(identityProvider)
    const makeApp = async (displayName: string) => {
      const created = await call('POST', 'Apps', { displayName, basedOnTemplate: { value: 'CustomWebAppTemplateId' } })
      const operations = [
        { op: 'REMOVE', path: 'allowOffline' },
        { op: 'REMOVE', path: 'bypassConsent' },
        { op: 'ADD', path: 'allowedGrants', value: ['client_credentials'] },
        { op: 'ADD', path: 'clientType', value: 'confidential' },
        { op: 'REPLACE', path: 'isOAuthClient', value: true },
      ]
      const { body } = await call('PATCH', `Apps/${created.body['id']}`, patch(...operations))
      await call('PUT', `AppStatusChanger/${created.body['ocid']}`, { active: true, id: created.body['ocid'] })
      return body as { id: string; name: string; clientSecret: string }
    }
    const admin = await makeApp('admin')
    const roles = await call('GET', 'AppRoles?filter=displayName%20eq%20%22Identity%20Domain%20Administrator%22')
    const [role] = roles.body['Resources'] as readonly { id: string }[]
    const entitlement = { attributeName: 'appRoles', attributeValue: role?.id }
    const grant = {
      grantMechanism: 'ADMINISTRATOR_TO_APP',
      grantee: { value: admin.id, type: 'App' },
      app: { value: 'IDCSAppId' },
      entitlement,
    }
    expect((await call('POST', 'Grants', grant)).status).toBe(201)
    const token = (app: { name: string; clientSecret: string }, form: Record<string, string>) =>
      emulator.fetch(`${domain.url}/oauth2/v1/token`, {
        method: 'POST',
        headers: { authorization: `Basic ${btoa(`${app.name}:${app.clientSecret}`)}` },
        body: new URLSearchParams(form),
      })
    const answer = await token(admin, { grant_type: 'client_credentials', scope: 'urn:opc:idm:__myscopes__' })
    const { access_token } = (await answer.json()) as { access_token: string }
    const bearer: typeof fetch = (input, init) => {
      const request = new Request(input, init)
      request.headers.set('authorization', `Bearer ${access_token}`)
      return emulator.fetch(request)
    }
    const client = await makeApp('exchange')
    const user = await call('POST', 'Users', { userName: 'ci', [USER_EXTENSION]: { serviceUser: true } }, bearer)
    // The sample names the user by its OCID alone.
    const impersonationServiceUsers = [{ ocid: user.body['ocid'], rule: 'sub eq somebody' }]
    const body = trust({
      issuer: provider.issuer,
      publicKeyEndpoint: provider.jwksUri,
      active: true,
      allowImpersonation: true,
      oauthClients: [client.name],
      impersonationServiceUsers,
      subjectType: 'User',
    })
    expect((await call('POST', 'IdentityPropagationTrusts', body, bearer)).status).toBe(201)
    const { publicKeyBase64 } = await emulator.keys.get('session')
    const exchanged = await token(client, {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:oci:token-type:oci-upst',
      subject_token: await provider.issue({ sub: 'somebody' }),
      subject_token_type: 'jwt',
      public_key: publicKeyBase64,
    })
    expect(await exchanged.json()).toEqual({ token: expect.stringMatching(/^eyJ/) })
  })

  test('holds one trust per issuer, whatever their names', async () => {
    await call('POST', 'IdentityPropagationTrusts', trust())
    const second = await call('POST', 'IdentityPropagationTrusts', trust({ name: 'other' }))
    expect(second).toMatchObject({ status: 409, body: { status: '409', detail: expect.stringContaining('issuer') } })
  })

  test('makes a trust that is not active unless it is told', async () => {
    expect((await call('POST', 'IdentityPropagationTrusts', trust())).body).toMatchObject({ active: false })
  })

  test('shows members and rules to those alone who ask for them by name', async () => {
    const user = domain.create('Users', { userName: 'ci' })
    const group = domain.create('Groups', { displayName: 'g', members: [{ value: user.id }] })
    expect((await call('GET', `Groups/${group.id}`)).body).not.toHaveProperty('members')
    expect((await call('GET', `Groups/${group.id}?attributes=members`)).body).toHaveProperty('members')
    const rules = [{ rule: 'sub eq x', value: user.id }]
    const { id } = domain.create('IdentityPropagationTrusts', trust({ impersonationServiceUsers: rules }))
    expect((await call('GET', `IdentityPropagationTrusts/${id}`)).body).not.toHaveProperty('impersonationServiceUsers')
    const asked = `IdentityPropagationTrusts/${id}?attributes=impersonationServiceUsers`
    expect((await call('GET', asked)).body).toMatchObject({ impersonationServiceUsers: rules })
  })

  test.each([
    [
      'serviceUser of a user',
      'Users',
      { userName: 'u', [USER_EXTENSION]: { serviceUser: false } },
      { path: USER_EXTENSION, value: { serviceUser: true } },
    ],
    ['the name of a trust', 'IdentityPropagationTrusts', trust(), { path: 'name', value: 'other' }],
    [
      'the client id of an application',
      'Apps',
      { displayName: 'a', basedOnTemplate: {} },
      { path: 'name', value: 'mine' },
    ],
  ])('does not change %s', async (_, type, attributes, change) => {
    const { id } = domain.create(type, attributes as Record<string, unknown>)
    expect((await call('PATCH', `${type}/${id}`, patch({ op: 'replace', ...change }))).status).toBe(400)
  })

  test.each([
    ['a second application of the same name', 'Apps', { displayName: 'taken', basedOnTemplate: {} }, 409],
    [
      'an application that may exchange by itself',
      'Apps',
      { displayName: 'x', basedOnTemplate: {}, allowedGrants: ['urn:ietf:params:oauth:grant-type:token-exchange'] },
      400,
    ],
    ['a trust without an issuer', 'IdentityPropagationTrusts', { name: 't', type: 'JWT' }, 400],
    [
      'a rule that names a user by OCID in its value',
      'IdentityPropagationTrusts',
      trust({ impersonationServiceUsers: [{ rule: 'sub eq x', value: 'ocid1.user.oc1..x' }] }),
      400,
    ],
    ['a rule without a text', 'IdentityPropagationTrusts', trust({ impersonationServiceUsers: [{ value: 'x' }] }), 400],
    [
      'four claims',
      'IdentityPropagationTrusts',
      trust({ claimPropagations: ['ext_a', 'ext_b', 'ext_c', 'ext_d'] }),
      400,
    ],
    ['a claim without ext_', 'IdentityPropagationTrusts', trust({ claimPropagations: ['repository'] }), 400],
    ['a member who is nobody', 'Groups', { displayName: 'g', members: [{ value: 'nobody' }] }, 400],
    ['a type that it does not have', 'Unicorns', {}, 404],
    ['a type that every object has', 'constructor', {}, 404],
    ['a type that is the prototype of every object', '__proto__', {}, 404],
  ])('refuses %s', async (_, type, attributes, status) => {
    domain.create('Apps', { displayName: 'taken', basedOnTemplate: {} })
    expect(await call('POST', type, attributes)).toMatchObject({ status, body: { detail: expect.any(String) } })
  })

  test('deletes nothing that is in use or active, unless it is forced to', async () => {
    const app = domain.create('Apps', { displayName: 'a', basedOnTemplate: {}, active: true })
    expect((await call('DELETE', `Apps/${app.id}?forceDelete=true`)).status).toBe(400)
    const user = domain.create('Users', { userName: 'u' })
    domain.create('Groups', { displayName: 'g', members: [{ value: user.id }] })
    expect((await call('DELETE', `Users/${user.id}`)).status).toBe(400)
    expect((await call('DELETE', `Users/${user.id}?forceDelete=true`)).status).toBe(204)
  })

  test.each([
    ['no list of operations', 'replace'],
    ['an operation that is nothing', [null]],
    ['an operation without a path', [{ op: 'add', value: 1 }]],
    ['the prototype as a path', [{ op: 'replace', path: '__proto__', value: { active: true } }]],
    ['an operation that it does not know', [{ op: 'move', path: 'active' }]],
  ])('takes no patch with %s', async (_, Operations) => {
    const { id } = domain.create('Users', { userName: 'u' })
    expect(await call('PATCH', `Users/${id}`, { Operations })).toMatchObject({
      status: 400,
      body: { detail: expect.any(String) },
    })
  })

  test('removes a member from a list that holds other things', async () => {
    const { id } = domain.create('Apps', { displayName: 'a', basedOnTemplate: {}, list: [null, 'x', { value: 'y' }] })
    const { body } = await call('PATCH', `Apps/${id}`, patch({ op: 'remove', path: 'list[value eq "y"]' }))
    expect(body['list']).toEqual([null, 'x'])
  })

  test.each(['startIndex=x', 'count=-1', 'count=1.5', 'startIndex='])('lists no page of %s', async (query) => {
    expect((await call('GET', `Users?${query}`)).status).toBe(400)
  })

  test('lists in pages, and knows no filter but equality', async () => {
    for (const userName of ['a', 'b', 'c']) domain.create('Users', { userName })
    const page = await call('GET', 'Users?startIndex=2&count=1')
    expect(page.body).toMatchObject({ totalResults: 3, startIndex: 2, itemsPerPage: 1, Resources: [{ userName: 'b' }] })
    expect((await call('GET', 'Users?filter=userName%20sw%20%22a%22')).status).toBe(400)
  })

  test.each([
    ['nobody', {}],
    ['an invented token', { authorization: 'Bearer eyJ' }],
  ])('refuses %s', async (_, headers) => {
    expect((await emulator.fetch(`${domain.url}/admin/v1/Users`, { headers })).status).toBe(401)
  })
})

describe('the token endpoint', () => {
  test('gives a resource the claims that its token has, for as long as it asks', async () => {
    const provider = emulator.of(identityProvider)
    const { name, clientSecret } = newApp()
    const claimPropagations = ['ext_repository', 'ext_absent', 'ext_constructor']
    domain.create('IdentityPropagationTrusts', {
      ...trust({ issuer: provider.issuer, publicKeyEndpoint: provider.jwksUri, active: true }),
      ...{ subjectType: 'Resource', impersonatingResource: 'app', oauthClients: [name], claimPropagations },
    })
    const form = {
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      requested_token_type: 'urn:oci:token-type:oci-rpst',
      subject_token: await provider.issue({ sub: 'somebody', repository: 'octo-org/app' }),
      subject_token_type: 'jwt',
      public_key: (await emulator.keys.get('session')).publicKeyBase64,
      res_type: 'app',
    }
    const exchange = (rpst_exp: string) => ask(basic(`${name}:${clientSecret}`), { ...form, rpst_exp })
    const { token } = (await (await exchange('3600')).json()) as { token: string }
    const claims = await emulator.tokens.read(token)
    expect(Object.keys(claims).filter((claim) => claim.startsWith('var_'))).toEqual(['var_ext_repository'])
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(3600)
    for (const wrong of ['soon', '', '-1', '1e9', '0', 'NaN']) {
      expect([wrong, (await exchange(wrong)).status]).toEqual([wrong, 400])
    }
  })

  const ask = (headers: Record<string, string>, form: Record<string, string> = {}) =>
    emulator.fetch(`${domain.url}/oauth2/v1/token`, {
      method: 'POST',
      headers,
      body: new URLSearchParams({ grant_type: 'client_credentials', ...form }),
    })
  const newApp = () =>
    domain.create('Apps', { displayName: 'a', basedOnTemplate: {}, active: true, isOAuthClient: true })
  const basic = (text: string) => ({ authorization: `Basic ${btoa(text)}` })

  test('takes a client by its secret, in the header or in the form', async () => {
    const { name, clientSecret } = newApp()
    const form = { client_id: String(name), client_secret: String(clientSecret) }
    expect((await ask(basic(`${name}:${clientSecret}`))).status).toBe(200)
    expect((await ask({}, form)).status).toBe(200)
  })

  test('takes a secret in UTF-8, with a colon in it', async () => {
    const { name, id } = newApp()
    domain.update('Apps', id, { clientSecret: 'p:ä€' })
    const bytes = new TextEncoder().encode(`${name}:p:ä€`)
    expect((await ask(basic(String.fromCharCode(...bytes)))).status).toBe(200)
  })

  test.each([
    ['that is not base64', 'Basic %%%%'],
    ['that is empty', 'Basic'],
    ['that is blank', 'Basic   '],
    ['of two words', 'Basic YTpi YTpi'],
    ['without a colon', `Basic ${btoa('ab')}`],
    ['without padding', 'Basic YTpiYw'],
    ['of bytes that are no text', 'Basic //8='],
    ['of another scheme', 'Digest a="b"'],
  ])('refuses a header %s as an unknown client', async (_, authorization) => {
    newApp()
    const response = await ask({ authorization })
    expect([response.status, await response.json()]).toEqual([
      401,
      { error: 'invalid_client', error_description: expect.any(String) },
    ])
  })

  test('does not look into the form when the header is malformed', async () => {
    const { name, clientSecret } = newApp()
    const form = { client_id: String(name), client_secret: String(clientSecret) }
    expect((await ask({ authorization: 'Basic %%%%' }, form)).status).toBe(401)
  })
})
