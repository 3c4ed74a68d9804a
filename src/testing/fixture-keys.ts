import { encodeBase64 } from '../encoding/base64.js'
import { readSequence } from '../encoding/der.js'
import { writePem } from '../encoding/pem.js'
import { fingerprint } from '../keys/fingerprint.js'

/** A key pair of the emulated world. Its private half can be exported: it stands for what a client would hold in a file. */
export interface FixtureKey {
  readonly privateKey: CryptoKey
  readonly publicKey: CryptoKey
  /** The public key as SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array<ArrayBuffer>
  readonly publicKeyBase64: string
  readonly publicKeyPem: string
  /** PKCS#8, not encrypted. */
  readonly privateKeyPem: string
  /** The same key in the older form, `RSA PRIVATE KEY`. */
  readonly privateKeyPkcs1Pem: string
  readonly jwk: { readonly kty: 'RSA'; readonly n: string; readonly e: string }
  /** MD5 of the SubjectPublicKeyInfo, as OCI shows it. */
  readonly fingerprint: string
}

/** Key pairs by the name of their role. Pairs handed in are used as they are; others are generated when first needed. */
export type InjectedKeys = Readonly<Record<string, CryptoKeyPair>>

const RSA_2048 = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: new Uint8Array([1, 0, 1]),
  hash: 'SHA-256',
} as const

// RSA keys take a tenth of a second each, and a test run makes many emulators: a role's pair is made once per process.
const generatedPairs = new Map<string, CryptoKeyPair>()

/** The keys of one emulator, generated (RSA-2048) when first asked for. */
export class FixtureKeys {
  readonly #injected: InjectedKeys
  readonly #keys = new Map<string, Promise<FixtureKey>>()

  constructor(injected: InjectedKeys = {}) {
    this.#injected = injected
  }

  /** The key of a role, such as `user` or `token-issuer`: always the same one. */
  get(role: string): Promise<FixtureKey> {
    const key = this.#keys.get(role) ?? this.#make(role)
    this.#keys.set(role, key)
    return key
  }

  /** Gives the role another key. Answers with the new one. */
  replace(role: string, pair: CryptoKeyPair): Promise<FixtureKey> {
    const key = describePair(pair)
    this.#keys.set(role, key)
    return key
  }

  async #make(role: string): Promise<FixtureKey> {
    return describePair(this.#injected[role] ?? (await sharedPair(role)))
  }
}

/** A new extractable RSA-2048 pair for signing. */
export async function generateFixturePair(): Promise<CryptoKeyPair> {
  return crypto.subtle.generateKey(RSA_2048, true, ['sign', 'verify'])
}

async function sharedPair(role: string): Promise<CryptoKeyPair> {
  const pair = generatedPairs.get(role) ?? (await generateFixturePair())
  const first = generatedPairs.get(role) ?? pair
  generatedPairs.set(role, first)
  return first
}

/** The key pair in every form a client may want it in. */
export async function describePair(pair: CryptoKeyPair): Promise<FixtureKey> {
  const { privateKey, publicKey } = pair
  const [spkiBuffer, pkcs8, jwk] = await Promise.all([
    crypto.subtle.exportKey('spki', publicKey),
    crypto.subtle.exportKey('pkcs8', privateKey),
    crypto.subtle.exportKey('jwk', publicKey),
  ])
  const spki = new Uint8Array(spkiBuffer)
  return {
    privateKey,
    publicKey,
    spki,
    publicKeyBase64: encodeBase64(spki),
    publicKeyPem: writePem('PUBLIC KEY', spki),
    privateKeyPem: writePem('PRIVATE KEY', new Uint8Array(pkcs8)),
    // PKCS#8 is version, algorithm, and an OCTET STRING that holds the PKCS#1 key.
    privateKeyPkcs1Pem: writePem(
      'RSA PRIVATE KEY',
      readSequence(new Uint8Array(pkcs8))?.[2]?.content ?? new Uint8Array(),
    ),
    jwk: { kty: 'RSA', n: jwk.n ?? '', e: jwk.e ?? '' },
    fingerprint: fingerprint(spki),
  }
}
