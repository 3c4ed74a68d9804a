import { beforeEach, describe, expect, test } from 'vitest'
import { createEmulator, type Emulator } from '../../src/testing/emulator.js'
import { infisicalState } from '../../src/testing/infisical-state.js'
import { vaultState } from '../../src/testing/vault.js'

let emulator: Emulator

beforeEach(() => {
  emulator = createEmulator()
})

describe('the emulated Vault', () => {
  const role = (method: string, body?: unknown): Promise<Response> =>
    emulator.fetch('https://vault.example/v1/auth/oci/role/dev', {
      method,
      headers: { 'x-vault-token': emulator.of(vaultState).rootToken },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })

  test.each([
    ['as lists', { ocid_list: ['a', 'b'], token_policies: ['read', 'write'] }],
    ['as texts with commas', { ocid_list: 'a, b', token_policies: 'read,write' }],
  ])('takes groups and policies %s', async (_, body) => {
    expect((await role('POST', body)).status).toBe(204)
    expect(await (await role('GET')).json()).toEqual({
      data: { ocid_list: ['a', 'b'], token_policies: ['read', 'write'] },
    })
  })

  test.each([{}, { ocid_list: 5 }, { ocid_list: Array.from({ length: 101 }, () => 'a') }])(
    'refuses the role %j',
    async (body) => {
      expect((await role('POST', body)).status).toBe(400)
    },
  )
})

describe('the emulated Infisical', () => {
  test.each([
    ['a time to live as text', { accessTokenTTL: '60' }],
    ['a part of a second', { accessTokenMaxTTL: 0.5 }],
    ['a tenancy that is no text', { tenancyOcid: ['ocid1.tenancy.oc1..a'] }],
    ['another realm', { tenancyOcid: 'ocid1.tenancy.oc2..a' }],
  ])('refuses %s', async (_, changes) => {
    const { adminToken, identities } = emulator.of(infisicalState)
    const [identity = ''] = identities.keys()
    const attach = (body: object): Promise<Response> =>
      emulator.fetch(`https://infisical.example/api/v1/auth/oci-auth/identities/${identity}`, {
        method: 'POST',
        headers: { authorization: `Bearer ${adminToken}` },
        body: JSON.stringify(body),
      })
    const good = { tenancyOcid: 'ocid1.tenancy.oc1..a' }
    expect((await attach({ ...good, ...changes })).status).toBe(422)
    expect((await attach(good)).status).toBe(200)
  })
})
