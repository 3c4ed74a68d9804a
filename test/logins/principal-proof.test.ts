import { describe, expect, test } from 'vitest'
import { clientProof, userProof } from '../../src/logins/principal-proof.js'
import type { OciCredentials } from '../../src/types.js'

const KEY_ID = `ocid1.tenancy.oc1..aaaa/ocid1.user.oc1..bbbb/${Array(16).fill('ab').join(':')}`
const sign = async () => new Uint8Array(256)
const provider = (changes: Partial<OciCredentials> = {}) => {
  const credentials: OciCredentials = { keyId: KEY_ID, key: sign, region: 'eu-frankfurt-1', ...changes }
  return async () => credentials
}

describe('userProof', () => {
  test('is made of a Get User request of the signer', async () => {
    const { region, headers } = await userProof({ credentials: provider() })
    expect(region).toBe('eu-frankfurt-1')
    expect(Object.keys(headers).sort()).toEqual(['authorization', 'host', 'x-date'])
  })

  test.each([
    ['a session', 'ST$eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2ln'],
    ["a resource's key", 'resource/v2.1/ocid1.fnfunc.oc1.phx.aaaa'],
    ['a key id of no known form', `${KEY_ID}/x`],
    ['a fingerprint in capitals', KEY_ID.replaceAll('ab', 'AB')],
  ])('refuses %s as what the caller must change', async (_, keyId) => {
    await expect(userProof({ credentials: provider({ keyId }) })).rejects.toMatchObject({
      name: 'UsageError',
      code: 'KEY_ID_INVALID',
    })
  })

  test('needs a region', async () => {
    const credentials = async () => ({ keyId: KEY_ID, key: sign })
    await expect(userProof({ credentials })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    expect((await userProof({ credentials, region: 'fra' })).region).toBe('eu-frankfurt-1')
  })
})

describe('clientProof', () => {
  test('needs a challenge, for it could be used elsewhere without', async () => {
    await expect(clientProof({ credentials: provider(), challenge: '' })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('leaves the headers of a delegation out of what the service passes on', async () => {
    const credentials = provider({ signedHeaders: { 'opc-obo-token': 'hunter2' } })
    expect(JSON.stringify(await clientProof({ credentials, challenge: 'abc' }))).not.toContain('hunter2')
  })
})
