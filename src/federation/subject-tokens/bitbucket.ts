import { type EnvironmentVariableOptions, environmentVariable } from './environment-variable.js'
import type { SubjectTokenSource } from './source.js'

/**
 * The token of a Bitbucket Pipelines step that has `oidc: true`. Its audience is
 * `ari:cloud:bitbucket::workspace/<uuid>` unless the step says otherwise.
 *
 * Rejects as {@link environmentVariable} does.
 * @example
 * ```ts
 * import { bitbucket } from 'countersign/federation/subject-tokens/bitbucket'
 *
 * const subjectToken = bitbucket()
 * ```
 * @see https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/
 */
export function bitbucket(options: EnvironmentVariableOptions = {}): SubjectTokenSource {
  return environmentVariable('BITBUCKET_STEP_OIDC_TOKEN', options)
}
