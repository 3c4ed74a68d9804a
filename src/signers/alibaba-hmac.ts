import { toHex, utf8 } from '../encoding/bytes.js'
import { ConfigurationError } from '../errors.js'
import type { AlibabaCredentials } from '../types.js'

/** The hashes that Alibaba Cloud's signature schemes use. */
export type HmacHash = 'SHA-1' | 'SHA-256'

/** The SHA-256 of no bytes at all, in lower-case hex. */
export const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

// Holds keys, never promises: on Workers one request must not await what another started.
const importedKeys = new WeakMap<AlibabaCredentials, Map<string, CryptoKey>>()

/** The lower-case hex SHA-256 of text or bytes. */
export async function sha256Hex(data: string | Uint8Array<ArrayBuffer>): Promise<string> {
  const bytes = typeof data === 'string' ? utf8(data) : data
  if (bytes.length === 0) return EMPTY_SHA256
  return toHex(new Uint8Array(await crypto.subtle.digest('SHA-256', bytes)))
}

/** HMAC over the UTF-8 of `message`. */
export async function hmac(key: CryptoKey, message: string): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.sign('HMAC', key, utf8(message)))
}

/** Imports raw bytes as an HMAC key that cannot be exported again. */
export function hmacKey(hash: HmacHash, bytes: Uint8Array<ArrayBuffer>): Promise<CryptoKey> {
  return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash }, false, ['sign'])
}

/** Gives the key that `derive` makes of these credentials, made once for each `label` and kept as long as they live. */
export async function keyOf(
  credentials: AlibabaCredentials,
  label: string,
  derive: (accessKeySecret: string) => Promise<CryptoKey>,
): Promise<CryptoKey> {
  assertAlibabaCredentials(credentials)
  const known = importedKeys.get(credentials) ?? new Map<string, CryptoKey>()
  const imported = known.get(label)
  if (imported) return imported
  const key = await derive(credentials.accessKeySecret)
  if (known.size >= MOST_KEYS) known.clear()
  importedKeys.set(credentials, known.set(label, key))
  return key
}

// One for each scheme, and for OSS one for each day and region.
const MOST_KEYS = 16

const FIELDS = ['accessKeyId', 'accessKeySecret', 'securityToken'] as const

function assertAlibabaCredentials(credentials: AlibabaCredentials): void {
  for (const field of FIELDS) {
    const value: unknown = credentials[field]
    if (typeof value === 'string' && VISIBLE.test(value)) continue
    if (field === 'securityToken' && value === undefined) continue
    throw new ConfigurationError(
      'CONFIG_INVALID',
      `Expected Alibaba Cloud credentials with a non-empty ${field} without spaces or line ends, found ${describe(value)}.`,
    )
  }
}

const VISIBLE = /^[\x21-\x7e]+$/

function describe(value: unknown): string {
  if (typeof value !== 'string') return value === undefined ? 'none' : `a value of type ${typeof value}`
  return value === '' ? 'an empty one' : 'one with white space or characters that are not ASCII; trim what was read'
}
