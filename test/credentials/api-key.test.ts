import { inspect } from 'node:util'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { type ApiKeyOptions, apiKey } from '../../src/credentials/api-key.js'
import { fingerprint } from '../../src/keys/fingerprint.js'
import { providerContract } from '../contract/provider.js'
import { handClock } from '../fixtures/clock.js'
import { openssl, PASSPHRASE } from '../fixtures/openssl-keys.js'
import { type FileKey, sessionKey } from '../fixtures/sessions.js'

const TENANCY = 'ocid1.tenancy.oc1..aaaaaaaatenancy'
const USER = 'ocid1.user.oc1..aaaaaaaauser'

let key: FileKey
let keyFingerprint: string

beforeAll(async () => {
  key = await sessionKey()
  keyFingerprint = fingerprint(key.publicKey)
})

const options = (changes: Partial<ApiKeyOptions> = {}): ApiKeyOptions => ({
  tenancy: TENANCY,
  user: USER,
  privateKey: key.pem,
  ...changes,
})

const harness = async () => {
  const importKey = vi.spyOn(crypto.subtle, 'importKey')
  importKey.mockClear()
  return {
    provider: apiKey(options()),
    clock: handClock(),
    lifeMs: 0,
    loads: () => importKey.mock.calls.length,
    setBroken: () => {},
    secrets: () => [key.pem, key.pem.split('\n')[1] ?? ''],
  }
}

providerContract('apiKey', harness, { expires: false, sharesLoads: false })

describe('apiKey', () => {
  it('makes the key id of tenancy, user and the computed fingerprint', async () => {
    const credentials = await apiKey(options({ region: 'eu-frankfurt-1' }))()
    expect(credentials).toMatchObject({
      keyId: `${TENANCY}/${USER}/${keyFingerprint}`,
      tenancy: TENANCY,
      source: 'api-key',
      region: 'eu-frankfurt-1',
    })
    expect(credentials).not.toHaveProperty('expiresAt')
  })

  it('takes a fingerprint in capital letters', async () => {
    const { keyId } = await apiKey(options({ fingerprint: keyFingerprint.toUpperCase() }))()
    expect(keyId).toBe(`${TENANCY}/${USER}/${keyFingerprint}`)
  })

  it('tells both fingerprints when the key is another one', async () => {
    const configured = '00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff'
    const error = await apiKey(options({ fingerprint: configured }))().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'FINGERPRINT_MISMATCH' })
    expect(String(error)).toContain(configured)
    expect(String(error)).toContain(keyFingerprint)
  })

  it('signs with a function in place of a key, by the fingerprint given', async () => {
    const sign = async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array(256)
    const credentials = await apiKey(options({ privateKey: sign, fingerprint: keyFingerprint }))()
    expect(credentials.key).toBe(sign)
    expect(credentials.keyId).toContain(keyFingerprint)
  })

  it.each([
    ['a function', () => async (): Promise<Uint8Array<ArrayBuffer>> => new Uint8Array()],
    ['a key that does not let itself be exported', () => importUnexportable()],
  ])('wants a fingerprint for %s', async (_, make) => {
    await expect(apiKey(options({ privateKey: await make() }))()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('fingerprint'),
    })
  })

  it('opens an encrypted key, and asks for the passphrase each time somebody calls until it has worked', async () => {
    const pem = openssl(['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${PASSPHRASE}`], key.pem).toString()
    const passphrase = vi.fn(async () => PASSPHRASE)
    const provider = apiKey(options({ privateKey: pem, passphrase }))
    expect((await provider()).keyId).toContain(keyFingerprint)
    await provider()
    expect(passphrase).toHaveBeenCalledTimes(1)
  })

  it('lets nobody wait for an import that somebody else started and that never ends', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey').mockReturnValueOnce(new Promise(() => {}))
    const provider = apiKey(options())
    const stuck = provider()
    await expect(provider()).resolves.toMatchObject({ source: 'api-key' })
    await expect(Promise.race([stuck, 'still waiting'])).resolves.toBe('still waiting')
    importKey.mockRestore()
  })

  it('can be called again after it failed', async () => {
    const importKey = vi.spyOn(crypto.subtle, 'importKey').mockRejectedValueOnce(new Error('busy'))
    const provider = apiKey(options())
    await expect(provider()).rejects.toThrow()
    await expect(provider()).resolves.toBeDefined()
    importKey.mockRestore()
  })

  it.each<[string, Partial<ApiKeyOptions>, RegExp]>([
    ['a tenancy with a line break behind it', { tenancy: `${TENANCY}\n` }, /tenancy .* line break/],
    ['a user with a space in it', { user: 'ocid1.user.oc1.. aaaa' }, /user .* white space/],
    ['the tenancy in the place of the user', { user: TENANCY }, /user .* OCID of a tenancy/],
    ['a compartment in the place of the tenancy', { tenancy: 'ocid1.compartment.oc1..aaaa' }, /OCID of a compartment/],
    ['a name in the place of the user', { user: 'jane@example.com' }, /do not begin like one/],
    ['an empty tenancy', { tenancy: '' }, /tenancy .* got nothing/],
    ['a cut OCID', { user: 'ocid1.user.oc1' }, /user .* cut/],
    ['a fingerprint that is cut', { fingerprint: '00:11:22' }, /16 pairs .* 8 other characters/],
    ['a SHA-256 fingerprint', { fingerprint: `SHA256:${'a'.repeat(43)}` }, /another kind/],
    ['an empty fingerprint', { fingerprint: '' }, /fingerprint/],
  ])('refuses %s', async (_, changes, message) => {
    await expect(apiKey(options(changes))()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(message),
    })
  })

  it('accepts the older form of OCIDs', async () => {
    const { keyId } = await apiKey(
      options({ tenancy: 'ocidv1:tenancy:oc1:phx:1460406592660:aaaa', user: 'ocidv1:user:oc1:phx:1460406592662:bbbb' }),
    )()
    expect(keyId).toContain('ocidv1:user')
  })

  it.each<[string, () => Partial<ApiKeyOptions>, string]>([
    ['a public key', () => ({ privateKey: openssl(['pkey', '-pubout'], key.pem).toString() }), 'KEY_IS_PUBLIC'],
    ['a path', () => ({ privateKey: '~/.oci/oci_api_key.pem' }), 'KEY_IS_PATH'],
    ['an encrypted key without passphrase', () => ({ privateKey: encrypted() }), 'KEY_PASSPHRASE_REQUIRED'],
    [
      'an encrypted key with another passphrase',
      () => ({ privateKey: encrypted(), passphrase: 'hunter2' }),
      'KEY_PASSPHRASE_WRONG',
    ],
  ])('refuses %s without showing it', async (_, changes, code) => {
    const error: unknown = await apiKey(options(changes()))().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: 20 })).not.toMatch(/hunter2|BEGIN|MII/)
  })
})

function encrypted(): string {
  return openssl(['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${PASSPHRASE}`], key.pem).toString()
}

async function importUnexportable(): Promise<CryptoKey> {
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', key.privateKey)
  return crypto.subtle.importKey('pkcs8', pkcs8, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, ['sign'])
}
