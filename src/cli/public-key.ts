import { decodeBase64Url } from '../encoding/base64.js'
import { type Bytes, text } from '../encoding/bytes.js'
import { readJsonText } from '../encoding/json.js'
import { type PemBlock, readPem } from '../encoding/pem.js'
import { ConfigurationError } from '../errors.js'
import { fingerprint } from '../keys/fingerprint.js'
import { readRsaPublicKey, writeRsaPublicKey } from '../keys/rsa-key.js'

/** A public key with the names it goes by. */
export interface NamedPublicKey {
  /** What a set of JWKs calls it. */
  readonly kid?: string | undefined
  /** As of an API key: MD5 over the SubjectPublicKeyInfo. */
  readonly fingerprint: string
  readonly spki: Bytes
}

/**
 * Reads the RSA public keys of a file: PEM (`PUBLIC KEY`, `CERTIFICATE`), a JWK or a set of them.
 *
 * @throws ConfigurationError `KEY_UNSUPPORTED` when there is none. `path` names the file in messages.
 */
export async function readPublicKeys(file: Uint8Array, path: string): Promise<readonly NamedPublicKey[]> {
  const content = text(file).trim()
  const keys = content.startsWith('{') ? fromJwks(content) : await fromPem(content)
  if (keys.length > 0) return keys
  throw new ConfigurationError(
    'KEY_UNSUPPORTED',
    `Expected an RSA public key in ${path} (PEM or JWK), found none; write one with: openssl pkey -in key.pem -pubout`,
  )
}

async function fromPem(content: string): Promise<readonly NamedPublicKey[]> {
  const keys = await Promise.all(readPem(content).map(spkiOf))
  return keys.filter((spki) => spki && readRsaPublicKey(spki)).map((spki) => named(spki as Bytes))
}

async function spkiOf({ label, der }: PemBlock): Promise<Bytes | undefined> {
  if (label === 'PUBLIC KEY') return der
  if (label !== 'CERTIFICATE') return undefined
  const { parseCertificate } = await import('../certificates/leaf.js')
  return (await parseCertificate(der)).publicKey
}

function fromJwks(content: string): readonly NamedPublicKey[] {
  const json = readJsonText(content) as (JsonWebKey & { readonly keys?: readonly JsonWebKey[] }) | undefined
  const jwks = Array.isArray(json?.keys) ? json.keys : [json ?? {}]
  return jwks.flatMap((jwk: JsonWebKey & { readonly kid?: string }) => {
    const [n, e] = [decodeBase64Url(jwk.n ?? ''), decodeBase64Url(jwk.e ?? '')]
    return jwk.kty === 'RSA' && n?.length && e?.length ? [named(writeRsaPublicKey({ n, e }), jwk.kid)] : []
  })
}

function named(spki: Bytes, kid?: string): NamedPublicKey {
  return { kid, fingerprint: fingerprint(spki), spki }
}
