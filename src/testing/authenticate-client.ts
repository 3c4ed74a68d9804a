import { VerificationError } from '../errors.js'
import { answerJson, invalidParameter, jsonObject, refusal } from './answers.js'
import { authenticate } from './authenticate.js'
import type { Principal } from './principal.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, slot } from './surface.js'

const AUTHENTICATE = '/v1/authentication/authenticateClient'
const FILTER = '/v1/filterGroupMembership'
const TARGET = '(request-target)'

/** Members of groups and dynamic groups, by the group's OCID: what `filterGroupMembership` looks up. */
export const groupMembers: Slot<Map<string, Set<string>>> = slot('group-members', () => new Map())

/**
 * What services ask about those who call them: whose signature is this, and in which of these groups are they? Anyone
 * may ask: what policies would say is not emulated.
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
  const principal = await signerOf(requestHeaders as Readonly<Record<string, unknown>>, state)
  if (principal === undefined) return { errorMessage: 'Failed to verify the HTTP(S) Signature', success: false }
  return { principal: principalAnswer(principal), success: true }
}

function filter(request: ReceivedRequest, state: EmulatorState): object {
  const { principal, groupIds } = jsonObject(request)
  const { subjectId } = (principal ?? {}) as { subjectId?: unknown }
  if (typeof subjectId !== 'string' || !Array.isArray(groupIds)) throw invalidParameter('Expected principal, groupIds.')
  return { principal, groupIds: groupsOf(subjectId, groupIds.map(String), state) }
}

/** Which of these groups somebody is in. */
export function groupsOf(subject: string, groupIds: readonly string[], state: EmulatorState): readonly string[] {
  return groupIds.filter((id) => state.of(groupMembers).get(id)?.has(subject))
}

/** Whose signature the headers of a request carry, when it is good. The request's target is a header among them. */
export async function signerOf(
  headers: Readonly<Record<string, unknown>>,
  state: EmulatorState,
): Promise<Principal | undefined> {
  try {
    return (await authenticate(imagined(headers), state, { absentBody: true })).principal
  } catch (error) {
    if (error instanceof VerificationError) return undefined
    throw error
  }
}

function imagined(headers: Readonly<Record<string, unknown>>): ReceivedRequest {
  const values = new Headers()
  for (const [name, value] of Object.entries(headers)) {
    if (name.toLowerCase() !== TARGET) put(values, name, [value].flat().join(', '))
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

function put(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value)
  } catch {
    throw new VerificationError('HEADERS_MALFORMED', 'Expected names and values that a request can carry.')
  }
}

/** The type of a principal, as tokens and OCI's answers name it. */
export function principalType({ kind, claims }: Principal): string {
  return kind === 'api-key' ? 'user' : String(claims?.['ptype'] ?? kind)
}

function principalAnswer(principal: Principal): object {
  const { subject, tenancy, claims } = principal
  const all = Object.entries({ ...claims, ptype: principalType(principal), sub: subject, tenant: tenancy })
  const listed = all.map(([key, value]) => ({ key, value: String(value), issuer: 'authService.oracle.com' }))
  return { tenantId: tenancy, subjectId: subject, claims: listed }
}
