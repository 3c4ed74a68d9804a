import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { fromEnvironment } from '../../src/credentials/environment.js'
import { fingerprint } from '../../src/keys/fingerprint.js'
import { START } from '../fixtures/clock.js'
import { HOME, memoryRuntime } from '../fixtures/memory-runtime.js'
import { openssl, PASSPHRASE } from '../fixtures/openssl-keys.js'
import { type FileKey, sessionKey, tokenOf } from '../fixtures/sessions.js'

const TENANCY = 'ocid1.tenancy.oc1..aaaaaaaatenancy'
const USER = 'ocid1.user.oc1..aaaaaaaauser'

let key: FileKey

beforeAll(async () => {
  key = await sessionKey()
})

const CLI = { OCI_CLI_TENANCY: TENANCY, OCI_CLI_USER: USER, OCI_CLI_KEY_FILE: '~/.oci/key.pem' }
const TERRAFORM = {
  TF_VAR_tenancy_ocid: TENANCY,
  TF_VAR_user_ocid: USER,
  TF_VAR_private_key_path: `${HOME}/.oci/key.pem`,
}

const from = (env: Readonly<Record<string, string>>) =>
  fromEnvironment({
    clock: () => START,
    runtime: memoryRuntime({
      env,
      files: { [`${HOME}/.oci/key.pem`]: key.pem, [`${HOME}/token`]: `${tokenOf({ jwk: key.jwk })}\n` },
    }),
  })

describe('fromEnvironment', () => {
  it.each([
    ['of the OCI CLI', CLI],
    ['of Terraform', TERRAFORM],
  ])('signs as the variables %s say', async (_, env) => {
    expect(await from(env)()).toMatchObject({
      keyId: `${TENANCY}/${USER}/${fingerprint(key.publicKey)}`,
      source: 'api-key',
    })
  })

  it.each<[string, (pem: string) => string]>([
    ['as it is', (pem) => pem],
    ['with backslash-n in place of line breaks', (pem) => pem.replace(/\n/g, '\\n')],
    ['on one line', (pem) => pem.replace(/\n/g, ' ')],
    ['in quotes', (pem) => `"${pem}"`],
  ])('takes the key itself from OCI_CLI_KEY_CONTENT %s', async (_, written) => {
    const { OCI_CLI_KEY_FILE: _file, ...env } = CLI
    const credentials = await from({ ...env, OCI_CLI_KEY_CONTENT: written(key.pem) })()
    expect(credentials.keyId).toContain(fingerprint(key.publicKey))
  })

  it('takes the key itself from TF_VAR_private_key, with its password', async () => {
    const { TF_VAR_private_key_path: _file, ...env } = TERRAFORM
    const pem = openssl(['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${PASSPHRASE}`], key.pem).toString()
    const credentials = await from({ ...env, TF_VAR_private_key: pem, TF_VAR_private_key_password: PASSPHRASE })()
    expect(credentials.keyId).toContain(fingerprint(key.publicKey))
  })

  it.each([
    ['OCI_CLI_REGION', { OCI_CLI_REGION: 'fra', OCI_REGION: 'phx' }, 'fra'],
    ['OCI_REGION', { OCI_REGION: 'phx' }, 'phx'],
  ])('takes the region from %s', async (_, regions, region) => {
    expect((await from({ ...CLI, ...regions })()).region).toBe(region)
  })

  it('signs with a session when OCI_CLI_SECURITY_TOKEN_FILE is set', async () => {
    const credentials = await from({
      OCI_CLI_SECURITY_TOKEN_FILE: '~/token',
      OCI_CLI_KEY_FILE: '~/.oci/key.pem',
      OCI_CLI_REGION: 'fra',
    })()
    expect(credentials).toMatchObject({ source: 'session-token', region: 'eu-frankfurt-1' })
    expect(credentials.keyId).toBe(`ST$${credentials.token}`)
  })

  it('prefers the variables of the CLI to those of Terraform', async () => {
    const env = { ...CLI, ...TERRAFORM, TF_VAR_user_ocid: 'ocid1.user.oc1..terraform' }
    expect((await from(env)()).keyId).toContain(USER)
  })

  it('goes on to the variables of Terraform when those of the CLI are not complete', async () => {
    expect((await from({ ...TERRAFORM, OCI_CLI_USER: 'ocid1.user.oc1..half' })()).keyId).toContain(USER)
  })

  it.each<[string, Record<string, string>, RegExp]>([
    [
      'nothing is set',
      {},
      /OCI_CLI_TENANCY, OCI_CLI_USER, OCI_CLI_KEY_FILE or OCI_CLI_KEY_CONTENT; and TF_VAR_tenancy_ocid/,
    ],
    [
      'one variable is missing',
      { OCI_CLI_TENANCY: TENANCY, OCI_CLI_USER: USER },
      /not set are OCI_CLI_KEY_FILE or OCI_CLI_KEY_CONTENT;/,
    ],
    ['variables are empty, as CI systems leave them', { ...CLI, OCI_CLI_USER: '' }, /not set are OCI_CLI_USER;/],
    ['a token has no key', { OCI_CLI_SECURITY_TOKEN_FILE: '~/token' }, /OCI_CLI_KEY_FILE or OCI_CLI_KEY_CONTENT/],
  ])('is not configured when %s, and says what is missing', async (_, env, message) => {
    await expect(from(env)()).rejects.toMatchObject({ code: 'NOT_CONFIGURED', message: expect.stringMatching(message) })
  })

  it.each<[string, Record<string, string>, string]>([
    ['a key file that is not there', { OCI_CLI_KEY_FILE: '/nowhere.pem' }, 'CONFIG_MISSING'],
    ['a user with a line break', { OCI_CLI_USER: `${USER}\n` }, 'CONFIG_INVALID'],
    ['a path in place of the key', { OCI_CLI_KEY_CONTENT: '~/.oci/key.pem' }, 'KEY_IS_PATH'],
    [
      'a key that is cut',
      { OCI_CLI_KEY_CONTENT: '-----BEGIN PRIVATE KEY-----\nMIIhunter2\n-----END PRIVATE KEY-----' },
      'PEM_INVALID',
    ],
    [
      'the fingerprint of another key',
      { OCI_CLI_FINGERPRINT: '00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff' },
      'FINGERPRINT_MISMATCH',
    ],
  ])('stops at %s', async (_, changes, code) => {
    const error: unknown = await from({ ...CLI, ...changes })().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expect(inspect(error)).not.toContain('hunter2')
  })

  it('looks at the environment when it is called, not before', async () => {
    const env: Record<string, string> = {}
    const provider = from(env)
    Object.assign(env, CLI)
    await expect(provider()).resolves.toBeDefined()
  })
})
