import { decodeBase64 } from '../encoding/base64.js'
import { text } from '../encoding/bytes.js'
import { readJsonText } from '../encoding/json.js'
import { answerJson, jsonObject, refusal } from './answers.js'
import { groupsOf, principalType, signerOf } from './authenticate-client.js'
import type { Principal } from './principal.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, slot } from './surface.js'

/** A role as the emulated Vault keeps it. */
export interface VaultRole {
  readonly ocid_list: readonly string[]
  readonly token_policies?: readonly string[]
  readonly token_ttl?: number
}

/** What the emulated Vault remembers. */
export interface VaultState {
  /** The token of its administrator. */
  readonly rootToken: string
  homeTenancyId: string | undefined
  readonly roles: Map<string, VaultRole>
}

/** The emulator's Vault. OCI auth is enabled at every mount, and all mounts are one. */
export const vaultState: Slot<VaultState> = slot(
  'vault',
  (): VaultState => ({ rootToken: 'emulated-vault-root', homeTenancyId: undefined, roles: new Map() }),
)

const PATH = /^\/v1\/auth\/[\w./-]+?\/(config|role|login)(?:\/([^/]+))?$/
const TARGET = '(request-target)'

/**
 * HashiCorp Vault's OCI auth method: logins, its configuration and its roles.
 * @see https://developer.hashicorp.com/vault/api-docs/auth/oci
 */
export const vault: Surface = {
  name: 'vault',
  matches: ({ url }) => PATH.test(url.pathname),
  async handle(request, state) {
    const [, part, name = ''] = PATH.exec(request.url.pathname) ?? []
    if (part === 'login') return answerJson(await logIn(request, name.toLowerCase(), state))
    const answer = administer(request, part ?? '', name.toLowerCase(), state.of(vaultState))
    return answer === undefined ? new Response(null, { status: 204 }) : answerJson({ data: answer })
  },
  answerError: ({ status, message }) => answerJson({ errors: status === 404 ? [] : [message] }, { status }),
}

async function logIn(request: ReceivedRequest, roleName: string, state: EmulatorState): Promise<object> {
  const { roles, homeTenancyId } = state.of(vaultState)
  if (request.method !== 'POST' && request.method !== 'PUT') throw refusal(405, 'vault', 'unsupported operation')
  const role = roles.get(roleName)
  if (role === undefined) throw bad('Role is not found')
  const headers = readHeaders(jsonObject(request)['request_headers'])
  requireTarget(headers, roleName)
  const principal = await signerOf(headers, state)
  if (principal === undefined) throw bad('OCI authentication failed')
  requireTenant(principal, homeTenancyId)
  if (groupsOf(principal.subject, role.ocid_list, state).length === 0) {
    throw bad('Entity not a part of any of the Role OCIDs')
  }
  return { auth: authOf(roleName, role) }
}

function requireTenant(principal: Principal, homeTenancyId: string | undefined): void {
  if (!['user', 'instance'].includes(principalType(principal))) throw bad('Wrong principal type')
  if (homeTenancyId === undefined) throw bad('Home Tenancy is invalid')
  if (principal.tenancy !== homeTenancyId) throw bad('Invalid Tenancy')
}

function authOf(roleName: string, { token_policies = [], token_ttl = 2_764_800 }: VaultRole): object {
  const policies = ['default', ...token_policies]
  return {
    client_token: `hvs.${crypto.randomUUID().replaceAll('-', '')}`,
    accessor: crypto.randomUUID(),
    policies,
    token_policies: policies,
    metadata: { role_name: roleName },
    lease_duration: token_ttl,
    renewable: false,
  }
}

/** The four forms that Vault takes: an object, its JSON, the base64 of that, or `name:value` entries. */
function readHeaders(given: unknown): Readonly<Record<string, unknown>> {
  if (Array.isArray(given)) return Object.fromEntries(given.map((entry) => entryOf(String(entry))))
  if (typeof given === 'string')
    return readHeaders(readJsonText(given) ?? readJsonText(text(decodeBase64(given) ?? new Uint8Array())))
  if (typeof given === 'object' && given !== null) return given as Readonly<Record<string, unknown>>
  throw bad('Unable to parse request_headers')
}

function entryOf(entry: string): readonly [string, string] {
  const colon = entry.indexOf(':')
  return [entry.slice(0, colon), entry.slice(colon + 1)]
}

function requireTarget(headers: Readonly<Record<string, unknown>>, roleName: string): void {
  const fields = String([headers[TARGET]].flat()[0] ?? '').split(/\s+/)
  const segments = fields[1]?.replace(/^\//, '').split('/') ?? []
  const isLogin = segments.length >= 5 && segments[0] === 'v1' && segments[1] === 'auth' && segments.at(-2) === 'login'
  if (fields.length !== 2 || fields[0]?.toLowerCase() !== 'get' || !isLogin || segments.at(-1) !== roleName) {
    throw bad('incorrect (request-target)')
  }
}

function administer(request: ReceivedRequest, part: string, name: string, state: VaultState): object | undefined {
  if (request.headers.get('x-vault-token') !== state.rootToken) throw refusal(403, 'vault', 'permission denied')
  if (part === 'config') return configure(request, state)
  if (name === '') {
    if (state.roles.size === 0) throw refusal(404, 'vault', '')
    return { keys: [...state.roles.keys()] }
  }
  if (request.method === 'DELETE') return void state.roles.delete(name)
  if (request.method === 'GET') return present(state.roles.get(name))
  const { ocid_list: list, token_policies: policies, ...rest } = jsonObject(request)
  const ocid_list = listOf(list)
  if (ocid_list === undefined || ocid_list.length > 100) throw bad('ocid_list is missing or too long')
  state.roles.set(name, { ...rest, ocid_list, token_policies: listOf(policies) ?? [] })
  return undefined
}

/** Vault takes a list, or a text with commas. */
function listOf(value: unknown): readonly string[] | undefined {
  if (Array.isArray(value)) return value.map(String)
  return typeof value === 'string' ? value.split(',').map((entry) => entry.trim()) : undefined
}

function configure(request: ReceivedRequest, state: VaultState): object | undefined {
  if (request.method === 'GET') {
    return present(state.homeTenancyId === undefined ? undefined : { home_tenancy_id: state.homeTenancyId })
  }
  const { home_tenancy_id: tenancy } = request.method === 'DELETE' ? {} : jsonObject(request)
  if (request.method !== 'DELETE' && (typeof tenancy !== 'string' || tenancy.trim() === '')) {
    throw bad('Missing homeTenancyId')
  }
  state.homeTenancyId = typeof tenancy === 'string' ? tenancy : undefined
  return undefined
}

function present<T extends object>(value: T | undefined): T {
  if (value === undefined) throw refusal(404, 'vault', '')
  return value
}

function bad(message: string): Error {
  return refusal(400, 'vault', message)
}
