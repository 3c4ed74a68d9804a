import { VerificationError } from '../errors.js'
import type { Claims, Clock } from '../types.js'
import type { FixtureKey, FixtureKeys } from './fixture-keys.js'
import { requireCurrent, signJwt, verifyJwt } from './jwt.js'

/** How a token comes out wrong: without `exp`, already expired, for another key than the one asked for, or not a JWT. */
export type TokenFlaw = 'no-exp' | 'expired' | 'other-key' | 'not-a-jwt'

/** What a token is asked to say. */
export interface TokenRequest {
  readonly claims: Claims
  /** The key the token is bound to. Absent: a token that is not bound, such as a delegation token. */
  readonly jwk?: { readonly n: string; readonly e: string }
  readonly lifeMs: number
}

const ISSUER = 'authService.oracle.com'
const UNRELATED_MODULUS = `${'u'.repeat(341)}w`

/** Issues the security tokens of the emulated tenancy, and knows them again. */
export class TokenIssuer {
  readonly #keys: FixtureKeys
  readonly #clock: Clock
  readonly #flaws: TokenFlaw[] = []
  #revokedBefore = Number.NEGATIVE_INFINITY
  // Part of each token's id. Times have whole seconds: they cannot tell which of two tokens came first.
  #generation = 0

  constructor(keys: FixtureKeys, clock: Clock) {
    this.#keys = keys
    this.#clock = clock
  }

  /** The key that signs every token. */
  key(): Promise<FixtureKey> {
    return this.#keys.get('token-issuer')
  }

  /** A token with the standard claims around the given ones. Carries a flaw when one is due. */
  async issue({ claims, jwk, lifeMs }: TokenRequest): Promise<string> {
    const flaw = this.#flaws.shift()
    if (flaw === 'not-a-jwt') return 'this-is-not-a-token'
    const now = Math.floor(this.#clock() / 1000)
    const key = await this.key()
    const bound = flaw === 'other-key' && jwk !== undefined ? { ...jwk, n: UNRELATED_MODULUS } : jwk
    return signJwt(key, {
      iss: ISSUER,
      aud: 'oci',
      iat: now,
      ...(flaw === 'no-exp' ? {} : { exp: flaw === 'expired' ? now - 1 : now + Math.ceil(lifeMs / 1000) }),
      jti: `${crypto.randomUUID()}-${this.#generation}`,
      ...(bound === undefined ? {} : { jwk: jwkClaim(bound) }),
      ...claims,
    })
  }

  /** The next tokens come out wrong, in this order. */
  spoilNext(...flaws: readonly TokenFlaw[]): void {
    this.#flaws.push(...flaws)
  }

  /** Refuses from now on every token issued so far; or those issued before a moment, in epoch milliseconds. */
  revoke(issuedBefore?: number): void {
    if (issuedBefore === undefined) this.#generation += 1
    else this.#revokedBefore = issuedBefore
  }

  /**
   * The claims of a token of this issuer that is in its life and not revoked.
   * @throws VerificationError `TOKEN_REFUSED`.
   */
  async read(token: string): Promise<Claims> {
    const claims = requireCurrent(await verifyJwt(await this.key(), token), this.#clock())
    const { iat, jti } = claims
    const current = String(jti).endsWith(`-${this.#generation}`)
    if (current && typeof iat === 'number' && iat * 1000 >= this.#revokedBefore) return claims
    throw new VerificationError('TOKEN_REFUSED', 'The token is revoked.')
  }
}

/** OCI states the bound key as a JSON string inside the claims, not as an object. */
function jwkClaim({ n, e }: { readonly n: string; readonly e: string }): string {
  return JSON.stringify({ kty: 'RSA', kid: 'session-key', alg: 'RS256', use: 'sig', n, e })
}
