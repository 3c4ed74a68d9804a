import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { attachInfisicalOciAuth } from '../../src/logins/infisical-admin.js'
import { configureVaultOci, putVaultOciRole } from '../../src/logins/vault-admin.js'
import { groupMembers } from '../../src/testing/authenticate-client.js'
import { emulatorEnvironment } from '../../src/testing/environment.js'
import { infisicalState } from '../../src/testing/infisical-state.js'
import { vaultState } from '../../src/testing/vault.js'
import { jsonOf, runCli } from './run-cli.js'

const IDENTITY = '01234567-89ab-cdef-0123-456789abcdef'
const GROUP = 'ocid1.group.oc1..ci'

let served: ServedEmulator

beforeAll(async () => {
  served = await serveEmulator()
  const { emulator, http } = served
  const { tenancy, user } = emulator.identities
  const infisical = { accessToken: emulator.of(infisicalState).adminToken, site: http }
  await attachInfisicalOciAuth(IDENTITY, { tenancyOcid: tenancy, allowedUsernames: null }, infisical)
  const vault = { address: http, token: emulator.of(vaultState).rootToken }
  await configureVaultOci(tenancy, vault)
  await putVaultOciRole('ci', { ocidList: [GROUP], token: { token_policies: ['dev'] } }, vault)
  emulator.of(groupMembers).set(GROUP, new Set([user]))
})

afterAll(() => served.close())

describe('countersign login infisical', () => {
  const login = (words: readonly string[], env: Record<string, string> = {}) =>
    runCli(['login', 'infisical', ...words], { env: { ...emulatorEnvironment(served, 'api-key'), ...env } })

  test('logs in, and keeps the token to itself', async () => {
    const { code, output, errors } = await login(['--identity', IDENTITY, '--site', served.http])
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('expires')
    expect(output).not.toContain('eyJ')
  })

  test('prints the token alone when it is asked for', async () => {
    const env = { INFISICAL_OCI_AUTH_IDENTITY_ID: IDENTITY, INFISICAL_API_URL: `${served.http}/api` }
    expect((await login(['--show-token'], env)).output).toMatch(/^eyJ[\w.-]+\n$/)
    expect(jsonOf(await login(['--show-token', '--json'], env))).toMatchObject({ token: expect.stringMatching(/^eyJ/) })
  })

  test('refuses a session, with the reason', async () => {
    const env = emulatorEnvironment(served, 'session-token')
    const result = await runCli(['login', 'infisical', '--identity', IDENTITY, '--site', served.http], { env })
    expect(result).toMatchObject({ code: 2, errors: expect.stringContaining('security token') })
  })

  test('needs an identity', async () => {
    expect(await login([])).toMatchObject({ code: 2, errors: expect.stringContaining('--identity') })
  })
})

describe('countersign login vault', () => {
  const login = (words: readonly string[], env: Record<string, string> = {}) =>
    runCli(['login', 'vault', ...words], { env: { ...emulatorEnvironment(served, 'api-key'), ...env } })

  test('logs in, and prints policies but no token', async () => {
    const { code, output } = await login(['--address', served.http, '--role', 'ci'])
    expect(code).toBe(0)
    expect(output).toContain('default, dev')
    expect(output).not.toContain('hvs.')
  })

  test('prints the token alone when it is asked for', async () => {
    expect((await login(['--role', 'CI', '--show-token'], { VAULT_ADDR: served.http })).output).toMatch(/^hvs\.\w+\n$/)
  })

  test('tells what Vault says of an unknown role', async () => {
    const result = await login(['--address', served.http, '--role', 'nobody'])
    expect(result).toMatchObject({ code: 4, errors: expect.stringContaining('Role is not found') })
  })

  test('needs an address and a role', async () => {
    expect(await login(['--role', 'ci'])).toMatchObject({ code: 2, errors: expect.stringContaining('VAULT_ADDR') })
  })
})
