import type { OciCredentials } from '../types.js'

/** The resource that a resource principal's token speaks for. Each fact is absent when the token does not tell it. */
export interface ResourceFacts {
  readonly tenancy?: string
  /** Resources can be moved: read it from the credentials of the moment. */
  readonly compartment?: string
  readonly id?: string
  /** Such as `fnfunc`. */
  readonly type?: string
}

const CLAIMS = { tenancy: 'res_tenant', compartment: 'res_compartment', id: 'res_id', type: 'res_type' } as const

/**
 * Tells which resource the credentials of a resource principal speak for. For reading only: nobody has verified it.
 *
 * @example
 * ```ts
 * import { resourcePrincipal } from 'countersign/credentials/resource-principal'
 * import { resourceFacts } from 'countersign/federation/resource-claims'
 *
 * const { compartment } = resourceFacts(await resourcePrincipal()())
 * ```
 */
export function resourceFacts({ claims = {} }: OciCredentials): ResourceFacts {
  const known = Object.entries(CLAIMS).filter(([, claim]) => typeof claims[claim] === 'string')
  return Object.fromEntries(known.map(([name, claim]) => [name, claims[claim]]))
}
