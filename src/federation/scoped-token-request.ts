/** What a token is to be good for. */
export interface ScopedTokenRequest {
  /** Such as `<service>_<permission>_urn-<compartment OCID>:<type>`. */
  readonly scope: string
  /** Base64 of the SubjectPublicKeyInfo of the key that will sign with the token. */
  readonly publicKey: string
  /** The OCID of the compartment that the token is for. Decides which of the two calls is made. */
  readonly targetCompartment?: string | undefined
}

/** The path and the body of the call: the exchange for a compartment, or the public call that knows none. */
export function scopedTokenCall({ scope, publicKey, targetCompartment }: ScopedTokenRequest): {
  readonly path: string
  readonly body: string
} {
  return targetCompartment === undefined
    ? { path: '/v1/actions/generateScopedAccessToken', body: JSON.stringify({ scope, publicKey }) }
    : {
        path: '/v1/oauth2/scoped',
        body: JSON.stringify({ scope, public_key: publicKey, target_compartment: targetCompartment }),
      }
}
