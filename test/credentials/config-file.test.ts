import { inspect } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { type ConfigFileOptions, configFile, readConfigProfile } from '../../src/credentials/config-file.js'
import { fingerprint } from '../../src/keys/fingerprint.js'
import { handClock } from '../fixtures/clock.js'
import { HOME, type MemoryRuntimeOptions, memoryRuntime } from '../fixtures/memory-runtime.js'
import { openssl, PASSPHRASE } from '../fixtures/openssl-keys.js'
import { type FileKey, HOUR, MINUTE, newSessionKey, sessionKey, tokenOf } from '../fixtures/sessions.js'

const CONFIG = `${HOME}/.oci/config`
const TENANCY = 'ocid1.tenancy.oc1..aaaaaaaatenancy'
const USER = 'ocid1.user.oc1..aaaaaaaauser'
const OTHER_USER = 'ocid1.user.oc1..bbbbbbbbuser'

let key: FileKey
let otherKey: FileKey
let encryptedPem: string

beforeAll(async () => {
  key = await sessionKey()
  otherKey = await newSessionKey()
  encryptedPem = openssl(
    ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', `pass:${PASSPHRASE}`],
    otherKey.pem,
  ).toString()
})

const API_KEY = [`user=${USER}`, `tenancy=${TENANCY}`, 'region=eu-frankfurt-1', 'key_file=~/.oci/key.pem'].join('\n')

/** A configuration file, with the keys it may name. */
function subject(config: string, { env, files, ...options }: MemoryRuntimeOptions & ConfigFileOptions = {}) {
  const clock = handClock()
  const warnings: string[] = []
  const runtime = memoryRuntime({
    env: env ?? {},
    files: {
      [CONFIG]: config,
      [`${HOME}/.oci/key.pem`]: key.pem,
      [`${HOME}/.oci/other.pem`]: otherKey.pem,
      [`${HOME}/.oci/encrypted.pem`]: encryptedPem,
      [`${HOME}/.oci/token`]: `${tokenOf({ jwk: key.jwk })}\n`,
      ...files,
    },
  })
  const onWarning = (message: string): void => {
    warnings.push(message)
  }
  return { provider: configFile({ runtime, clock: clock.now, onWarning, ...options }), runtime, clock, warnings }
}

const userOf = async (provider: ReturnType<typeof configFile>): Promise<string | undefined> =>
  (await provider()).keyId.split('/')[1]

describe('where the file is', () => {
  const profile = (user: string): string => `[DEFAULT]\n${API_KEY}\nuser=${user}`
  const named = { [`${HOME}/named`]: profile(OTHER_USER) }

  it.each<[string, MemoryRuntimeOptions & ConfigFileOptions]>([
    ['a path given over everything', { path: '~/named', env: { OCI_CLI_CONFIG_FILE: '/nowhere' }, files: named }],
    [
      'OCI_CLI_CONFIG_FILE over OCI_CONFIG_FILE',
      { env: { OCI_CLI_CONFIG_FILE: '~/named', OCI_CONFIG_FILE: '/nowhere' }, files: named },
    ],
    [
      'OCI_CONFIG_FILE over the usual place, unlike the SDKs',
      { env: { OCI_CONFIG_FILE: `${HOME}/named` }, files: named },
    ],
  ])('takes %s', async (_, options) => {
    expect(await userOf(subject(profile(USER), options).provider)).toBe(OTHER_USER)
  })

  it('passes over no place that it may not look at', async () => {
    const denied = Object.assign(new Error('Requires read access'), { name: 'NotCapable' })
    const { files, ...rest } = memoryRuntime()
    const runtime = { ...rest, files: { ...files, modifiedAt: async () => Promise.reject(denied) } }
    await expect(configFile({ runtime })()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('--allow-read'),
      cause: denied,
    })
  })

  it('takes the old place when there is nothing in the new one', async () => {
    const { provider, runtime } = subject('', { files: { [`${HOME}/.oraclebmc/config`]: profile(OTHER_USER) } })
    runtime.contents.delete(CONFIG)
    expect(await userOf(provider)).toBe(OTHER_USER)
  })

  it('is not configured when there is no file, so that a chain goes on', async () => {
    const { provider, runtime } = subject('')
    runtime.contents.delete(CONFIG)
    await expect(provider()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
  })

  it('is not configured where there are no files at all, and says what to do there', async () => {
    const { files: _, ...runtime } = memoryRuntime()
    await expect(configFile({ runtime: { ...runtime, homeDirectory: () => undefined } })()).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringMatching(/has no file system; take apiKey\(\)/),
    })
  })

  it('misses a file that was named: a chain must not go on', async () => {
    await expect(subject('', { env: { OCI_CONFIG_FILE: '/etc/oci/config' } }).provider()).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      message: expect.stringContaining('/etc/oci/config'),
    })
  })
})

describe('which profile', () => {
  const two = `[DEFAULT]\n${API_KEY}\n[OTHER]\nuser=${OTHER_USER}`

  it('takes DEFAULT, OCI_CLI_PROFILE, and the one given, the last first', async () => {
    expect(await userOf(subject(two).provider)).toBe(USER)
    expect(await userOf(subject(two, { env: { OCI_CLI_PROFILE: 'OTHER' } }).provider)).toBe(OTHER_USER)
    expect(await userOf(subject(two, { env: { OCI_CLI_PROFILE: 'OTHER' }, profile: 'DEFAULT' }).provider)).toBe(USER)
  })

  it('lists the profiles there are when the one asked for is missing', async () => {
    await expect(subject(two, { profile: 'PROD' }).provider()).rejects.toMatchObject({
      code: 'PROFILE_MISSING',
      message: expect.stringMatching(/\[PROD\].*\[DEFAULT\], \[OTHER\]/),
    })
  })

  it('is not configured when there is no DEFAULT and none was asked for', async () => {
    await expect(subject(`[A]\n${API_KEY}`).provider()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
  })

  it('can be read without signing anything', async () => {
    const { runtime } = subject(two)
    const profile = await readConfigProfile({ runtime, profile: 'OTHER' })
    expect([profile.get('user'), profile.get('region'), profile.owns('region')]).toEqual([
      OTHER_USER,
      'eu-frankfurt-1',
      false,
    ])
  })
})

describe('an API key profile', () => {
  it('signs as the user, in the region', async () => {
    expect(await subject(`[DEFAULT]\n${API_KEY}`).provider()).toMatchObject({
      keyId: `${TENANCY}/${USER}/${fingerprint(key.publicKey)}`,
      region: 'eu-frankfurt-1',
      source: 'api-key',
    })
  })

  it.each([
    ['the file has a region', API_KEY, 'eu-frankfurt-1'],
    ['it has none', API_KEY.replace(/region.*\n/, ''), 'us-ashburn-1'],
    ['it has an empty one', API_KEY.replace(/region.*\n/, 'region=\n'), 'us-ashburn-1'],
  ])('takes OCI_REGION only if needed: %s', async (_, config, region) => {
    const { provider } = subject(`[DEFAULT]\n${config}`, { env: { OCI_REGION: 'us-ashburn-1' } })
    expect((await provider()).region).toBe(region)
  })

  it('names all settings that are missing, the profile and the line', async () => {
    await expect(subject('# mine\n[DEFAULT]\nuser=\nregion=fra').provider()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(
        /tenancy, user, key_file.*nothing after the "=" in line 3.*profile \[DEFAULT\], line 2 of/,
      ),
    })
  })

  it('does not take a key from the file itself', async () => {
    const { provider } = subject(`[DEFAULT]\n${API_KEY}\nkey_content=MIIEhunter2`)
    const error: unknown = await provider().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining('line 6') })
    expect(inspect(error)).not.toContain('hunter2')
  })

  it('says where the fingerprint stands that does not belong to the key', async () => {
    const wrong = '00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff'
    const error: unknown = await subject(`[DEFAULT]\n${API_KEY}\nfingerprint=${wrong}`)
      .provider()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'FINGERPRINT_MISMATCH' })
    for (const part of [wrong, fingerprint(key.publicKey), '[DEFAULT]', CONFIG]) expect(String(error)).toContain(part)
  })

  it.each<[string, string, string]>([
    ['a missing key file', 'key_file=/nowhere.pem', 'CONFIG_MISSING'],
    ['an encrypted key without pass_phrase', 'key_file=~/.oci/encrypted.pem', 'KEY_PASSPHRASE_REQUIRED'],
    ['a wrong pass_phrase', 'key_file=~/.oci/encrypted.pem\npass_phrase=hunter2', 'KEY_PASSPHRASE_WRONG'],
    ['a region with a space', 'region=eu frankfurt 1', 'CONFIG_INVALID'],
    ['quotes around the user', `user="${USER}"`, 'CONFIG_INVALID'],
    ['an unknown way to sign', 'authentication_type=hunter', 'CONFIG_INVALID'],
    ['a way to sign that only every object has', 'authentication_type=constructor', 'CONFIG_INVALID'],
    ['the file itself as a key', 'key_file=~/.oci/config', 'KEY_NOT_PEM'],
  ])('stops at %s', async (_, setting, code) => {
    const error: unknown = await subject(`[DEFAULT]\n${API_KEY}\n${setting}`)
      .provider()
      .catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: 20 })).not.toMatch(/hunter2|BEGIN [A-Z]+ KEY|MII/)
  })

  it('reads pass_phrase, and passphrase as Go does', async () => {
    for (const name of ['pass_phrase', 'passphrase']) {
      const { provider } = subject(`[DEFAULT]\n${API_KEY}\nkey_file=~/.oci/encrypted.pem\n${name}=${PASSPHRASE}`)
      expect((await provider()).keyId).toContain(fingerprint(otherKey.publicKey))
    }
  })

  it('reads the file again when it changes, and the key when that changes', async () => {
    const { provider, runtime, clock } = subject(`[DEFAULT]\n${API_KEY}`)
    await provider()
    runtime.put(CONFIG, `[DEFAULT]\n${API_KEY}\nuser=${OTHER_USER}`)
    clock.advance(1_000)
    expect(await userOf(provider)).toBe(OTHER_USER)
    runtime.put(`${HOME}/.oci/key.pem`, otherKey.pem)
    clock.advance(1_000)
    expect((await provider()).keyId).toContain(fingerprint(otherKey.publicKey))
  })

  it('goes on with what it read while the file is being edited, and says so', async () => {
    const { provider, runtime, clock, warnings } = subject(`[DEFAULT]\n${API_KEY}`)
    const before = await provider()
    runtime.put(CONFIG, '[DEFAULT')
    clock.advance(1_000)
    expect(await provider()).toBe(before)
    expect(warnings).toEqual([expect.stringContaining('stays in use')])
  })

  it('lets every caller open the file where promises are not shared', async () => {
    const { provider, runtime } = subject(`[DEFAULT]\n${API_KEY}`, { sharesPromises: false })
    await Promise.all([provider(), provider(), provider()])
    expect(runtime.log.filter((entry) => entry === `read ${CONFIG}`)).toHaveLength(3)
  })

  it('opens the file once for a burst of callers', async () => {
    const { provider, runtime } = subject(`[DEFAULT]\n${API_KEY}`)
    await Promise.all(Array.from({ length: 50 }, () => provider()))
    expect(runtime.log.filter((entry) => entry === `read ${CONFIG}`)).toHaveLength(1)
  })
})

describe('what a profile inherits from DEFAULT', () => {
  it('never signs with the key of one and the name of another: each setting is inherited by itself', async () => {
    const { provider } = subject(`[DEFAULT]\n${API_KEY}\n[OTHER]\nkey_file=~/.oci/other.pem`, { profile: 'OTHER' })
    expect((await provider()).keyId).toBe(`${TENANCY}/${USER}/${fingerprint(otherKey.publicKey)}`)
  })

  it('does not take the passphrase of another key', async () => {
    const config = `[DEFAULT]\n${API_KEY}\npass_phrase=hunter2\n[OTHER]\nkey_file=~/.oci/encrypted.pem`
    await expect(subject(config, { profile: 'OTHER' }).provider()).rejects.toMatchObject({
      code: 'KEY_PASSPHRASE_REQUIRED',
    })
  })

  it('takes the passphrase along with the key', async () => {
    const config = `[DEFAULT]\n${API_KEY}\nkey_file=~/.oci/encrypted.pem\npass_phrase=${PASSPHRASE}\n[OTHER]\nregion=phx`
    expect(await subject(config, { profile: 'OTHER' }).provider()).toMatchObject({ region: 'phx' })
  })

  it('does not become a session because DEFAULT is one', async () => {
    const config = `[DEFAULT]\n${API_KEY}\nsecurity_token_file=~/.oci/token\n[OTHER]\nuser=${USER}\nkey_file=~/.oci/other.pem`
    expect(await subject(config, { profile: 'OTHER' }).provider()).toMatchObject({ source: 'api-key' })
  })

  it('becomes a session although DEFAULT has a user', async () => {
    const config = `[DEFAULT]\n${API_KEY}\n[SESSION]\nkey_file=~/.oci/key.pem\nsecurity_token_file=~/.oci/token`
    expect(await subject(config, { profile: 'SESSION' }).provider()).toMatchObject({ source: 'session-token' })
  })
})

describe('a session profile', () => {
  const session = `[DEFAULT]\ntenancy=${TENANCY}\nregion=eu-frankfurt-1\nkey_file=~/.oci/key.pem\nsecurity_token_file=~/.oci/token`

  it('signs with the token and its key', async () => {
    const credentials = await subject(session).provider()
    expect(credentials).toMatchObject({ source: 'session-token', tenancy: TENANCY, region: 'eu-frankfurt-1' })
    expect(credentials.keyId).toBe(`ST$${credentials.token}`)
  })

  it('keeps a session that was prolonged in memory while other profiles come and go', async () => {
    const prolonged = tokenOf({ jwk: key.jwk, lifeMs: 2 * HOUR })
    const fetch = async (): Promise<Response> => Response.json({ token: prolonged })
    const { provider, runtime, clock } = subject(session, { fetch, random: () => 0.5 })
    expect((await provider({ forceRefresh: await provider() })).token).toBe(prolonged)
    runtime.put(CONFIG, `# two more lines\n\n${session}\n[OTHER]\nregion=us-phoenix-1`)
    clock.advance(61 * MINUTE)
    expect((await provider()).token).toBe(prolonged)
    const other = tokenOf({ jwk: otherKey.jwk, lifeMs: 9 * HOUR })
    runtime.put(`${HOME}/.oci/token2`, other)
    runtime.put(CONFIG, session.replace('.oci/token', '.oci/token2').replace('key.pem', 'other.pem'))
    clock.advance(MINUTE)
    expect((await provider()).token).toBe(other)
  })

  it('uses the API key, with a warning, when the profile has both', async () => {
    const { provider, warnings } = subject(`${session}\nuser=${USER}`)
    expect(await provider()).toMatchObject({ source: 'api-key' })
    expect(warnings).toEqual([expect.stringContaining('security_token_file')])
  })

  it('uses the token when it is asked for', async () => {
    const { provider } = subject(`${session}\nuser=${USER}`, { authentication: 'session-token' })
    expect(await provider()).toMatchObject({ source: 'session-token' })
  })

  it('wants the key of the session', async () => {
    await expect(subject(session.replace(/key_file.*\n/, '')).provider()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('key_file'),
    })
  })

  it('says which profile is broken when token and key do not belong together', async () => {
    const { provider } = subject(session.replace('key.pem', 'other.pem'))
    await expect(provider()).rejects.toMatchObject({
      code: 'TOKEN_KEY_MISMATCH',
      message: expect.stringContaining('[DEFAULT]'),
    })
  })
})
