import { answerJson, invalidParameter, jsonObject, refusal } from './answers.js'
import { authenticate } from './authenticate.js'
import type { Principal } from './principal.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Surface, slot } from './surface.js'

const AUTHENTICATE = '/v1/authentication/authenticateClient'
const FILTER = '/v1/filterGroupMembership'
const TARGET = '(request-target)'

/** Members of groups and dynamic groups, by the group's OCID: what `filterGroupMembership` looks up. */
export const groupMembers = slot('group-members', () => new Map<string, Set<string>>())

/**
 * What services ask about those who call them: whose signature is this, and in which of these groups are they? The
 * caller must be an instance, as policies would have it.
 */
export const authenticateClientSurface: Surface = {
  name: 'authenticate-client',
  matches: ({ url }) => url.pathname === AUTHENTICATE || url.pathname === FILTER,
  async handle(request, state) {
    if (request.method !== 'POST') throw refusal(405, 'MethodNotAllowed', 'Expected POST.')
    await authenticate(request, state)
    return answerJson(await (request.url.pathname === FILTER ? filter(request, state) : inspect(request, state)))
  },
}

async function inspect(request: ReceivedRequest, state: EmulatorState): Promise<object> {
  const { requestHeaders } = jsonObject(request)
  if (typeof requestHeaders !== 'object' || requestHeaders === null) throw invalidParameter('Expected requestHeaders.')
  try {
    const { principal } = await authenticate(imagined(requestHeaders as Readonly<Record<string, unknown>>), state)
    return { principal: principalAnswer(principal), success: true }
  } catch {
    return { errorMessage: 'Failed to verify the HTTP(S) Signature', success: false }
  }
}

function filter(request: ReceivedRequest, state: EmulatorState): object {
  const { principal, groupIds } = jsonObject(request)
  const { subjectId } = (principal ?? {}) as { subjectId?: unknown }
  if (typeof subjectId !== 'string' || !Array.isArray(groupIds)) throw invalidParameter('Expected principal, groupIds.')
  const groups = state.of(groupMembers)
  return { principal, groupIds: groupIds.filter((id) => groups.get(id)?.has(subjectId)) }
}

/** The request that the headers are said to be of: its target is a header among them. */
export function imagined(headers: Readonly<Record<string, unknown>>): ReceivedRequest {
  const values = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== TARGET) values.set(name, [value].flat().join(', '))
  }
  const [method = '', target = ''] = String([headers[TARGET]].flat()[0] ?? '').split(/\s+/)
  const host = values.get('host') ?? ''
  const url = new URL(target.startsWith('/') ? target : '/', 'https://imagined.invalid')
  return {
    method: method.toUpperCase(),
    target,
    host,
    url,
    headers: values,
    fields: [...values],
    body: new Uint8Array(),
  }
}

function principalAnswer({ subject, tenancy, claims, kind }: Principal): object {
  const ptype = kind === 'api-key' ? 'user' : String(claims?.['ptype'] ?? kind)
  const all = Object.entries({ ...claims, ptype, sub: subject, tenant: tenancy })
  const listed = all.map(([key, value]) => ({ key, value: String(value), issuer: 'authService.oracle.com' }))
  return { tenantId: tenancy, subjectId: subject, claims: listed }
}
