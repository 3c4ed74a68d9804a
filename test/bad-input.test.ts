import { createPrivateKey, createPublicKey, generateKeyPairSync } from 'node:crypto'
import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { configFile } from '../src/credentials/config-file.js'
import { sessionToken } from '../src/credentials/session-token.js'
import { writePem } from '../src/encoding/pem.js'
import { serviceCall } from '../src/http/service-call.js'
import { apiKey, createSignedFetch, signOci, signOciHeaders } from '../src/index.js'
import { START } from './fixtures/clock.js'
import { HOME, memoryRuntime } from './fixtures/memory-runtime.js'
import { ociVectors, pythonSdk } from './fixtures/oci-vectors.js'
import { tokenOf } from './fixtures/sessions.js'
import { credentials, FINGERPRINT, rejection, TENANCY, USER } from './fixtures/signing.js'

/*
 * Everything that people get wrong, in one place: each is met by a typed error that says what was expected and what
 * came, and shows nothing that is secret.
 */

const PASSPHRASE = 'correct horse battery'
const WRONG_PASSPHRASE = 'wrong pony battery'
const pem = pythonSdk.privateKeyPem
const key = createPrivateKey(pem)
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const url = 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances'
const encrypted = key.export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: PASSPHRASE }).toString()
const traditional = key
  .export({ type: 'pkcs1', format: 'pem', cipher: 'aes-128-cbc', passphrase: PASSPHRASE })
  .toString()
const openSsh = writePem('OPENSSH PRIVATE KEY', new TextEncoder().encode('openssh-key-v1\0none'))

const withKey = (privateKey: string, more: object = {}) =>
  apiKey({ tenancy: TENANCY, user: USER, privateKey, ...more })()
const withConfig = (config: string, profile?: string) =>
  configFile({ ...(profile && { profile }), runtime: memoryRuntime({ files: { [`${HOME}/.oci/config`]: config } }) })()
const signed = (init: RequestInit & { url?: string }, who = credentials) =>
  signOciHeaders(
    {
      method: init.method ?? 'GET',
      url: init.url ?? url,
      headers: new Map(Object.entries(init.headers ?? {})),
      body: (init.body ?? null) as string | null,
    },
    who,
  )
const answered = (status: number, body: string) =>
  serviceCall(new Request(url), { fetch: async () => new Response(body, { status }), retry: false })

/** What was expected, what came, and what to do. */
const EXPECTED_FOUND_DO = /^Expected .+, (?:found|this key has|but it does not|its token expired).*; .+/

const cases: readonly (readonly [input: string, code: string, attempt: () => Promise<unknown>])[] = [
  ['a path in place of a key', 'KEY_IS_PATH', () => withKey('~/.oci/oci_api_key.pem')],
  [
    'a public key',
    'KEY_IS_PUBLIC',
    () => withKey(createPublicKey(pem).export({ type: 'spki', format: 'pem' }).toString()),
  ],
  [
    'a certificate',
    'KEY_IS_CERTIFICATE',
    () => withKey('-----BEGIN CERTIFICATE-----\nMIIBszCCARw=\n-----END CERTIFICATE-----'),
  ],
  [
    'a key that is not RSA',
    'KEY_NOT_RSA',
    () => withKey(ec.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()),
  ],
  ['a key that breaks off', 'PEM_INVALID', () => withKey(`${pem.slice(0, 800)}\n-----END PRIVATE KEY-----\n`)],
  ['a key with a missing line', 'KEY_CORRUPT', () => withKey(pem.split('\n').toSpliced(5, 1).join('\n'))],
  ['a key without its END line', 'PEM_INVALID', () => withKey(pem.slice(0, 800))],
  ['a key that is too short', 'KEY_TOO_SMALL', () => withKey(ociVectors.key.privateKeyPkcs8Pem)],
  ['a key in the OpenSSH format', 'KEY_UNSUPPORTED', () => withKey(openSsh)],
  ['a key with a cipher of old', 'KEY_UNSUPPORTED', () => withKey(traditional.replace('AES-128-CBC', 'RC2-CBC'))],
  ['an empty key', 'KEY_NOT_PEM', () => withKey('')],
  ['something else than a key', 'KEY_NOT_PEM', () => withKey('not a key!')],
  ['an encrypted key without its passphrase', 'KEY_PASSPHRASE_REQUIRED', () => withKey(encrypted)],
  ['a wrong passphrase', 'KEY_PASSPHRASE_WRONG', () => withKey(encrypted, { passphrase: WRONG_PASSPHRASE })],
  ['a wrong fingerprint', 'FINGERPRINT_MISMATCH', () => withKey(pem, { fingerprint: FINGERPRINT })],
  ['a config with a bad line', 'CONFIG_INVALID', () => withConfig('[DEFAULT]\nuser\n')],
  ['a missing profile', 'PROFILE_MISSING', () => withConfig('[DEFAULT]\nuser=a\n', 'PROD')],
  [
    'an expired session token',
    'SESSION_EXPIRED',
    () => sessionToken({ token: tokenOf({ issuedAt: START - 7_200_000 }), privateKey: pem, clock: () => START })(),
  ],
  ['userinfo in a URL', 'URL_INVALID', () => signed({ url: 'https://scott:tiger-secret@a.example/' })],
  ['a "." segment', 'URL_INVALID', () => signed({ url: `${url}/./a` })],
  ['a ".." segment', 'URL_INVALID', () => signed({ url: `${url}/%2e%2e/a` })],
  ['a GET with a body', 'BODY_NOT_ALLOWED', () => signed({ body: '{}' })],
  ['a stream without length', 'BODY_LENGTH_UNKNOWN', () => signed({ method: 'PUT', body: new Blob(['a']).stream() })],
  ['LF in a header', 'HEADER_INVALID', () => signed({ headers: { 'x-a': 'b\nc' } })],
  ['CR in a header', 'HEADER_INVALID', () => signed({ headers: { 'x-a': 'b\rc' } })],
  [
    'LF in a key id',
    'KEY_ID_INVALID',
    () => signed({}, { ...credentials, keyId: 'ST$eyJhbGciOiJSUzI1NiJ9.e30.c2ln\n' }),
  ],
  [
    'CR in a key id',
    'KEY_ID_INVALID',
    () => signed({}, { ...credentials, keyId: 'ST$eyJhbGciOiJSUzI1NiJ9.e30.c2ln\r' }),
  ],
  ['a page in place of JSON from a server', 'SERVICE_ERROR', () => answered(502, '<html>Bad Gateway</html>')],
]

describe('bad input', () => {
  it.each(cases)('%s is met by %s', async (_, code, attempt) => {
    expect(await rejection(attempt())).toMatchObject({
      code,
      message: expect.stringMatching(EXPECTED_FOUND_DO),
    })
  })

  it.each(cases)('%s leaves no secret in the error', async (_, __, attempt) => {
    const shown = inspect(await rejection(attempt()), { depth: 10, showHidden: true })
    for (const secret of [
      PASSPHRASE,
      WRONG_PASSPHRASE,
      'tiger-secret',
      'eyJ',
      ...secretLines(pem),
      ...secretLines(encrypted),
      ...secretLines(traditional).slice(2),
      ...secretLines(ociVectors.key.privateKeyPkcs8Pem),
    ]) {
      expect(shown).not.toContain(secret)
    }
  })

  it('is met in the same way by every entrance of the signer', async () => {
    const signedFetch = createSignedFetch({
      credentials: async () => ({ ...credentials, keyId: 'a\n' }),
      fetch: async () => new Response(),
    })
    expect(await rejection(signedFetch(url))).toMatchObject({ code: 'KEY_ID_INVALID' })
    expect(await rejection(signOci(new Request(url), { ...credentials, keyId: 'a\n' }))).toMatchObject({
      code: 'KEY_ID_INVALID',
    })
  })
})

/** Every line between the armour. */
function secretLines(armoured: string): readonly string[] {
  return armoured.split('\n').filter((line) => line !== '' && !line.startsWith('-----'))
}
