import { encodeBase64Url } from '../../encoding/base64.js'
import { readRsaPublicKey } from '../../keys/rsa-key.js'
import type { CauseCode } from '../causes.js'
import { isoTime } from '../evidence.js'
import type { Scene } from '../scene.js'
import type { Finding } from '../types.js'

const skewAllowed = 120_000

/** The security token: form, life, tenancy, and the key that it is bound to. */
export function checkToken(scene: Scene): readonly Finding[] {
  const { token, keyId, setUp } = scene
  const spelling = checkSpelling(setUp.token === undefined ? keyId : `ST$${setUp.token}`)
  if (spelling.length > 0) return spelling
  if (token === undefined) return []
  if (token.value === undefined)
    return [finding('TOKEN_MALFORMED', 'three base64url parts with dots between them were expected')]
  return [...checkLife(scene), ...checkTenancy(scene), ...checkKeyBinding(scene)]
}

function checkSpelling(keyId: string | undefined): readonly Finding[] {
  if (keyId === undefined || !keyId.trimStart().startsWith('ST$')) return []
  if (keyId.startsWith('ST$ST$')) return [finding('TOKEN_PREFIX_DOUBLED', 'the key id starts with "ST$ST$"')]
  return /\s/u.test(keyId) ? [finding('TOKEN_WHITESPACE', 'there is white space in or around the token')] : []
}

function checkLife({ token, sentAt }: Scene): readonly Finding[] {
  const { expiresAt, issuedAt } = token?.value ?? {}
  if (expiresAt !== undefined && expiresAt <= sentAt) {
    return [finding('TOKEN_EXPIRED', `expired at ${isoTime(expiresAt)}`, `sent at ${isoTime(sentAt)}`)]
  }
  if (issuedAt !== undefined && issuedAt > sentAt + skewAllowed) {
    return [finding('TOKEN_NOT_YET_VALID', `issued at ${isoTime(issuedAt)}`, `sent at ${isoTime(sentAt)}`)]
  }
  return []
}

function checkTenancy({ token, setUp }: Scene): readonly Finding[] {
  const { tenant, res_tenant: resourceTenant } = token?.value?.claims ?? {}
  const configured = setUp.tenancy?.trim()
  if (configured === undefined || typeof tenant !== 'string') return []
  if ([tenant, resourceTenant].includes(configured)) return []
  return [finding('TOKEN_FOREIGN', `configured tenancy: ${configured}`, `tenancy of the token: ${tenant}`)]
}

/** Compares the modulus of the token's `jwk` with that of the configured key. */
function checkKeyBinding({ token, key }: Scene): readonly Finding[] {
  const bound = token?.value?.jwk?.n
  const held = key?.value?.publicKey && readRsaPublicKey(key.value.publicKey)?.n
  if (bound === undefined || held === undefined || bound === encodeBase64Url(held)) return []
  return [finding('TOKEN_KEY_MISMATCH', 'the modulus in the token’s jwk is not that of the configured key')]
}

function finding(code: CauseCode, ...evidence: readonly string[]): Finding {
  return { code, certainty: 'certain', evidence }
}
