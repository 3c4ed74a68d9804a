import { ServiceError } from '../../errors.js'
import { actionFor, differencesBetween, type PlannedStep, type SetupIds } from './change.js'
import { equals, type ScimClient, type ScimResource } from './scim-client.js'

const SCHEMA = 'urn:ietf:params:scim:schemas:oracle:idcs:App'
const ATTRIBUTES = [
  'id',
  'name',
  'displayName',
  'active',
  'isOAuthClient',
  'clientType',
  'allowedGrants',
  'clientSecret',
  'delegatedServiceNames',
]

/** What makes an application a confidential client. The token exchange grant itself is given by the trust. */
function wantedApp(delegatedServiceNames: readonly string[] | undefined): Readonly<Record<string, unknown>> {
  const services = delegatedServiceNames && { delegatedServiceNames }
  return { isOAuthClient: true, clientType: 'confidential', allowedGrants: ['client_credentials'], ...services }
}

/** The application by its name, which is unique in a domain. */
export async function findApp(scim: ScimClient, displayName: string): Promise<ScimResource | undefined> {
  const [app] = await scim.find('Apps', equals('displayName', displayName), ATTRIBUTES)
  return app
}

/** Plans a confidential application. */
export async function planApp(
  scim: ScimClient,
  displayName: string,
  delegatedServiceNames?: readonly string[],
): Promise<PlannedStep> {
  const found = await findApp(scim, displayName)
  const wanted = wantedApp(delegatedServiceNames)
  const differences = found
    ? differencesBetween(found, { ...wanted, active: true }, ['allowedGrants', 'delegatedServiceNames'])
    : []
  return {
    change: { resource: 'app', name: displayName, action: actionFor(found !== undefined, differences), differences },
    known: found ? idsOf(found) : {},
    async apply(clients) {
      if (found === undefined) return idsOf(await createApp(clients.scim, displayName, wanted))
      const operations = differences
        .filter(({ attribute }) => attribute !== 'active')
        .map(({ attribute, wanted: value }) => ({ op: 'replace' as const, path: attribute, value }))
      if (operations.length > 0) await clients.scim.patch('Apps', found.id, operations)
      if (found['active'] !== true) await setAppActive(clients.scim, found.id, true)
      return idsOf(await clients.scim.get('Apps', found.id, ATTRIBUTES))
    },
  }
}

/** Turns an application on or off. Only one that is off can be deleted. */
export async function setAppActive(scim: ScimClient, id: string, active: boolean): Promise<void> {
  const schemas = ['urn:ietf:params:scim:schemas:oracle:idcs:AppStatusChanger']
  await scim.replace('AppStatusChanger', id, { schemas, id, active })
}

/**
 * Gives an application a new secret, when the old one is lost. Whoever uses the old one is refused from then on.
 *
 * Rejects with ServiceError.
 * @example
 * ```ts
 * import { regenerateClientSecret } from 'countersign/federation/wif-setup/plan-app'
 * import type { ScimClient } from 'countersign/federation/wif-setup/scim-client'
 *
 * declare const scim: ScimClient
 * const clientSecret = await regenerateClientSecret(scim, '0123456789abcdef0123456789abcdef')
 * ```
 */
export async function regenerateClientSecret(scim: ScimClient, appId: string): Promise<string> {
  const schemas = ['urn:ietf:params:scim:schemas:oracle:idcs:AppClientSecretRegenerator']
  const { clientSecret } = await scim.create('AppClientSecretRegenerator', { schemas, appId })
  if (typeof clientSecret === 'string' && clientSecret !== '') return clientSecret
  throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected "clientSecret" in the answer of the identity domain.')
}

async function createApp(scim: ScimClient, displayName: string, wanted: object): Promise<ScimResource> {
  const body = {
    schemas: [SCHEMA],
    displayName,
    basedOnTemplate: { value: 'CustomWebAppTemplateId' },
    active: true,
    ...wanted,
  }
  return scim.create('Apps', body, ['id', 'name', 'clientSecret'])
}

function idsOf(app: ScimResource): SetupIds {
  const { id, name, clientSecret } = app
  if (typeof name !== 'string') {
    throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected the application to have a "name" (its client id).')
  }
  return { appId: id, clientId: name, ...(typeof clientSecret === 'string' && clientSecret !== '' && { clientSecret }) }
}
