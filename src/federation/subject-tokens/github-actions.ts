import { runtime as defaultRuntime } from '#runtime'
import { jsonRequest } from '../../http/json-request.js'
import { serviceUrl } from '../../http/service-url.js'
import type { Runtime } from '../../runtime/types.js'
import { notConfigured, type SubjectTokenSource } from './source.js'
import { tokenCall, tokenInJson } from './token-call.js'

/** What the ID token is for. */
export interface GitHubActionsOptions {
  /**
   * The `aud` of the token. Any text will do unless the trust pins it with `clientClaimValues`.
   * @defaultValue `https://cloud.oracle.com`
   */
  readonly audience?: string
  /** @defaultValue the runtime's own `fetch` */
  readonly fetch?: typeof fetch
  /** @defaultValue the runtime's own environment */
  readonly runtime?: Pick<Runtime, 'env' | 'fetch'>
}

/**
 * The ID token of a GitHub Actions job, asked for anew for each exchange. The job needs `permissions: id-token: write`.
 *
 * Rejects with ConfigurationError `NOT_CONFIGURED` outside such a job, ServiceError when GitHub refuses.
 * @example
 * ```ts
 * import { gitHubActions } from 'countersign/federation/subject-tokens/github-actions'
 *
 * const subjectToken = gitHubActions({ audience: 'oci' })
 * ```
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export function gitHubActions(options: GitHubActionsOptions = {}): SubjectTokenSource {
  const { audience = 'https://cloud.oracle.com', runtime = defaultRuntime } = options
  return async (context = {}) => {
    const response = await tokenCall(() => idTokenRequest(audience, runtime), options, context)
    return tokenInJson(response, 'value', 'GitHub Actions')
  }
}

function idTokenRequest(audience: string, runtime: Pick<Runtime, 'env'>): Request {
  const endpoint = runtime.env('ACTIONS_ID_TOKEN_REQUEST_URL')
  const bearer = runtime.env('ACTIONS_ID_TOKEN_REQUEST_TOKEN')
  if (!endpoint || !bearer) {
    throw notConfigured(
      'Expected ACTIONS_ID_TOKEN_REQUEST_URL and ACTIONS_ID_TOKEN_REQUEST_TOKEN to be set. GitHub Actions sets them for jobs with "permissions: id-token: write", and never for pull requests from forks.',
    )
  }
  const url = serviceUrl(endpoint, 'ACTIONS_ID_TOKEN_REQUEST_URL')
  url.searchParams.set('audience', audience)
  return jsonRequest({ method: 'GET', url, headers: { authorization: `Bearer ${bearer}` } })
}
