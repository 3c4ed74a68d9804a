import { answerJson, decodedPath, jsonObject, refusal, requiredString } from './answers.js'
import { authenticate } from './authenticate.js'
import { type IdentityDomain, identityDomain } from './identity-domain.js'
import { administratorTokens } from './identity-domain-client.js'
import type { ReceivedRequest } from './received.js'
import { scimFilter } from './scim-filter.js'
import { patchedAttributes } from './scim-patch.js'
import { rulesOf, type ScimRecord } from './scim-types.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const PREFIX = '/admin/v1/'

/**
 * The administration side of an identity domain: SCIM, for requests that are signed by the emulated user or bear the
 * token of an application with the administrator's role.
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/
 */
export const identityDomainAdmin: Surface = {
  name: 'identity-domain-admin',
  matches: ({ url }) => url.pathname.startsWith(PREFIX),
  async handle(request, state) {
    await requireAdministrator(request, state)
    const [type = '', id] = request.url.pathname.slice(PREFIX.length).split('/').map(decodedPath)
    const domain = state.of(identityDomain)
    if (type === 'AppStatusChanger') return changeStatus(request, domain, id ?? '')
    if (type === 'AppClientSecretRegenerator') return regenerateSecret(request, domain)
    return id === undefined ? answerCollection(request, domain, type) : answerResource(request, domain, type, id)
  },
  answerError: ({ status, code, message }) =>
    answerJson(
      {
        schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
        status: String(status),
        detail: message,
        ...(status === 400 && { scimType: code }),
      },
      { status, headers: { 'x-oracle-dms-ecid': crypto.randomUUID() } },
    ),
}

async function requireAdministrator(request: ReceivedRequest, state: EmulatorState): Promise<void> {
  const bearer = /^Bearer (\S+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
  if (bearer !== undefined) {
    if (state.of(administratorTokens).has(bearer)) return
    throw refusal(401, 'unauthorized', 'The token is not that of an administrator.')
  }
  const { principal } = await authenticate(request, state)
  if (principal.subject === state.identities.user) return
  throw refusal(403, 'forbidden', 'The caller is no identity domain administrator.')
}

function answerCollection(request: ReceivedRequest, domain: IdentityDomain, type: string): Response {
  if (request.method === 'POST') {
    const record = domain.create(type, withoutReadOnly(jsonObject(request)))
    return answerJson(shown(record, type, request, domain, true), { status: 201 })
  }
  if (request.method !== 'GET') throw refusal(405, 'methodNotAllowed', 'Expected GET or POST.')
  rulesOf(type)
  const matching = domain.all(type).filter(scimFilter(request.url.searchParams.get('filter') ?? ''))
  const start = Math.max(1, wholeNumber(request, 'startIndex', 1))
  const count = Math.min(wholeNumber(request, 'count', 50), 1000)
  const page = matching.slice(start - 1, start - 1 + count)
  return answerJson({
    schemas: ['urn:ietf:params:scim:api:messages:2.0:ListResponse'],
    totalResults: matching.length,
    Resources: page.map((record) => shown(record, type, request, domain)),
    startIndex: start,
    itemsPerPage: page.length,
  })
}

function wholeNumber({ url }: ReceivedRequest, name: string, otherwise: number): number {
  const given = url.searchParams.get(name) ?? String(otherwise)
  if (/^\d+$/.test(given)) return Number(given)
  throw refusal(400, 'invalidValue', `Expected ${name} to be a whole number.`)
}

function answerResource(request: ReceivedRequest, domain: IdentityDomain, type: string, id: string): Response {
  switch (request.method) {
    case 'GET':
      return answerJson(shown(domain.get(type, id), type, request, domain))
    case 'PUT':
      return answerJson(shown(domain.update(type, id, withoutReadOnly(jsonObject(request))), type, request, domain))
    case 'PATCH': {
      const changes = patchedAttributes(domain.get(type, id), jsonObject(request)['Operations'])
      return answerJson(shown(domain.update(type, id, changes), type, request, domain, true))
    }
    case 'DELETE':
      domain.remove(type, id, request.url.searchParams.get('forceDelete') === 'true')
      return new Response(null, { status: 204 })
    default:
      throw refusal(405, 'methodNotAllowed', 'Expected GET, PUT, PATCH or DELETE.')
  }
}

function changeStatus(request: ReceivedRequest, domain: IdentityDomain, id: string): Response {
  const { active } = jsonObject(request)
  if (request.method !== 'PUT' || typeof active !== 'boolean')
    throw refusal(400, 'invalidSyntax', 'Expected PUT and active.')
  const app = domain.update('Apps', id, { active })
  return answerJson({ schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:AppStatusChanger'], id: app.id, active })
}

function regenerateSecret(request: ReceivedRequest, domain: IdentityDomain): Response {
  const clientSecret = `idcscs-${crypto.randomUUID()}`
  const app = domain.update('Apps', requiredString(jsonObject(request), 'appId'), { clientSecret })
  return answerJson({ id: app.id, appId: app.id, clientSecret }, { status: 201 })
}

/** What the domain shows of a resource: hidden attributes only when asked for by name, or where `full` says so. */
function shown(
  record: ScimRecord,
  type: string,
  request: ReceivedRequest,
  domain: IdentityDomain,
  full = false,
): object {
  const { searchParams } = request.url
  const asked = (searchParams.get('attributes') ?? '').split(',').map((name) => name.trim())
  const everything = searchParams.get('attributeSets')?.split(',').includes('all') ?? false
  const hidden = new Set(everything || full ? [] : rulesOf(type).hidden)
  if (!full && !domain.showsSecretsAgain) hidden.add('clientSecret')
  const visible = Object.entries(record).filter(([name, value]) => {
    if (value === undefined) return false
    return !hidden.has(name) || (asked.includes(name) && (name !== 'clientSecret' || domain.showsSecretsAgain))
  })
  const meta = { resourceType: type.replace(/s$/, ''), location: `${domain.url}${PREFIX}${type}/${record.id}` }
  return { ...Object.fromEntries(visible), meta }
}

function withoutReadOnly(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  const { id: _id, ocid: _ocid, meta: _meta, ...rest } = attributes
  return rest
}
