import { UsageError } from '../errors.js'
import type { OciCredentials } from '../types.js'
import { knownKeyId } from './known-key-id.js'

/** What Infisical's servers accept as host. It is their whole guard, so only old-style hosts of the commercial realm. */
const HOST = /^identity\.([a-z]{2}-[a-z]+-[1-9])\.oraclecloud\.com$/

/**
 * The host that is signed for, by region.
 *
 * @throws UsageError `OPTION_INVALID` for a region that Infisical's servers do not let through.
 */
export function infisicalHost(region: string): string {
  const host = `identity.${region}.oraclecloud.com`
  if (HOST.test(host)) return host
  throw new UsageError(
    'OPTION_INVALID',
    `Infisical takes regions of the commercial realm with names like us-ashburn-1 alone, got "${region}". Choose such a region to which the tenancy is subscribed.`,
  )
}

/** @throws UsageError `OPTION_INVALID` for an id that Infisical's servers do not take. */
export function requireIdentityId(identityId: string): void {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(identityId)) return
  throw new UsageError(
    'OPTION_INVALID',
    'Expected the identity id to be a UUID: copy it from the identity in Infisical.',
  )
}

/**
 * The user behind API key credentials: the only ones with which Infisical can ask OCI who signed.
 *
 * @throws UsageError `KEY_ID_INVALID` for a session, an instance or a resource principal, with the reason.
 */
export function apiKeyUser({ keyId }: Pick<OciCredentials, 'keyId'>): string {
  const parsed = knownKeyId(keyId)
  if (parsed?.kind === 'api-key') return parsed.user
  throw refused(parsed === undefined ? 'got another form' : FOUND[parsed.kind])
}

const FOUND = {
  token: 'got a security token: Infisical reads the user out of the key id, and a token does not have it there',
  resource: "got a resource's key: Infisical asks OCI's Get User, which is for users",
  certificate: "got a certificate's key: Infisical asks OCI's Get User, which is for users",
} as const

function refused(found: string): UsageError {
  return new UsageError(
    'KEY_ID_INVALID',
    `Expected a user's API key with a key id of the form tenancy/user/fingerprint, ${found}.`,
  )
}
