import { ServiceError } from '../errors.js'
import { readSecurityToken } from '../federation/security-token.js'
import type { JsonCall } from '../http/json-request.js'
import { readJson } from '../http/service-call.js'
import { serviceUrl } from '../http/service-url.js'
import { signOciHeaders } from '../signers/oci.js'
import { type CredentialsProvider, type OciCredentials, systemClock } from '../types.js'
import { apiKeyUser, infisicalHost, requireIdentityId } from './infisical-rules.js'
import { type LoginConnection, loginCall } from './login-call.js'

/** How Infisical is reached. */
export interface InfisicalSite extends LoginConnection {
  /** @defaultValue `https://app.infisical.com` */
  readonly site?: string | undefined
}

/** Who logs in, as which machine identity. */
export interface InfisicalLoginOptions extends InfisicalSite {
  /** The id of the machine identity, a UUID. */
  readonly identityId: string
  /** A user's API key. Infisical can work with nothing else. */
  readonly credentials: CredentialsProvider<OciCredentials>
  /** A region of the commercial realm, such as `us-ashburn-1`. Left out: the region of the credentials. */
  readonly region?: string | undefined
  readonly organizationSlug?: string | undefined
}

/** An access token of Infisical, to be sent as `Authorization: Bearer`. Plain data; times are epoch milliseconds. */
export interface InfisicalToken {
  readonly accessToken: string
  /** The earlier of what the answer and the token itself say. Absent: no fixed end. */
  readonly expiresAt?: number
  readonly issuedAt: number
  /** For how long after the login its token can be renewed, in milliseconds. Absent: the answer does not say. */
  readonly maxTtlMs?: number
}

/**
 * Logs in to Infisical as a machine identity with OCI Auth. What is sent is checked against the server's rules first,
 * because it answers most mistakes with "Something went wrong".
 *
 * @throws UsageError `KEY_ID_INVALID` for credentials that are no user's API key, `OPTION_INVALID` for a region or an
 * identity id that the server refuses, `URL_INVALID` for a site that is no URL.
 * @throws ServiceError when the server refuses; a 500 is how it tells that OCI did.
 * @example
 * ```ts
 * import { apiKey } from 'countersign'
 * import { infisicalLogin } from 'countersign/logins/infisical'
 *
 * declare const [tenancy, user, pem]: string[]
 * const { accessToken } = await infisicalLogin({
 *   identityId: '01234567-89ab-cdef-0123-456789abcdef',
 *   credentials: apiKey({ tenancy, user, privateKey: pem }),
 *   region: 'us-ashburn-1',
 * })
 * ```
 * @see https://infisical.com/docs/documentation/platform/identities/oci-auth
 */
export async function infisicalLogin(options: InfisicalLoginOptions): Promise<InfisicalToken> {
  requireIdentityId(options.identityId)
  // Signed anew for each attempt: the date in the headers ages.
  const body = (): Promise<object> => infisicalLoginBody(options)
  return tokenFrom(await post('/api/v1/auth/oci-auth/login', body, options), options)
}

/**
 * The body of a login: the headers of a Get User request that nobody sends but Infisical. Use it where another client
 * does the sending.
 *
 * @throws UsageError as {@link infisicalLogin} does.
 * @example
 * ```ts
 * import { apiKey } from 'countersign'
 * import { infisicalLoginBody } from 'countersign/logins/infisical'
 *
 * declare const [tenancy, user, privateKey]: [string, string, string]
 * const body = await infisicalLoginBody({
 *   identityId: '01234567-89ab-cdef-0123-456789abcdef',
 *   credentials: apiKey({ tenancy, user, privateKey }),
 *   region: 'us-ashburn-1',
 * })
 * ```
 */
export async function infisicalLoginBody(options: InfisicalLoginOptions): Promise<object> {
  const { identityId, organizationSlug, clock, signal } = options
  const credentials = await options.credentials(signal && { signal })
  const user = apiKeyUser(credentials)
  const host = infisicalHost(options.region ?? credentials.region ?? '')
  const url = `https://${host}/20160918/users/${user}`
  // The server drops every other header, and a signature that covers one of those would fail.
  const { signedHeaders: _, ...plain } = credentials
  const { headers } = await signOciHeaders({ method: 'GET', url }, plain, clock === undefined ? {} : { clock })
  const { authorization, 'x-date': date } = headers
  const slug = organizationSlug !== undefined && organizationSlug !== '' && { organizationSlug }
  return { identityId, userOcid: user, headers: { authorization, host, 'x-date': date }, ...slug }
}

/**
 * Renews an access token before it ends. The answer holds a new token; the old one may end at once.
 *
 * @throws ServiceError 401 when the token has reached its maximum life, was revoked or is used up, 403 when it has
 * expired: log in again.
 * @example
 * ```ts
 * import { renewInfisicalToken } from 'countersign/logins/infisical'
 *
 * declare const before: string
 * const { accessToken, expiresAt } = await renewInfisicalToken(before)
 * ```
 */
export async function renewInfisicalToken(token: string, site: InfisicalSite = {}): Promise<InfisicalToken> {
  return tokenFrom(await post('/api/v1/auth/token/renew', async () => ({ accessToken: token }), site), site)
}

/**
 * Ends an access token.
 *
 * @throws ServiceError when the server refuses.
 * @example
 * ```ts
 * import { revokeInfisicalToken } from 'countersign/logins/infisical'
 *
 * declare const accessToken: string
 * await revokeInfisicalToken(accessToken)
 * ```
 */
export async function revokeInfisicalToken(token: string, site: InfisicalSite = {}): Promise<void> {
  await post('/api/v1/auth/token/revoke', async () => ({ accessToken: token }), site)
}

/** The address of a path at the site. @throws UsageError `URL_INVALID` */
export function siteUrl(path: string, { site = 'https://app.infisical.com' }: InfisicalSite): URL {
  return new URL(path, serviceUrl(site, 'the site of Infisical'))
}

async function post(path: string, body: () => Promise<object>, site: InfisicalSite): Promise<unknown> {
  const url = siteUrl(path, site)
  const call = async (): Promise<JsonCall> => ({ method: 'POST', url, body: await body() })
  return readJson(await loginCall(call, site), 'the login of Infisical')
}

function tokenFrom(body: unknown, { clock = systemClock }: InfisicalSite): InfisicalToken {
  const { accessToken, expiresIn, accessTokenMaxTTL } = (body ?? {}) as Readonly<Record<string, unknown>>
  if (typeof accessToken !== 'string' || accessToken === '') {
    throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected "accessToken" in the answer of Infisical.')
  }
  const issuedAt = clock()
  const ends = [endsAfter(issuedAt, expiresIn), endOf(accessToken)].filter((end) => end !== undefined)
  return {
    accessToken,
    issuedAt,
    ...(ends.length > 0 && { expiresAt: Math.min(...ends) }),
    ...(typeof accessTokenMaxTTL === 'number' && accessTokenMaxTTL > 0 && { maxTtlMs: accessTokenMaxTTL * 1000 }),
  }
}

// Zero means "no fixed end" on older servers.
function endsAfter(issuedAt: number, seconds: unknown): number | undefined {
  return typeof seconds === 'number' && seconds > 0 ? issuedAt + seconds * 1000 : undefined
}

/** The token's own end: a server may cap it below what its answer says. */
function endOf(accessToken: string): number | undefined {
  try {
    return readSecurityToken(accessToken).expiresAt
  } catch {
    return undefined // Not a JWT, or one without times: the answer alone counts.
  }
}
