import { beforeEach, describe, expect, test } from 'vitest'
import { workloadIdentityFederation } from '../../../src/credentials/workload-identity-federation.js'
import { ConfigurationError } from '../../../src/errors.js'
import { withAdminApp } from '../../../src/federation/wif-setup/admin-app.js'
import type { SetupClients } from '../../../src/federation/wif-setup/change.js'
import { regenerateClientSecret } from '../../../src/federation/wif-setup/plan-app.js'
import { policyClient } from '../../../src/federation/wif-setup/policy-client.js'
import { policyStatements } from '../../../src/federation/wif-setup/policy-statements.js'
import { removeWifSetup } from '../../../src/federation/wif-setup/remove-setup.js'
import { planWifSetup, type WifResult } from '../../../src/federation/wif-setup/run-setup.js'
import { scimClient } from '../../../src/federation/wif-setup/scim-client.js'
import type { WifSetup } from '../../../src/federation/wif-setup/setup.js'
import { trialExchange } from '../../../src/federation/wif-setup/trial-exchange.js'
import { RETRY } from '../../../src/http/retry.js'
import { createSignedFetch } from '../../../src/http/signed-fetch.js'
import { createEmulator, type Emulator } from '../../../src/testing/emulator.js'
import { type IdentityDomain, identityDomain } from '../../../src/testing/identity-domain.js'
import { policies } from '../../../src/testing/identity-policies.js'
import { identityProvider } from '../../../src/testing/identity-provider.js'
import type { OciCredentials } from '../../../src/types.js'
import { SUBJECT } from '../federated-world.js'

const FAST = { ...RETRY.DEFAULT, baseMs: 0 }

let emulator: Emulator
let domain: IdentityDomain
let setup: WifSetup
let clients: SetupClients
let signedFetch: typeof fetch

beforeEach(() => {
  emulator = createEmulator()
  domain = emulator.of(identityDomain)
  const { issuer, jwksUri } = emulator.of(identityProvider)
  signedFetch = emulatedFetch()
  clients = {
    scim: scimClient({ domain: `${domain.url}:443/`, fetch: signedFetch }),
    policies: policyClient({ region: 'us-phoenix-1', fetch: signedFetch }),
  }
  setup = {
    domain: domain.url,
    issuer,
    publicKeyEndpoint: jwksUri,
    trustName: 'ci-trust',
    appName: 'ci-exchange',
    principal: { type: 'user', userName: 'ci', rules: [`sub eq ${SUBJECT}`], group: 'ci-group' },
    policy: {
      name: 'ci-policy',
      compartmentId: emulator.identities.tenancy,
      statements: policyStatements({ type: 'group', domain: 'Default', group: 'ci-group' }, [
        'read buckets in tenancy',
      ]),
    },
  }
})

function emulatedFetch(retry?: false): typeof fetch {
  return createSignedFetch({ credentials: administrator, fetch: emulator.fetch, ...(retry === false && { retry }) })
}

async function administrator(): Promise<OciCredentials> {
  const { privateKey, fingerprint } = await emulator.keys.get('user')
  const { tenancy, user } = emulator.identities
  return { keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey }
}

async function apply(changed: Partial<WifSetup> = {}): Promise<WifResult> {
  return (await planWifSetup({ setup: { ...setup, ...changed }, ...clients })).apply()
}

function writes(): number {
  return emulator.log.entries().filter(({ method }) => method !== 'GET').length
}

const theirTrust = () => ({
  name: 'theirs',
  type: 'JWT',
  issuer: setup.issuer,
  publicKeyEndpoint: setup.publicKeyEndpoint,
  active: true,
  oauthClients: ['their-client'],
})

const subjectToken = () => emulator.of(identityProvider).issue({ sub: SUBJECT })

describe('set-up', () => {
  test('makes everything in an empty domain', async () => {
    const { outcomes, clientId, clientSecret } = await apply()
    expect(outcomes.map(({ resource, outcome }) => `${resource} ${outcome}`)).toEqual([
      'app created',
      'service-user created',
      'group created',
      'membership created',
      'trust created',
      'policy created',
    ])
    expect(clientId).toMatch(/^[0-9a-f]{32}$/)
    expect(clientSecret).toMatch(/^idcscs-/)
  })

  test('run a second time changes nothing', async () => {
    await apply()
    const before = writes()
    const plan = await planWifSetup({ setup, ...clients })
    expect(plan.settled).toBe(true)
    const { outcomes } = await plan.apply()
    expect(new Set(outcomes.map(({ outcome }) => outcome))).toEqual(new Set(['unchanged']))
    expect(writes()).toBe(before)
  })

  test('leaves behind what an exchange needs', async () => {
    const { clientId: id = '', clientSecret: secret = '' } = await apply()
    const { fetch } = emulator
    const credentials = workloadIdentityFederation({
      domain: setup.domain,
      client: { id, secret },
      subjectToken,
      fetch,
    })
    const response = await createSignedFetch({ credentials, fetch })('https://echo.us-phoenix-1.oraclecloud.com/echo')
    expect(response.status).toBe(200)
  })

  test('planned and not applied changes nothing', async () => {
    const plan = await planWifSetup({ setup, ...clients })
    expect(plan.settled).toBe(false)
    expect(plan.changes.map(({ action }) => action)).toEqual(Array(6).fill('create'))
    expect(writes()).toBe(0)
  })

  test('goes on where it stopped', async () => {
    emulator.faults.add({
      surface: 'identity-domain-admin',
      method: 'POST',
      path: '/Groups',
      effect: 'status',
      status: 400,
    })
    await expect(apply()).rejects.toMatchObject({ code: 'SERVICE_ERROR', status: 400 })
    const { outcomes } = await apply()
    expect(outcomes.slice(0, 3).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged', 'created'])
  })

  test('for an RPST makes no user and no group', async () => {
    const principal = { type: 'resource', resourceType: 'github', claims: ['repository'] } as const
    const { outcomes, trustId = '' } = await apply({ principal, policy: undefined as never })
    expect(outcomes.map(({ resource }) => resource)).toEqual(['app', 'trust'])
    expect(domain.get('IdentityPropagationTrusts', trustId)).toMatchObject({
      subjectType: 'Resource',
      impersonatingResource: 'github',
      claimPropagations: ['ext_repository'],
    })
  })
})

test('a set-up for an RPST leaves behind what its exchange needs', async () => {
  const principal = { type: 'resource', resourceType: 'github', claims: ['repository'] } as const
  const { policy: _, ...resource } = { ...setup, principal }
  const plan = await planWifSetup({ setup: resource, ...clients })
  const { clientId: id = '', clientSecret: secret = '' } = await plan.apply()
  const source = () => emulator.of(identityProvider).issue({ sub: SUBJECT, repository: 'octo-org/app' })
  const { fetch } = emulator
  const result = await trialExchange({ setup: resource, client: { id, secret }, subjectToken: source, fetch })
  expect(result.subject).toContain('identityfederateddomainapp')
  expect((await planWifSetup({ setup: resource, ...clients })).settled).toBe(true)
})

describe('drift', () => {
  test('is shown before it is changed', async () => {
    const { trustId = '', appId = '' } = await apply()
    domain.update('IdentityPropagationTrusts', trustId, { active: false, clockSkewSeconds: 5 })
    domain.update('Apps', appId, { active: false, allowedGrants: [] })
    const plan = await planWifSetup({ setup, ...clients })
    const drifted = plan.changes.filter(({ action }) => action === 'update')
    expect(drifted.map(({ resource, differences }) => [resource, differences])).toEqual([
      [
        'app',
        [
          { attribute: 'allowedGrants', current: [], wanted: ['client_credentials'] },
          { attribute: 'active', current: false, wanted: true },
        ],
      ],
      ['trust', [{ attribute: 'active', current: false, wanted: true }]],
    ])
    await plan.apply()
    expect((await planWifSetup({ setup, ...clients })).settled).toBe(true)
  })

  test('of a rule replaces the rules of our own trust', async () => {
    const { trustId = '', userId } = await apply()
    await apply({
      principal: { type: 'user', userName: 'ci', rules: ['sub eq repo:octo-org/other:*'], group: 'ci-group' },
    })
    const { impersonationServiceUsers } = domain.get('IdentityPropagationTrusts', trustId)
    expect(impersonationServiceUsers).toEqual([{ rule: 'sub eq repo:octo-org/other:*', value: userId }])
  })

  test('of the statements replaces them', async () => {
    await apply()
    const policy = {
      ...setup.policy,
      statements: ['Allow any-user to inspect buckets in tenancy'],
    } as WifSetup['policy']
    const { outcomes } = await apply({ policy: policy as NonNullable<WifSetup['policy']> })
    expect(outcomes.at(-1)).toEqual({ resource: 'policy', name: 'ci-policy', outcome: 'updated' })
  })
})

describe('what is already in the domain', () => {
  test('a trust of another name for the issuer is found, and keeps its name, clients and rules', async () => {
    const other = domain.create('Users', { userName: 'other' })
    const theirs = { rule: 'sub eq repo:octo-org/theirs:*', value: other.id }
    const trust = domain.create('IdentityPropagationTrusts', {
      name: 'theirs',
      type: 'JWT',
      issuer: setup.issuer,
      publicKeyEndpoint: setup.publicKeyEndpoint,
      active: true,
      oauthClients: ['their-client'],
      impersonationServiceUsers: [theirs],
    })
    const plan = await planWifSetup({ setup, ...clients })
    expect(plan.changes.find(({ resource }) => resource === 'trust')).toMatchObject({
      name: 'theirs',
      action: 'update',
      note: expect.stringContaining('one trust per issuer'),
    })
    const { clientId, userId } = await plan.apply()
    expect(domain.get('IdentityPropagationTrusts', trust.id)).toMatchObject({
      name: 'theirs',
      oauthClients: ['their-client', clientId],
      impersonationServiceUsers: [{ rule: `sub eq ${SUBJECT}`, value: userId }, theirs],
    })
    expect((await planWifSetup({ setup, ...clients })).settled).toBe(true)
  })

  test('a trust of another name keeps what others set in it and we do not name', async () => {
    const trust = domain.create('IdentityPropagationTrusts', {
      ...theirTrust(),
      clientClaimName: 'aud',
      clientClaimValues: ['theirs'],
      clockSkewSeconds: 7,
    })
    await apply()
    const kept = { clientClaimName: 'aud', clientClaimValues: ['theirs'], clockSkewSeconds: 7 }
    expect(domain.get('IdentityPropagationTrusts', trust.id)).toMatchObject(kept)
    await apply({ clientClaimName: 'aud', clientClaimValues: ['ours'] })
    expect(domain.get('IdentityPropagationTrusts', trust.id)['clientClaimValues']).toEqual(['theirs', 'ours'])
  })

  test.each([
    ['gives tokens of resources', { subjectType: 'Resource', impersonatingResource: 'theirs' }, 'subjectType'],
    [
      'looks for the audience in another claim',
      { clientClaimName: 'appid', clientClaimValues: ['x'] },
      'clientClaimName',
    ],
  ])('a trust of another name that %s cannot serve both, and is left alone', async (_, attributes, named) => {
    domain.create('IdentityPropagationTrusts', { ...theirTrust(), ...attributes })
    const pinned = { ...setup, clientClaimName: 'aud', clientClaimValues: ['ours'] }
    await expect(planWifSetup({ setup: pinned, ...clients })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`Its ${named} is`),
    })
    expect(writes()).toBe(0)
  })

  test('a user of that name who is no service user is refused, with what to do', async () => {
    domain.create('Users', { userName: 'ci' })
    await expect(planWifSetup({ setup, ...clients })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('cannot be changed'),
    })
    expect(writes()).toBe(0)
  })

  test('a domain that keeps the secret to itself gives none back, and makes a new one when asked', async () => {
    const first = await apply()
    domain.showsSecretsAgain = false
    const second = await apply()
    expect(second.clientSecret).toBeUndefined()
    const secret = await regenerateClientSecret(clients.scim, first.appId ?? '')
    expect(secret).not.toBe(first.clientSecret)
  })

  test('a name with quotes and backslashes is looked up as it is', async () => {
    const appName = 'my "app" \\ 1'
    await apply({ appName })
    const { outcomes } = await apply({ appName })
    expect(outcomes[0]).toEqual({ resource: 'app', name: appName, outcome: 'unchanged' })
  })
})

describe('a set-up that cannot work is refused before any call', () => {
  test.each([
    ['keys from nowhere', { publicKeyEndpoint: undefined as never }],
    ['keys from two places', { publicCertificate: 'MIIB' }],
    ['a certificate with armour', { publicKeyEndpoint: undefined as never, publicCertificate: '-----BEGIN' }],
    ['keys that travel in the clear', { publicKeyEndpoint: 'http://issuer.example/keys' }],
    ['keys at no URL', { publicKeyEndpoint: 'issuer.example/keys' }],
    ['a claim for the audience without accepted values', { clientClaimName: 'aud' }],
    ['a claim for the audience with none of them', { clientClaimName: 'aud', clientClaimValues: [] }],
    ['accepted audiences without the claim that names them', { clientClaimValues: ['oci'] }],
    ['no issuer', { issuer: '' }],
    ['no rules', { principal: { type: 'user' as const, userName: 'ci', rules: [] } }],
    ['four claims', { principal: { type: 'resource' as const, resourceType: 'x', claims: ['a', 'b', 'c', 'd'] } }],
    ['a rule of unknown grammar', { principal: { type: 'user' as const, userName: 'ci', rules: ['allow:all'] } }],
    [
      'everyone at an issuer that everyone has',
      {
        issuer: 'https://token.actions.githubusercontent.com',
        principal: { type: 'user' as const, userName: 'ci', rules: ['sub eq *'] },
      },
    ],
  ])('%s', async (_, changed) => {
    await expect(planWifSetup({ setup: { ...setup, ...changed }, ...clients })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    expect(emulator.log.entries()).toHaveLength(0)
  })

  test('unless the caller insists', async () => {
    const unsafe = { ...setup, principal: { type: 'user' as const, userName: 'ci', rules: ['iss sw https'] } }
    const plan = await planWifSetup({ setup: unsafe, ...clients, allowUnsafeRules: true })
    expect(plan.findings).toMatchObject([{ severity: 'error', code: 'operator' }])
  })

  test('a policy without a client for policies', async () => {
    await expect(planWifSetup({ setup, scim: clients.scim })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})

describe('removal', () => {
  test('leaves nothing behind, and finds nothing the second time', async () => {
    await apply()
    const first = await removeWifSetup(setup, clients)
    expect(new Set(first.map(({ outcome }) => outcome))).toEqual(new Set(['removed']))
    for (const type of ['Apps', 'Users', 'Groups', 'IdentityPropagationTrusts']) expect(domain.all(type)).toEqual([])
    expect(emulator.of(policies).size).toBe(0)
    const second = await removeWifSetup(setup, clients)
    expect(new Set(second.map(({ outcome }) => outcome))).toEqual(new Set(['absent']))
  })

  test('goes on when the answer to a deletion was lost', async () => {
    await apply()
    emulator.faults.add({ surface: 'identity-domain-admin', method: 'DELETE', effect: 'lose-answer' })
    await removeWifSetup(setup, {
      ...clients,
      scim: scimClient({ domain: domain.url, fetch: signedFetch, retry: FAST }),
    })
    expect(domain.all('IdentityPropagationTrusts')).toEqual([])
  })

  test('keeps a person of that name, and the person in the group', async () => {
    const person = domain.create('Users', { userName: 'ci' })
    const group = domain.create('Groups', { displayName: 'ci-group', members: [{ value: person.id }] })
    const removals = await removeWifSetup(setup, clients)
    expect(removals).toContainEqual({ resource: 'service-user', name: 'ci', outcome: 'kept' })
    expect(removals).toContainEqual({ resource: 'group', name: 'ci-group', outcome: 'kept' })
    expect(domain.all('Users')).toHaveLength(1)
    expect(domain.get('Groups', group.id)['members']).toEqual([{ value: person.id }])
  })

  test('keeps the rules of others in a trust of theirs, also those without a value', async () => {
    domain.create('IdentityPropagationTrusts', theirTrust())
    const impersonationServiceUsers = [{ rule: 'sub eq theirs', ocid: 'ocid1.user.oc1..theirs' }, null]
    const get: typeof clients.scim.get = async (...query) => ({
      ...(await clients.scim.get(...query)),
      impersonationServiceUsers,
    })
    await removeWifSetup(setup, { ...clients, scim: { ...clients.scim, get } })
    expect(writes()).toBe(0)
  })

  test('refuses a set-up with a policy that it cannot reach, before it removes anything', async () => {
    await apply()
    const before = writes()
    await expect(removeWifSetup(setup, { scim: clients.scim })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(writes()).toBe(before)
  })

  test('keeps a group with other members, and a trust of another name without our client', async () => {
    const { groupId = '', trustId = '' } = await apply()
    const colleague = domain.create('Users', { userName: 'colleague' })
    domain.update('Groups', groupId, {
      members: [...(domain.get('Groups', groupId)['members'] as []), { value: colleague.id }],
    })
    const removals = await removeWifSetup({ ...setup, trustName: 'not-ours' }, clients)
    expect(removals).toContainEqual({ resource: 'group', name: 'ci-group', outcome: 'kept' })
    expect(removals).toContainEqual({ resource: 'trust', name: 'ci-trust', outcome: 'kept' })
    expect(domain.get('IdentityPropagationTrusts', trustId)['oauthClients']).toEqual([])
  })
})

describe('an administration application', () => {
  test('makes users and trusts by its own token, and is gone afterwards', async () => {
    const result = await withAdminApp({ scim: clients.scim, fetch: emulator.fetch }, async (bearer) =>
      (await planWifSetup({ setup, ...clients, bearer })).apply(),
    )
    expect(result.outcomes.every(({ outcome }) => outcome === 'created')).toBe(true)
    expect(domain.all('Apps').map(({ displayName }) => displayName)).toEqual(['ci-exchange'])
  })

  test('is gone even when what it was for fails', async () => {
    const failing = withAdminApp({ scim: clients.scim, fetch: emulator.fetch }, () => Promise.reject(new Error('no')))
    await expect(failing).rejects.toThrow('no')
    expect(domain.all('Apps')).toEqual([])
  })

  test('is gone even when somebody interrupts', async () => {
    const stop = new AbortController()
    const scim = scimClient({ domain: domain.url, fetch: signedFetch, signal: stop.signal })
    const interrupted = withAdminApp({ scim, fetch: emulator.fetch }, async () => {
      stop.abort(new Error('enough'))
      stop.signal.throwIfAborted()
    })
    await expect(interrupted).rejects.toThrow('enough')
    expect(domain.all('Apps')).toEqual([])
  })

  test('that cannot be deleted is named, with what it may do', async () => {
    emulator.faults.add({ surface: 'identity-domain-admin', method: 'DELETE', effect: 'status', status: 409 })
    const left = withAdminApp({ scim: clients.scim, fetch: emulator.fetch }, async () => {})
    await expect(left).rejects.toMatchObject({
      status: 409,
      message: expect.stringContaining('"countersign-setup" is still there'),
    })
  })

  test('that cannot be deleted since the session ended is named as well', async () => {
    let over = false
    const fetch: typeof globalThis.fetch = async (...request) => {
      if (over) throw new ConfigurationError('SESSION_EXPIRED', 'Expected a session.')
      return signedFetch(...request)
    }
    const left = withAdminApp({ scim: scimClient({ domain: domain.url, fetch }), fetch: emulator.fetch }, async () => {
      over = true
    })
    await expect(left).rejects.toMatchObject({
      code: 'SESSION_EXPIRED',
      message: expect.stringContaining('"countersign-setup" is still there'),
    })
  })

  test('does not take over one that exists', async () => {
    domain.create('Apps', { displayName: 'countersign-setup', basedOnTemplate: {} })
    const taken = withAdminApp({ scim: clients.scim, fetch: emulator.fetch }, async () => {})
    await expect(taken).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect(domain.all('Apps')).toHaveLength(1)
  })
})

describe('a trial exchange', () => {
  test('tells whom the token acts as', async () => {
    const { clientId: id = '', clientSecret: secret = '', userId = '' } = await apply()
    const result = await trialExchange({ setup, client: { id, secret }, subjectToken, fetch: emulator.fetch })
    expect(result.subject).toBe(domain.get('Users', userId).ocid)
  })

  test('waits for a domain that has not heard of the rules yet', async () => {
    const { clientId: id = '', clientSecret: secret = '' } = await apply()
    const body = JSON.stringify({ error: 'unauthorized_client', error_description: 'No rules matched' })
    emulator.faults.add({ surface: 'identity-domain-token', effect: 'body', status: 401, body, times: 2 })
    const waits: number[] = []
    const sleep = async (ms: number) => void waits.push(ms)
    await trialExchange({ setup, client: { id, secret }, subjectToken, fetch: emulator.fetch, sleep })
    expect(waits).toEqual([5000, 5000])
  })

  test('gives up after a minute, with the cause', async () => {
    await apply()
    let now = Date.now()
    const sleep = async (ms: number) => {
      now += ms
    }
    const client = { id: 'wrong', secret: 'wrong' }
    const trial = trialExchange({ setup, client, subjectToken, fetch: emulator.fetch, sleep, clock: () => now })
    await expect(trial).rejects.toMatchObject({ serviceCode: 'invalid_client' })
    expect(emulator.counters.snapshot().tokenCalls).toBe(13)
  })
})

describe('a client for policies', () => {
  test('may repeat a creation, which carries the token that keeps it from making two', async () => {
    const tokens: (string | null)[] = []
    const watched: typeof fetch = async (input, init) => {
      const request = new Request(input, init)
      if (request.method === 'POST') tokens.push(request.headers.get('opc-retry-token'))
      return signedFetch(request)
    }
    const { policy } = setup as WifSetup & { policy: NonNullable<WifSetup['policy']> }
    await policyClient({ region: 'us-phoenix-1', fetch: watched }).create(policy)
    expect(tokens).toEqual([expect.stringMatching(/^[0-9a-f-]{36}$/)])
  })

  test.each(['identity.example', 'https://ci:hunter2@identity.example'])('refuses the endpoint %s', (endpoint) => {
    expect(() => policyClient({ region: 'us-phoenix-1', fetch, endpoint })).toThrow(
      expect.objectContaining({ code: 'URL_INVALID', message: expect.not.stringContaining('hunter2') }),
    )
  })
})

test('somebody who is no administrator is told so', async () => {
  const { privateKey, spki } = await emulator.keys.get('session')
  const { keyId } = emulator.registry.uploadApiKey({ publicKey: spki, user: 'ocid1.user.oc1..someoneelse' })
  const fetch = createSignedFetch({ credentials: async () => ({ keyId, key: privateKey }), fetch: emulator.fetch })
  const scim = scimClient({ domain: domain.url, fetch })
  await expect(planWifSetup({ setup, ...clients, scim })).rejects.toMatchObject({
    status: 403,
    message: expect.stringContaining('no identity domain administrator'),
  })
})
