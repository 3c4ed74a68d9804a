import { UsageError } from '../../errors.js'
import { actionFor, differencesBetween, type PlannedStep } from './change.js'
import type { PolicyClient } from './policy-client.js'
import type { WifPolicy } from './setup.js'

/** Plans the IAM policy. One of the same name gets our statements in place of its own. */
export async function planPolicy(policies: PolicyClient | undefined, policy: WifPolicy): Promise<PlannedStep> {
  const client = requirePolicies(policies)
  const found = await client.find(policy.compartmentId, policy.name)
  const differences = found ? differencesBetween({ ...found }, { statements: policy.statements }, ['statements']) : []
  return {
    change: { resource: 'policy', name: policy.name, action: actionFor(found !== undefined, differences), differences },
    known: {},
    async apply() {
      if (found === undefined) await client.create(policy)
      else await client.update(found.id, policy.statements)
      return {}
    },
  }
}

/** @throws UsageError `OPTION_INVALID` without a client. */
export function requirePolicies(policies: PolicyClient | undefined): PolicyClient {
  if (policies !== undefined) return policies
  throw new UsageError('OPTION_INVALID', 'A set-up with a policy needs clients.policies: make one with policyClient().')
}
