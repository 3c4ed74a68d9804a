import { beforeEach, describe, expect, test } from 'vitest'
import { ConfigurationError } from '../../src/errors.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { clientProof, userProof } from '../../src/logins/principal-proof.js'
import { signOci } from '../../src/signers/oci.js'
import { groupMembers } from '../../src/testing/authenticate-client.js'
import { emulatedResource, instanceClaims, resourceClaims } from '../../src/testing/claims.js'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import type { Claims, OciCredentials } from '../../src/types.js'
import {
  type AuthenticateClientOptions,
  authenticateClient,
  filterGroupMembership,
} from '../../src/verify/authenticate-client.js'
import { CHALLENGE_HEADER, newChallenge } from '../../src/verify/challenge.js'
import {
  type ClientProof,
  type ClientProofOptions,
  readClientProof,
  verifyClientProof,
} from '../../src/verify/client-proof.js'
import { memoryReplayStore } from '../../src/verify/replay.js'

const URL_HERE = 'https://api.example.com/orders?limit=1'
const START = Date.parse('2026-11-21T12:00:00Z')

let now: number
let emulator: Emulator

beforeEach(() => {
  now = START
  emulator = createEmulator({ clock: () => now })
})

async function userKey(): Promise<OciCredentials> {
  const { privateKey, fingerprint } = await emulator.keys.get('user')
  const { tenancy, user } = emulator.identities
  return { keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey, region: 'us-phoenix-1' }
}

async function tokenOf(claims: Claims): Promise<OciCredentials> {
  const { privateKey, jwk } = await emulator.keys.get('session')
  const token = await emulator.tokens.issue({ claims, jwk, lifeMs: 600_000 })
  return { keyId: `ST$${token}`, key: privateKey, token, region: 'us-phoenix-1' }
}

const instance = () => tokenOf(instanceClaims(emulator.identities))

function service(changes: Partial<AuthenticateClientOptions> = {}): AuthenticateClientOptions {
  return {
    hosts: ['api.example.com'],
    tenancies: [emulator.identities.tenancy],
    region: 'us-phoenix-1',
    fetch: createSignedFetch({ credentials: instance, fetch: emulator.fetch, clock: () => now }),
    clock: () => now,
    ...changes,
  }
}

async function signed(
  credentials: OciCredentials,
  init: RequestInit = {},
  additional: readonly string[] = [],
): Promise<Request> {
  return signOci(new Request(URL_HERE, init), credentials, { clock: () => now, additionalSignedHeaders: additional })
}

describe('authenticateClient', () => {
  test.each([
    ['a user', userKey, 'user', () => emulator.identities.user],
    ['an instance', instance, 'instance', () => emulator.identities.instance],
    [
      'a resource',
      () => tokenOf(resourceClaims(emulatedResource(emulator.identities))),
      'resource',
      () => emulator.identities.resource,
    ],
  ] as const)('recognises %s by its signature', async (_, credentials, type, subject) => {
    const client = await authenticateClient(await signed(await credentials()), service())
    expect(client).toMatchObject({ type, subject: subject(), tenancy: emulator.identities.tenancy, time: START })
  })

  test('tells the groups that a principal is in, and no others', async () => {
    const client = await authenticateClient(await signed(await userKey()), service())
    emulator.of(groupMembers).set('ocid1.group.oc1..a', new Set([client.subject]))
    const groups = ['ocid1.group.oc1..a', 'ocid1.group.oc1..b']
    expect(await filterGroupMembership(client, groups, service())).toEqual(['ocid1.group.oc1..a'])
    const fetch = async () => Response.json({ groupIds: ['ocid1.group.oc1..b', 'ocid1.group.oc1..forged'] })
    expect(await filterGroupMembership(client, ['ocid1.group.oc1..a'], service({ fetch }))).toEqual([])
  })

  test('takes any of its hosts, in any case', async () => {
    const request = await signed(await userKey())
    const hosts = ['other.example.com', 'API.Example.com']
    await expect(authenticateClient(request.clone(), service({ hosts }))).resolves.toBeDefined()
    // The host is ours; that its spelling was not signed, OCI says.
    const headers = new Headers(request.headers)
    headers.set('host', 'API.EXAMPLE.COM')
    const respelled = { method: 'GET', target: '/orders?limit=1', headers }
    await expect(authenticateClient(respelled, service({ hosts }))).rejects.toMatchObject({
      code: 'SIGNATURE_MISMATCH',
    })
  })

  test('takes a challenge that is signed with the request', async () => {
    const challenge = newChallenge()
    const request = await signed(await userKey(), { headers: { [CHALLENGE_HEADER]: challenge } }, [CHALLENGE_HEADER])
    await expect(authenticateClient(request, service({ challenge }))).resolves.toBeDefined()
  })

  test.each([
    ['a request for another host', { hosts: ['other.example.com'] }, 'HOST_REFUSED'],
    ['another tenancy', { tenancies: ['ocid1.tenancy.oc1..other'] }, 'PRINCIPAL_REFUSED'],
    ['another type', { principalTypes: ['instance'] }, 'PRINCIPAL_REFUSED'],
    ['a request without our challenge', { challenge: newChallenge() }, 'HEADER_NOT_SIGNED'],
    ['a request of six minutes ago', { clock: () => START + 360_000 }, 'DATE_OUT_OF_WINDOW'],
    ['a header that must be signed and is not', { requiredHeaders: ['x-tenant'] }, 'HEADER_NOT_SIGNED'],
  ] as const)('refuses %s', async (_, changes, code) => {
    await expect(authenticateClient(await signed(await userKey()), service(changes))).rejects.toMatchObject({ code })
  })

  test('refuses a body that is not the one signed', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'text/plain' } }
    const request = await signed(await userKey(), { ...init, body: 'pay 1' })
    const tampered = new Request(request.url, { ...init, headers: request.headers, body: 'pay 9' })
    await expect(authenticateClient(tampered, service())).rejects.toMatchObject({ code: 'BODY_DIGEST_MISMATCH' })
  })

  test('refuses another path or query, and a forged signature, by what OCI says', async () => {
    const request = await signed(await userKey())
    const moved = new Request('https://api.example.com/orders?limit=1000', { headers: request.headers })
    await expect(authenticateClient(moved, service())).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    const { key } = await instance()
    const forged = await signed({ ...(await userKey()), key })
    await expect(authenticateClient(forged, service())).rejects.toMatchObject({ code: 'SIGNATURE_MISMATCH' })
  })

  test('reads claims of any kind, and leaves out those that say nothing', async () => {
    const claims = [
      null,
      { key: 'ptype', value: 'user' },
      { key: 'mfa', value: true },
      { key: '__proto__', value: 'x' },
    ]
    const principal = { tenantId: emulator.identities.tenancy, subjectId: 'a', claims: [...claims, { key: 'empty' }] }
    const fetch = async () => Response.json({ success: true, principal })
    const client = await authenticateClient(await signed(await userKey()), service({ fetch }))
    expect(Object.entries(client.claims)).toEqual([
      ['ptype', 'user'],
      ['mfa', 'true'],
      ['__proto__', 'x'],
    ])
  })

  test('reads a body of up to 64 KiB', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'text/plain' } }
    const sent = async (length: number) => signed(await userKey(), { ...init, body: 'x'.repeat(length) })
    await expect(authenticateClient(await sent(65_536), service())).resolves.toBeDefined()
    await expect(authenticateClient(await sent(65_537), service())).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
  })

  test('reads no more of a body than it is told to', async () => {
    const init = { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x'.repeat(70_000) }
    const request = await signed(await userKey(), init)
    await expect(authenticateClient(request.clone(), service())).rejects.toMatchObject({ code: 'BODY_TOO_LARGE' })
    await expect(authenticateClient(request, service({ maxBodyBytes: 70_000 }))).resolves.toBeDefined()
  })

  test.each(['auth.example', 'auth.example:8200', 'https://ada:hunter2@auth.example'])(
    'says so when its endpoint is not one: %s',
    async (endpoint) => {
      const refused = authenticateClient(await signed(await userKey()), service({ endpoint }))
      await expect(refused).rejects.toMatchObject({
        code: 'URL_INVALID',
        message: expect.not.stringContaining('hunter2'),
      })
    },
  )

  test('lets the trouble of its own credentials through', async () => {
    const fetch = async () => Promise.reject(new ConfigurationError('NOT_CONFIGURED', 'Expected a principal.'))
    await expect(authenticateClient(await signed(await userKey()), service({ fetch }))).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
    })
  })

  test('refuses where the challenge that was given cannot be found', async () => {
    const request = await signed(await userKey(), { headers: { [CHALLENGE_HEADER]: newChallenge() } }, [
      CHALLENGE_HEADER,
    ])
    const challenges = { challenge: undefined } as unknown as { challenge: string }
    await expect(authenticateClient(request, service(challenges))).rejects.toMatchObject({ code: 'REPLAYED' })
  })

  test('refuses the same request twice, where seen ones are remembered', async () => {
    const replayStore = memoryReplayStore(() => now)
    const request = await signed(await userKey())
    await authenticateClient(request.clone(), service({ replayStore }))
    await expect(authenticateClient(request, service({ replayStore }))).rejects.toMatchObject({ code: 'REPLAYED' })
  })

  test('blames itself, not the caller, when its own principal is refused', async () => {
    const fetch = async () => Response.json({ code: 'NotAuthenticated' }, { status: 401 })
    await expect(authenticateClient(await signed(await userKey()), service({ fetch }))).rejects.toMatchObject({
      name: 'ServiceError',
      message: expect.stringContaining('own principal'),
    })
  })

  test.each([
    [
      'says nothing of success',
      { principal: { tenantId: 'a', subjectId: 'b', claims: [{ key: 'ptype', value: 'user' }] } },
    ],
    ['names no claims', { success: true, principal: { tenantId: 'a', subjectId: 'b', claims: [] } }],
    ['names no principal', { success: true }],
    ['names a principal that is none', { success: true, principal: 'x' }],
    [
      'names claims that are none',
      { success: true, principal: { tenantId: 'a', subjectId: 'b', claims: [null, 1, {}] } },
    ],
  ])('refuses when the answer %s', async (_, answer) => {
    const fetch = async () => Response.json(answer)
    await expect(authenticateClient(await signed(await userKey()), service({ fetch }))).rejects.toMatchObject({
      code: 'SIGNATURE_MISMATCH',
    })
  })
})

describe('verifyClientProof', () => {
  const challenge = newChallenge()

  function options(changes: Partial<ClientProofOptions> = {}): ClientProofOptions {
    const { fetch } = emulator
    return { challenge, tenancies: [emulator.identities.tenancy], fetch, clock: () => now, ...changes }
  }

  const proofOf = (credentials = instance, given = challenge) =>
    clientProof({ credentials, challenge: given, clock: () => now })

  test.each([
    ['a user', userKey, 'user'],
    ['an instance', instance, 'instance'],
  ] as const)('recognises %s without any right of our own', async (_, credentials, type) => {
    await expect(verifyClientProof(await proofOf(credentials), options())).resolves.toMatchObject({ type })
  })

  const changes: readonly (readonly [string, (proof: ClientProof) => ClientProof | Promise<ClientProof>, string])[] = [
    ['for another challenge', () => proofOf(instance, newChallenge()), 'REPLAYED'],
    ['for a region that we do not know', (proof) => ({ ...proof, region: 'evil.example' }), 'HOST_REFUSED'],
    ['for another region than it names', (proof) => ({ ...proof, region: 'eu-frankfurt-1' }), 'HOST_REFUSED'],
    ['with another body', (proof) => ({ ...proof, body: `${proof.body} ` }), 'BODY_DIGEST_MISMATCH'],
    ['without a body', (proof) => ({ ...proof, body: undefined as never }), 'HEADERS_MALFORMED'],
    ['whose inner request another one signed', async () => mixed(await proofOf(userKey)), 'PRINCIPAL_REFUSED'],
    [
      'whose inner request is for elsewhere',
      (proof) => rebuilt(proof, (text) => text.replace('get /v1/', 'get /v2/')),
      'HEADERS_MALFORMED',
    ],
    [
      'whose inner request has a header twice',
      (proof) => rebuilt(proof, (text) => text.replace('"host":[', '"host":["x",')),
      'HEADERS_MALFORMED',
    ],
    [
      'whose inner request is not signed',
      (proof) => rebuilt(proof, () => '{"requestHeaders":{}}'),
      'HEADERS_MALFORMED',
    ],
    ['whose body is not JSON', (proof) => rebuilt(proof, () => 'x'), 'HEADERS_MALFORMED'],
    [
      'whose body names its headers twice, for readers that take the first',
      (proof) => rebuilt(proof, (body) => body.replace('{', '{"requestHeaders":{},')),
      'HEADERS_MALFORMED',
    ],
    [
      'whose inner request has a header that nobody signed',
      (proof) => rebuilt(proof, (body) => body.replace(/\}\}$/, ',"x-admin":["true"]}}')),
      'HEADERS_MALFORMED',
    ],
    [
      'whose inner request has a second target, in another case',
      (proof) => rebuilt(proof, (body) => body.replace(/\}\}$/, ',"(Request-Target)":["get /20160918/users/x"]}}')),
      'HEADERS_MALFORMED',
    ],
    [
      'whose inner request names a header in another case',
      (proof) => rebuilt(proof, (body) => body.replace('"host":', '"Host":')),
      'HEADERS_MALFORMED',
    ],
    [
      'whose inner request has white space around a value',
      (proof) => rebuilt(proof, (body) => body.replace('"host":["', '"host":[" ')),
      'HEADERS_MALFORMED',
    ],
    ['that is nothing', () => null as never, 'HEADERS_MALFORMED'],
    [
      'whose body names its headers in another case as well',
      (proof) => rebuilt(proof, (body) => body.replace(/\}$/, ',"REQUESTHEADERS":{}}')),
      'HEADERS_MALFORMED',
    ],
  ]

  /** The outer call, signed again over another body: what an attacker with a key of their own can do. */
  async function rebuilt(proof: ClientProof, change: (body: string) => string): Promise<ClientProof> {
    const body = change(proof.body)
    const url = 'https://auth.us-phoenix-1.oraclecloud.com/v1/authentication/authenticateClient'
    const headers = { [CHALLENGE_HEADER]: challenge, 'content-type': 'application/json' }
    const request = new Request(url, { method: 'POST', headers, body })
    const signedAgain = await signOci(request, await instance(), {
      clock: () => now,
      additionalSignedHeaders: [CHALLENGE_HEADER],
    })
    const length = String(new TextEncoder().encode(body).length)
    return {
      ...proof,
      body,
      headers: { ...Object.fromEntries(signedAgain.headers), host: new URL(url).host, 'content-length': length },
    }
  }

  const mixed = (proof: ClientProof) => rebuilt(proof, (body) => body)

  test.each(changes)('refuses a proof %s', async (_, change, code) => {
    await expect(verifyClientProof(await change(await proofOf()), options())).rejects.toMatchObject({ code })
    expect(emulator.counters.snapshot().requests).toEqual({})
  })

  test('refuses any challenge where the one that was given cannot be found', async () => {
    const challenges = { challenge: undefined } as unknown as { challenge: string }
    await expect(verifyClientProof(await proofOf(), options(challenges))).rejects.toMatchObject({ code: 'REPLAYED' })
  })

  test('insists on a signed body and host, whatever else it is told', async () => {
    const proof = await proofOf()
    const lenient = { allowUnsignedBody: true, allowUnsignedHost: true } as Partial<ClientProofOptions>
    await expect(verifyClientProof({ ...proof, body: `${proof.body} ` }, options(lenient))).rejects.toMatchObject({
      code: 'BODY_DIGEST_MISMATCH',
    })
    const authorization = proof.headers['authorization']?.replace(' x-content-sha256', '') ?? ''
    const bodiless = { ...proof, headers: { ...proof.headers, authorization } }
    await expect(verifyClientProof(bodiless, options(lenient))).rejects.toMatchObject({ code: 'HEADER_NOT_SIGNED' })
  })

  test('reads the proof of a login', async () => {
    const proof = await proofOf()
    const url = 'https://api.example.com/login'
    const read = await readClientProof(new Request(url, { method: 'POST', body: JSON.stringify(proof) }))
    await expect(verifyClientProof(read, options())).resolves.toMatchObject({ type: 'instance' })
    for (const body of ['', '[]', 'null', '{"region":"us-phoenix-1","headers":{"a":"b"}}', 'x'.repeat(70_000)]) {
      await expect(readClientProof(new Request(url, { method: 'POST', body }))).rejects.toMatchObject({
        name: 'VerificationError',
      })
    }
  })

  test('refuses a challenge that is signed inside alone', async () => {
    const proof = await proofOf()
    const { [CHALLENGE_HEADER]: _, ...headers } = proof.headers
    await expect(verifyClientProof({ ...proof, headers }, options())).rejects.toMatchObject({
      code: 'HEADERS_MALFORMED',
    })
  })

  test('asks nobody when no tenancy may call', async () => {
    await expect(verifyClientProof(await proofOf(), options({ tenancies: [] }))).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
    expect(emulator.counters.snapshot().requests).toEqual({})
  })

  test('refuses a principal of another tenancy', async () => {
    const tenancies = ['ocid1.tenancy.oc1..other']
    await expect(verifyClientProof(await proofOf(), options({ tenancies }))).rejects.toMatchObject({
      code: 'PRINCIPAL_REFUSED',
    })
  })

  test.each([
    ['another user', { subjectId: 'ocid1.user.oc1..other' }],
    ['another tenancy', { tenantId: 'ocid1.tenancy.oc1..other' }],
  ])('refuses when OCI names %s than the key id', async (_, changes) => {
    const { tenancy, user } = emulator.identities
    const claims = [{ key: 'ptype', value: 'user' }]
    const principal = { tenantId: tenancy, subjectId: user, claims, ...changes }
    const tenancies = [tenancy, 'ocid1.tenancy.oc1..other']
    const fetch = async () => Response.json({ success: true, principal })
    await expect(verifyClientProof(await proofOf(userKey), options({ fetch, tenancies }))).rejects.toMatchObject({
      code: 'PRINCIPAL_REFUSED',
    })
  })
})

describe('proofs', () => {
  test('of a user need an API key', async () => {
    await expect(userProof({ credentials: instance })).rejects.toMatchObject({ code: 'KEY_ID_INVALID' })
  })

  test('need a region from somewhere', async () => {
    const credentials = async () => ({ ...(await userKey()), region: undefined as never })
    await expect(userProof({ credentials })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  test('of a client need a challenge', async () => {
    await expect(clientProof({ credentials: instance, challenge: '' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })
})
