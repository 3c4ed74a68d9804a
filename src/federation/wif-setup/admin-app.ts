import { encodeBase64 } from '../../encoding/base64.js'
import { utf8 } from '../../encoding/bytes.js'
import { ConfigurationError, CountersignError, ServiceError, UsageError } from '../../errors.js'
import { RETRY } from '../../http/retry.js'
import { readJson, serviceCall } from '../../http/service-call.js'
import { accessTokenIn } from '../domain-access-token.js'
import { planApp } from './plan-app.js'
import { deleteApp } from './remove-setup.js'
import { equals, type ScimClient, scimClient } from './scim-client.js'

/** Who makes the application, and what it is called. */
export interface AdminAppOptions {
  /** Signed with an administrator's OCI credentials. */
  readonly scim: ScimClient
  /** Plain: the administration application authenticates by its own token. */
  readonly fetch: typeof fetch
  /** @defaultValue `countersign-setup` */
  readonly name?: string
}

const ROLE = 'Identity Domain Administrator'

/**
 * Makes an application that administers the domain, hands a client that acts as it to `use`, and deletes it, whatever
 * happens. Only for domains in which users and trusts cannot be made with an OCI signature: while it lasts, its secret
 * opens the whole domain.
 *
 * Rejects with what `use` rejects with, and with ServiceError when the domain refuses; above all when it refuses to delete
 * the application.
 * @example
 * ```ts
 * import { withAdminApp } from 'countersign/federation/wif-setup/admin-app'
 * import { scimClient } from 'countersign/federation/wif-setup/scim-client'
 *
 * declare const signedFetch: typeof fetch
 * const scim = scimClient({ domain: 'https://idcs-….identity.oraclecloud.com', fetch: signedFetch })
 * await withAdminApp({ scim, fetch }, async (bearer) => {
 *   await bearer.find('Users', 'userName eq "ci"')
 * })
 * ```
 */
export async function withAdminApp<T>(options: AdminAppOptions, use: (bearer: ScimClient) => Promise<T>): Promise<T> {
  const { scim, fetch, name = 'countersign-setup' } = options
  const app = await planApp(scim, name)
  if (app.change.action !== 'create') {
    throw new UsageError('OPTION_INVALID', `An application "${name}" exists. Name another one, or delete it first.`)
  }
  const { appId = '', clientId = '', clientSecret = '' } = await app.apply({ scim }, {})
  try {
    await grantAdministration(scim, appId)
    const bearer = await administrationToken(scim.domain, fetch, clientId, clientSecret)
    return await use(scimClient({ domain: scim.domain, fetch: withBearer(fetch, bearer), retry: RETRY.DEFAULT }))
  } finally {
    // Also when somebody interrupts: an aborted signal must not keep the application alive.
    await deleteApp(scim.withoutSignal(), appId).catch((error: unknown) => {
      throw leftBehind(name, error)
    })
  }
}

function leftBehind(name: string, error: unknown): unknown {
  const advice = `The application "${name}" is still there, and its secret opens the whole domain: delete it by hand.`
  const failure = error instanceof ServiceError ? error : { cause: error }
  const reason = error instanceof CountersignError ? `${error.message} ` : ''
  if (error instanceof ConfigurationError) return new ConfigurationError(error.code, reason + advice, failure)
  return new ServiceError(error instanceof ServiceError ? error.code : 'SERVICE_ERROR', reason + advice, failure)
}

/** A `fetch` that sends this token with every request. */
export function withBearer(fetch: typeof globalThis.fetch, token: string): typeof globalThis.fetch {
  return (input, init) => {
    const request = new Request(input, init)
    request.headers.set('authorization', `Bearer ${token}`)
    return fetch(request)
  }
}

async function grantAdministration(scim: ScimClient, appId: string): Promise<void> {
  const [role] = await scim.find('AppRoles', equals('displayName', ROLE))
  if (role === undefined) throw new ServiceError('SERVICE_RESPONSE_INVALID', `The domain has no role "${ROLE}".`)
  await scim.create('Grants', {
    schemas: ['urn:ietf:params:scim:schemas:oracle:idcs:Grant'],
    grantMechanism: 'ADMINISTRATOR_TO_APP',
    grantee: { value: appId, type: 'App' },
    app: { value: 'IDCSAppId' },
    entitlement: { attributeName: 'appRoles', attributeValue: role.id },
  })
}

async function administrationToken(
  domain: string,
  fetch: typeof globalThis.fetch,
  id: string,
  secret: string,
): Promise<string> {
  const request = (): Request =>
    new Request(new URL('/oauth2/v1/token', domain), {
      method: 'POST',
      headers: { accept: 'application/json', authorization: `Basic ${encodeBase64(utf8(`${id}:${secret}`))}` },
      body: new URLSearchParams({ grant_type: 'client_credentials', scope: 'urn:opc:idm:__myscopes__' }),
    })
  return accessTokenIn(
    await readJson(await serviceCall(request, { fetch }), 'the token of the administration application'),
  )
}
