import { createPrivateKey } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as common from 'oci-common'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { workloadIdentityFederation } from '../../src/credentials/workload-identity-federation.js'
import { removeProfile, writeProfile } from '../../src/federation/profile-files.js'
import { fingerprint } from '../../src/keys/fingerprint.js'
import { type SessionKeyOptions, sessionKeyFrom } from '../../src/keys/session-key.js'
import { runtime } from '../../src/runtime/node.js'
import type { Runtime } from '../../src/runtime/types.js'
import { generateFixturePair } from '../../src/testing/fixture-keys.js'
import type { OciCredentials } from '../../src/types.js'
import { type FederatedWorld, federatedWorld, SUBJECT } from './federated-world.js'

let world: FederatedWorld
let pair: CryptoKeyPair
let directory: string

beforeAll(async () => {
  pair = await generateFixturePair()
})

beforeEach(async () => {
  world = federatedWorld()
  directory = join(await mkdtemp(join(tmpdir(), 'profile-')), '.oci')
})

afterEach(() => rm(join(directory, '..'), { recursive: true }))

function exchanged(sessionKey: CryptoKeyPair | SessionKeyOptions = pair): Promise<OciCredentials> {
  return workloadIdentityFederation({
    domain: world.domain.url,
    client: world.client,
    subjectToken: () => world.provider.issue({ sub: SUBJECT }),
    sessionKey,
    region: 'us-phoenix-1',
    fetch: world.emulator.fetch,
  })()
}

const config = () => readFile(join(directory, 'config'), 'utf8')
const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)

describe('writeProfile', () => {
  test('writes what a session-token provider of the official SDK signs with', async () => {
    const { configFile } = await writeProfile(await exchanged(), { directory, profile: 'UPST' })
    const provider = new common.SessionAuthDetailProvider(configFile, 'UPST')
    const url = 'http://127.0.0.1:1/echo'
    const headers = new Headers()
    const request = { method: 'GET', uri: url, headers }
    await new common.DefaultRequestSigner(provider).signHttpRequest(request as common.HttpRequest)
    const response = await world.emulator.fetch(url, { headers: request.headers })
    expect(response.headers.get('x-emulator-reason')).toBeNull()
    expect(await response.json()).toMatchObject({ principal: { kind: 'token', subject: world.user.ocid } })
  })

  test('lets nobody but the owner read anything', async () => {
    const { configFile, tokenFile, keyFile } = await writeProfile(await exchanged(), { directory })
    expect(await Promise.all([configFile, tokenFile, keyFile].map(mode))).toEqual(['600', '600', '600'])
    expect(await mode(join(directory, 'DEFAULT'))).toBe('700')
  })

  test('writes token and key as the CLI reads them: no newline, PKCS#8, the fingerprint of the key', async () => {
    const credentials = await exchanged()
    const { tokenFile, keyFile } = await writeProfile(credentials, { directory })
    expect(await readFile(tokenFile, 'utf8')).toBe(credentials.token)
    expect(createPrivateKey(await readFile(keyFile)).asymmetricKeyType).toBe('rsa')
    expect(await config()).toContain(`fingerprint=${fingerprint((await sessionKeyFrom(pair)).publicKey)}`)
  })

  test('keeps every other section and comment as it is', async () => {
    const before =
      '# mine\n[DEFAULT]\nuser = ocid1.user.oc1..a # not a comment\n\n[OTHER]\nregion=eu-frankfurt-1\n; kept\n'
    await runtime.files?.makeDirectory(directory)
    await writeFile(join(directory, 'config'), before)
    await writeProfile(await exchanged(), { directory, profile: 'UPST' })
    const after = await config()
    expect(after.startsWith(before)).toBe(true)
    expect(after.slice(before.length)).toMatch(
      /^\n\[UPST\]\nfingerprint=\S+\ntenancy=\S+\nregion=us-phoenix-1\nkey_file=\S+\nsecurity_token_file=\S+\n$/,
    )
  })

  test('replaces a section of the same name, wherever it stands', async () => {
    await runtime.files?.makeDirectory(directory)
    await writeFile(
      join(directory, 'config'),
      '[UPST]\r\nuser=old\r\nkey_file=/old\r\n[OTHER]\r\nregion=eu-frankfurt-1\r\n',
    )
    await writeProfile(await exchanged(), { directory, profile: 'UPST', user: 'not used' })
    const after = await config()
    expect(after).not.toContain('old')
    expect(after).toContain('[OTHER]\r\nregion=eu-frankfurt-1')
    expect(after).toContain('[UPST]\nuser=not used\n')
    expect(after.match(/\[UPST\]/g)).toHaveLength(1)
  })

  test('never shows a token beside the key of another', async () => {
    const pairs: string[][] = []
    const files: Runtime['files'] & object = {
      ...(runtime.files as Runtime['files'] & object),
      async writeAtomic(path, content, options) {
        await runtime.files?.writeAtomic(path, content, options)
        const read = async (key: string) => {
          const [, file = ''] = new RegExp(`${key}=(.*)`).exec(await config().catch(() => '')) ?? []
          return file === '' ? '' : readFile(file, 'utf8')
        }
        pairs.push([await read('security_token_file'), await read('key_file')])
      },
    }
    const first = await exchanged()
    const second = await exchanged(await generateFixturePair())
    const watched = { directory, runtime: { ...runtime, files } }
    for (const credentials of [first, second, first]) await writeProfile(credentials, watched)
    const whole = pairs.filter(([token]) => token !== '')
    const keyOf = new Map(whole.map(([token, key]) => [token, key]))
    expect(whole.every(([token, key]) => keyOf.get(token) === key)).toBe(true)
    expect(new Set(keyOf.values()).size).toBe(2)
  })

  test('follows a configuration file that is a link', async () => {
    await runtime.files?.makeDirectory(directory)
    const target = join(directory, 'elsewhere')
    await writeFile(target, '')
    await symlink(target, join(directory, 'config'))
    await writeProfile(await exchanged(), { directory })
    expect(await readFile(target, 'utf8')).toContain('[DEFAULT]')
  })

  test.each([
    ['a path', '../x'],
    ['a bracket', 'a]b'],
    ['a line break', 'a\n[b'],
    ['a space at its end, which readers drop', 'UPST '],
    ['nothing', ''],
  ])('refuses a profile name with %s', async (_, profile) => {
    await expect(writeProfile(await exchanged(), { directory, profile })).rejects.toMatchObject({
      code: 'OPTION_INVALID',
    })
  })

  test('refuses a key that cannot be exported, and writes nothing', async () => {
    const credentials = await exchanged({})
    await expect(writeProfile(credentials, { directory })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('refuses credentials without a region, and says which is missing', async () => {
    const { region: _, ...credentials } = await exchanged()
    await expect(writeProfile(credentials, { directory })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('region'),
    })
  })

  test.each([
    ['region', { region: 'us-phoenix-1\nkey_file=/elsewhere' }],
    ['user', { user: 'x\r[OTHER]' }],
  ])('refuses a %s that would set other entries, and writes nothing', async (name, changed) => {
    await expect(writeProfile(await exchanged(), { directory, ...changed })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(name),
    })
    await expect(readdir(directory)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('says which file cannot be written', async () => {
    await runtime.files?.makeDirectory(join(directory, 'config'))
    await expect(writeProfile(await exchanged(), { directory })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(`${directory}/config`),
    })
  })

  test('takes turns also when the directory is written in another way', async () => {
    const credentials = await exchanged()
    const first = await writeProfile(credentials, { directory: `${directory}/../.oci` })
    const second = await writeProfile(credentials, { directory })
    expect([first, second].map(({ tokenFile }) => tokenFile.slice(-1))).toEqual(['a', 'b'])
  })

  test('is refused where there are no files', async () => {
    const worker = { name: 'workers', homeDirectory: () => undefined } as const
    await expect(writeProfile(await exchanged(), { runtime: worker })).rejects.toMatchObject({
      code: 'UNSUPPORTED_RUNTIME',
    })
  })
})

describe('removeProfile', () => {
  test('leaves nothing of two pairs, and the rest of the file as it was', async () => {
    const before = '[DEFAULT]\nregion=eu-frankfurt-1\n'
    await runtime.files?.makeDirectory(directory)
    await writeFile(join(directory, 'config'), before)
    for (let round = 0; round < 2; round++) await writeProfile(await exchanged(), { directory, profile: 'UPST' })
    await removeProfile({ directory, profile: 'UPST' })
    expect((await config()).trim()).toBe(before.trim())
    expect(await readdir(join(directory, 'UPST'))).toEqual([])
  })

  test('removes a configuration file that holds nothing else', async () => {
    await writeProfile(await exchanged(), { directory })
    await removeProfile({ directory })
    expect(await readdir(directory)).toEqual(['DEFAULT'])
  })

  test('leaves a section of that name that somebody else wrote', async () => {
    const before = '[DEFAULT]\nuser=ocid1.user.oc1..a\nkey_file=~/.oci/key.pem\n'
    await runtime.files?.makeDirectory(directory)
    await writeFile(join(directory, 'config'), before)
    await removeProfile({ directory })
    expect(await config()).toBe(before)
  })

  test('finds what it wrote when the directory is written in another way', async () => {
    await writeProfile(await exchanged(), { directory: `${directory}/../.oci`, profile: 'UPST' })
    await removeProfile({ directory, profile: 'UPST' })
    expect(await readdir(directory)).toEqual(['UPST'])
  })

  test('finds nothing to do where nothing is', async () => {
    await expect(removeProfile({ directory })).resolves.toBeUndefined()
  })
})
