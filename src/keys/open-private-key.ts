import { decodeBase64, decodeBase64Url } from '../encoding/base64.js'
import { copyBytes, isBytes, tagOf, text } from '../encoding/bytes.js'
import { readSequence } from '../encoding/der.js'
import { type PemBlock, readPem } from '../encoding/pem.js'
import type { ImportPrivateKeyOptions, PrivateKey, PrivateKeySource } from './import-private-key.js'
import { type RsaPrivateKeyDer, readRsaPrivateKey, writePkcs1 } from './rsa-key.js'
import { assertLength, checkRsaKey, refuseKey, rsaKeyFacts } from './rsa-key-checks.js'

const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const
const JWK_NUMBERS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] as const

/** Does the work of `importPrivateKey`. */
export async function openPrivateKey(source: PrivateKeySource, options: ImportPrivateKeyOptions): Promise<PrivateKey> {
  const { extractable = false, minimumBits = 2048 } = options
  if (isCryptoKey(source)) return adopt(source, minimumBits)
  const key = isText(source) ? await openText(source, options) : readJwk(source)
  if (!key) return refuse(source)
  const facts = checkRsaKey(key.numbers, minimumBits)
  const imported = crypto.subtle.importKey('pkcs8', key.pkcs8, ALGORITHM, extractable, ['sign'])
  return { key: await imported.catch(refuseKey), ...facts }
}

async function openText(
  source: string | ArrayBuffer | ArrayBufferView,
  { passphrase }: ImportPrivateKeyOptions,
): Promise<RsaPrivateKeyDer> {
  const blocks = readBlocks(source)
  for (const { der } of blocks) {
    const key = readRsaPrivateKey(der)
    if (key) return key
  }
  const { openEncryptedKey } = await import('./encrypted-private-key.js')
  return (await openEncryptedKey(blocks, passphrase)) ?? refuse(source, blocks)
}

/** The PEM blocks of a text; bare DER, and base64 of either, count as one block without a label. */
function readBlocks(source: string | ArrayBuffer | ArrayBufferView): readonly PemBlock[] {
  if (typeof source !== 'string') {
    const der = copyBytes(source)
    return readSequence(der) ? [{ label: '', headers: {}, der }] : readBlocks(text(der))
  }
  const blocks = readPem(source)
  const bytes = blocks.length === 0 ? decodeBase64(source.replace(/\\[nr]|[\s"'\uFEFF]/g, '')) : undefined
  return bytes?.length ? readBlocks(bytes) : blocks
}

function readJwk(jwk: JsonWebKey | undefined): RsaPrivateKeyDer | undefined {
  const numbers = JWK_NUMBERS.map((name) => decodeBase64Url(String(jwk?.[name] ?? '')) ?? new Uint8Array())
  const isComplete = jwk?.kty === 'RSA' && numbers.every((number) => number.length > 0)
  return isComplete ? readRsaPrivateKey(writePkcs1(numbers)) : undefined
}

async function adopt(key: CryptoKey, minimumBits: number): Promise<PrivateKey> {
  const { name, hash, modulusLength: bits } = key.algorithm as RsaHashedKeyAlgorithm
  const signs = name === ALGORITHM.name && hash.name === ALGORITHM.hash && key.usages.includes('sign')
  if (!signs) return refuse(key)
  assertLength(bits, minimumBits)
  if (!key.extractable) return { key, bits }
  const jwk = await crypto.subtle.exportKey('jwk', key)
  const [n, e] = [decodeBase64Url(jwk.n ?? ''), decodeBase64Url(jwk.e ?? '')]
  return { key, bits, ...(n && e && rsaKeyFacts(n, e)) }
}

async function refuse(source: PrivateKeySource, blocks?: readonly PemBlock[]): Promise<never> {
  const { diagnosePrivateKey } = await import('./private-key-diagnosis.js')
  throw diagnosePrivateKey(source, blocks)
}

function isText(source: PrivateKeySource): source is string | ArrayBuffer | ArrayBufferView {
  return typeof source === 'string' || isBytes(source)
}

function isCryptoKey(source: PrivateKeySource): source is CryptoKey {
  return tagOf(source) === 'CryptoKey'
}
