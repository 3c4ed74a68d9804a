import { answerJson, invalidParameter, jsonObject, notFound, refusal, requiredString } from './answers.js'
import { authenticate } from './authenticate.js'
import { emulatedOcid } from './identities.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, slot } from './surface.js'

/** A policy as the Identity service shows it. */
export interface Policy {
  readonly id: string
  readonly compartmentId: string
  readonly name: string
  readonly statements: readonly string[]
  readonly lifecycleState: 'ACTIVE'
}

const PREFIX = '/20160918/policies'

/** The IAM policies of the emulated tenancy, by OCID. They are kept and shown, and decide nothing. */
export const policies: Slot<Map<string, Policy>> = slot('policies', () => new Map())

/**
 * The policies of the Identity service, for the emulated user.
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/Policy/
 */
export const identityPolicies: Surface = {
  name: 'identity-policies',
  matches: ({ url }) => url.pathname === PREFIX || url.pathname.startsWith(`${PREFIX}/`),
  async handle(request, state) {
    const { principal } = await authenticate(request, state)
    if (principal.subject !== state.identities.user) throw notFound(request.url.pathname)
    const id = request.url.pathname.slice(PREFIX.length + 1)
    if (request.method === 'GET') return answerJson(id === '' ? list(request.url, state) : find(id, state))
    if (request.method === 'POST') return answerJson(create(jsonObject(request), state))
    if (request.method === 'PUT') return answerJson(update(find(id, state), jsonObject(request), state))
    if (request.method !== 'DELETE') throw refusal(405, 'MethodNotAllowed', 'Expected GET, POST, PUT or DELETE.')
    state.of(policies).delete(find(id, state).id)
    return new Response(null, { status: 204 })
  },
}

function list({ searchParams }: URL, state: EmulatorState): readonly Policy[] {
  const compartmentId = searchParams.get('compartmentId')
  if (compartmentId === null) throw invalidParameter('Expected compartmentId.')
  const name = searchParams.get('name')
  const all = [...state.of(policies).values()]
  return all.filter((policy) => policy.compartmentId === compartmentId && (name === null || policy.name === name))
}

function find(id: string, state: EmulatorState): Policy {
  const found = state.of(policies).get(id)
  if (found === undefined) throw notFound(`policy ${id}`)
  return found
}

function create(body: Readonly<Record<string, unknown>>, state: EmulatorState): Policy {
  const compartmentId = requiredString(body, 'compartmentId')
  const name = requiredString(body, 'name')
  requiredString(body, 'description')
  const all = [...state.of(policies).values()]
  if (all.some((policy) => policy.compartmentId === compartmentId && policy.name === name)) {
    throw refusal(409, 'PolicyAlreadyExists', `Policy '${name}' already exists.`)
  }
  const id = emulatedOcid('policy', state.identities.region.realm, `policy${crypto.randomUUID().slice(0, 8)}`)
  return store({ id, compartmentId, name, statements: statementsOf(body), lifecycleState: 'ACTIVE' }, state)
}

function update(policy: Policy, body: Readonly<Record<string, unknown>>, state: EmulatorState): Policy {
  return store({ ...policy, statements: statementsOf(body) }, state)
}

function store(policy: Policy, state: EmulatorState): Policy {
  state.of(policies).set(policy.id, policy)
  return policy
}

function statementsOf({ statements }: Readonly<Record<string, unknown>>): readonly string[] {
  const isStatement = (statement: unknown): statement is string =>
    typeof statement === 'string' && /^allow /i.test(statement)
  if (Array.isArray(statements) && statements.length > 0 && statements.every(isStatement)) return statements
  throw invalidParameter('Expected statements to be a list of policy statements.')
}
