import { VerificationError } from '../errors.js'
import { answerJson, decodedPath, notFound, refusal } from './answers.js'
import { authenticate } from './authenticate.js'
import type { EmulatedResource } from './claims.js'
import { emulatedResource } from './claims.js'
import { emulatedOcid } from './identities.js'
import type { Principal } from './principal.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, slot } from './surface.js'

/** A resource principal token that waits to be exchanged: once, by whoever it was given to. */
export interface PendingResourceToken {
  readonly servicePrincipalSessionToken: string
  /** Whom it was given to. */
  readonly caller: string
  /** Whom the session token will speak for. */
  readonly resource: EmulatedResource
}

/** The issued tokens that have not been exchanged. */
export const pendingResourceTokens: Slot<Map<string, PendingResourceToken>> = slot(
  'resource-principal-token',
  () => new Map<string, PendingResourceToken>(),
)

const PREFIX = '/20180711/resourcePrincipalToken'
const PARENT = /^\/20180711\/resourcePrincipalToken\/parents\/(\d+)$/

/**
 * The first step of resource principals 1.1, 2.1, 2.1.1, 2.1.2 and 3.0: a service hands out a token for one of its
 * resources. `…/parents/{n}` is the level above a resource, and the parent URL that answers name leads on to the next.
 * The root path is the first level too: some SDK versions accept no path in that URL.
 * @see https://github.com/oracle/oci-python-sdk/tree/master/src/oci/auth/signers
 */
export const resourcePrincipalToken: Surface = {
  name: 'resource-principal-token',
  matches: (request) => request.url.pathname.startsWith(PREFIX) || isParentAtRoot(request),
  async handle(request, state) {
    if (request.method !== 'GET') throw refusal(405, 'MethodNotAllowed', 'Expected GET.')
    state.counters.tokenCall()
    const { principal } = await authenticate(request, state)
    const level = parentLevel(request)
    const resource =
      level === undefined ? ownResource(request, principal, state) : parentResource(level, principal, state)
    return answerJson(give(principal, resource, state), { headers: nextParent(level, request, state) })
  },
}

function isParentAtRoot({ method, url, headers }: ReceivedRequest): boolean {
  return method === 'GET' && url.pathname === '/' && /^signature /i.test(headers.get('authorization') ?? '')
}

function parentLevel({ url }: ReceivedRequest): number | undefined {
  if (url.pathname === '/') return 1
  const level = PARENT.exec(url.pathname)?.[1]
  return level === undefined ? undefined : Number(level)
}

function ownResource(request: ReceivedRequest, principal: Principal, state: EmulatorState): EmulatedResource {
  requireResourceOrInstance(principal)
  const { securityContext } = state.settings
  if (securityContext !== undefined && request.headers.get('security-context') !== securityContext) {
    throw new VerificationError('PRINCIPAL_REFUSED', 'The security-context header is not the expected one.')
  }
  const id = decodedPath(request.url.pathname.split('/').at(-1) ?? '')
  if (principal.kind === 'resource' && id !== principal.subject) throw notFound(`resource ${id}`)
  return emulatedResource(state.identities)
}

function requireResourceOrInstance({ kind, claims }: Principal): void {
  if (kind === 'resource' || claims?.['ptype'] === 'instance') return
  throw new VerificationError('PRINCIPAL_REFUSED', "Expected the signature of an instance or of a resource's own key.")
}

function parentResource(level: number, principal: Principal, { identities }: EmulatorState): EmulatedResource {
  const child = level === 1 ? undefined : parentId(level - 1, identities.region.realm)
  if (principal.claims?.['ptype'] !== 'resource' || (child !== undefined && principal.subject !== child)) {
    throw new VerificationError('PRINCIPAL_REFUSED', 'Expected the signature of the resource one level below.')
  }
  const { tenancy, compartment } = identities
  return { id: parentId(level, identities.region.realm), type: 'emulatedparent', tenancy, compartment }
}

function parentId(level: number, realm: string): string {
  return emulatedOcid('emulatedparent', realm, `emulatedparent${level}`)
}

function give(
  principal: Principal,
  resource: EmulatedResource,
  state: EmulatorState,
): Readonly<Record<string, string>> {
  const resourcePrincipalToken = `rpt-${crypto.randomUUID()}`
  const servicePrincipalSessionToken = `spst-${crypto.randomUUID()}`
  state.of(pendingResourceTokens).set(resourcePrincipalToken, {
    servicePrincipalSessionToken,
    caller: principal.subject,
    resource,
  })
  return { resourcePrincipalToken, servicePrincipalSessionToken }
}

/** Names the level above, as many times as the settings say; a cycle leads back to the level itself. */
function nextParent(level: number | undefined, request: ReceivedRequest, { settings }: EmulatorState): HeadersInit {
  if (level === undefined) return {}
  if (settings.parentCycle) return { 'opc-parent-rpt-url': request.url.href }
  if (level >= settings.parentLevels) return {}
  return { 'opc-parent-rpt-url': new URL(`${PREFIX}/parents/${level + 1}`, request.url).href }
}
