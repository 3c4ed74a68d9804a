import { encodeBase64Url } from '../encoding/base64.js'
import { asJsonObject, readJsonText, readJwtPart } from '../encoding/json.js'
import { ConfigurationError } from '../errors.js'
import type { PrivateKey } from '../keys/import-private-key.js'
import { readRsaPublicKey } from '../keys/rsa-key.js'
import { type SessionKey, sameJwk } from '../keys/session-key.js'
import type { Claims, OciCredentials } from '../types.js'

/** The public numbers of an RSA key in unpadded base64url, as JWKs have them. */
export interface RsaJwk {
  readonly n: string
  readonly e: string
}

/** A security token, read and not verified: only the service that issued it can do that. */
export interface SecurityToken {
  /** The compact JWT, without the `ST$` that some services put before it. */
  readonly token: string
  readonly claims: Claims
  /** Epoch milliseconds; absent when the token does not say. */
  readonly expiresAt?: number
  /** Epoch milliseconds; absent when the token does not say. */
  readonly issuedAt?: number
  /** The public key that the token is bound to; absent when the token names none. */
  readonly jwk?: RsaJwk
}

/** A key that a token can be bound to. Without public numbers there is nothing to compare the token with. */
export type BoundKey = SessionKey | (PrivateKey & { readonly jwk?: RsaJwk })

export interface TokenCredentialsOptions {
  readonly token: string | SecurityToken
  /** The key that the token was issued for. */
  readonly key: BoundKey
  /** The name of the provider, such as `instance-principal`. */
  readonly source: string
  readonly region?: string | undefined
  /** Default: the token's `tenant` claim. */
  readonly tenancy?: string | undefined
  readonly signedHeaders?: Readonly<Record<string, string>> | undefined
}

/** Larger than any token met (they grow with tags and groups), small enough to fit the header limits of servers. */
const LONGEST_TOKEN = 32_768

/**
 * Reads a security token: a compact JWT, perhaps with white space around it or `ST$` before it.
 *
 * @throws ConfigurationError `TOKEN_INVALID` when it is anything else. The message does not show the token.
 * @see https://www.rfc-editor.org/rfc/rfc7519#section-7.2
 */
export function readSecurityToken(token: string): SecurityToken {
  const compact = token.trim().replace(/^ST\$/, '')
  if (compact === '') throw invalid('it is empty')
  if (compact.length > LONGEST_TOKEN) throw invalid(`it is ${compact.length} characters long`)
  const parts = compact.split('.')
  const [header, payload] = parts.slice(0, 2).map(readJwtPart)
  if (parts.length !== 3) throw invalid(`it has ${parts.length} parts between dots and not 3`)
  if (header === undefined) throw invalid('its header is not JSON in base64url')
  if (payload === undefined) throw invalid('its payload is not a JSON object in base64url')
  if (!/^[\w-]+$/.test(parts[2] ?? '')) throw invalid('its signature is not base64url')
  return { token: compact, claims: payload, ...dates(payload), ...boundKey(payload) }
}

/**
 * Makes sure that a token and a key belong together. A token that names no key cannot be compared and passes.
 *
 * @throws ConfigurationError `TOKEN_KEY_MISMATCH` when the token was issued for another key.
 */
export function assertBoundTo(token: SecurityToken, key: BoundKey): void {
  const jwk = publicNumbers(key)
  if (token.jwk === undefined || jwk === undefined || sameJwk(token.jwk, jwk)) return
  throw new ConfigurationError(
    'TOKEN_KEY_MISMATCH',
    'Expected the security token to be issued for the private key given, it names another public key in its jwk claim; ' +
      'take token and key from the same session.',
  )
}

/**
 * Makes credentials of a security token and the key it is bound to.
 *
 * @throws ConfigurationError `TOKEN_INVALID`, `TOKEN_KEY_MISMATCH`.
 * @example
 * ```ts
 * import { tokenCredentials } from 'countersign/federation/security-token'
 * import { importPrivateKey } from 'countersign/keys/import-private-key'
 *
 * declare const token: string
 * declare const pem: string
 * const credentials = tokenCredentials({ token, key: await importPrivateKey(pem), source: 'my-vault' })
 * ```
 */
export function tokenCredentials(options: TokenCredentialsOptions): OciCredentials {
  const { key, source, region, signedHeaders } = options
  const securityToken = typeof options.token === 'string' ? readSecurityToken(options.token) : options.token
  assertBoundTo(securityToken, key)
  const { token, claims, expiresAt, issuedAt } = securityToken
  const tenancy = options.tenancy ?? (typeof claims['tenant'] === 'string' ? claims['tenant'] : undefined)
  return {
    keyId: `ST$${token}`,
    key: 'privateKey' in key ? key.privateKey : key.key,
    token,
    claims,
    source,
    ...(expiresAt !== undefined && { expiresAt }),
    ...(issuedAt !== undefined && { issuedAt }),
    ...(region !== undefined && { region }),
    ...(tenancy !== undefined && { tenancy }),
    ...(signedHeaders !== undefined && { signedHeaders }),
  }
}

function dates(claims: Claims): { expiresAt?: number; issuedAt?: number } {
  const expiresAt = milliseconds(claims, 'exp')
  const issuedAt = milliseconds(claims, 'iat')
  if (expiresAt !== undefined && issuedAt !== undefined && expiresAt <= issuedAt) {
    throw invalid('its exp claim is not later than its iat claim')
  }
  return { ...(expiresAt !== undefined && { expiresAt }), ...(issuedAt !== undefined && { issuedAt }) }
}

function milliseconds(claims: Claims, name: 'exp' | 'iat'): number | undefined {
  const seconds = claims[name]
  if (seconds === undefined) return undefined
  if (typeof seconds === 'number' && seconds > 0 && seconds < 1e11) return Math.floor(seconds * 1000)
  throw invalid(`its ${name} claim is not a time in epoch seconds`)
}

/** Services put the key into the claim as an object or as the JSON text of one. */
function boundKey({ jwk: claim }: Claims): { jwk?: RsaJwk } {
  if (claim === undefined || claim === null) return {}
  const { n, e } = asJsonObject(typeof claim === 'string' ? readJsonText(claim) : claim) ?? {}
  if (typeof n !== 'string' || typeof e !== 'string') throw invalid('its jwk claim is not an RSA key in JSON')
  return { jwk: { n, e } }
}

function publicNumbers(key: BoundKey): RsaJwk | undefined {
  if (key.jwk !== undefined) return key.jwk
  const numbers = key.publicKey && readRsaPublicKey(key.publicKey)
  return numbers && { n: encodeBase64Url(numbers.n), e: encodeBase64Url(numbers.e) }
}

function invalid(finding: string): ConfigurationError {
  return new ConfigurationError('TOKEN_INVALID', `Expected a security token (a JWT with three parts), but ${finding}.`)
}
