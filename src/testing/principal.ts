import type { Claims } from '../types.js'

/** Whom a signature proved, and how. */
export interface Principal {
  /** What signed: a user's API key, a key bound to a token, a resource's own key, or a certificate's key. */
  readonly kind: 'api-key' | 'token' | 'resource' | 'certificate'
  /** The user, instance, resource or certificate subject. */
  readonly subject: string
  readonly tenancy: string
  /** The claims of the token, when there is one. They are verified. */
  readonly claims?: Claims
  /** The subject of the delegation token that came with the request. */
  readonly onBehalfOf?: string
}
