import { answerJson, decodedPath, notFound, refusal } from './answers.js'
import { authenticate } from './authenticate.js'
import type { Principal } from './principal.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const PREFIX = '/20160918/'

/**
 * The Identity service: regions, the tenancy, its subscriptions, and users.
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity/20160918/
 */
export const identity: Surface = {
  name: 'identity',
  matches: ({ url }) => url.pathname.startsWith(PREFIX),
  async handle(request, state) {
    const { principal } = await authenticate(request, state)
    if (request.method !== 'GET') throw refusal(405, 'MethodNotAllowed', 'The emulated Identity service only reads.')
    const found = find(request, principal, state)
    if (found === undefined) throw notFound(request.url.pathname)
    return answerJson(found)
  },
}

function find(request: ReceivedRequest, principal: Principal, state: EmulatorState): unknown {
  const [collection, id, member, ...rest] = request.url.pathname.slice(PREFIX.length).split('/').map(decodedPath)
  if (rest.length > 0) return undefined
  if (collection === 'regions' && id === undefined) return regions(state)
  if (collection === 'tenancies' && id === principal.tenancy) return tenancyMember(id, member, state)
  if (collection === 'users' && member === undefined) return user(id, principal, state)
  if (collection === 'compartments' && id === undefined) return []
  return undefined
}

function regions({ identities }: EmulatorState): unknown {
  return [{ key: identities.region.key?.toUpperCase(), name: identities.region.id }]
}

function tenancyMember(id: string, member: string | undefined, state: EmulatorState): unknown {
  const { tenancy, tenancyName, region } = state.identities
  const regionKey = region.key?.toUpperCase()
  if (member === 'regionSubscriptions') {
    return [{ regionKey, regionName: region.id, status: 'READY', isHomeRegion: true }]
  }
  if (member !== undefined) return undefined
  const name = id === tenancy ? tenancyName : 'another'
  return { id, name, description: name, homeRegionKey: regionKey, freeformTags: {}, definedTags: {} }
}

function user(id: string | undefined, principal: Principal, { identities }: EmulatorState): unknown {
  if (id === undefined || (id !== identities.user && id !== principal.subject)) return undefined
  const name = id === identities.user ? identities.userName : 'another.user@example.com'
  return {
    id,
    compartmentId: principal.tenancy,
    name,
    description: name,
    email: name,
    emailVerified: true,
    isMfaActivated: false,
    lifecycleState: 'ACTIVE',
    timeCreated: '2026-01-01T00:00:00.000Z',
    capabilities: { canUseApiKeys: true },
    freeformTags: {},
    definedTags: {},
  }
}
