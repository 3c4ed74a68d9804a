import { asJsonObject, type JsonObject } from '../encoding/json.js'
import { ServiceError, VerificationError } from '../errors.js'
import { checkedEndpoint } from '../regions/endpoints.js'
import { authEndpoint, resolveRegion } from '../regions/regions.js'
import { assertChallenge, challengeHeaders } from './challenge.js'
import { askOci } from './oci-answer.js'
import { checkPresigned, type PresignedRules, principalRefused, requireTenancies } from './presigned.js'
import type { WireRequest } from './received.js'

/** How a service asks OCI about those who call it. */
export interface AuthenticationService {
  /** The region of the service's own principal. */
  readonly region: string
  /** Signs with the service's own principal, which needs AUTHENTICATION_INSPECT and GROUP_MEMBERSHIP_INSPECT. */
  readonly fetch: typeof fetch
  /** The address to ask, when it is not the region's public one. */
  readonly endpoint?: string | undefined
  /** @defaultValue 10 000 */
  readonly timeoutMs?: number | undefined
}

/** Whose requests are taken, and how OCI is asked. */
export interface AuthenticateClientOptions extends AuthenticationService, PresignedRules {
  /** The authorities this service answers to: a request that was signed for another must not pass here. */
  readonly hosts: readonly string[]
  /** The OCIDs of the tenancies whose principals may call. */
  readonly tenancies: readonly string[]
  /** What kinds of principals may call, such as `user` and `instance`; any by default. */
  readonly principalTypes?: readonly string[] | undefined
  /**
   * The challenge that this client was given, to be signed in {@link CHALLENGE_HEADER}. Leave the option out to go
   * without: one that is there and undefined was not found, and is refused.
   */
  readonly challenge?: string
}

/** The principal that OCI vouches for. */
export interface AuthenticatedClient {
  readonly subject: string
  readonly tenancy: string
  /** `user`, `instance`, `resource`… */
  readonly type: string
  readonly claims: Readonly<Record<string, string>>
  /** When the request was signed, in epoch milliseconds. */
  readonly time: number
}

/**
 * Finds out which OCI principal signed a request, by asking OCI as Vault does: users, sessions, instances and resources,
 * without knowing any of their keys. What can be checked without OCI is checked first.
 *
 * @throws VerificationError with the reason, for your log: answer with one generic 401.
 * @throws ServiceError when OCI cannot be asked, which says nothing about the caller; UsageError `OPTION_INVALID` without
 * tenancies, `URL_INVALID` for the endpoint, `BODY_NOT_REPLAYABLE` for a body that was read already.
 * @example
 * ```ts
 * import { authenticateClient } from 'countersign/verify/authenticate-client'
 *
 * declare const request: Request
 * declare const signedFetch: typeof fetch
 * const { subject, type } = await authenticateClient(request, {
 *   hosts: ['api.example.com'],
 *   tenancies: ['ocid1.tenancy.oc1..a'],
 *   region: 'eu-frankfurt-1',
 *   fetch: signedFetch,
 * })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity-dp/v1/
 */
export async function authenticateClient(
  request: Request | WireRequest,
  options: AuthenticateClientOptions,
): Promise<AuthenticatedClient> {
  const { hosts, tenancies, principalTypes } = options
  requireTenancies(tenancies)
  const requiredHeaders = [...(options.requiredHeaders ?? []), ...challengeHeaders(options)]
  const presigned = await checkPresigned(request, { ...options, requiredHeaders })
  const { headers } = presigned
  if (!hosts.some((own) => own.toLowerCase() === headers['host']?.toLowerCase())) {
    throw new VerificationError(
      'HOST_REFUSED',
      'Expected a request signed for a host of this service, found another host.',
    )
  }
  assertChallenge(headers, options)
  await presigned.claim()
  const requestHeaders = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]]))
  const answer = await ask('/v1/authentication/authenticateClient', { requestHeaders }, options)
  const client = clientFrom(answer, presigned.time)
  if (!tenancies.includes(client.tenancy)) throw principalRefused('its tenancy is another')
  if (principalTypes !== undefined && !principalTypes.includes(client.type))
    throw principalRefused('its type is another')
  return client
}

/**
 * Which of these groups and dynamic groups a principal is in.
 *
 * @throws ServiceError when OCI cannot be asked.
 * @example
 * ```ts
 * import { type AuthenticatedClient, filterGroupMembership } from 'countersign/verify/authenticate-client'
 *
 * declare const client: AuthenticatedClient
 * declare const signedFetch: typeof fetch
 * const service = { region: 'eu-frankfurt-1', fetch: signedFetch }
 * const [group] = await filterGroupMembership(client, ['ocid1.group.oc1..admins'], service)
 * ```
 */
export async function filterGroupMembership(
  client: Pick<AuthenticatedClient, 'subject' | 'tenancy' | 'claims'>,
  groupIds: readonly string[],
  service: AuthenticationService,
): Promise<readonly string[]> {
  const claims = Object.entries(client.claims).map(([key, value]) => ({ key, value }))
  const principal = { subjectId: client.subject, tenantId: client.tenancy, claims }
  const { groupIds: found } = await ask('/v1/filterGroupMembership', { principal, groupIds }, service)
  // Only what was asked about counts, whatever comes back.
  return Array.isArray(found) ? groupIds.filter((id) => found.includes(id)) : []
}

async function ask(path: string, body: object, service: AuthenticationService): Promise<JsonObject> {
  const { fetch, timeoutMs, region, endpoint = authEndpoint(resolveRegion(region)) } = service
  const headers = { accept: 'application/json', 'content-type': 'application/json' }
  const request = new Request(new URL(path, checkedEndpoint(endpoint)), {
    method: 'POST',
    headers,
    body: JSON.stringify(body),
  })
  try {
    return await askOci(request, { fetch, timeoutMs })
  } catch (error) {
    // It is our own principal that was refused here, not the caller's.
    if (!(error instanceof VerificationError)) throw error
    throw new ServiceError(
      'SERVICE_ERROR',
      `OCI refuses this service's own principal at ${path}: check its policies. ${error.message}`,
      { endpoint: request.url },
    )
  }
}

/** Reads OCI's answer. @throws VerificationError `SIGNATURE_MISMATCH` when it is that the signature is not good. */
export function clientFrom(answer: JsonObject, time: number): AuthenticatedClient {
  const { principal, success } = answer
  const { tenantId, subjectId, claims } = asJsonObject(principal) ?? {}
  const listed = (Array.isArray(claims) ? claims : []).flatMap((claim) => claimFrom(asJsonObject(claim) ?? {}))
  if (success !== true || typeof tenantId !== 'string' || typeof subjectId !== 'string' || listed.length === 0) {
    throw new VerificationError(
      'SIGNATURE_MISMATCH',
      'Expected a signature that OCI accepts, found one that it does not.',
    )
  }
  const named = Object.fromEntries(listed)
  return { subject: subjectId, tenancy: tenantId, type: named['ptype'] ?? '', claims: named, time }
}

function claimFrom({ key, value }: JsonObject): readonly (readonly [string, string])[] {
  if (typeof key !== 'string' || value === undefined || value === null) return []
  return [[key, typeof value === 'string' ? value : JSON.stringify(value)]]
}
