import { UsageError } from '../errors.js'
import { readSecurityToken } from '../federation/security-token.js'
import { createSignedFetch, type SignedAttempt } from '../http/signed-fetch.js'
import { signOciHeaders } from '../signers/oci.js'
import type { Claims, Clock, CredentialsProvider, OciCredentials } from '../types.js'

/** A request before it is signed. */
export interface UnsignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: readonly (readonly [name: string, value: string])[]
  readonly body?: Uint8Array<ArrayBuffer> | undefined
}

/** A request as any HTTP client can send it. */
export interface SignedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly signingString: string
}

/** How to send. */
export interface SendOptions {
  readonly fetch: typeof fetch
  readonly clock: Clock
  readonly retries: boolean
  readonly onAttempt?: ((attempt: SignedAttempt) => void) | undefined
}

/** What is known of somebody. Times are epoch milliseconds. */
export interface IdentityFacts {
  /** Which provider knows, such as `api-key`. */
  readonly source?: string | undefined
  readonly subject?: string | undefined
  /** The user for whom the subject acts. */
  readonly onBehalfOf?: string | undefined
  readonly tenancy?: string | undefined
  readonly region?: string | undefined
  readonly fingerprint?: string | undefined
  readonly issuedAt?: number | undefined
  readonly expiresAt?: number | undefined
  readonly claims?: Claims | undefined
  /** A secret. */
  readonly token?: string | undefined
}

/** Somebody to sign as, of whatever cloud. */
export interface Identity {
  facts(signal: AbortSignal): Promise<IdentityFacts>
  sign(
    request: UnsignedRequest,
    options: { readonly clock: Clock; readonly signal: AbortSignal },
  ): Promise<SignedRequest>
  /** A `fetch` that signs. */
  signedFetch(options: SendOptions): typeof fetch
  /** What Oracle's cloud knows them by, where it does. */
  readonly oci?: CredentialsProvider<OciCredentials>
}

/** Somebody known to Oracle's cloud. */
export function ociIdentity(credentials: CredentialsProvider<OciCredentials>): Identity {
  return {
    oci: credentials,
    facts: async (signal) => factsOf(await credentials({ signal })),
    sign: async ({ method, url, headers, body }, { clock, signal }) =>
      signOciHeaders({ method, url, headers, body: body ?? null }, await credentials({ signal }), { clock }),
    signedFetch: ({ retries, onAttempt, ...options }) =>
      createSignedFetch({
        ...options,
        credentials,
        ...(!retries && { retry: false as const }),
        ...(onAttempt && { onAttempt }),
      }),
  }
}

/**
 * The OCI credentials of somebody, for flows that need them rather than a signature.
 *
 * @throws UsageError `OPTION_INVALID` for an identity of another cloud.
 */
export function credentialsOf({ oci }: Identity): CredentialsProvider<OciCredentials> {
  if (oci) return oci
  throw new UsageError('OPTION_INVALID', 'Expected --auth to name an identity of OCI, got one of another cloud.')
}

function factsOf(credentials: OciCredentials): IdentityFacts {
  const { source, region, issuedAt, expiresAt, claims, token, keyId } = credentials
  const [keyTenancy, user, fingerprint] = token === undefined ? keyId.split('/') : []
  const subject = typeof claims?.['sub'] === 'string' ? claims['sub'] : user
  const tenancy = credentials.tenancy ?? keyTenancy
  const onBehalfOf = delegatorOf(credentials)
  return { source, subject, onBehalfOf, tenancy, region, fingerprint, issuedAt, expiresAt, claims, token }
}

function delegatorOf({ signedHeaders }: OciCredentials): string | undefined {
  const token = signedHeaders?.['opc-obo-token']
  if (token === undefined) return undefined
  try {
    const { sub } = readSecurityToken(token).claims
    return typeof sub === 'string' ? sub : 'a user'
  } catch {
    return 'a user'
  }
}
