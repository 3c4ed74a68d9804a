import { type EnvironmentVariableOptions, environmentVariable } from './environment-variable.js'
import type { SubjectTokenSource } from './source.js'

/** Which of the job's ID tokens. */
export interface GitLabOptions extends EnvironmentVariableOptions {
  /**
   * The name under the job's `id_tokens`.
   * @defaultValue `OCI_ID_TOKEN`
   */
  readonly name?: string
}

/**
 * The ID token that a GitLab CI/CD job asks for with `id_tokens: { OCI_ID_TOKEN: { aud: … } }`. It lives as long as the
 * job may run. The trust's issuer is the URL of the GitLab instance, its keys are at `/oauth/discovery/keys`.
 *
 * Rejects as {@link environmentVariable} does.
 * @example
 * ```ts
 * import { gitLab } from 'countersign/federation/subject-tokens/gitlab'
 *
 * const subjectToken = gitLab({ name: 'OCI_ID_TOKEN' })
 * ```
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication/
 */
export function gitLab(options: GitLabOptions = {}): SubjectTokenSource {
  const { name = 'OCI_ID_TOKEN', ...rest } = options
  return environmentVariable(name, rest)
}
