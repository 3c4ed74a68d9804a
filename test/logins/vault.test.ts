import { inspect } from 'node:util'
import { beforeEach, describe, expect, test } from 'vitest'
import {
  type VaultHeaderEncoding,
  type VaultLoginOptions,
  vaultLogin,
  vaultLoginHeaders,
} from '../../src/logins/vault.js'
import {
  configureVaultOci,
  deleteVaultOciRole,
  getVaultOciConfig,
  getVaultOciRole,
  listVaultOciRoles,
  putVaultOciRole,
  type VaultAdmin,
} from '../../src/logins/vault-admin.js'
import { vaultSession } from '../../src/logins/vault-session.js'
import { groupMembers } from '../../src/testing/authenticate-client.js'
import { instanceClaims, resourceClaims } from '../../src/testing/claims.js'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import { vaultState } from '../../src/testing/vault.js'
import type { Claims, OciCredentials } from '../../src/types.js'

const ADDRESS = 'https://vault.example.com:8200'
const GROUP = 'ocid1.dynamicgroup.oc1..aaaaaaaaci'
const START = Date.parse('2026-11-21T12:00:00Z')

let now: number
let emulator: Emulator
let admin: VaultAdmin

beforeEach(async () => {
  now = START
  emulator = createEmulator({ clock: () => now })
  admin = { address: ADDRESS, token: emulator.of(vaultState).rootToken, fetch: emulator.fetch, retry: false }
  const { tenancy, user, instance } = emulator.identities
  await configureVaultOci(tenancy, admin)
  await putVaultOciRole('DevRole', { ocidList: [GROUP], token: { token_policies: ['dev'], token_ttl: 600 } }, admin)
  emulator.of(groupMembers).set(GROUP, new Set([user, instance]))
})

async function userKey(): Promise<OciCredentials> {
  const { privateKey, fingerprint } = await emulator.keys.get('user')
  const { tenancy, user } = emulator.identities
  return { keyId: `${tenancy}/${user}/${fingerprint}`, key: privateKey }
}

async function tokenOf(claims: Claims): Promise<OciCredentials> {
  const { privateKey, jwk } = await emulator.keys.get('session')
  const token = await emulator.tokens.issue({ claims, jwk, lifeMs: 600_000 })
  return { keyId: `ST$${token}`, key: privateKey, token, claims }
}

function options(changes: Partial<VaultLoginOptions> = {}): VaultLoginOptions {
  const { fetch } = emulator
  return { address: ADDRESS, role: 'devrole', credentials: userKey, fetch, clock: () => now, retry: false, ...changes }
}

describe('login', () => {
  test('gives a token that ends and cannot be renewed', async () => {
    expect(await vaultLogin(options())).toMatchObject({
      clientToken: expect.stringMatching(/^hvs\./),
      policies: ['default', 'dev'],
      expiresAt: START + 600_000,
      renewable: false,
    })
  })

  test.each(['object', 'json', 'base64', 'list'] satisfies VaultHeaderEncoding[])(
    'sends the headers as %s',
    async (encoding) => {
      await expect(vaultLogin(options({ encoding }))).resolves.toMatchObject({ renewable: false })
    },
  )

  test('signs a GET of the login path with the host and port of the address, and the date', async () => {
    const headers = await vaultLoginHeaders(options())
    expect(headers).toMatchObject({
      '(request-target)': ['get /v1/auth/oci/login/devrole'],
      host: ['vault.example.com:8200'],
      date: ['Sat, 21 Nov 2026 12:00:00 GMT'],
      authorization: [expect.stringMatching(/headers="[^"]*\bdate\b/)],
    })
    expect(Object.keys(headers as object)).toHaveLength(4)
  })

  test('signs the role in lower case, which is all that Vault knows', async () => {
    const headers = await vaultLoginHeaders(options({ role: 'DevRole' }))
    expect(headers).toMatchObject({ '(request-target)': ['get /v1/auth/oci/login/devrole'] })
    await expect(vaultLogin(options({ role: 'DevRole' }))).resolves.toBeDefined()
  })

  test('signs the mount, nested ones too', async () => {
    const headers = await vaultLoginHeaders(options({ mount: '/teams/oci/' }))
    expect(headers).toMatchObject({ '(request-target)': ['get /v1/auth/teams/oci/login/devrole'] })
    await expect(vaultLogin(options({ mount: 'teams/oci' }))).resolves.toBeDefined()
  })

  test('names the namespace in a header and not in the path', async () => {
    const requests: Request[] = []
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init)
      requests.push(request.clone())
      return emulator.fetch(request)
    }
    await vaultLogin(options({ namespace: 'team', fetch }))
    expect(requests[0]?.headers.get('x-vault-namespace')).toBe('team')
    expect(new URL(requests[0]?.url ?? '').pathname).toBe('/v1/auth/oci/login/devrole')
  })

  test('goes through a path before Vault, and signs the path that Vault sees behind it', async () => {
    const requests: Request[] = []
    const fetch = async (input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init)
      requests.push(request.clone())
      return emulator.fetch(new Request(request.url.replace('/behind/', '/'), request))
    }
    await vaultLogin(options({ address: `${ADDRESS}/behind/`, fetch }))
    expect(requests[0]?.url).toBe(`${ADDRESS}/behind/v1/auth/oci/login/devrole`)
    expect(await requests[0]?.text()).toContain('"get /v1/auth/oci/login/devrole"')
  })

  test('works for an instance', async () => {
    const credentials = () => tokenOf(instanceClaims(emulator.identities))
    await expect(vaultLogin(options({ credentials }))).resolves.toBeDefined()
  })

  test('takes the token from the field of the old documentation too', async () => {
    emulator.faults.add({ surface: 'vault', effect: 'body', body: '{"auth":{"token":"s.x"}}' })
    expect((await vaultLogin(options())).clientToken).toBe('s.x')
  })
})

describe('a login that cannot work is refused before any call', () => {
  test('for a resource principal, by its token or its key', async () => {
    const { tenancy, compartment, resource: id } = emulator.identities
    const byToken = () => tokenOf(resourceClaims({ id, type: 'fnfunc', tenancy, compartment }))
    const byKey = async () => ({ ...(await userKey()), keyId: `resource/v2.1/${id}` })
    for (const credentials of [byToken, byKey]) {
      await expect(vaultLogin(options({ credentials }))).rejects.toMatchObject({ code: 'KEY_ID_INVALID' })
    }
  })

  test.each([
    { role: '../x' },
    { role: 'a/b' },
    { role: '' },
    { mount: '../sys' },
    { mount: './oci' },
    { mount: 'a?b' },
  ])('for %j', async (change) => {
    await expect(vaultLogin(options(change))).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  test.each(['vault.example.com:8200', 'vault.example.com', 'https://ci:hunter2@vault.example.com', ''])(
    'at the address %j, which is none',
    async (address) => {
      const error: unknown = await vaultLogin(options({ address })).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code: 'URL_INVALID', message: expect.stringContaining("Vault's address") })
      expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
    },
  )

  test('over plain http to another machine', async () => {
    await expect(vaultLogin(options({ address: 'http://vault.example.com' }))).rejects.toMatchObject({
      code: 'URL_INVALID',
    })
  })
})

describe('Vault refuses', () => {
  test('an unknown role', async () => {
    await expect(vaultLogin(options({ role: 'nobody' }))).rejects.toMatchObject({
      status: 400,
      message: expect.stringContaining('Role is not found'),
    })
  })

  test('a date of ten minutes ago', async () => {
    await expect(vaultLogin(options({ clock: () => START - 600_000 }))).rejects.toMatchObject({ status: 400 })
  })

  test('somebody who is in none of the groups', async () => {
    emulator.of(groupMembers).clear()
    await expect(vaultLogin(options())).rejects.toMatchObject({ status: 400 })
  })

  test('another tenancy', async () => {
    await configureVaultOci('ocid1.tenancy.oc1..other', admin)
    await expect(vaultLogin(options())).rejects.toMatchObject({ status: 400 })
  })

  test('with an answer without a token', async () => {
    emulator.faults.add({ surface: 'vault', effect: 'body', body: '{"auth":null}' })
    await expect(vaultLogin(options())).rejects.toMatchObject({ code: 'SERVICE_RESPONSE_INVALID' })
  })
})

test('a session logs in again, for there is no renewal', async () => {
  const session = vaultSession({ ...options(), random: () => 0.5 })
  const first = await session()
  now += 590_000
  expect((await session()).clientToken).not.toBe(first.clientToken)
})

describe('administration', () => {
  test('reads back what it wrote', async () => {
    expect(await getVaultOciConfig(admin)).toBe(emulator.identities.tenancy)
    expect(await getVaultOciRole('devrole', admin)).toEqual({
      ocidList: [GROUP],
      token: { token_policies: ['dev'], token_ttl: 600 },
    })
    expect(await listVaultOciRoles(admin)).toEqual(['devrole'])
  })

  test('lists nothing when the last role is gone', async () => {
    await deleteVaultOciRole('DEVROLE', admin)
    expect(await listVaultOciRoles(admin)).toEqual([])
  })

  test.each([
    ['a user in place of a group', ['ocid1.user.oc1..aaaa']],
    ['no group', []],
    ['a hundred and one', Array(101).fill(GROUP)],
  ])('refuses %s before any call', async (_, ocidList) => {
    await expect(putVaultOciRole('x', { ocidList }, admin)).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  test('takes no answer without the tenancy for one', async () => {
    emulator.faults.add({ surface: 'vault', effect: 'body', body: '{"data":{}}' })
    await expect(getVaultOciConfig(admin)).rejects.toMatchObject({
      code: 'SERVICE_RESPONSE_INVALID',
      message: expect.stringContaining('home_tenancy_id'),
    })
  })

  test('keeps a token that no header can carry out of the error', async () => {
    const error: unknown = await getVaultOciConfig({ ...admin, token: 'hunter2\nx' }).catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'HEADER_INVALID' })
    expect(inspect(error, { depth: 9 })).not.toContain('hunter2')
  })

  test('hears that its token is not accepted', async () => {
    await expect(getVaultOciConfig({ ...admin, token: 'x' })).rejects.toMatchObject({ status: 403 })
  })
})
