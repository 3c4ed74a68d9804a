import { UsageError } from '../errors.js'
import { authEndpoint, endpoint, resolveRegion } from '../regions/regions.js'
import { signOciHeaders } from '../signers/oci.js'
import type { Clock, CredentialsProvider, OciCredentials } from '../types.js'
import { CHALLENGE_HEADER } from '../verify/challenge.js'
import type { ClientProof } from '../verify/client-proof.js'
import type { UserProof } from '../verify/principal-relay.js'
import { knownKeyId } from './known-key-id.js'

/** Whose identity is to be proved. */
export interface PrincipalProofOptions {
  readonly credentials: CredentialsProvider<OciCredentials>
  /** Left out: the region of the credentials. */
  readonly region?: string | undefined
  /** What the service gave us to sign. Without one, the service could use the proof elsewhere for five minutes. */
  readonly challenge?: string | undefined
  readonly clock?: Clock | undefined
}

/**
 * Proves to a service which OCI user we are: the headers of a Get User request of ourselves, which the service sends to
 * OCI. The other side is `verifyUserProof`.
 *
 * @throws UsageError `KEY_ID_INVALID` for credentials that are no user's API key, `OPTION_INVALID` without a region.
 * @example
 * ```ts
 * import { apiKey } from 'countersign'
 * import { userProof } from 'countersign/logins/principal-proof'
 *
 * declare const [tenancy, user, privateKey, challenge]: [string, string, string, string]
 * const credentials = apiKey({ tenancy, user, privateKey })
 * const proof = await userProof({ credentials, region: 'eu-frankfurt-1', challenge })
 * await fetch('https://api.example.com/login', { method: 'POST', body: JSON.stringify(proof) })
 * ```
 */
export async function userProof(options: PrincipalProofOptions): Promise<UserProof> {
  const credentials = await options.credentials()
  const keyId = knownKeyId(credentials.keyId)
  if (keyId?.kind !== 'api-key') {
    throw new UsageError(
      'KEY_ID_INVALID',
      "Expected a user's API key, with a key id of the form tenancy/user/fingerprint. Other principals prove themselves by clientProof.",
    )
  }
  const region = regionOf(options, credentials)
  const url = `${endpoint('identity', resolveRegion(region))}/20160918/users/${keyId.user}`
  return { region, headers: await signed('GET', url, credentials, options) }
}

/**
 * Proves to a service which OCI principal we are, of any kind: a signed call of `authenticateClient`, which the service
 * makes. Our own policies must allow it: `AUTHENTICATION_INSPECT` in the tenancy. The other side is `verifyClientProof`.
 *
 * @throws UsageError `OPTION_INVALID` without a region or a challenge.
 * @example
 * ```ts
 * import { instancePrincipal } from 'countersign/credentials/instance-principal'
 * import { clientProof } from 'countersign/logins/principal-proof'
 *
 * declare const challenge: string
 * const proof = await clientProof({ credentials: instancePrincipal(), challenge })
 * ```
 */
export async function clientProof(
  options: PrincipalProofOptions & { readonly challenge: string },
): Promise<ClientProof> {
  if (options.challenge === '') throw new UsageError('OPTION_INVALID', 'Expected the challenge that the service gave.')
  const credentials = await options.credentials()
  const region = regionOf(options, credentials)
  const url = `${authEndpoint(resolveRegion(region))}/v1/authentication/authenticateClient`
  const inner = await signed('GET', url, credentials, options)
  const listed = Object.entries(inner).map(([name, value]) => [name, [value]])
  const target = `get ${new URL(url).pathname}`
  const body = JSON.stringify({ requestHeaders: { '(request-target)': [target], ...Object.fromEntries(listed) } })
  return { region, headers: await signed('POST', url, credentials, options, body), body }
}

async function signed(
  method: string,
  url: string,
  credentials: OciCredentials,
  { challenge, clock }: PrincipalProofOptions,
  body?: string,
): Promise<Readonly<Record<string, string>>> {
  const headers = {
    ...(challenge !== undefined && { [CHALLENGE_HEADER]: challenge }),
    ...(body !== undefined && { 'content-type': 'application/json' }),
  }
  const covered = challenge === undefined ? {} : { additionalSignedHeaders: [CHALLENGE_HEADER] }
  const request = { method, url, headers, ...(body !== undefined && { body }) }
  const { signedHeaders: _, ...plain } = credentials
  const result = await signOciHeaders(request, plain, { ...covered, ...(clock && { clock }) })
  const { '(request-target)': _target, ...values } = result.signedValues
  return { ...values, authorization: result.headers['authorization'] ?? '' }
}

function regionOf({ region }: PrincipalProofOptions, credentials: OciCredentials): string {
  const name = region ?? credentials.region
  if (name === undefined) throw new UsageError('OPTION_INVALID', 'Expected a region: the credentials do not name one.')
  return resolveRegion(name).id
}
