import { decodeBase64Url, encodeBase64Url } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { readJwtPart } from '../encoding/json.js'
import { VerificationError } from '../errors.js'
import type { Claims } from '../types.js'
import type { FixtureKey } from './fixture-keys.js'

const RS256 = 'RSASSA-PKCS1-v1_5'

/** Signs claims as a compact JWS (RS256). The key id is the fingerprint of the key. */
export async function signJwt(key: FixtureKey, claims: Claims): Promise<string> {
  const header = encodePart({ kid: key.fingerprint, alg: 'RS256', typ: 'JWT' })
  const signed = `${header}.${encodePart(claims)}`
  const signature = await crypto.subtle.sign(RS256, key.privateKey, utf8(signed))
  return `${signed}.${encodeBase64Url(new Uint8Array(signature))}`
}

/**
 * The claims of a compact JWS whose signature is this key's.
 * @throws VerificationError `TOKEN_REFUSED` for anything else. Times are not looked at.
 */
export async function verifyJwt(key: FixtureKey, token: string): Promise<Claims> {
  const [header, payload, signature, ...rest] = token.split('.')
  const signatureBytes = signature === undefined ? undefined : decodeBase64Url(signature)
  if (header === undefined || payload === undefined || signatureBytes === undefined || rest.length > 0) {
    throw refused('Expected a JWT of three base64url parts.')
  }
  if (decodePart(header)['alg'] !== 'RS256') throw refused('Expected a JWT with alg RS256.')
  const valid = await crypto.subtle.verify(RS256, key.publicKey, signatureBytes, utf8(`${header}.${payload}`))
  if (!valid) throw refused("Expected a JWT that is signed with the issuer's key; the signature is another's.")
  return decodePart(payload)
}

/**
 * The claims of a JWT in its life.
 * @throws VerificationError `TOKEN_REFUSED` when `exp` is missing or past, or `nbf` is still to come.
 */
export function requireCurrent(claims: Claims, now: number): Claims {
  const { exp, nbf } = claims
  if (typeof exp !== 'number') throw refused('Expected the token to carry "exp" as a number.')
  if (exp * 1000 <= now) throw refused(`The token expired at ${new Date(exp * 1000).toISOString()}.`)
  if (typeof nbf === 'number' && nbf * 1000 > now) throw refused('The token is not valid yet.')
  return claims
}

function encodePart(value: Claims): string {
  return encodeBase64Url(utf8(JSON.stringify(value)))
}

function decodePart(part: string): Claims {
  const claims = readJwtPart(part)
  if (claims !== undefined) return claims
  throw refused('Expected the header and payload of the JWT to be JSON objects.')
}

function refused(message: string): VerificationError {
  return new VerificationError('TOKEN_REFUSED', message)
}
