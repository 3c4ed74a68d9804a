import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import { ServiceError } from '../../src/errors.js'
import { domainAccessToken } from '../../src/federation/domain-access-token.js'
import { EXCHANGE_RETRY, exchangeToken, readExchangeResponse, signedForm } from '../../src/federation/token-exchange.js'
import { explainExchangeFailure } from '../../src/federation/token-exchange-failure.js'
import { tokenExchangeForm } from '../../src/federation/token-exchange-form.js'
import type { FixtureKey } from '../../src/testing/fixture-keys.js'
import { USER_EXTENSION } from '../../src/testing/scim-types.js'
import { jwtOf } from '../fixtures/sessions.js'
import { clock, NOON_TEXT, credentials as signing } from '../fixtures/signing.js'
import { type FederatedWorld, federatedWorld, SUBJECT } from './federated-world.js'

let world: FederatedWorld
let key: FixtureKey

beforeEach(async () => {
  world = federatedWorld()
  key = await world.emulator.keys.get('session')
})

interface Change {
  readonly token?: string
  readonly client?: { readonly id: string; readonly secret: string }
}

async function exchange({ token, client = world.client }: Change = {}): Promise<string> {
  const form = tokenExchangeForm(token ?? (await world.provider.issue({ sub: SUBJECT })), key.publicKeyBase64)
  return exchangeToken(form, { domain: world.domain.url, client, fetch: world.emulator.fetch, retry: false })
}

async function refusalOf(change: Change = {}): Promise<ServiceError> {
  return exchange(change).then(
    () => expect.unreachable('the exchange succeeded'),
    (error: ServiceError) => error,
  )
}

const refusal = (serviceCode: string) =>
  new ServiceError('SERVICE_ERROR', 'The domain refused.', { status: 400, serviceCode })

/** What the message of a refusal says of a subject token with these claims. */
function describedBy(claims: object): string {
  const form = new URLSearchParams({ subject_token: jwtOf(claims) })
  return String(explainExchangeFailure(refusal('invalid_grant'), form))
}

function changeTrust(attributes: object): void {
  world.domain.update('IdentityPropagationTrusts', world.trust.id, { ...attributes })
}

const rules = (rule: string) => ({ impersonationServiceUsers: [{ rule, value: world.user.id }] })

describe('a request', () => {
  test.each([
    ['header', `Basic ${btoa('app:s3:cr+t')}`, false],
    ['body', null, true],
  ] as const)(
    'carries id and secret in its %s as they are, neither form-encoded first',
    async (placement, authorization, inBody) => {
      const sent: Request[] = []
      const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
        sent.push(new Request(input, init))
        return Response.json({ token: 'a.b.c' })
      }
      const client = { id: 'app', secret: 's3:cr+t', placement }
      await exchangeToken(tokenExchangeForm('x.y.z', 'MIIB'), { domain: world.domain.url, client, fetch })
      const [request] = sent
      expect(request?.method).toBe('POST')
      expect(request?.url).toBe(`${world.domain.url}/oauth2/v1/token`)
      expect(request?.headers.get('content-type')).toBe('application/x-www-form-urlencoded')
      expect(request?.headers.get('accept')).toBe('application/json')
      expect(request?.headers.get('authorization')).toBe(authorization)
      expect((await request?.text())?.includes('client_secret=s3%3Acr%2Bt')).toBe(inBody)
    },
  )
})

describe('a request that is signed', () => {
  const { signal } = new AbortController()

  test.each([
    ['hands on the signal that it was given', { signal }, [{ signal }]],
    ['asks without a signal when there is none', {}, [undefined]],
  ])('%s', async (_, given, expected) => {
    const asked: unknown[] = []
    const credentials = async (options?: object) => {
      asked.push(options)
      return signing
    }
    await signedForm('https://idcs.example/oauth2/v1/token', new URLSearchParams(), credentials, given)
    expect(asked).toEqual(expected)
  })

  test('has the time of the clock that it was given', async () => {
    const url = 'https://idcs.example/oauth2/v1/token'
    const request = await signedForm(url, new URLSearchParams(), async () => signing, { clock })
    expect(request.headers.get('x-date')).toBe(NOON_TEXT)
  })
})

describe('a refusal names its cause', () => {
  test('for a wrong secret', async () => {
    const error = await refusalOf({ client: { id: world.client.id, secret: 'rotated-secret' } })
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', status: 401, serviceCode: 'invalid_client', retryable: false })
    expect(error.message).toContain('client id or secret is wrong')
  })

  test('for an application that is not active', async () => {
    world.domain.update('Apps', world.app.id, { active: false })
    expect((await refusalOf()).message).toContain('not active')
  })

  test('for a token that no rule fits, with the claims to compare', async () => {
    const error = await refusalOf({ token: await world.provider.issue({ sub: 'repo:someone/else' }) })
    expect(error).toMatchObject({ status: 401, serviceCode: 'unauthorized_client' })
    expect(error.message).toContain('No rules matched')
    expect(error.message).toContain('No rule of the trust fits the token')
    expect(error.message).toContain('sub="repo:someone/else"')
    expect(error.message).toContain('aud="https://cloud.oracle.com"')
    expect(error.message).toMatch(/exp=\d{4}-\d\d-\d\dT/)
  })

  test('for a token without the claims to compare, or with long ones', () => {
    expect(describedBy({})).toContain('iss=(absent), sub=(absent), aud=(absent), exp=(absent).')
    expect(describedBy({ exp: 99_999_999_999 })).toContain('exp=5138-11-16T09:46:39.000Z.')
    expect(describedBy({ sub: 'x'.repeat(298) })).toContain(`sub="${'x'.repeat(298)}", aud`)
    expect(describedBy({ sub: 'x'.repeat(299) })).toContain(`sub="${'x'.repeat(299)}…, aud`)
  })

  test('for what is no token at all', () => {
    const form = new URLSearchParams({ subject_token: 'hunter2' })
    const explained = String(explainExchangeFailure(refusal('invalid_grant'), form))
    expect(explained).toContain('The subject token is not a JWT.')
    expect(explained).not.toContain('hunter2')
  })

  test('and is left as it is when nobody knows the cause', () => {
    const unknown = refusal('temporarily_unavailable')
    expect(explainExchangeFailure(unknown, new URLSearchParams())).toBe(unknown)
  })

  test('for a rule with quotes, which never matches', async () => {
    changeTrust(rules(`sub eq '${SUBJECT}'`))
    expect((await refusalOf()).message).toContain('Quotes')
  })

  test('for rules that were not stored', async () => {
    changeTrust({ impersonationServiceUsers: undefined })
    expect((await refusalOf()).message).toContain('never stored')
  })

  test('for a target that is no service user', async () => {
    const person = world.domain.create('Users', { userName: 'person', [USER_EXTENSION]: { serviceUser: false } })
    changeTrust({ impersonationServiceUsers: [{ rule: 'sub eq *', value: person.id }] })
    expect((await refusalOf()).message).toContain('serviceUser: true')
  })

  test.each([
    ['that has just expired', () => ({ exp: Math.floor(Date.now() / 1000) - 1 })],
    ['of another issuer', () => ({ iss: 'https://idp.emulated.example/' })],
    ['for another audience', () => ({ aud: 'somebody-else' })],
  ])('for a subject token %s', async (_, claims) => {
    changeTrust({ clientClaimName: 'aud', clientClaimValues: ['https://cloud.oracle.com'] })
    const error = await refusalOf({ token: await world.provider.issue({ sub: SUBJECT, ...claims() }) })
    expect(error).toMatchObject({ status: 400, serviceCode: 'invalid_grant' })
    expect(error.message).toContain('does not believe the subject token')
  })

  test('for a subject token with a bad signature', async () => {
    const token = await world.provider.issue({ sub: SUBJECT })
    const forged = `${token.slice(0, -8)}${token.endsWith('AAAAAAAA') ? 'BBBBBBBB' : 'AAAAAAAA'}`
    expect(await refusalOf({ token: forged })).toMatchObject({ serviceCode: 'invalid_grant' })
  })

  test('for an application that the trust does not name', async () => {
    changeTrust({ oauthClients: ['another'] })
    const error = await refusalOf()
    expect(error.status).toBe(403)
    expect(error.message).toContain('oauthClients')
  })

  test('for a trust that is not active', async () => {
    changeTrust({ active: false })
    expect(await refusalOf()).toMatchObject({ serviceCode: 'invalid_grant' })
  })

  test("with the domain's correlation id", async () => {
    const error = await refusalOf({ client: { id: 'x', secret: 'y' } })
    expect(error.requestId).toMatch(/^[0-9a-fA-F-]{32,36}$/)
  })
})

test.each([
  [undefined, true],
  [400, false],
  [401, false],
  [428, false],
  [429, true],
  [430, false],
  [499, false],
  [500, true],
  [503, true],
])('after the status %s it is tried again: %s', (status, expected) => {
  expect(EXCHANGE_RETRY.retryOn(status, undefined)).toBe(expected)
})

describe('an answer', () => {
  test('gives its token without the white space around it', () => {
    expect(readExchangeResponse({ token: ' a.b.c\r\n' })).toBe('a.b.c')
  })

  test.each([
    ['without a token', {}],
    ['with an empty token', { token: ' ' }],
    ['with the OAuth field in its place', { access_token: 'x', token_type: 'Bearer' }],
    ['that is no object', null],
  ])('%s is an error', (_, body) => {
    expect(() => readExchangeResponse(body)).toThrow(expect.objectContaining({ code: 'SERVICE_RESPONSE_INVALID' }))
  })

  test('names what an answer holds in place of a token, and shows none of it', () => {
    const read = () => readExchangeResponse({ access_token: 'hunter2' })
    expect(read).toThrow('found one with "access_token"')
    expect(read).not.toThrow('hunter2')
    expect(() => readExchangeResponse({ 'hunter2 hunter2': 1, ['a'.repeat(41)]: 1 })).toThrow(
      'found one with no fields',
    )
  })

  test('that is a page of HTML is an error', async () => {
    world.emulator.faults.add({ surface: 'identity-domain-token', effect: 'html', status: 200 })
    expect(await refusalOf()).toMatchObject({ code: 'SERVICE_RESPONSE_INVALID' })
  })

  test('that redirects is refused, for it would carry the secret elsewhere', async () => {
    const fetch = async () => new Response(null, { status: 307, headers: { location: 'https://evil.example/' } })
    const options = { domain: world.domain.url, client: world.client, fetch, retry: false } as const
    const form = tokenExchangeForm('a.b.c', key.publicKeyBase64)
    await expect(exchangeToken(form, options)).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
  })
})

describe('secrets', () => {
  test('are absent from every error, whatever way it is printed', async () => {
    const token = await world.provider.issue({ sub: 'nobody' })
    const secret = 'correct-horse-battery-staple'
    const errors = [await refusalOf({ token }), await refusalOf({ token, client: { id: world.client.id, secret } })]
    const printed = errors.flatMap((error) => [
      error.message,
      error.stack,
      inspect(error, { depth: 9 }),
      JSON.stringify(error),
    ])
    for (const hidden of [
      token,
      token.split('.')[2] ?? '',
      secret,
      btoa(`${world.client.id}:${secret}`),
      key.publicKeyBase64,
    ]) {
      expect(printed.join('\n')).not.toContain(hidden)
    }
  })

  test('that the service repeats are cut out of its words', async () => {
    const token = await world.provider.issue({ sub: 'nobody' })
    const body = JSON.stringify({ error: 'invalid_grant', error_description: `bad token ${token}` })
    world.emulator.faults.add({ surface: 'identity-domain-token', effect: 'body', status: 400, body })
    expect((await refusalOf({ token })).message).not.toContain(token)
  })
})

describe('domainAccessToken', () => {
  test('turns an OCI signature into an access token', async () => {
    const { privateKey, fingerprint } = await world.emulator.keys.get('user')
    const { tenancy, user } = world.emulator.identities
    const credentials = async () => ({ keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey })
    const { fetch } = world.emulator
    const token = await domainAccessToken({
      domain: world.domain.url,
      scope: 'urn:x',
      credentials,
      fetch,
      clock: () => Date.now(),
    })
    expect(token.accessToken.split('.')).toHaveLength(3)
    expect(token.expiresAt).toBeGreaterThan(Date.now())
  })

  test('refuses an empty scope before any call', async () => {
    const credentials = () => Promise.reject(new Error('never called'))
    const call = domainAccessToken({ domain: world.domain.url, scope: ' ', credentials, fetch: world.emulator.fetch })
    await expect(call).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
