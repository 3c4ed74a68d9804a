import { decodeBase64Url, encodeBase64Url } from '../encoding/base64.js'
import { type Bytes, concat, tagOf, text, utf8 } from '../encoding/bytes.js'
import { ConfigurationError, UsageError } from '../errors.js'
import { type Clock, type Expiring, systemClock } from '../types.js'
import type { CredentialsStore } from './cache-options.js'

/**
 * What keeps sealed credentials for many isolates or processes: Redis, Workers KV, a Durable Object, Deno KV. Values are
 * text of a few kilobytes.
 *
 * @example
 * ```ts
 * import type { TokenStore } from 'countersign/credentials/token-store'
 *
 * interface KvNamespace {
 *   get(key: string): Promise<string | null>
 *   put(key: string, value: string, options: { expiration: number }): Promise<void>
 * }
 * const workersKv = (namespace: KvNamespace): TokenStore => ({
 *   get: (key) => namespace.get(key),
 *   set: (key, value, { expiresAt }) => namespace.put(key, value, { expiration: Math.floor(expiresAt / 1000) }),
 * })
 *
 * interface Redis {
 *   get(key: string): Promise<string | null>
 *   set(key: string, value: string, options: { PXAT: number } | { NX: true; PX: number }): Promise<string | null>
 * }
 * const redis = (client: Redis): TokenStore => ({
 *   get: (key) => client.get(key),
 *   set: async (key, value, { expiresAt }) => {
 *     await client.set(key, value, { PXAT: expiresAt })
 *   },
 *   lease: async (key, ms) => (await client.set(key, '1', { NX: true, PX: ms })) === 'OK',
 * })
 * ```
 */
export interface TokenStore {
  get(key: string): Promise<string | null | undefined>
  /** Keeps the value until `expiresAt`, in epoch milliseconds, or shorter. */
  set(key: string, value: string, options: { readonly expiresAt: number }): Promise<void>
  /**
   * True for one caller in `ms` milliseconds: the one that refreshes for all. Optional: without it, several may refresh
   * at a time, which does no harm.
   */
  lease?(key: string, ms: number): Promise<boolean>
}

export interface SealedStoreOptions {
  readonly store: TokenStore
  /** Whose credentials these are, such as `production/instance-principal`; the name in the store, too. */
  readonly name: string
  /** 32 random bytes, or an AES-GCM key, from a place that is not the store: a secret binding, an environment variable. */
  readonly key: Bytes | CryptoKey
  readonly clock?: Clock | undefined
}

/** Sealed text begins with it, so that its form can change. */
const VERSION = 1
const IV_BYTES = 12
const RSA = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/**
 * A store of sealed credentials for the `store` option of any provider: isolates and processes that start later find
 * what the first one obtained. Token and private key are sealed together (AES-256-GCM, bound to the name), so nobody who
 * sees or changes the store learns or mixes them. The session key must be extractable to be sealed: ask the provider for
 * `sessionKey: { extractable: true }`. Whoever has the sealing key and the store can sign as you.
 *
 * @throws UsageError `OPTION_INVALID` at once for a key of another kind; when sealing, for a session key that cannot leave.
 * @throws ConfigurationError `TOKEN_INVALID` when what is stored cannot be opened.
 * @example
 * ```ts
 * import type { OciCredentials } from 'countersign'
 * import { instancePrincipal } from 'countersign/credentials/instance-principal'
 * import { sealedStore, type TokenStore } from 'countersign/credentials/token-store'
 *
 * declare const redis: TokenStore
 * declare const key: Uint8Array<ArrayBuffer>
 * const store = sealedStore<OciCredentials>({ store: redis, name: 'production', key })
 * const credentials = instancePrincipal({ store, sessionKey: { extractable: true } })
 * ```
 */
export function sealedStore<C extends Expiring>(options: SealedStoreOptions): CredentialsStore<C> {
  const { store, name, clock = systemClock } = options
  assertSealingKey(options.key)
  const additionalData = utf8(`countersign/${VERSION}/${name}`)
  let imported: CryptoKey | undefined
  const sealingKey = async (): Promise<CryptoKey> => {
    imported ??= await importSealingKey(options.key)
    return imported
  }
  return {
    async get() {
      const sealed = await store.get(name)
      if (typeof sealed !== 'string') return undefined
      const credentials = await opened<C>(sealed, await sealingKey(), additionalData)
      return clock() < (credentials.expiresAt ?? 0) ? credentials : undefined
    },
    async set(credentials) {
      const { expiresAt } = credentials
      if (expiresAt === undefined) return
      await store.set(name, await sealed(credentials, await sealingKey(), additionalData), { expiresAt })
    },
    ...(store.lease && { lease: async (ms: number) => (await store.lease?.(`${name}/lease`, ms)) ?? true }),
  }
}

// At once: a store that cannot seal is passed over from then on, and only an event would tell.
function assertSealingKey(key: unknown): void {
  if (key instanceof Uint8Array) {
    if (key.length !== 32) throw invalid(`32 bytes to seal with, got ${key.length}`)
  } else if (tagOf(key) === 'CryptoKey') {
    const { algorithm } = key as CryptoKey
    if (algorithm.name !== 'AES-GCM') throw invalid(`an AES-GCM key to seal with, got ${algorithm.name}`)
  } else throw invalid(`32 bytes or an AES-GCM key to seal with, got ${key === null ? 'null' : typeof key}`)
}

async function importSealingKey(key: Bytes | CryptoKey): Promise<CryptoKey> {
  return key instanceof Uint8Array ? crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']) : key
}

async function sealed(credentials: object, sealingKey: CryptoKey, additionalData: Bytes): Promise<string> {
  const { key, ...rest } = credentials as { readonly key?: unknown }
  const content = JSON.stringify({ ...rest, ...(key !== undefined && { key: await exported(key) }) })
  const iv = crypto.getRandomValues(new Uint8Array(IV_BYTES))
  const encrypted = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData }, sealingKey, utf8(content))
  return encodeBase64Url(concat(Uint8Array.of(VERSION), iv, new Uint8Array(encrypted)))
}

async function opened<C>(value: string, sealingKey: CryptoKey, additionalData: Bytes): Promise<C> {
  const bytes = decodeBase64Url(value)
  if (bytes?.[0] !== VERSION) throw unreadable('it was not sealed by this version')
  const iv = bytes.slice(1, 1 + IV_BYTES)
  const encrypted = bytes.slice(1 + IV_BYTES)
  const content = await crypto.subtle
    .decrypt({ name: 'AES-GCM', iv, additionalData }, sealingKey, encrypted)
    .catch(() => {
      throw unreadable('it was sealed with another key or under another name, or was changed')
    })
  const { key, ...rest } = JSON.parse(text(new Uint8Array(content))) as { readonly key?: JsonWebKey }
  return { ...rest, ...(key && { key: await crypto.subtle.importKey('jwk', key, RSA, false, ['sign']) }) } as C
}

async function exported(key: unknown): Promise<JsonWebKey> {
  if (typeof key === 'function') throw invalid('a key to seal, got a function that signs')
  const { extractable } = key as CryptoKey
  if (!extractable)
    throw invalid('a session key that can be exported; ask the provider for sessionKey: { extractable: true }')
  return crypto.subtle.exportKey('jwk', key as CryptoKey)
}

function invalid(expected: string): UsageError {
  return new UsageError('OPTION_INVALID', `Expected ${expected}.`)
}

function unreadable(reason: string): ConfigurationError {
  return new ConfigurationError('TOKEN_INVALID', `Expected sealed credentials in the store, but ${reason}.`)
}
