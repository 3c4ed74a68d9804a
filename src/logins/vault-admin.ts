import { asJsonObject, type JsonObject } from '../encoding/json.js'
import { ServiceError, UsageError } from '../errors.js'
import { readJson } from '../http/service-call.js'
import { loginCall } from './login-call.js'
import { mountPath, namespaceOf, roleName, type VaultSite, vaultUrl } from './vault.js'

/** An administrator's way in. */
export interface VaultAdmin extends VaultSite {
  /** Sent as `X-Vault-Token`. */
  readonly token: string
}

/** Who may log in to a role, and what the token is like. Times are seconds. */
export interface VaultOciRole {
  /** OCIDs of groups and dynamic groups, a hundred at most. Users are not named one by one. */
  readonly ocidList: readonly string[]
  /** Vault's standard token fields, such as `token_policies` and `token_ttl`, as they are. */
  readonly token?: Readonly<Record<string, unknown>>
}

/**
 * Names the one tenancy whose principals may log in at this mount.
 *
 * @throws UsageError, ServiceError
 * @example
 * ```ts
 * import { configureVaultOci, type VaultAdmin } from 'countersign/logins/vault-admin'
 *
 * declare const admin: VaultAdmin
 * await configureVaultOci('ocid1.tenancy.oc1..a', admin)
 * ```
 */
export async function configureVaultOci(homeTenancyId: string, admin: VaultAdmin): Promise<void> {
  if (!homeTenancyId.startsWith('ocid1.tenancy.')) throw invalid('the OCID of a tenancy')
  await call('POST', '/config', admin, { home_tenancy_id: homeTenancyId })
}

/**
 * The home tenancy of the mount.
 *
 * @throws ServiceError 404 when none is set.
 * @example
 * ```ts
 * import { getVaultOciConfig, type VaultAdmin } from 'countersign/logins/vault-admin'
 *
 * declare const admin: VaultAdmin
 * const homeTenancyId = await getVaultOciConfig(admin)
 * ```
 */
export async function getVaultOciConfig(admin: VaultAdmin): Promise<string> {
  const { home_tenancy_id: tenancy } = await data(await call('GET', '/config', admin))
  if (typeof tenancy === 'string') return tenancy
  throw unexpected('"data.home_tenancy_id"')
}

/**
 * Makes or changes a role.
 *
 * @throws UsageError `OPTION_INVALID` for OCIDs that are no groups; ServiceError
 * @example
 * ```ts
 * import { putVaultOciRole, type VaultAdmin } from 'countersign/logins/vault-admin'
 *
 * declare const admin: VaultAdmin
 * const token = { token_policies: ['ci'], token_ttl: 600 }
 * await putVaultOciRole('ci', { ocidList: ['ocid1.dynamicgroup.oc1..a'], token }, admin)
 * ```
 */
export async function putVaultOciRole(
  role: string,
  { ocidList, token }: VaultOciRole,
  admin: VaultAdmin,
): Promise<void> {
  if (ocidList.length === 0 || ocidList.length > 100) throw invalid('one to a hundred OCIDs')
  const stranger = ocidList.find((ocid) => !/^ocid1\.(group|dynamicgroup)\./.test(ocid))
  if (stranger !== undefined) throw invalid(`OCIDs of groups and dynamic groups, got "${stranger}"`)
  await call('POST', `/role/${roleName(role)}`, admin, { ocid_list: ocidList, ...token })
}

/**
 * Reads a role.
 *
 * @throws ServiceError 404 when there is none.
 * @example
 * ```ts
 * import { getVaultOciRole, type VaultAdmin } from 'countersign/logins/vault-admin'
 *
 * declare const admin: VaultAdmin
 * const { ocidList } = await getVaultOciRole('ci', admin)
 * ```
 */
export async function getVaultOciRole(role: string, admin: VaultAdmin): Promise<VaultOciRole> {
  const { ocid_list: ocids, ...token } = await data(await call('GET', `/role/${roleName(role)}`, admin))
  return { ocidList: Array.isArray(ocids) ? ocids.map(String) : [], token }
}

/**
 * The names of all roles.
 *
 * @throws ServiceError
 * @example
 * ```ts
 * import { listVaultOciRoles, type VaultAdmin } from 'countersign/logins/vault-admin'
 *
 * declare const admin: VaultAdmin
 * for (const role of await listVaultOciRoles(admin)) console.log(role)
 * ```
 */
export async function listVaultOciRoles(admin: VaultAdmin): Promise<readonly string[]> {
  try {
    const { keys } = await data(await call('GET', '/role?list=true', admin))
    return Array.isArray(keys) ? keys.map(String) : []
  } catch (error) {
    if (error instanceof ServiceError && error.status === 404) return [] // How Vault lists nothing.
    throw error
  }
}

/**
 * Removes a role. Tokens that it gave live on.
 *
 * @throws ServiceError
 * @example
 * ```ts
 * import { deleteVaultOciRole, type VaultAdmin } from 'countersign/logins/vault-admin'
 *
 * declare const admin: VaultAdmin
 * await deleteVaultOciRole('ci', admin)
 * ```
 */
export async function deleteVaultOciRole(role: string, admin: VaultAdmin): Promise<void> {
  await call('DELETE', `/role/${roleName(role)}`, admin)
}

async function call(method: string, path: string, admin: VaultAdmin, body?: object): Promise<Response> {
  const headers = { 'x-vault-token': admin.token, ...namespaceOf(admin) }
  return loginCall({ method, url: vaultUrl(admin, mountPath(admin) + path), headers, body }, admin)
}

async function data(response: Response): Promise<JsonObject> {
  const fields = asJsonObject(asJsonObject(await readJson(response, 'the answer of Vault'))?.['data'])
  if (fields !== undefined) return fields
  throw unexpected('"data"')
}

function unexpected(expected: string): ServiceError {
  return new ServiceError('SERVICE_RESPONSE_INVALID', `Expected ${expected} in the answer of Vault.`)
}

function invalid(expected: string): UsageError {
  return new UsageError('OPTION_INVALID', `Vault's OCI auth expects ${expected}.`)
}
