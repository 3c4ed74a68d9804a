import { UsageError } from '../../errors.js'

/** Who a policy statement allows. */
export type PolicySubject =
  | { readonly type: 'group'; readonly domain: string; readonly group: string }
  | { readonly type: 'resource'; readonly claims: Readonly<Record<string, string>> }

/**
 * IAM policy statements for what a workload may do.
 *
 * A group is named as `'<domain>'/'<group>'`, because the SCIM id of a group is no policy principal. An RPST has no
 * group: its subject is any user under conditions on the claims that the trust propagates, written here without `ext_`.
 *
 * @param grants What follows "to" in a statement, such as `read buckets in compartment ci`.
 * @throws UsageError `OPTION_INVALID` for a name that would change the meaning of a statement, and for an RPST without
 * a single claim, which would let every federated resource of the tenancy in.
 * @example
 * ```ts
 * import { policyStatements } from 'countersign/federation/wif-setup/policy-statements'
 *
 * policyStatements({ type: 'resource', claims: { repository: 'octo-org/app' } }, ['read buckets in tenancy'])
 * ```
 */
export function policyStatements(subject: PolicySubject, grants: readonly string[]): readonly string[] {
  return grants.map((grant) => statement(subject, grant.trim()))
}

function statement(subject: PolicySubject, grant: string): string {
  if (subject.type === 'group') {
    return `Allow group ${quoted(subject.domain)}/${quoted(subject.group)} to ${grant}`
  }
  return `Allow any-user to ${withCondition(grant, conditionOf(subject.claims))}`
}

function conditionOf(claims: Readonly<Record<string, string>>): string {
  const entries = Object.entries(claims)
  if (entries.length === 0) {
    throw new UsageError('OPTION_INVALID', 'Expected at least one claim: without, every federated resource is allowed.')
  }
  const conditions = entries.map(([name, value]) => `request.principal.ext_${claimName(name)}=${quoted(value)}`)
  return `all {request.principal.type='identityfederateddomainapp', ${conditions.join(', ')}}`
}

function withCondition(grant: string, condition: string): string {
  if (/\swhere\s/i.test(grant)) {
    throw new UsageError('OPTION_INVALID', 'A grant for an RPST must not have a "where" of its own.')
  }
  return `${grant} where ${condition}`
}

function claimName(name: string): string {
  const bare = name.replace(/^ext_/, '')
  if (/^\w+$/.test(bare)) return bare
  throw new UsageError('OPTION_INVALID', `Expected a claim name of letters, digits and "_", got "${name}".`)
}

function quoted(name: string): string {
  if (!/['\n\r]/.test(name)) return `'${name}'`
  throw new UsageError('OPTION_INVALID', `The name ${JSON.stringify(name)} cannot be written in a policy statement.`)
}
