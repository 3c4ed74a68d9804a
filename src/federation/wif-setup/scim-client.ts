import { ServiceError } from '../../errors.js'
import { jsonRequest } from '../../http/json-request.js'
import type { RetryPolicy } from '../../http/retry.js'
import { readJson, serviceCall } from '../../http/service-call.js'
import { identityDomain } from '../identity-domain.js'

/** A resource as the identity domain shows it. */
export interface ScimResource extends Readonly<Record<string, unknown>> {
  readonly id: string
}

/** One operation of a PATCH. */
export interface ScimOperation {
  readonly op: 'add' | 'replace' | 'remove'
  readonly path: string
  readonly value?: unknown
}

/** Which domain, and how it is reached. */
export interface ScimClientOptions {
  readonly domain: string
  /** A `fetch` that authenticates: signed with an administrator's OCI credentials, or with a bearer token. */
  readonly fetch: typeof fetch
  readonly signal?: AbortSignal
  /** @defaultValue `false`: `createSignedFetch` tries again by itself */
  readonly retry?: RetryPolicy | false
}

/** The SCIM calls that set-up needs, one method each. `type` is the path's plural, such as `Apps`. */
export interface ScimClient {
  readonly domain: string
  find(type: string, filter: string, attributes?: readonly string[]): Promise<readonly ScimResource[]>
  get(type: string, id: string, attributes?: readonly string[]): Promise<ScimResource>
  create(type: string, body: object, attributes?: readonly string[]): Promise<ScimResource>
  replace(type: string, id: string, body: object): Promise<void>
  patch(type: string, id: string, operations: readonly ScimOperation[]): Promise<void>
  remove(type: string, id: string, query?: Readonly<Record<string, string>>): Promise<void>
  /** The same client without the signal: what must be taken down again is, also after an abort. */
  withoutSignal(): ScimClient
}

const ACCEPT = { accept: 'application/json, application/scim+json' }
const PATCH_SCHEMA = 'urn:ietf:params:scim:api:messages:2.0:PatchOp'

/**
 * A client for the administration side of an identity domain.
 *
 * Its methods reject with ServiceError: the status, and the domain's `detail` in the message.
 * @example
 * ```ts
 * import { equals, scimClient } from 'countersign/federation/wif-setup/scim-client'
 *
 * declare const signedFetch: typeof fetch
 * const scim = scimClient({ domain: 'https://idcs-….identity.oraclecloud.com', fetch: signedFetch })
 * const [user] = await scim.find('Users', equals('userName', 'ci'), ['id'])
 * ```
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/
 */
export function scimClient(options: ScimClientOptions): ScimClient {
  const domain = identityDomain(options.domain)
  const call = (method: string, path: string, query: Query = {}, body?: object): Promise<Response> => {
    const url = new URL(`/admin/v1/${path}`, domain)
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value)
    // A create that is repeated must not make two: the domain remembers this token for a day.
    const headers = { ...ACCEPT, ...(method === 'POST' && { 'opc-retry-token': crypto.randomUUID() }) }
    const { fetch, signal, retry = false } = options
    return serviceCall(() => jsonRequest({ method, url, headers, body }), { fetch, signal, retry })
  }
  return {
    domain,
    async find(type, filter, attributes) {
      const response = await call('GET', type, { filter, attributes: attributes?.join(',') })
      return resourcesIn(await readJson(response, `the list of ${type}`))
    },
    async get(type, id, attributes) {
      const response = await call('GET', `${type}/${encodeURIComponent(id)}`, { attributes: attributes?.join(',') })
      return resourceFrom(await readJson(response, `a resource of ${type}`))
    },
    async create(type, body, attributes) {
      const response = await call('POST', type, { attributes: attributes?.join(',') }, body)
      return resourceFrom(await readJson(response, `a new resource of ${type}`))
    },
    async replace(type, id, body) {
      await call('PUT', `${type}/${encodeURIComponent(id)}`, {}, body)
    },
    async patch(type, id, Operations) {
      await call('PATCH', `${type}/${encodeURIComponent(id)}`, {}, { schemas: [PATCH_SCHEMA], Operations })
    },
    async remove(type, id, query) {
      // Gone is what was wanted: an earlier attempt whose answer was lost may have done it.
      await call('DELETE', `${type}/${encodeURIComponent(id)}`, query).catch((error: unknown) => {
        if (!(error instanceof ServiceError && error.status === 404)) throw error
      })
    },
    withoutSignal: () => scimClient(withoutSignal(options)),
  }
}

function withoutSignal({ signal: _, ...rest }: ScimClientOptions): ScimClientOptions {
  return rest
}

/** `attribute eq "value"`, with the value escaped. */
export function equals(attribute: string, value: string): string {
  return `${attribute} eq "${value.replace(/[\\"]/g, '\\$&')}"`
}

type Query = Readonly<Record<string, string | undefined>>

function resourcesIn(list: unknown): readonly ScimResource[] {
  const resources = (list as { Resources?: unknown } | null)?.Resources ?? []
  if (!Array.isArray(resources)) throw invalid('"Resources" to be a list')
  return resources.map(resourceFrom)
}

function resourceFrom(value: unknown): ScimResource {
  if (typeof value === 'object' && value !== null && 'id' in value && typeof value.id === 'string') {
    return value as ScimResource
  }
  throw invalid('a resource with an "id"')
}

function invalid(expected: string): ServiceError {
  return new ServiceError('SERVICE_RESPONSE_INVALID', `Expected ${expected} in the answer of the identity domain.`)
}
