import { toHex, utf8 } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import type { AlibabaCredentials } from '../types.js'
import { hmac, hmacKey, keyOf, sha256Hex } from './alibaba-hmac.js'
import type { OssResource } from './alibaba-oss-resource.js'
import { byCodeUnit, type QueryPairs } from './alibaba-request.js'

/** The name of signature V4. */
export const ALGORITHM = 'OSS4-HMAC-SHA256'
/** Stands in the place of a hash: OSS does not cover bodies. */
export const UNSIGNED_PAYLOAD = 'UNSIGNED-PAYLOAD'

/** What is signed, when, and for which region. */
export interface Oss4Scene {
  readonly method: string
  readonly url: URL
  readonly resource: OssResource
  /** `yyyymmddThhmmssZ`. */
  readonly date: string
  readonly scope: string
}

/** The signature in hex, and the provider's intermediate strings. */
export async function signatureOf(
  credentials: AlibabaCredentials,
  parts: Oss4Scene & {
    readonly headers: Readonly<Record<string, string>>
    readonly additional: readonly string[]
    readonly pairs: QueryPairs
  },
): Promise<{ canonicalRequest: string; stringToSign: string; signature: string }> {
  const { scope, date, resource, pairs } = parts
  const key = await keyOf(credentials, `${ALGORITHM} ${scope}`, (secret) => signingKey(secret, scope))
  const canonical = canonicalRequest({ ...parts, uri: canonicalUri(resource), query: canonicalQuery(pairs) })
  const string = await stringToSign(canonical, date, scope)
  return { canonicalRequest: canonical, stringToSign: string, signature: toHex(await hmac(key, string)) }
}

/** `/bucket/key` with everything but the slashes encoded; `/` for the service itself. */
export function canonicalUri({ bucket, key }: OssResource): string {
  const path = bucket === undefined ? `/${key}` : `/${bucket}/${key}`
  return path.split('/').map(percentEncode).join('/')
}

/** Encoded pairs in the order of their encoded names. An empty value leaves the bare name. */
export function canonicalQuery(pairs: QueryPairs): string {
  return pairs
    .map(([name, value]) => [percentEncode(name), percentEncode(value)] as const)
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => (value === '' ? name : `${name}=${value}`))
    .join('&')
}

/** What the hash in the string to sign is taken of. Header names are in lower case. */
export function canonicalRequest(parts: {
  readonly method: string
  readonly uri: string
  readonly query: string
  readonly headers: Readonly<Record<string, string>>
  readonly additional: readonly string[]
}): string {
  const { method, uri, query, headers, additional } = parts
  const names = Object.keys(headers)
    .filter((name) => isSigned(name) || additional.includes(name))
    .sort(byCodeUnit)
  const block = names.map((name) => `${name}:${headers[name]}\n`).join('')
  const payload = headers['x-oss-content-sha256'] ?? UNSIGNED_PAYLOAD
  return `${method}\n${uri}\n${query}\n${block}\n${additional.join(';')}\n${payload}`
}

/** The algorithm, the time, the scope and the hash of the canonical request. */
export async function stringToSign(canonical: string, date: string, scope: string): Promise<string> {
  return `${ALGORITHM}\n${date}\n${scope}\n${await sha256Hex(canonical)}`
}

/** The key for one day, region and product, derived from the secret by a chain of HMACs. */
export async function signingKey(accessKeySecret: string, scope: string): Promise<CryptoKey> {
  let key = utf8(`aliyun_v4${accessKeySecret}`)
  for (const part of scope.split('/')) key = await hmac(await hmacKey('SHA-256', key), part)
  return hmacKey('SHA-256', key)
}

/** The names to cover besides those that always are: lower case, sorted, present in the request. */
export function additionalHeaders(
  headers: Readonly<Record<string, string>>,
  wanted: readonly string[] = [],
): readonly string[] {
  const names = new Set(wanted.map((name) => name.toLowerCase()))
  return [...names].filter((name) => Object.hasOwn(headers, name) && !isSigned(name)).sort(byCodeUnit)
}

const ALWAYS_SIGNED = ['content-type', 'content-md5']
const isSigned = (name: string): boolean => name.startsWith('x-oss-') || ALWAYS_SIGNED.includes(name)
