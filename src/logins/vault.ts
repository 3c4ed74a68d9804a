import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { ServiceError, UsageError } from '../errors.js'
import { readJson } from '../http/service-call.js'
import { serviceUrl } from '../http/service-url.js'
import { signOciHeaders } from '../signers/oci.js'
import { type CredentialsProvider, type OciCredentials, systemClock } from '../types.js'
import { type LoginConnection, loginCall } from './login-call.js'

/** The forms in which Vault takes the signed headers; they mean the same. */
export type VaultHeaderEncoding = 'object' | 'json' | 'base64' | 'list'

/** How Vault is reached. */
export interface VaultSite extends LoginConnection {
  /** Vault's address, as in `VAULT_ADDR`. Its authority is signed. */
  readonly address: string
  /** The path at which OCI auth is enabled. @defaultValue `oci` */
  readonly mount?: string | undefined
  readonly namespace?: string | undefined
}

/** Who logs in, and to which role. */
export interface VaultLoginOptions extends VaultSite {
  /** The name of the role. Vault knows roles in lower case alone, and that form is signed. */
  readonly role: string
  /** A user's API key or session, or an instance principal. Vault refuses resource principals. */
  readonly credentials: CredentialsProvider<OciCredentials>
  /** @defaultValue `object` */
  readonly encoding?: VaultHeaderEncoding | undefined
}

/** A token of Vault, to be sent as `X-Vault-Token`. It cannot be renewed: log in again. */
export interface VaultToken {
  readonly clientToken: string
  readonly accessor?: string
  readonly policies: readonly string[]
  /** Epoch milliseconds. Absent: no fixed end. */
  readonly expiresAt?: number
  readonly issuedAt: number
  readonly renewable: boolean
}

/**
 * Logs in to HashiCorp Vault with the OCI auth method: signs an imaginary GET of Vault's own login path, and posts the
 * headers of it. Vault asks OCI whose signature it is.
 *
 * @throws UsageError `OPTION_INVALID` for a role or mount that cannot stand in a path, `KEY_ID_INVALID` for a resource
 * principal, `URL_INVALID` for an address that is no URL, and for plain http to another machine.
 * @throws ServiceError when Vault refuses.
 * @example
 * ```ts
 * import { instancePrincipal } from 'countersign/credentials/instance-principal'
 * import { vaultLogin } from 'countersign/logins/vault'
 *
 * const { clientToken } = await vaultLogin({
 *   address: 'https://vault.example.com:8200',
 *   role: 'ci',
 *   credentials: instancePrincipal(),
 * })
 * ```
 * @see https://developer.hashicorp.com/vault/docs/auth/oci
 */
export async function vaultLogin(options: VaultLoginOptions): Promise<VaultToken> {
  const { clock = systemClock } = options
  const url = vaultUrl(options, loginPath(options))
  const response = await loginCall(async () => {
    const body = { request_headers: await vaultLoginHeaders(options) }
    return { method: 'POST', url, headers: namespaceOf(options), body }
  }, options)
  return tokenFrom(await readJson(response, 'the login of Vault'), clock())
}

/**
 * The `request_headers` of a login, in the chosen form, for clients that send it themselves.
 *
 * @throws as `vaultLogin`
 * @example
 * ```ts
 * import type { CredentialsProvider, OciCredentials } from 'countersign'
 * import { vaultLoginHeaders } from 'countersign/logins/vault'
 *
 * declare const credentials: CredentialsProvider<OciCredentials>
 * const address = 'https://vault.example.com:8200'
 * const request_headers = await vaultLoginHeaders({ address, role: 'ci', credentials, encoding: 'base64' })
 * ```
 */
export async function vaultLoginHeaders(options: VaultLoginOptions): Promise<unknown> {
  const { encoding = 'object', clock, signal } = options
  const credentials = await options.credentials(signal && { signal })
  refuseResources(credentials)
  // Vault looks at its own path, whatever a proxy before it adds in front.
  const url = serviceUrl(options.address, "Vault's address").origin + loginPath(options)
  const signOptions = { dateHeader: 'date' as const, ...(clock && { clock }) }
  const { signedHeaders: _, ...plain } = credentials
  const { headers, signedValues } = await signOciHeaders({ method: 'GET', url }, plain, signOptions)
  const { authorization = '' } = headers
  return ENCODINGS[encoding]({ ...signedValues, authorization })
}

/** The headers that Vault's namespaces need: they belong there and not in the path, which is signed without them. */
export function namespaceOf({ namespace }: VaultSite): Readonly<Record<string, string>> {
  return namespace === undefined || namespace === '' ? {} : { 'x-vault-namespace': namespace }
}

/** The address of a path in Vault, behind the path that Vault's address may have. @throws UsageError `URL_INVALID` */
export function vaultUrl({ address }: VaultSite, path: string): string {
  const { origin, pathname } = serviceUrl(address, "Vault's address")
  return origin + pathname.replace(/\/+$/, '') + path
}

/** The path of OCI auth in Vault. @throws UsageError `OPTION_INVALID` */
export function mountPath({ mount = 'oci' }: VaultSite): string {
  const path = mount.replace(/^\/|\/$/g, '')
  if (!/^[\w.-]+(\/[\w.-]+)*$/.test(path) || /(^|\/)\.\.?(\/|$)/.test(path)) throw invalid('mount', mount)
  return `/v1/auth/${path}`
}

/** A role's name as Vault keeps it. @throws UsageError `OPTION_INVALID` */
export function roleName(role: string): string {
  if (!/^\w(([\w.-]+)?\w)?$/.test(role)) throw invalid('role', role)
  return role.toLowerCase()
}

const ENCODINGS: Readonly<Record<VaultHeaderEncoding, (headers: Readonly<Record<string, string>>) => unknown>> = {
  object: (headers) => Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
  json: (headers) => JSON.stringify(ENCODINGS.object(headers)),
  base64: (headers) => encodeBase64(utf8(JSON.stringify(ENCODINGS.object(headers)))),
  list: (headers) => Object.entries(headers).map(([name, value]) => `${name}:${value}`),
}

function loginPath(options: VaultLoginOptions): string {
  return `${mountPath(options)}/login/${roleName(options.role)}`
}

function refuseResources({ keyId, claims }: OciCredentials): void {
  const type = keyId.startsWith('resource/') ? 'resource' : claims?.['ptype']
  if (type === undefined || type === 'user' || type === 'instance') return
  throw new UsageError(
    'KEY_ID_INVALID',
    `Vault lets users and instances in, and no principal of type "${String(type)}".`,
  )
}

function tokenFrom(body: unknown, issuedAt: number): VaultToken {
  const { auth } = (body ?? {}) as { auth?: Readonly<Record<string, unknown>> | null }
  // `token` is what an old page of the documentation calls it.
  const clientToken = auth?.['client_token'] ?? auth?.['token']
  if (typeof clientToken !== 'string' || clientToken === '') {
    throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected "auth.client_token" in the answer of Vault.')
  }
  const { accessor, policies, lease_duration: seconds, renewable } = auth ?? {}
  return {
    clientToken,
    issuedAt,
    renewable: renewable === true,
    policies: Array.isArray(policies) ? policies.map(String) : [],
    ...(typeof accessor === 'string' && { accessor }),
    ...(typeof seconds === 'number' && seconds > 0 && { expiresAt: issuedAt + seconds * 1000 }),
  }
}

function invalid(name: string, value: string): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    `Expected ${name} to be a name that can stand in a path, got ${JSON.stringify(value)}.`,
  )
}
