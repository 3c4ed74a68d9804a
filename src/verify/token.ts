import { decodeBase64Url } from '../encoding/base64.js'
import { type Bytes, utf8 } from '../encoding/bytes.js'
import { readJsonText, readJwtPart } from '../encoding/json.js'
import { VerificationError } from '../errors.js'
import type { Claims } from '../types.js'
import { assertSignature, type PublicKeySource, verificationKey } from './verification-key.js'

/** Whose tokens are believed. Without `issuerKeys` or `confirmToken` none is: a token proves nothing by itself. */
export interface TokenRules {
  /** The issuer's public keys by `kid`, obtained by another way than from the token. */
  readonly issuerKeys?: IssuerKeys | undefined
  /** Asks someone who knows, such as the token's own service, whether a token is genuine. */
  readonly confirmToken?: ((token: string, claims: Claims) => boolean | Promise<boolean>) | undefined
  /** Accepted `iss` claims; any by default. */
  readonly issuers?: readonly string[] | undefined
  /** Accepted `aud` claims; any by default. */
  readonly audiences?: readonly string[] | undefined
  /** Accepted `ptype` claims, such as `user`, `instance`, `resource`; any by default. */
  readonly principalTypes?: readonly string[] | undefined
}

export type IssuerKeys =
  | Readonly<Record<string, PublicKeySource>>
  | ((kid: string) => PublicKeySource | undefined | Promise<PublicKeySource | undefined>)

/** A token that is genuine and in force, and the key that it is bound to. */
export interface VerifiedToken {
  readonly claims: Claims
  readonly key: CryptoKey
}

interface Limits {
  readonly now: number
  readonly minimumBits: number
}

/**
 * Verifies a security token, and only then takes the key out of it: anyone can make a token around a key of their own.
 *
 * @throws VerificationError `TOKEN_REFUSED`, `TOKEN_UNVERIFIED`, `KEY_REFUSED`
 */
export async function verifiedToken(token: string, rules: TokenRules, limits: Limits): Promise<VerifiedToken> {
  const [head = '', payload = '', tail = ''] = token.split('.')
  const header = jsonObject(head)
  const claims = jsonObject(payload)
  // What refuses a token by its own words comes first: it costs nothing, and asking about the token may cost a call.
  assertInForce(claims, limits.now / 1000)
  assertOneOf('iss', claims, rules.issuers)
  assertOneOf('aud', claims, rules.audiences)
  assertOneOf('ptype', claims, rules.principalTypes)
  await assertGenuine(
    { token, header, claims, signed: utf8(`${head}.${payload}`), signature: bytesOf(tail) },
    rules,
    limits,
  )
  return { claims, key: await verificationKey(boundKey(claims), limits.minimumBits) }
}

interface TokenParts {
  readonly token: string
  readonly header: Claims
  readonly claims: Claims
  readonly signed: Bytes
  readonly signature: Bytes
}

async function assertGenuine(
  parts: TokenParts,
  { issuerKeys, confirmToken }: TokenRules,
  { minimumBits }: Limits,
): Promise<void> {
  const { token, header, claims, signed, signature } = parts
  if (header['alg'] !== 'RS256' || 'crit' in header)
    throw refused('a token signed with RS256 and without "crit"', 'another')
  if (issuerKeys) {
    const source = await issuerKey(issuerKeys, header['kid'])
    if (!source)
      throw new VerificationError('TOKEN_UNVERIFIED', 'Expected a token of a known issuer key, found an unknown "kid".')
    const key = await verificationKey(source, minimumBits)
    return assertSignature(key, signature, signed).catch(() => {
      throw refused('a token that its issuer signed', 'another signature')
    })
  }
  if (await confirmToken?.(token, claims)) return
  throw new VerificationError(
    'TOKEN_UNVERIFIED',
    'Expected issuerKeys, or a confirmToken that knows this token, found neither; a token proves nothing by itself.',
  )
}

async function issuerKey(keys: IssuerKeys, kid: unknown): Promise<PublicKeySource | undefined> {
  if (typeof kid !== 'string') return undefined
  if (typeof keys === 'function') return keys(kid)
  return Object.hasOwn(keys, kid) ? keys[kid] : undefined
}

const EXPIRY_SKEW_S = 60
const ISSUE_SKEW_S = 120

function assertInForce({ exp, iat, nbf }: Claims, now: number): void {
  if (typeof exp !== 'number' || !Number.isFinite(exp)) throw refused('a numeric "exp"', 'none')
  if (exp + EXPIRY_SKEW_S < now) throw refused('a token in force', `one that expired ${Math.round(now - exp)} s ago`)
  for (const begin of [iat, nbf]) {
    if (begin === undefined) continue
    if (typeof begin !== 'number') throw refused('numbers as the times of a token', 'something else')
    if (!(begin - ISSUE_SKEW_S <= now)) throw refused('a token in force', 'one of the future')
  }
}

function assertOneOf(name: string, claims: Claims, accepted: readonly string[] | undefined): void {
  const values: readonly unknown[] = [claims[name]].flat()
  if (!accepted || values.some((value) => typeof value === 'string' && accepted.includes(value))) return
  throw refused(`"${name}" to be one of ${accepted.join(', ')}`, 'another')
}

// OCI puts the JWK into the claim as text; tolerate an object.
function boundKey({ jwk }: Claims): JsonWebKey {
  const key: unknown = typeof jwk === 'string' ? readJsonText(jwk) : jwk
  if (typeof key === 'object' && key !== null && 'n' in key && 'e' in key)
    return { kty: 'RSA', n: String(key.n), e: String(key.e) }
  throw refused('a token bound to an RSA key by its "jwk" claim', 'none')
}

function jsonObject(part: string): Claims {
  const value = readJwtPart(part)
  if (value !== undefined) return value
  throw refused('JSON objects in base64url in the token', 'something else')
}

function bytesOf(part: string): Bytes {
  const bytes = decodeBase64Url(part)
  if (bytes) return bytes
  throw refused('a token in base64url', 'something else')
}

function refused(expected: string, found: string): VerificationError {
  return new VerificationError('TOKEN_REFUSED', `Expected ${expected}, found ${found}.`)
}
