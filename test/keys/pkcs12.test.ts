import { readFileSync } from 'node:fs'
import { describe, expect, it, vi } from 'vitest'
import { decodeBase64, encodeBase64 } from '../../src/encoding/base64.js'
import { type Bytes, toHex, utf8 } from '../../src/encoding/bytes.js'
import type { CountersignError } from '../../src/errors.js'
import { openClientKey, readClientKeyPassword } from '../../src/keys/alibaba-client-key.js'
import { openPkcs12 } from '../../src/keys/pkcs12.js'

interface Fixture {
  readonly id: string
  readonly kind: string
  readonly password: string
  readonly clientKeyJson: string
  readonly expected: { readonly pkcs8Sha256: string; readonly spki: string }
}

// Published throw-away keys: nothing was ever protected by them.
const { vectors } = JSON.parse(readFileSync(new URL('../vectors/aliyun-signatures.json', import.meta.url), 'utf8')) as {
  vectors: Fixture[]
}
const fixtures = vectors.filter(({ kind }) => kind === 'pkcs12-client-key')
const fixture = (id: string): Fixture => fixtures.find((candidate) => candidate.id === id) as Fixture
const fileOf = ({ clientKeyJson }: Fixture): Bytes => decodeBase64(JSON.parse(clientKeyJson).PrivateKeyData) as Bytes
const real = fixture('pkcs12-ck')

const failure = async (promise: Promise<unknown>): Promise<CountersignError> => {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  return error as CountersignError
}

/** Replaces the only occurrence of some hex digits. */
function patched(file: Bytes, from: string, to: string): Bytes {
  const hex = toHex(file)
  expect(hex.split(from)).toHaveLength(2)
  return Uint8Array.from(hex.replace(from, to).match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
}

describe('openPkcs12', () => {
  it.each(fixtures)('opens $id', async (file) => {
    const pkcs8 = await openPkcs12(fileOf(file), file.password)
    const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', pkcs8))
    expect(toHex(digest)).toBe(file.expected.pkcs8Sha256)
  })

  it.each(fixtures)('tells a wrong password of $id before it decrypts anything', async (file) => {
    const error = await failure(openPkcs12(fileOf(file), 'Test-Pass_13!'))
    expect(error.code).toBe('KEY_PASSPHRASE_WRONG')
    expect(error.message).not.toContain('Test-Pass')
  })

  it('asks for a password where there is none', async () => {
    expect((await failure(openPkcs12(fileOf(real), ''))).code).toBe('KEY_PASSPHRASE_REQUIRED')
  })

  it.each([0, 1, 100, 2000])('refuses a file cut off after %i bytes', async (length) => {
    const error = await failure(openPkcs12(fileOf(real).slice(0, length), real.password))
    expect(error.code).toBe('KEY_CORRUPT')
  })

  it('refuses bytes behind the file', async () => {
    const file = fileOf(real)
    expect((await failure(openPkcs12(Uint8Array.from([...file, 0]), real.password))).code).toBe('KEY_CORRUPT')
  })

  it('notices a changed bit through the MAC', async () => {
    const file = fileOf(real).slice()
    file[1500] = (file[1500] ?? 0) ^ 1
    expect((await failure(openPkcs12(file, real.password))).code).toBe('KEY_PASSPHRASE_WRONG')
  })

  it('refuses a MAC it cannot verify, and says how to convert the file', async () => {
    const md5Mac = patched(fileOf(real), '06052b0e03021a0500', '06052b0e03021b0500')
    const error = await failure(openPkcs12(md5Mac, real.password))
    expect(error.code).toBe('KEY_UNSUPPORTED')
    expect(error.message).toContain('openssl pkcs12')
  })

  it('refuses a number of iterations that would never end', async () => {
    const modern = fixture('pkcs12-legacy')
    const hex = toHex(fileOf(modern))
    const endless = `${hex.slice(0, -8)}02020000`
    expect(hex.slice(-8)).toBe('02020800')
    const file = Uint8Array.from(endless.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16))
    expect((await failure(openPkcs12(file, modern.password))).code).toBe('KEY_CORRUPT')
  })
})

describe('openClientKey', () => {
  it('gives a key that signs and cannot be exported', async () => {
    const { key, clientKeyId } = await openClientKey(real.clientKeyJson, { password: real.password })
    expect(clientKeyId).toBe('KAAP.00000000-0000-4000-8000-000000000000')
    expect((key as CryptoKey).extractable).toBe(false)
    const signature = await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key as CryptoKey, utf8('message'))
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
    const spki = decodeBase64(real.expected.spki) as Bytes
    const publicKey = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
    expect(await crypto.subtle.verify('RSASSA-PKCS1-v1_5', publicKey, signature, utf8('message'))).toBe(true)
  })

  it('takes the parsed file and a key that was converted to PKCS#8 once', async () => {
    const pkcs8 = encodeBase64(await openPkcs12(fileOf(real), real.password))
    const pem = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`
    for (const PrivateKeyData of [pkcs8, pem]) {
      expect((await openClientKey({ KeyId: 'KAAP.x', PrivateKeyData })).clientKeyId).toBe('KAAP.x')
    }
  })

  it('asks for a password only where there is one to give', async () => {
    const asked = vi.fn(async () => real.password)
    expect((await openClientKey(real.clientKeyJson, { password: asked })).clientKeyId).toMatch(/^KAAP/)
    const PrivateKeyData = encodeBase64(await openPkcs12(fileOf(real), real.password))
    await openClientKey({ KeyId: 'KAAP.x', PrivateKeyData }, { password: asked })
    expect(asked).toHaveBeenCalledOnce()
  })

  it('finds the key among what openssl writes around it', async () => {
    const pkcs8 = encodeBase64(await openPkcs12(fileOf(real), real.password))
    const lines = pkcs8.match(/.{1,64}/g)?.join('\n')
    const attributes = 'Bag Attributes\n    localKeyID: 01 02\nKey Attributes: <No Attributes>\n'
    const PrivateKeyData = `${attributes}-----BEGIN PRIVATE KEY-----\n${lines}\n-----END PRIVATE KEY-----\n`
    expect((await openClientKey({ KeyId: 'KAAP.x', PrivateKeyData })).clientKeyId).toBe('KAAP.x')
  })

  it.each([
    ['the password file', '{"ClientKeyPassword":"Test-Pass_12!"}', 'password file'],
    ['an access key', '{"AccessKeyId":"LTAI","AccessKeySecret":"Test-Pass_12!"}', 'an access key'],
    ['a PEM file', '-----BEGIN PRIVATE KEY-----\nMIIB', 'a PEM file'],
    ['no JSON at all', 'Test-Pass_12!', 'not JSON'],
    ['an array', '[]', 'JSON without them'],
    ['null', 'null', 'JSON without them'],
    ['an empty key id', '{"KeyId":" ","PrivateKeyData":"AAAA"}', 'JSON without them'],
  ])('says so when the file is %s', async (_, source, found) => {
    const error = await failure(openClientKey(source, { password: real.password }))
    expect(error.code).toBe('CONFIG_INVALID')
    expect(error.message).toContain(found)
    expect(error.message).not.toContain('Test-Pass')
  })

  it('asks for the password of a PKCS#12 file', async () => {
    expect((await failure(openClientKey(real.clientKeyJson))).code).toBe('KEY_PASSPHRASE_REQUIRED')
  })

  it.each([
    ['no base64', '???'],
    ['a key that is not RSA', 'MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQg'],
  ])('refuses %s', async (_, PrivateKeyData) => {
    const error = await failure(openClientKey({ KeyId: 'KAAP.x', PrivateKeyData }, { password: 'x' }))
    expect(error.code).toBe('KEY_CORRUPT')
  })
})

describe('readClientKeyPassword', () => {
  it.each([
    ['bare', 'Test-Pass_12!\r\n'],
    ['in JSON', '{"ClientKeyPassword": " Test-Pass_12! "}'],
  ])('reads a password that stands there %s', (_, file) => {
    expect(readClientKeyPassword(file)).toBe('Test-Pass_12!')
  })
})
