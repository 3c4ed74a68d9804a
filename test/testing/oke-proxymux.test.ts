import { beforeEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../../src/testing/emulator.js'
import { issueServiceAccountToken } from '../../src/testing/service-account.js'
import { DEFAULT_SETTINGS } from '../../src/testing/settings.js'
import { IDENTITY, send, tokenCredentials } from './clients.js'

const emulator = createEmulator()
const URL = 'https://10.96.0.1:12250/resourcePrincipalSessionTokens'

beforeEach(() => {
  Object.assign(emulator.settings, DEFAULT_SETTINGS)
})

async function ask(token: string, body: unknown, url = URL): Promise<Response> {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return emulator.fetch(url, { method: 'POST', headers, body: JSON.stringify(body) })
}

async function open(response: Response): Promise<Record<string, string>> {
  expect(response.status).toBe(200)
  const text = await response.text()
  const encoded = text.startsWith('"') ? (JSON.parse(text) as string) : text
  return JSON.parse(atob(encoded)) as Record<string, string>
}

describe('the OKE token endpoint', () => {
  test('gives a workload a token for its key, in a quoted envelope', async () => {
    const { publicKeyBase64 } = await emulator.keys.get('session')
    const response = await ask(await issueServiceAccountToken(emulator), { podKey: publicKeyBase64 })
    const { token = '' } = await open(response)
    expect(token).toMatch(/^ST\$ey/)
    const credentials = await tokenCredentials(emulator, token.slice(3), 'session')
    expect((await send(emulator, `${IDENTITY}/20160918/regions`, credentials)).status).toBe(200)
    expect(await emulator.tokens.read(token.slice(3))).toMatchObject({ var_namespace: 'default' })
  })

  test('takes a key in PEM', async () => {
    const { publicKeyPem } = await emulator.keys.get('session')
    expect((await ask(await issueServiceAccountToken(emulator), { podKey: publicKeyPem })).status).toBe(200)
  })

  test('leaves out quotes and prefix when told to', async () => {
    Object.assign(emulator.settings, { proxymuxQuotes: false, proxymuxTokenPrefix: false })
    const { publicKeyBase64: podKey } = await emulator.keys.get('session')
    const response = await ask(await issueServiceAccountToken(emulator), { podKey })
    expect((await response.clone().text()).startsWith('"')).toBe(false)
    expect((await open(response))['token']).toMatch(/^ey/)
  })

  test('makes the key itself where the node caches it', async () => {
    const response = await ask(await issueServiceAccountToken(emulator), {}, `${URL}WithCaching`)
    const { privateKey = '', publicKey = '' } = await open(response)
    expect(atob(privateKey)).toMatch(/^-----BEGIN PRIVATE KEY/)
    expect(atob(publicKey)).toMatch(/^-----BEGIN PUBLIC KEY/)
  })

  test.each([
    ['expired', { lifeMs: -1000 }],
    ['for another audience', { audience: 'vault' }],
  ])('refuses a service account token that is %s', async (_, options) => {
    const { publicKeyBase64: podKey } = await emulator.keys.get('session')
    expect((await ask(await issueServiceAccountToken(emulator, options), { podKey })).status).toBe(401)
  })

  test('refuses a token of another cluster', async () => {
    const { publicKeyBase64: podKey } = await emulator.keys.get('session')
    const { privateKey, publicKey } = await emulator.keys.get('user')
    const other = createEmulator({ keys: { cluster: { privateKey, publicKey } } })
    expect((await ask(await issueServiceAccountToken(other), { podKey })).status).toBe(401)
  })

  test('refuses a request without a token, and one without a key', async () => {
    const headers = { 'content-type': 'application/json' }
    expect((await emulator.fetch(URL, { method: 'POST', headers, body: '{}' })).status).toBe(401)
    expect((await ask(await issueServiceAccountToken(emulator), {})).status).toBe(400)
  })

  test('fails as a basic cluster does when told to', async () => {
    emulator.faults.add({ surface: 'oke', effect: 'status', status: 403 })
    expect((await ask(await issueServiceAccountToken(emulator), {})).status).toBe(403)
  })
})
