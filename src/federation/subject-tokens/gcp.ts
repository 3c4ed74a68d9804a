import { runtime as defaultRuntime } from '#runtime'
import { serviceCall } from '../../http/service-call.js'
import type { Runtime } from '../../runtime/types.js'
import { SUBJECT_TOKEN_RETRY, type SubjectTokenSource, subjectTokenFrom } from './source.js'

/** Which service account, and what its token is for. */
export interface GcpOptions {
  /** The `aud` of the token. Pin it in the trust: Google signs for every project with the same keys. */
  readonly audience: string
  /**
   * Which of the instance's service accounts.
   * @defaultValue `default`
   */
  readonly serviceAccount?: string
  /** @defaultValue the runtime's own `fetch` */
  readonly fetch?: typeof fetch
  readonly runtime?: Pick<Runtime, 'fetch'>
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
  const { runtime = defaultRuntime } = options
  return async ({ signal } = {}) => {
    // Google's metadata server speaks plain http, on a link-local address behind this name, and is sent no secret.
    const call = {
      fetch: options.fetch ?? runtime.fetch,
      retry: SUBJECT_TOKEN_RETRY,
      timeoutMs: 5_000,
      signal,
      allowInsecureHttp: true,
    }
    const response = await serviceCall(identityRequest(options), call)
    return subjectTokenFrom(await response.text(), 'the Google Cloud metadata server')
  }
}

function identityRequest({ audience, serviceAccount = 'default' }: GcpOptions): Request {
  const url = new URL(`${encodeURIComponent(serviceAccount)}/identity`, ENDPOINT)
  url.searchParams.set('audience', audience)
  url.searchParams.set('format', 'full')
  return new Request(url, { headers: { 'metadata-flavor': 'Google' } })
}
