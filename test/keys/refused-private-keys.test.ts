import { describe, expect, it } from 'vitest'
import { toHex, utf8 } from '../../src/encoding/bytes.js'
import { writePem } from '../../src/encoding/pem.js'
import type { ConfigurationError } from '../../src/errors.js'
import {
  type ImportPrivateKeyOptions,
  importPrivateKey,
  type PrivateKeySource,
} from '../../src/keys/import-private-key.js'
import { openssl, opensslKeys, PASSPHRASE } from '../fixtures/openssl-keys.js'

const variants = opensslKeys()
const [{ pem } = { pem: '' }] = variants
const encrypted = variants.filter(({ passphrase }) => passphrase)
const spki = openssl(['pkey', '-pubout'], pem).toString()
const newKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout', '/dev/null', '-subj', '/CN=x']
const certificate = openssl(['req', '-x509', ...newKey]).toString()
const request = openssl(['req', '-new', ...newKey]).toString()
const lines = pem.trim().split('\n')

function generate(...arguments_: readonly string[]): string {
  return openssl(['genpkey', ...arguments_]).toString()
}

function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  return new Uint8Array(Buffer.from(text.replace(/-----.*-----|\s/g, ''), 'base64'))
}

async function refusal(source: unknown, options?: ImportPrivateKeyOptions): Promise<ConfigurationError> {
  return importPrivateKey(source as PrivateKeySource, options).then(
    () => Promise.reject(new Error('it was accepted')),
    (error: ConfigurationError) => error,
  )
}

const ec = generate('-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256')
const sec1 = openssl(['ec'], ec).toString()
const publicJwk = { kty: 'RSA', n: 'AQAB', e: 'AQAB' }
const { privateKey: psKey, publicKey: psPublic } = await crypto.subtle.generateKey(
  { name: 'RSA-PSS', hash: 'SHA-256', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) },
  false,
  ['sign', 'verify'],
)
const ecdsa = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, ['sign', 'verify'])

describe('importPrivateKey refuses, and says what it found:', () => {
  it.each<[string, unknown, string, RegExp]>([
    ['a public key', spki, 'KEY_IS_PUBLIC', /private key that belongs to it/],
    ['a public key in DER', bytesOf(spki), 'KEY_IS_PUBLIC', /found a public key/],
    [
      'a PKCS#1 public key',
      openssl(['rsa', '-pubin', '-RSAPublicKey_out'], spki).toString(),
      'KEY_IS_PUBLIC',
      /public/,
    ],
    ['an SSH public key', 'ssh-rsa AAAAB3NzaC1yc2E ada@example', 'KEY_IS_PUBLIC', /public/],
    [
      'an SSH public key in the format of RFC 4716',
      '---- BEGIN SSH2 PUBLIC KEY ----\nAAAAB3NzaC1yc2E=\n---- END SSH2 PUBLIC KEY ----',
      'KEY_IS_PUBLIC',
      /public/,
    ],
    ['a public JWK', publicJwk, 'KEY_IS_PUBLIC', /public/],
    ['a public CryptoKey', psPublic, 'KEY_IS_PUBLIC', /public/],
    ['a certificate', certificate, 'KEY_IS_CERTIFICATE', /found a certificate/],
    ['a certificate in DER', bytesOf(certificate), 'KEY_IS_CERTIFICATE', /found a certificate/],
    ['a certificate request', request, 'KEY_IS_CERTIFICATE', /certificate/],
    ['an EC key', ec, 'KEY_NOT_RSA', /found an EC key; OCI takes RSA keys alone/],
    ['a traditional EC key', sec1, 'KEY_NOT_RSA', /found an EC key/],
    ['a traditional EC key in DER', bytesOf(sec1), 'KEY_NOT_RSA', /found an EC key/],
    [
      'an EC key after its parameters',
      `-----BEGIN EC PARAMETERS-----\nBgUrgQQACg==\n-----END EC PARAMETERS-----\n${sec1}`,
      'KEY_NOT_RSA',
      /EC/,
    ],
    ['an Ed25519 key', generate('-algorithm', 'ED25519'), 'KEY_NOT_RSA', /an Ed25519 key/],
    ['an X25519 key', generate('-algorithm', 'X25519'), 'KEY_NOT_RSA', /an X25519 key/],
    ['an RSASSA-PSS key', generate('-algorithm', 'RSA-PSS'), 'KEY_NOT_RSA', /an RSASSA-PSS key/],
    ['an EC JWK', { kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA', d: 'AA' }, 'KEY_NOT_RSA', /kty "EC"/],
    ['an ECDSA CryptoKey', ecdsa.privateKey, 'KEY_NOT_RSA', /ECDSA/],
    ['an RSA-PSS CryptoKey', psKey, 'KEY_UNSUPPORTED', /RSA-PSS with SHA-256 that may sign; import it for/],
    [
      'the OpenSSH format',
      writePem('OPENSSH PRIVATE KEY', utf8('openssh-key-v1\0none')),
      'KEY_UNSUPPORTED',
      /ssh-keygen -p -m PEM/,
    ],
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-rsa\nEncryption: none\n', 'KEY_UNSUPPORTED', /puttygen/],
    ['a path', '/home/ada/.oci/oci_api_key.pem', 'KEY_IS_PATH', /looks like a path; read the file/],
    ['a path from home', '~/.oci/key', 'KEY_IS_PATH', /path/],
    ['a relative path', './key', 'KEY_IS_PATH', /path/],
    ['a quoted path', '"keys/oci.pem"', 'KEY_IS_PATH', /path/],
    ['a Windows path', 'C:\\keys\\oci', 'KEY_IS_PATH', /path/],
    ['a file URL', 'file:///keys/oci', 'KEY_IS_PATH', /path/],
    ['an empty text', '', 'KEY_NOT_PEM', /found nothing; check the variable/],
    ['white space', ' \n', 'KEY_NOT_PEM', /nothing/],
    ['undefined', undefined, 'KEY_NOT_PEM', /nothing/],
    ['null', null, 'KEY_NOT_PEM', /nothing/],
    ['no bytes', new Uint8Array(), 'KEY_NOT_PEM', /nothing/],
    ['a number', 5, 'KEY_NOT_PEM', /another kind/],
    ['an object that is no JWK', {}, 'KEY_NOT_PEM', /another kind/],
    ['JSON text', JSON.stringify(publicJwk), 'KEY_NOT_PEM', /JSON\.parse/],
    ['any other text', 'correct horse', 'KEY_NOT_PEM', /BEGIN to -----END/],
    ['base64 of anything else', 'Y29ycmVjdCBob3JzZQ==', 'KEY_NOT_PEM', /neither PEM/],
    ['a PEM block without END', lines.slice(0, -1).join('\n'), 'PEM_INVALID', /"PRIVATE KEY" to be closed/],
    [
      'a PEM block cut in the middle of a group',
      [...lines.slice(0, 4), 'abc', lines.at(-1)].join('\n'),
      'PEM_INVALID',
      /base64/,
    ],
    ['a PEM block with a missing line', [...lines.slice(0, 5), ...lines.slice(6)].join('\n'), 'KEY_CORRUPT', /damaged/],
    ['an empty PEM block', '-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----', 'KEY_CORRUPT', /damaged/],
    ['PKCS#8 that holds no key', writePem('PRIVATE KEY', Uint8Array.of(0x30, 3, 2, 1, 0)), 'KEY_CORRUPT', /damaged/],
    ['a JWK without primes', { ...publicJwk, d: 'AQAB' }, 'KEY_CORRUPT', /n, e, d, p, q/],
  ])('%s', async (_, source, code, message) => {
    const error = await refusal(source)
    expect(error).toMatchObject({ name: 'ConfigurationError', code })
    expect(error.message).toMatch(message)
  })

  it.each([0, 1, 2, 3, 4, 5, 6, 7])('a key with a wrong digit in its number %i', async (index) => {
    const jwk = await crypto.subtle.exportKey('jwk', (await importPrivateKey(pem, { extractable: true })).key)
    const name = (['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const)[index] ?? 'n'
    const value = jwk[name] ?? ''
    const middle = Math.floor(value.length / 2)
    const damaged = {
      ...jwk,
      [name]: `${value.slice(0, middle)}${value[middle] === 'A' ? 'B' : 'A'}${value.slice(middle + 1)}`,
    }
    expect(await refusal(damaged)).toMatchObject({ code: 'KEY_CORRUPT' })
  })

  it.each([
    ['white space', `x${' '.repeat(100_000)}x`],
    ['quotes', `x${'"'.repeat(100_000)}x`],
    ['dots', `${'.'.repeat(100_000)}\n`],
    ['a header that never ends', `-----BEGIN PRIVATE KEY-----\n${'a'.repeat(100_000)}!\n-----END PRIVATE KEY-----`],
  ])('a text full of %s, in time', async (_, source) => {
    const started = performance.now()
    expect(await refusal(source)).toMatchObject({ name: 'ConfigurationError' })
    expect(performance.now() - started).toBeLessThan(500)
  })

  it('a PKCS#12 file, with the command that takes the key out', async () => {
    const file = openssl(['pkcs12', '-export', '-nocerts', '-passout', 'pass:x'], pem)
    expect(await refusal(new Uint8Array(file))).toMatchObject({ code: 'KEY_UNSUPPORTED' })
    expect((await refusal(new Uint8Array(file))).message).toMatch(/openssl pkcs12 .* -nocerts/)
  })
})

describe('an encrypted key', () => {
  it.each(encrypted)('$name without a passphrase is refused', async ({ pem: written }) => {
    const error = await refusal(written)
    expect(error).toMatchObject({ code: 'KEY_PASSPHRASE_REQUIRED' })
    expect(error.message).toContain('pass_phrase')
    expect(await refusal(written, { passphrase: '' })).toMatchObject({ code: 'KEY_PASSPHRASE_REQUIRED' })
  })

  it.each(encrypted)('$name with a wrong passphrase is refused', async ({ pem: written }) => {
    const error = await refusal(written, { passphrase: 'swordfish' })
    expect(error).toMatchObject({ code: 'KEY_PASSPHRASE_WRONG' })
    expect(`${error.message} ${error.stack} ${JSON.stringify(error)}`).not.toContain('swordfish')
  })

  it('is refused even when a wrong passphrase leaves the padding in order', async () => {
    const cheap = ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-iter', '1', '-passout', `pass:${PASSPHRASE}`]
    const written = openssl(cheap, pem).toString()
    const codes = new Set<string>()
    for (let attempt = 0; attempt < 1500; attempt++)
      codes.add((await refusal(written, { passphrase: `${attempt}` })).code)
    expect([...codes]).toEqual(['KEY_PASSPHRASE_WRONG'])
  })

  it.each([
    ['RC2-40-CBC', 'RC2-40-CBC'],
    ['RC2.hunter2', 'another one'],
    ['hunter2'.repeat(6), 'another one'],
  ])('of the cipher "%s" is refused, naming it where that is a name', async (cipher, found) => {
    const headers = `Proc-Type: 4,ENCRYPTED\nDEK-Info: ${cipher},0011223344556677`
    const written = `-----BEGIN RSA PRIVATE KEY-----\n${headers}\n\nAAAA\n-----END RSA PRIVATE KEY-----`
    const error = await refusal(written, { passphrase: PASSPHRASE })
    expect(error).toMatchObject({ code: 'KEY_UNSUPPORTED', message: expect.stringContaining(`, found ${found};`) })
    expect(String(error)).not.toContain('hunter2')
  })

  it('passes on what the passphrase function throws', async () => {
    const passphrase = (): string => {
      throw new RangeError('no terminal')
    }
    expect(await refusal(encrypted[0]?.pem, { passphrase })).toBeInstanceOf(RangeError)
  })

  it('of another algorithm is named once it is open', async () => {
    const written = openssl(['pkcs8', '-topk8', '-passout', `pass:${PASSPHRASE}`], ec).toString()
    const traditional = openssl(['ec', '-aes128', '-passout', `pass:${PASSPHRASE}`], ec).toString()
    expect(await refusal(written, { passphrase: PASSPHRASE })).toMatchObject({ code: 'KEY_NOT_RSA' })
    expect(await refusal(traditional, { passphrase: PASSPHRASE })).toMatchObject({ code: 'KEY_NOT_RSA' })
  })

  const pkcs8 = (...options: readonly string[]): string =>
    openssl(['pkcs8', '-topk8', ...options, '-passout', `pass:${PASSPHRASE}`], pem).toString()
  const traditional = variants.find(({ name }) => name === 'traditional aes128')?.pem ?? ''
  const withCipher = (name: string): string => traditional.replace('AES-128-CBC', name)
  const patched = (text: string, from: string, to: string): Uint8Array =>
    Uint8Array.from(Buffer.from(toHex(bytesOf(text)).replace(from, to), 'hex'))
  const pbes2 = encrypted[0]?.pem ?? ''

  it.each<[string, PrivateKeySource, string, RegExp]>([
    ['PBES1', pkcs8('-v1', 'PBE-SHA1-3DES'), 'KEY_UNSUPPORTED', /openssl pkcs8 -topk8 -v2 aes-256-cbc/],
    ['Camellia', pkcs8('-v2', 'camellia-128-cbc'), 'KEY_UNSUPPORTED', /a cipher other than/],
    ['SHA-224', pkcs8('-v2', 'aes-128-cbc', '-v2prf', 'hmacWithSHA224'), 'KEY_UNSUPPORTED', /PBKDF2 hash/],
    [
      'scrypt beyond reason',
      patched(variants.find(({ name }) => name.endsWith('scrypt'))?.pem ?? '', '02020400', '02020401'),
      'KEY_CORRUPT',
      /scrypt costs/,
    ],
    ['a changed number of rounds', patched(pbes2, '02020800', '02027fff'), 'KEY_PASSPHRASE_WRONG', /./],
    ['CAMELLIA in DEK-Info', withCipher('CAMELLIA-128-CBC'), 'KEY_UNSUPPORTED', /CAMELLIA-128-CBC; convert it/],
    ['single DES in DEK-Info', withCipher('DES-CBC'), 'KEY_UNSUPPORTED', /DES-CBC/],
    ['a strange name in DEK-Info', withCipher('__proto__'), 'KEY_UNSUPPORTED', /found/],
    ['a short initialisation vector', traditional.replace(/(?<=CBC,)../, ''), 'KEY_CORRUPT', /initialisation vector/],
    ['no initialisation vector', traditional.replace(/(?<=CBC),\w+/, ''), 'KEY_CORRUPT', /initialisation vector/],
    ['a missing piece', traditional.replace(/(?<=\n\n)..../, ''), 'KEY_CORRUPT', /whole cipher blocks/],
  ])('with %s is refused', async (_, source, code, message) => {
    const error = await refusal(source, { passphrase: PASSPHRASE })
    expect(error).toMatchObject({ code })
    expect(error.message).toMatch(message)
  })
})

describe('errors of keys', () => {
  it('never hold a piece of the key', async () => {
    const damaged = [
      pem.replace('KEY-----', 'KEY'),
      pem.replace(/.$/, '?'),
      ...lines.slice(1).map((line) => pem.replace(line, '')),
      lines.slice(1, -1).join(''),
    ]
    for (const source of [...damaged, pem.slice(0, 400), pem.slice(50), lines[1]]) {
      const error = await importPrivateKey(source ?? '').catch((thrown: Error) => thrown)
      const told = error instanceof Error ? `${error.message}${error.stack}${error.cause}${JSON.stringify(error)}` : ''
      for (const line of lines.slice(1, -1)) expect(told).not.toContain(line.slice(0, 12))
    }
  })
})
