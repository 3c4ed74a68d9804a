import { UsageError } from '../../errors.js'

/** Which jobs of a GitHub repository may act. At most one of `branch`, `tag`, `environment`; none means all of them. */
export interface GitHubSubject {
  /** `owner/repository` */
  readonly repository: string
  readonly branch?: string
  readonly tag?: string
  readonly environment?: string
  /** The number of the owner, together with `repositoryId`, for organizations that turned on immutable subjects. */
  readonly ownerId?: string
  /** The number of the repository, together with `ownerId`. */
  readonly repositoryId?: string
}

/**
 * The rules that let the jobs of one GitHub repository in, by the `sub` that GitHub gives them; with ids, also by the
 * immutable form of it, which outlives a rename and does not pass to whoever takes the old name.
 *
 * @throws UsageError `OPTION_INVALID` for a repository that is no `owner/repository`, for more than one of `branch`, `tag`
 * and `environment` (a job's subject names one of them), and for one id without the other.
 * @example
 * ```ts
 * import { gitHubRules } from 'countersign/federation/wif-setup/github-rules'
 *
 * gitHubRules({ repository: 'octo-org/app', branch: 'main' }) // ['sub eq repo:octo-org/app:ref:refs/heads/main']
 * ```
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export function gitHubRules(subject: GitHubSubject): readonly string[] {
  const { branch, tag, environment } = subject
  const [, owner, repository] = /^([\w.-]+)\/([\w.-]+)$/.exec(subject.repository) ?? []
  if (owner === undefined || [branch, tag, environment].filter((context) => context !== undefined).length > 1) {
    throw new UsageError('OPTION_INVALID', 'Expected owner/repository, and at most one of branch, tag and environment.')
  }
  requireBothIds(subject)
  const context = contextOf(subject)
  const rules = [`sub eq repo:${owner}/${repository}:${context}`]
  if (subject.ownerId !== undefined && subject.repositoryId !== undefined) {
    rules.push(`sub eq repo:${owner}@${subject.ownerId}/${repository}@${subject.repositoryId}:${context}`)
  }
  return rules
}

function requireBothIds({ ownerId, repositoryId }: GitHubSubject): void {
  const given = [ownerId, repositoryId].filter((id) => id !== undefined)
  if (given.length !== 1 && given.every((id) => /^\d+$/.test(id))) return
  throw new UsageError('OPTION_INVALID', 'Expected the numbers of both owner and repository, or neither.')
}

function contextOf({ branch, tag, environment }: GitHubSubject): string {
  if (environment !== undefined) return `environment:${escapeColons(environment)}`
  if (branch !== undefined) return `ref:refs/heads/${branch}`
  if (tag !== undefined) return `ref:refs/tags/${tag}`
  return '*'
}

// GitHub writes a colon inside a context value as %3A.
function escapeColons(value: string): string {
  return value.replaceAll(':', '%3A')
}
