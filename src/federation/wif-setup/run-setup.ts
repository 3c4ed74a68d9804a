import type { Change, PlannedStep, SetupClients, SetupIds } from './change.js'
import type { RuleFinding } from './impersonation-rule.js'
import { planApp } from './plan-app.js'
import { planGroup } from './plan-group.js'
import { planPolicy } from './plan-policy.js'
import { planServiceUser } from './plan-service-user.js'
import { planTrust } from './plan-trust.js'
import { checkWifSetup, type WifSetup } from './setup.js'

/** What a set-up would change, found by reading alone. */
export interface WifPlan {
  readonly changes: readonly Change[]
  /** What is doubtful about the rules. */
  readonly findings: readonly RuleFinding[]
  /** True when nothing is to be changed. */
  readonly settled: boolean
  /** Makes the changes, in order. Running it when nothing is to be changed makes no call but reads. */
  apply(): Promise<WifResult>
}

/** What a step did. */
export interface WifOutcome {
  readonly resource: Change['resource']
  readonly name: string
  readonly outcome: 'created' | 'updated' | 'unchanged'
}

/** What a set-up made or found. */
export interface WifResult extends SetupIds {
  readonly outcomes: readonly WifOutcome[]
}

/** A set-up, and the way to the domain. */
export interface WifPlanOptions extends SetupClients {
  readonly setup: WifSetup
  /** Takes rules that the linter calls errors. Only for rules that you tried. */
  readonly allowUnsafeRules?: boolean
}

/**
 * Compares a domain with a set-up and says what is to be changed; `apply()` changes it. Run again, it finds nothing.
 *
 * Rejects with UsageError for a set-up that cannot work, ConfigurationError `CONFIG_INVALID` when something in the
 * domain is in the way, ServiceError when the domain refuses. When `apply()` rejects half way, run the set-up again: it
 * goes on where it stopped.
 * @example
 * ```ts
 * import { planWifSetup } from 'countersign/federation/wif-setup/run-setup'
 * import { scimClient } from 'countersign/federation/wif-setup/scim-client'
 * import type { WifSetup } from 'countersign/federation/wif-setup/setup'
 *
 * declare const setup: WifSetup
 * declare const signedFetch: typeof fetch
 * const plan = await planWifSetup({ setup, scim: scimClient({ domain: setup.domain, fetch: signedFetch }) })
 * for (const { resource, name, action } of plan.changes) console.log(action, resource, name)
 * const { clientId, clientSecret } = await plan.apply()
 * ```
 */
export async function planWifSetup(options: WifPlanOptions): Promise<WifPlan> {
  const { setup, allowUnsafeRules = false, ...clients } = options
  const findings = checkWifSetup(setup, { allowUnsafeRules })
  const steps = await planSteps(setup, clients)
  const changes = steps.map(({ change }) => change)
  return {
    changes,
    findings,
    settled: changes.every(({ action }) => action === 'unchanged'),
    apply: () => applySteps(steps, clients),
  }
}

async function planSteps(setup: WifSetup, clients: SetupClients): Promise<readonly PlannedStep[]> {
  const { principal, policy } = setup
  const app = await planApp(clients.scim, setup.appName, setup.delegatedServiceNames)
  const users = principal.type === 'user' ? [await planServiceUser(clients.scim, principal.userName)] : []
  const known = idsKnownTo([app, ...users])
  const groups =
    principal.type === 'user' && principal.group !== undefined
      ? await planGroup(clients.scim, principal.group, principal.userName, known)
      : []
  const trust = await planTrust(clients.scim, setup, known)
  const policies = policy ? [await planPolicy(clients.policies, policy)] : []
  return [app, ...users, ...groups, trust, ...policies]
}

async function applySteps(steps: readonly PlannedStep[], clients: SetupClients): Promise<WifResult> {
  let ids = idsKnownTo(steps)
  for (const step of steps) {
    if (step.change.action !== 'unchanged') ids = { ...ids, ...(await step.apply(clients, ids)) }
  }
  return { ...ids, outcomes: steps.map(({ change }) => outcomeOf(change)) }
}

function idsKnownTo(steps: readonly PlannedStep[]): SetupIds {
  return Object.assign({}, ...steps.map(({ known }) => known))
}

function outcomeOf({ resource, name, action }: Change): WifOutcome {
  const outcome = ({ create: 'created', update: 'updated', unchanged: 'unchanged' } as const)[action]
  return { resource, name, outcome }
}
