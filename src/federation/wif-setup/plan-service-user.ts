import { ConfigurationError } from '../../errors.js'
import { actionFor, differencesBetween, type PlannedStep } from './change.js'
import { equals, type ScimClient, type ScimResource } from './scim-client.js'

const SCHEMA = 'urn:ietf:params:scim:schemas:core:2.0:User'
const USER_EXTENSION = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User'

/** The user by name, with what is needed to tell a service user from a person. */
export async function findUser(scim: ScimClient, userName: string): Promise<ScimResource | undefined> {
  const [user] = await scim.find('Users', equals('userName', userName), [
    'id',
    'userName',
    'active',
    `${USER_EXTENSION}:serviceUser`,
  ])
  return user
}

/**
 * Plans a service user: one that cannot sign in and has no password.
 *
 * @throws ConfigurationError `CONFIG_INVALID` when a user of that name is no service user, which cannot be changed.
 */
export async function planServiceUser(scim: ScimClient, userName: string): Promise<PlannedStep> {
  const found = await findUser(scim, userName)
  if (found !== undefined && !isServiceUser(found)) throw notServiceUser(userName)
  const differences = found ? differencesBetween({ active: true, ...found }, { active: true }) : []
  return {
    change: {
      resource: 'service-user',
      name: userName,
      action: actionFor(found !== undefined, differences),
      differences,
    },
    known: found ? { userId: found.id } : {},
    async apply({ scim: signed, bearer = signed }) {
      if (found === undefined) return { userId: (await createServiceUser(bearer, userName)).id }
      await bearer.patch('Users', found.id, [{ op: 'replace', path: 'active', value: true }])
      return { userId: found.id }
    },
  }
}

async function createServiceUser(scim: ScimClient, userName: string): Promise<ScimResource> {
  const user = await scim.create('Users', {
    schemas: [SCHEMA, USER_EXTENSION],
    userName,
    [USER_EXTENSION]: { serviceUser: true },
  })
  // Some tools drop attributes whose name is a URN, and the domain then makes a person, silently.
  if (!isServiceUser(user) && !isServiceUser(await scim.get('Users', user.id, [`${USER_EXTENSION}:serviceUser`]))) {
    throw notServiceUser(userName)
  }
  return user
}

/** Whether a user, read with the attribute that says so, is one who cannot sign in. */
export function isServiceUser(user: ScimResource): boolean {
  return (user[USER_EXTENSION] as { serviceUser?: unknown } | undefined)?.serviceUser === true
}

function notServiceUser(userName: string): ConfigurationError {
  return new ConfigurationError(
    'CONFIG_INVALID',
    `The user "${userName}" exists and is not a service user, which cannot be changed. Choose another name, or take the user out of its groups and trusts, delete it, and run the set-up again.`,
  )
}
