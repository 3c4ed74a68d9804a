import { actionFor, type PlannedStep, type SetupIds } from './change.js'
import { equals, type ScimClient, type ScimResource } from './scim-client.js'

const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:Group'

/** The group by name. Members are shown only when they are asked for by name. */
export async function findGroup(scim: ScimClient, displayName: string): Promise<ScimResource | undefined> {
  const [listed] = await scim.find('Groups', equals('displayName', displayName), ['id', 'displayName'])
  return listed && scim.get('Groups', listed.id, ['id', 'displayName', 'members'])
}

/** Plans a group and the service user's membership of it: two steps, because either may be missing. */
export async function planGroup(
  scim: ScimClient,
  displayName: string,
  userName: string,
  user: SetupIds,
): Promise<readonly PlannedStep[]> {
  const found = await findGroup(scim, displayName)
  const isMember = found !== undefined && user.userId !== undefined && hasMember(found, user.userId)
  return [groupStep(displayName, found), membershipStep(displayName, userName, isMember)]
}

/** Takes a user out of a group. */
export async function removeMember(scim: ScimClient, groupId: string, userId: string): Promise<void> {
  await scim.patch('Groups', groupId, [{ op: 'remove', path: `members[value eq "${userId}"]` }])
}

/** Whether the group, read with its members, has this one. */
export function hasMember(group: ScimResource, userId: string): boolean {
  const { members } = group
  return Array.isArray(members) && members.some((member: { value?: unknown }) => member.value === userId)
}

function groupStep(displayName: string, found: ScimResource | undefined): PlannedStep {
  return {
    change: { resource: 'group', name: displayName, action: actionFor(found !== undefined, []), differences: [] },
    known: found ? { groupId: found.id } : {},
    async apply({ scim, bearer = scim }) {
      return { groupId: (await bearer.create('Groups', { schemas: [SCHEMA], displayName })).id }
    },
  }
}

function membershipStep(displayName: string, userName: string, isMember: boolean): PlannedStep {
  return {
    change: {
      resource: 'membership',
      name: `${userName} in ${displayName}`,
      action: isMember ? 'unchanged' : 'create',
      differences: [],
    },
    known: {},
    async apply({ scim, bearer = scim }, { groupId = '', userId = '' }) {
      await bearer.patch('Groups', groupId, [{ op: 'add', path: 'members', value: [{ value: userId, type: 'User' }] }])
      return {}
    },
  }
}
