import { VerificationError } from '../errors.js'
import type { Claims } from '../types.js'
import type { ParsedKeyId } from './key-id.js'

/**
 * Who signed, as far as the key id, and the verified claims of the token in it, tell.
 *
 * @throws VerificationError `TOKEN_REFUSED` for a token without a subject.
 */
export function principalOf(keyId: ParsedKeyId, claims: Claims = {}): { subject: string; tenancy?: string } {
  if (keyId.kind === 'api-key') return { subject: keyId.user, tenancy: keyId.tenancy }
  if (keyId.kind === 'certificate') return { subject: keyId.fingerprint, tenancy: keyId.tenancy }
  if (keyId.kind === 'resource') return { subject: keyId.resource, ...(keyId.tenancy && { tenancy: keyId.tenancy }) }
  const { sub, tenant } = claims
  if (typeof sub !== 'string' || !sub)
    throw new VerificationError('TOKEN_REFUSED', 'Expected a "sub" claim in the token, found none.')
  return { subject: sub, ...(typeof tenant === 'string' && { tenancy: tenant }) }
}
