import { type SubjectTokenSource, subjectTokenFrom } from './source.js'
import { type TokenCallConnection, tokenCall } from './token-call.js'

/** Which service account, and what its token is for. */
export interface GcpOptions extends TokenCallConnection {
  /** The `aud` of the token. Pin it in the trust: Google signs for every project with the same keys. */
  readonly audience: string
  /**
   * Which of the instance's service accounts.
   * @defaultValue `default`
   */
  readonly serviceAccount?: string
}

const ENDPOINT = 'http://metadata.google.internal/computeMetadata/v1/instance/service-accounts/'

/**
 * The identity token of a Google Cloud service account, from the metadata server of a VM, a GKE pod or Cloud Run.
 *
 * Rejects with ServiceError when the metadata server does not answer with a token.
 * @example
 * ```ts
 * import { gcp } from 'countersign/federation/subject-tokens/gcp'
 *
 * const subjectToken = gcp({ audience: 'https://oci.example.com' })
 * ```
 * @see https://cloud.google.com/compute/docs/instances/verifying-instance-identity
 */
export function gcp(options: GcpOptions): SubjectTokenSource {
  return async (context = {}) => {
    // Google's metadata server speaks plain http, on a link-local address behind this name, and is sent no secret.
    const rest = { timeoutMs: 5_000, allowInsecureHttp: true }
    const response = await tokenCall(() => identityRequest(options), options, context, rest)
    return subjectTokenFrom(await response.text(), 'the Google Cloud metadata server')
  }
}

function identityRequest({ audience, serviceAccount = 'default' }: GcpOptions): Request {
  const url = new URL(`${encodeURIComponent(serviceAccount)}/identity`, ENDPOINT)
  url.searchParams.set('audience', audience)
  url.searchParams.set('format', 'full')
  return new Request(url, { headers: { 'metadata-flavor': 'Google' } })
}
