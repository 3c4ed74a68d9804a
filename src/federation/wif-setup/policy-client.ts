import { ServiceError } from '../../errors.js'
import { jsonRequest } from '../../http/json-request.js'
import { readJson, serviceCall } from '../../http/service-call.js'
import { serviceUrl } from '../../http/service-url.js'
import { endpoint, resolveRegion } from '../../regions/regions.js'
import type { WifPolicy } from './setup.js'

/** An IAM policy as the Identity API shows it. */
export interface StoredPolicy {
  readonly id: string
  readonly name: string
  readonly statements: readonly string[]
}

/** The policy calls of the Identity API that set-up needs. */
export interface PolicyClient {
  find(compartmentId: string, name: string): Promise<StoredPolicy | undefined>
  create(policy: WifPolicy): Promise<void>
  update(id: string, statements: readonly string[]): Promise<void>
  remove(id: string): Promise<void>
}

/** How the Identity API is reached. */
export interface PolicyClientOptions {
  /** The tenancy's home region: policies can be changed nowhere else. */
  readonly region: string
  /** A `fetch` that signs with an administrator's OCI credentials, and tries again as `createSignedFetch` does. */
  readonly fetch: typeof fetch
  /** The Identity API's address, when it is not the region's public one. */
  readonly endpoint?: string
  readonly signal?: AbortSignal
}

/**
 * A client for IAM policies. Its methods reject with ServiceError.
 *
 * @throws UsageError `URL_INVALID` for an endpoint that is no URL.
 * @example
 * ```ts
 * import { policyClient } from 'countersign/federation/wif-setup/policy-client'
 *
 * declare const signedFetch: typeof fetch
 * const policies = policyClient({ region: 'us-ashburn-1', fetch: signedFetch })
 * const policy = await policies.find('ocid1.tenancy.oc1..a', 'ci')
 * ```
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity/latest/Policy/
 */
export function policyClient(options: PolicyClientOptions): PolicyClient {
  const { fetch, signal } = options
  const base = serviceUrl(options.endpoint ?? endpoint('identity', resolveRegion(options.region)), 'endpoint')
  const call = (method: string, path: string, body?: object): Promise<Response> => {
    const url = new URL(`/20160918/policies${path}`, base)
    // A create that is repeated must not make two: the service remembers this token for a day.
    const headers = method === 'POST' ? { 'opc-retry-token': crypto.randomUUID() } : {}
    return serviceCall(() => jsonRequest({ method, url, headers, body }), { fetch, signal, retry: false })
  }
  return {
    async find(compartmentId, name) {
      const response = await call('GET', `?${new URLSearchParams({ compartmentId, name })}`)
      return policiesFrom(await readJson(response, 'the list of policies')).find((policy) => policy.name === name)
    },
    async create({ compartmentId, name, statements, description = 'Workload identity federation' }) {
      await call('POST', '', { compartmentId, name, description, statements })
    },
    async update(id, statements) {
      await call('PUT', `/${encodeURIComponent(id)}`, { statements })
    },
    async remove(id) {
      await call('DELETE', `/${encodeURIComponent(id)}`)
    },
  }
}

function policiesFrom(value: unknown): readonly StoredPolicy[] {
  if (Array.isArray(value) && value.every(isPolicy)) return value
  throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected a list of policies from the Identity API.')
}

function isPolicy(value: unknown): value is StoredPolicy {
  const policy = value as Partial<StoredPolicy> | null
  return typeof policy?.id === 'string' && typeof policy.name === 'string' && Array.isArray(policy.statements)
}
