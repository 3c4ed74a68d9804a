import { ServiceError, UsageError } from '../errors.js'
import { readJson } from '../http/service-call.js'
import { type InfisicalSite, siteUrl } from './infisical.js'
import { loginCall } from './login-call.js'

/** An administrator's way in: the token of a user or of an identity. */
export interface InfisicalAdmin extends InfisicalSite {
  readonly accessToken: string
}

/** Who may log in as an identity. Times are seconds, as Infisical has them. */
export interface InfisicalOciAuth {
  /** The OCID of a tenancy of the commercial realm. */
  readonly tenancyOcid: string
  /** The exact names of the users who may; `null`: every user of the tenancy. */
  readonly allowedUsernames: readonly string[] | null
  readonly accessTokenTTL?: number
  readonly accessTokenMaxTTL?: number
  /** 0: no limit. */
  readonly accessTokenNumUsesLimit?: number
  readonly accessTokenTrustedIps?: readonly { readonly ipAddress: string }[]
}

/**
 * Attaches OCI Auth to a machine identity. The names of those who may log in must be said: `null` for everybody in the
 * tenancy.
 *
 * @throws UsageError `OPTION_INVALID` for values that Infisical refuses; ServiceError when it refuses anyway, such as
 * 400 for an identity that has OCI Auth already.
 * @example
 * ```ts
 * import { attachInfisicalOciAuth, type InfisicalAdmin } from 'countersign/logins/infisical-admin'
 *
 * declare const admin: InfisicalAdmin
 * const auth = { tenancyOcid: 'ocid1.tenancy.oc1..a', allowedUsernames: ['ci@example.com'] }
 * await attachInfisicalOciAuth('01234567-89ab-cdef-0123-456789abcdef', auth, admin)
 * ```
 * @see https://infisical.com/docs/documentation/platform/identities/oci-auth
 */
export async function attachInfisicalOciAuth(
  identityId: string,
  auth: InfisicalOciAuth,
  admin: InfisicalAdmin,
): Promise<InfisicalOciAuth> {
  return call('POST', identityId, admin, bodyOf(auth))
}

/**
 * Reads the OCI Auth of an identity.
 *
 * @throws ServiceError 400 when it has none, 404 when there is no such identity.
 * @example
 * ```ts
 * import { getInfisicalOciAuth, type InfisicalAdmin } from 'countersign/logins/infisical-admin'
 *
 * declare const admin: InfisicalAdmin
 * const { allowedUsernames } = await getInfisicalOciAuth('01234567-89ab-cdef-0123-456789abcdef', admin)
 * ```
 */
export async function getInfisicalOciAuth(identityId: string, admin: InfisicalAdmin): Promise<InfisicalOciAuth> {
  return call('GET', identityId, admin)
}

/**
 * Changes the OCI Auth of an identity. What is not named stays as it is: Infisical itself would take a list of users
 * that is left out for an empty one, and so let the whole tenancy in. Therefore the present state is read and sent again.
 *
 * @throws UsageError, ServiceError as {@link attachInfisicalOciAuth} does.
 * @example
 * ```ts
 * import { updateInfisicalOciAuth, type InfisicalAdmin } from 'countersign/logins/infisical-admin'
 *
 * declare const admin: InfisicalAdmin
 * await updateInfisicalOciAuth('01234567-89ab-cdef-0123-456789abcdef', { accessTokenTTL: 3600 }, admin)
 * ```
 */
export async function updateInfisicalOciAuth(
  identityId: string,
  changes: Partial<InfisicalOciAuth>,
  admin: InfisicalAdmin,
): Promise<InfisicalOciAuth> {
  const present = await getInfisicalOciAuth(identityId, admin)
  const { tenancyOcid, allowedUsernames, accessTokenTTL, accessTokenMaxTTL } = present
  const lives = {
    ...(accessTokenTTL !== undefined && { accessTokenTTL }),
    ...(accessTokenMaxTTL !== undefined && { accessTokenMaxTTL }),
  }
  return call('PATCH', identityId, admin, bodyOf({ tenancyOcid, allowedUsernames, ...lives, ...changes }))
}

/**
 * Takes OCI Auth from an identity, and ends the tokens it gave.
 *
 * @throws ServiceError
 * @example
 * ```ts
 * import { detachInfisicalOciAuth, type InfisicalAdmin } from 'countersign/logins/infisical-admin'
 *
 * declare const admin: InfisicalAdmin
 * await detachInfisicalOciAuth('01234567-89ab-cdef-0123-456789abcdef', admin)
 * ```
 */
export async function detachInfisicalOciAuth(identityId: string, admin: InfisicalAdmin): Promise<void> {
  await call('DELETE', identityId, admin)
}

async function call(
  method: string,
  identityId: string,
  admin: InfisicalAdmin,
  body?: object,
): Promise<InfisicalOciAuth> {
  const url = siteUrl(`/api/v1/auth/oci-auth/identities/${encodeURIComponent(identityId)}`, admin)
  const headers = { authorization: `Bearer ${admin.accessToken}` }
  const response = await loginCall({ method, url, headers, body }, admin)
  return authFrom(await readJson(response, 'the OCI Auth of an identity'))
}

function authFrom(body: unknown): InfisicalOciAuth {
  const auth = (body as { identityOciAuth?: Readonly<Record<string, unknown>> } | null)?.identityOciAuth
  if (typeof auth?.['tenancyOcid'] !== 'string') {
    throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected "identityOciAuth" in the answer of Infisical.')
  }
  const names = auth['allowedUsernames']
  return { ...auth, tenancyOcid: auth['tenancyOcid'], allowedUsernames: namesFrom(names) }
}

function namesFrom(names: unknown): readonly string[] | null {
  if (typeof names !== 'string' || names.trim() === '') return null
  return names.split(',').map((name) => name.trim())
}

function bodyOf({ tenancyOcid, allowedUsernames, ...rest }: InfisicalOciAuth): object {
  if (!/^ocid1\.tenancy\.oc1\..+$/.test(tenancyOcid))
    throw invalid('the OCID of a tenancy of the commercial realm (oc1)')
  const { accessTokenTTL = 2_592_000, accessTokenMaxTTL = 2_592_000 } = rest
  if (accessTokenTTL < 0 || accessTokenTTL > 315_360_000) throw invalid('accessTokenTTL to be 0 to 315360000 seconds')
  if (accessTokenMaxTTL < 1 || accessTokenMaxTTL > 315_360_000)
    throw invalid('accessTokenMaxTTL to be 1 to 315360000 seconds')
  if (accessTokenTTL > accessTokenMaxTTL) throw invalid('accessTokenTTL to be at most accessTokenMaxTTL')
  return { tenancyOcid, allowedUsernames: usernamesText(allowedUsernames), ...rest }
}

function usernamesText(names: readonly string[] | null): string | null {
  if (names === null) return null
  if (names.length === 0) throw invalid('at least one user name, or null for every user of the tenancy')
  const strange = names.find((name) => !/^[a-zA-Z0-9._@-]+$/.test(name))
  if (strange !== undefined) throw invalid(`user names of letters, digits, ".", "_", "@" and "-", got "${strange}"`)
  const text = names.join(',')
  if (text.length > 500) throw invalid(`user names of at most 500 characters together, got ${text.length}`)
  return text
}

function invalid(expected: string): UsageError {
  return new UsageError('OPTION_INVALID', `Infisical expects ${expected}.`)
}
