import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import type { CredentialsEvent } from '../../src/credentials/cached.js'
import {
  type WorkloadIdentityFederationOptions,
  workloadIdentityFederation,
} from '../../src/credentials/workload-identity-federation.js'
import { readSecurityToken } from '../../src/federation/security-token.js'
import type { ServiceCallAttempt } from '../../src/http/service-call.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { sessionKeyFrom } from '../../src/keys/session-key.js'
import { generateFixturePair } from '../../src/testing/fixture-keys.js'
import { providerContract } from '../contract/provider.js'
import { type FederatedWorld, federatedWorld, SUBJECT } from '../federation/federated-world.js'
import { handClock } from '../fixtures/clock.js'

const ECHO = 'https://echo.us-phoenix-1.oraclecloud.com/echo'
const START = Date.parse('2026-11-21T12:00:00Z')

let now = START
let world: FederatedWorld
let issued: string[]
let spare: CryptoKeyPair | undefined

beforeEach(() => {
  now = START
  world = federatedWorld({ clock: () => now })
  issued = []
})

/** One key for the tests that do not look at it: making one takes longer than the test. */
async function sharedKey(): Promise<CryptoKeyPair> {
  spare ??= await generateFixturePair()
  return spare
}

async function freshSubjectToken(): Promise<string> {
  const token = await world.provider.issue({ sub: SUBJECT })
  issued.push(token)
  return token
}

function provider(options: Partial<WorkloadIdentityFederationOptions> = {}) {
  return workloadIdentityFederation({
    domain: world.domain.url,
    client: world.client,
    subjectToken: freshSubjectToken,
    sessionKey: sharedKey,
    fetch: world.emulator.fetch,
    clock: () => now,
    random: () => 0.5,
    sleep: async () => {},
    ...options,
  })
}

providerContract('workloadIdentityFederation', async () => {
  const clock = handClock()
  const { emulator, domain, client, provider: identityProvider } = federatedWorld({ clock: clock.now })
  const exchanged: string[] = []
  const key = await sessionKeyFrom(await sharedKey())
  return {
    provider: workloadIdentityFederation({
      domain: domain.url,
      client,
      subjectToken: async () => {
        const token = await identityProvider.issue({ sub: SUBJECT })
        exchanged.push(token)
        return token
      },
      sessionKey: sharedKey,
      fetch: emulator.fetch,
      clock: clock.now,
      retry: false,
    }),
    clock,
    lifeMs: 600_000,
    loads: () => exchanged.length,
    setBroken: (broken) => {
      const times = Number.POSITIVE_INFINITY
      if (broken) emulator.faults.add({ surface: 'identity-domain-token', effect: 'status', status: 503, times })
      else emulator.faults.clear()
    },
    secrets: ({ token = '' }) => [token, client.secret, ...exchanged],
    belongTogether: ({ token = '' }) => readSecurityToken(token).jwk?.n === key.jwk.n,
  }
})

describe('an exchange', () => {
  test('gives credentials with which a signed call works', async () => {
    const fetch = createSignedFetch({ credentials: provider(), fetch: world.emulator.fetch, clock: () => now })
    const response = await fetch(ECHO)
    expect(response.status).toBe(200)
    expect(await response.json()).toMatchObject({ principal: { kind: 'token', subject: world.user.ocid } })
  })

  test('names tenancy, user, source and times from the token', async () => {
    const credentials = await provider({ region: 'eu-frankfurt-1' })()
    expect(credentials).toMatchObject({
      source: 'workload-identity-federation',
      region: 'eu-frankfurt-1',
      tenancy: world.emulator.identities.tenancy,
      claims: { sub: world.user.ocid, source_authn_prin: SUBJECT },
      issuedAt: START,
      expiresAt: START + 600_000, // the life of the subject token, not an hour
    })
    expect(credentials.keyId).toBe(`ST$${credentials.token}`)
  })

  test('keeps its key where nobody can export it unless asked', async () => {
    const { key } = await provider({ sessionKey: undefined })()
    expect((key as CryptoKey).extractable).toBe(false)
    const exportable = await provider({ sessionKey: { extractable: true } })()
    expect((exportable.key as CryptoKey).extractable).toBe(true)
  })

  test('authenticates with the secret in the body when told to', async () => {
    const credentials = await provider({ client: { ...world.client, placement: 'body' } })()
    expect(credentials.token).toBeDefined()
  })

  test('authenticates with an OCI signature in place of a secret', async () => {
    world.domain.update('Apps', world.app.id, { delegatedServiceNames: ['compute'] })
    const { privateKey, fingerprint } = await world.emulator.keys.get('user')
    const { tenancy, user } = world.emulator.identities
    const credentials = async () => ({ keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey })
    await expect(provider({ client: { credentials } })()).resolves.toMatchObject({ tenancy })
  })

  test('asks for an RPST with claims of the subject token', async () => {
    world.domain.update('IdentityPropagationTrusts', world.trust.id, {
      subjectType: 'Resource',
      impersonatingResource: 'github',
      claimPropagations: ['ext_repository', 'ext_absent'],
    })
    const subjectToken = () => world.provider.issue({ sub: SUBJECT, repository: 'octo-org/app' })
    const credentials = await provider({
      requestedTokenType: 'rpst',
      resourceType: 'github',
      rpstExp: 3600,
      subjectToken,
    })()
    expect(credentials.claims).toMatchObject({ res_type: 'github', var_ext_repository: 'octo-org/app' })
    expect(credentials.claims).not.toHaveProperty('var_ext_absent')
    expect(credentials.expiresAt).toBe(START + 3_600_000)
  })

  test('goes through a function of the caller in a browser, without client or domain', async () => {
    const forms: URLSearchParams[] = []
    const exchange = async (form: URLSearchParams) => {
      forms.push(form)
      const authorization = `Basic ${btoa(`${world.client.id}:${world.client.secret}`)}`
      const url = `${world.domain.url}/oauth2/v1/token`
      return (await world.emulator.fetch(url, { method: 'POST', headers: { authorization }, body: form })).json()
    }
    const credentials = await provider({ domain: undefined, client: undefined, exchange })()
    expect(credentials.tenancy).toBe(world.emulator.identities.tenancy)
    expect(forms.map((form) => form.has('client_secret'))).toEqual([false])
  })
})

describe('renewal', () => {
  test('takes a fresh subject token and a new key, and changes both at once', async () => {
    const credentials = provider({ sessionKey: undefined })
    const first = await credentials()
    now += 595_000
    const second = await credentials()
    expect(issued).toHaveLength(2)
    expect(second.token).not.toBe(first.token)
    expect(second.key).not.toBe(first.key)
    expect(readSecurityToken(second.token ?? '').jwk?.n).not.toBe(readSecurityToken(first.token ?? '').jwk?.n)
  })

  test('exchanges once for many callers at once', async () => {
    const credentials = provider()
    await Promise.all(Array.from({ length: 50 }, () => credentials()))
    expect(world.emulator.counters.snapshot().tokenCalls).toBe(1)
  })

  test('happens in the background after half of the life, five minutes of a token of ten', async () => {
    const credentials = provider()
    const first = await credentials()
    now += 299_000
    expect(await credentials()).toBe(first)
    expect(issued).toHaveLength(1)
    now += 2_000
    expect(await credentials()).toBe(first)
    await expect.poll(() => issued.length).toBe(2)
  })

  test('comes first when less than a fifth of a short life is left', async () => {
    world.emulator.settings.tokenLifeMs = 100_000
    const credentials = provider({ refreshAt: 1 })
    const first = await credentials()
    now += 79_000
    expect(await credentials()).toBe(first)
    now += 2_000
    expect(await credentials()).not.toBe(first)
  })

  test('keeps the old pair while the domain is down and the token is valid', async () => {
    const credentials = provider({ retry: false })
    const first = await credentials()
    world.emulator.faults.add({ surface: 'identity-domain-token', effect: 'status', status: 503, times: 9 })
    now += 595_000
    expect(await credentials()).toBe(first)
    now += 6_000
    await expect(credentials()).rejects.toMatchObject({ code: 'SERVICE_ERROR', status: 503 })
  })

  test('is forced by a 401, once, and the request is sent again', async () => {
    const credentials = provider()
    const fetch = createSignedFetch({ credentials, fetch: world.emulator.fetch, clock: () => now })
    await fetch(ECHO)
    now += 1000
    world.emulator.tokens.revoke()
    expect((await fetch(ECHO)).status).toBe(200)
    expect(issued).toHaveLength(2)
  })

  test('is impossible with a subject token given as a string, and says so', async () => {
    const credentials = provider({ subjectToken: await freshSubjectToken() })
    await credentials()
    now += 1_000_000
    await expect(credentials()).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
      message: expect.stringContaining('cannot be renewed'),
    })
  })
})

describe('retry', () => {
  test('tries three times when the domain answers 503, waiting longer each time', async () => {
    world.emulator.faults.add({ surface: 'identity-domain-token', effect: 'status', status: 503, times: 2 })
    const waits: number[] = []
    await provider({ sleep: async (ms) => void waits.push(Math.floor(ms / 2000)) })()
    expect(waits).toEqual([1, 2])
  })

  test('does not repeat a refusal', async () => {
    const credentials = provider({ client: { id: world.client.id, secret: 'old' } })
    await expect(credentials()).rejects.toMatchObject({ attempts: 1 })
    expect(world.emulator.counters.snapshot().tokenCalls).toBe(1)
  })
})

test('the log of every call holds no secret, at any level', async () => {
  const attempts: ServiceCallAttempt[] = []
  const events: CredentialsEvent[] = []
  world.emulator.faults.add({ surface: 'identity-domain-token', effect: 'status', status: 503 })
  const { token = '' } = await provider({
    onRequest: (attempt) => void attempts.push(attempt),
    onEvent: (event) => void events.push(event),
  })()
  expect(attempts).toHaveLength(2)
  const log = inspect([attempts, events], { depth: 20, showHidden: true })
  const { id, secret } = world.client
  for (const hidden of [token, secret, btoa(`${id}:${secret}`), ...issued]) expect(log).not.toContain(hidden)
})

describe('options', () => {
  test.each([
    ['no domain', { domain: undefined }],
    ['no client', { client: undefined }],
    ['an empty secret', { client: { id: 'x', secret: '' } }],
    ['an RPST without a resource type', { requestedTokenType: 'rpst' as const }],
  ])('are refused at once: %s', (_, options) => {
    expect(() => provider(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  test('with a domain that is no URL are refused at once', () => {
    expect(() => provider({ domain: 'Default' })).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
  })

  test('with a domain with :443 and a slash work', async () => {
    await expect(provider({ domain: `${world.domain.url}:443/` })()).resolves.toBeDefined()
  })
})

describe('a subject token', () => {
  test.each([
    ['that is empty', ' \n'],
    ['that is a file path', '/var/run/secrets/token'],
    ['that is a PEM block', '-----BEGIN PRIVATE KEY-----\nMIIB'],
    ['that is the JSON around it', '{"value":"eyJ"}'],
    ['that begins with Bearer', 'Bearer eyJ.eyJ.x'],
    ['that is no JWT', 'glpat-1234567890'],
  ])('%s is refused before any call', async (_, subjectToken) => {
    await expect(provider({ subjectToken })()).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    expect(world.emulator.counters.snapshot().tokenCalls).toBe(0)
  })

  test('with a newline at its end is sent without it', async () => {
    await expect(provider({ subjectToken: `${await freshSubjectToken()}\n` })()).resolves.toBeDefined()
  })

  test('that expired long ago is refused before any call', async () => {
    const subjectToken = await world.provider.issue({
      sub: SUBJECT,
      exp: START / 1000 - 3600,
      iat: START / 1000 - 7200,
    })
    await expect(provider({ subjectToken })()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect(world.emulator.counters.snapshot().tokenCalls).toBe(0)
  })

  test('source that fails is heard as it is', async () => {
    const failure = new Error('no network')
    await expect(provider({ subjectToken: () => Promise.reject(failure) })()).rejects.toBe(failure)
  })
})
