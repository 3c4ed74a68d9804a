import { asJsonObject } from '../../encoding/json.js'
import type { Change, SetupClients } from './change.js'
import { findApp, setAppActive } from './plan-app.js'
import { findGroup, hasMember, removeMember } from './plan-group.js'
import { requirePolicies } from './plan-policy.js'
import { findUser, isServiceUser } from './plan-service-user.js'
import { findTrust } from './plan-trust.js'
import type { ScimClient, ScimOperation } from './scim-client.js'
import type { WifSetup } from './setup.js'

/** What was done about one resource. */
export interface WifRemoval {
  readonly resource: Change['resource']
  readonly name: string
  readonly outcome: 'removed' | 'absent' | 'kept'
}

/**
 * Takes a set-up down, in the order in which nothing refers to what is gone: trust, application, membership, user,
 * group, policy. Run again, it finds everything absent. A trust of another name is kept and only loses this
 * application and user; a group with other members is kept, and so is a user who is no service user.
 *
 * Rejects with UsageError `OPTION_INVALID` for a set-up with a policy and no client for policies, ServiceError when the
 * domain refuses; run it again to go on.
 * @example
 * ```ts
 * import { removeWifSetup } from 'countersign/federation/wif-setup/remove-setup'
 * import { scimClient } from 'countersign/federation/wif-setup/scim-client'
 * import type { WifSetup } from 'countersign/federation/wif-setup/setup'
 *
 * declare const setup: WifSetup
 * declare const signedFetch: typeof fetch
 * await removeWifSetup(setup, { scim: scimClient({ domain: setup.domain, fetch: signedFetch }) })
 * ```
 */
export async function removeWifSetup(setup: WifSetup, clients: SetupClients): Promise<readonly WifRemoval[]> {
  const { scim } = clients
  const { principal, policy } = setup
  const policies = policy && requirePolicies(clients.policies)
  const removals = [await removeTrust(scim, setup), await removeApp(scim, setup.appName)]
  if (principal.type === 'user') {
    removals.push(...(await removeUserAndGroup(scim, principal.userName, principal.group)))
  }
  if (policy !== undefined && policies !== undefined) {
    const found = await policies.find(policy.compartmentId, policy.name)
    if (found !== undefined) await policies.remove(found.id)
    removals.push(outcome('policy', policy.name, found))
  }
  return removals
}

async function removeTrust(scim: ScimClient, setup: WifSetup): Promise<WifRemoval> {
  const trust = await findTrust(scim, setup.trustName, setup.issuer)
  if (trust === undefined || trust['name'] === setup.trustName) {
    if (trust !== undefined) await scim.remove('IdentityPropagationTrusts', trust.id)
    return outcome('trust', setup.trustName, trust)
  }
  const { principal } = setup
  const app = await findApp(scim, setup.appName)
  const user = principal.type === 'user' ? await findUser(scim, principal.userName) : undefined
  const operations = withdrawals(trust, app?.['name'], user?.id)
  if (operations.length > 0) await scim.patch('IdentityPropagationTrusts', trust.id, operations)
  return kept('trust', String(trust['name']))
}

/** What takes our application and our service user out of a trust that is another's. */
function withdrawals(trust: Found, client: unknown, userId: string | undefined): readonly ScimOperation[] {
  const lists: readonly (readonly [string, (entry: unknown) => boolean])[] = [
    ['oauthClients', (entry) => client !== undefined && entry === client],
    ['impersonationServiceUsers', (entry) => userId !== undefined && asJsonObject(entry)?.['value'] === userId],
  ]
  return lists.flatMap(([path, isOurs]) => {
    const entries = trust[path]
    if (!Array.isArray(entries) || !entries.some(isOurs)) return []
    return [{ op: 'replace' as const, path, value: entries.filter((entry) => !isOurs(entry)) }]
  })
}

async function removeApp(scim: ScimClient, appName: string): Promise<WifRemoval> {
  const app = await findApp(scim, appName)
  if (app !== undefined) await deleteApp(scim, app.id)
  return outcome('app', appName, app)
}

/** Turns an application off and deletes it, whoever still refers to it. */
export async function deleteApp(scim: ScimClient, id: string): Promise<void> {
  await setAppActive(scim, id, false)
  await scim.remove('Apps', id, { forceDelete: 'true' })
}

async function removeUserAndGroup(
  scim: ScimClient,
  userName: string,
  groupName?: string,
): Promise<readonly WifRemoval[]> {
  const found = await findUser(scim, userName)
  const user = found !== undefined && isServiceUser(found) ? found : undefined
  const group = groupName === undefined ? undefined : await findGroup(scim, groupName)
  if (user !== undefined && group !== undefined && hasMember(group, user.id))
    await removeMember(scim, group.id, user.id)
  if (user !== undefined) await scim.remove('Users', user.id)
  const removals = [found === user ? outcome('service-user', userName, user) : kept('service-user', userName)]
  if (groupName !== undefined) removals.push(await removeGroup(scim, groupName, group))
  return removals
}

async function removeGroup(scim: ScimClient, name: string, found: Found | undefined): Promise<WifRemoval> {
  if (found === undefined) return outcome('group', name, found)
  const { members } = await scim.get('Groups', found.id, ['members'])
  if (Array.isArray(members) && members.length > 0) return kept('group', name)
  await scim.remove('Groups', found.id)
  return outcome('group', name, found)
}

type Found = { readonly id: string; readonly [attribute: string]: unknown }

function outcome(resource: Change['resource'], name: string, found: unknown): WifRemoval {
  return { resource, name, outcome: found === undefined ? 'absent' : 'removed' }
}

function kept(resource: Change['resource'], name: string): WifRemoval {
  return { resource, name, outcome: 'kept' }
}
