import { fingerprint as fingerprintOf } from 'countersign/keys/fingerprint'
import { importPrivateKey } from 'countersign/keys/import-private-key'
import { generateSessionKey } from 'countersign/keys/session-key'
import { equal, failsWith, ok } from '../assert.js'
import type { Capability, KeyVariant } from '../capability.js'

export const plainKeys: Capability = {
  name: 'private keys: PKCS#8, PKCS#1, base64, JWK, CryptoKey',
  cases: {
    'imports each plain form that openssl writes': async ({ opensslKeys }) => {
      for (const variant of opensslKeys.filter(({ passphrase }) => passphrase === undefined)) await imports(variant)
    },
    'imports a JWK and a CryptoKey': async ({ opensslKeys: [plain] }) => {
      ok(plain, 'a key')
      const { key } = await importPrivateKey(plain.pem, { extractable: true })
      const jwk = await crypto.subtle.exportKey('jwk', key)
      equal((await importPrivateKey(jwk)).fingerprint, plain.fingerprint, 'the fingerprint of the JWK')
      equal((await importPrivateKey(key)).fingerprint, plain.fingerprint, 'the fingerprint of the CryptoKey')
    },
    'keeps a key from being exported': async ({ opensslKeys: [plain] }) => {
      ok(plain, 'a key')
      const { key } = await importPrivateKey(plain.pem)
      equal(key.extractable, false, 'extractable')
    },
    'refuses what is no private key': async () => {
      await failsWith('KEY_IS_PATH', importPrivateKey('~/.oci/key.pem'), 'a path')
    },
  },
}

export const encryptedKeys: Capability = {
  name: 'private keys, encrypted: PBES2, scrypt, 3DES, DEK-Info',
  cases: {
    'opens each encrypted form that openssl writes': async ({ opensslKeys }) => {
      const encrypted = opensslKeys.filter(({ passphrase }) => passphrase !== undefined)
      ok(encrypted.length > 10, 'many encrypted forms')
      for (const variant of encrypted) await imports(variant)
    },
    'tells a wrong passphrase from a missing one': async ({ opensslKeys }) => {
      for (const start of ['PBES2 aes-256-cbc', 'traditional aes256']) {
        const variant = opensslKeys.find(({ name }) => name.startsWith(start))
        ok(variant, start)
        await failsWith('KEY_PASSPHRASE_REQUIRED', importPrivateKey(variant.pem), `${variant.name}, none`)
        const wrong = importPrivateKey(variant.pem, { passphrase: 'wrong' })
        await failsWith('KEY_PASSPHRASE_WRONG', wrong, `${variant.name}, wrong`)
      }
    },
  },
}

export const sessionKeys: Capability = {
  name: 'session keys that cannot be exported',
  cases: {
    'generates one and signs with it': async () => {
      const { privateKey, publicKey, jwk } = await generateSessionKey()
      equal(privateKey.extractable, false, 'extractable')
      ok(jwk.n.length > 300 && jwk.e === 'AQAB', 'the public numbers')
      await signs(privateKey, publicKey)
    },
  },
}

async function imports({ name, pem, passphrase, fingerprint }: KeyVariant): Promise<void> {
  try {
    const imported = await importPrivateKey(pem, { passphrase })
    equal(imported.fingerprint, fingerprint, 'fingerprint')
    ok(imported.publicKey, 'a public key')
    equal(fingerprintOf(imported.publicKey), fingerprint, 'fingerprint of the public key')
    await signs(imported.key, imported.publicKey)
  } catch (error) {
    throw new Error(name, { cause: error })
  }
}

async function signs(privateKey: CryptoKey, spki: Uint8Array<ArrayBuffer>): Promise<void> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  const data = new TextEncoder().encode('to be signed')
  const publicKey = await crypto.subtle.importKey('spki', spki, algorithm, false, ['verify'])
  const signature = await crypto.subtle.sign(algorithm.name, privateKey, data)
  ok(await crypto.subtle.verify(algorithm.name, publicKey, signature, data), 'a signature that holds')
}
