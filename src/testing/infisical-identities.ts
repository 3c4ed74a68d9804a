import { decodedPath, jsonObject, refusal } from './answers.js'
import type { InfisicalOciConfig, InfisicalState } from './infisical-state.js'
import type { ReceivedRequest } from './received.js'

const THIRTY_DAYS = 2_592_000
const LONGEST = 315_360_000
const EVERYWHERE = [{ ipAddress: '0.0.0.0/0' }, { ipAddress: '::/0' }]

/** Attaches, shows, changes or detaches the OCI Auth of an identity, by the rules of Infisical's schema. */
export function administerIdentity(request: ReceivedRequest, prefix: string, state: InfisicalState): object {
  if (request.headers.get('authorization') !== `Bearer ${state.adminToken}`) {
    throw refusal(401, 'Unauthorized', 'Token missing or not valid.')
  }
  const identityId = decodedPath(request.url.pathname.slice(prefix.length))
  if (!state.identities.has(identityId)) throw refusal(404, 'NotFound', `Failed to find identity ${identityId}`)
  return { identityOciAuth: act(request, identityId, state) }
}

function act(request: ReceivedRequest, identityId: string, { identities, grants }: InfisicalState): InfisicalOciConfig {
  const attached = identities.get(identityId)
  if (request.method === 'POST') {
    if (attached !== undefined)
      throw refusal(400, 'BadRequest', 'Failed to add OCI Auth to already configured identity')
    return store(identities, configFrom(jsonObject(request), identityId))
  }
  if (attached === undefined) {
    throw refusal(request.method === 'PATCH' ? 404 : 400, 'BadRequest', 'The identity does not have OCI Auth attached')
  }
  if (request.method === 'PATCH') return store(identities, configFrom(jsonObject(request), identityId, attached))
  if (request.method === 'DELETE') {
    identities.set(identityId, undefined)
    for (const [token, grant] of grants) if (grant.identityId === identityId) grants.delete(token)
  }
  return attached
}

function store(identities: InfisicalState['identities'], config: InfisicalOciConfig): InfisicalOciConfig {
  identities.set(config.identityId, config)
  return config
}

/** A list of user names that is left out is emptied, also by a change: the trap that clients must know. */
function configFrom(
  body: Readonly<Record<string, unknown>>,
  identityId: string,
  before?: InfisicalOciConfig,
): InfisicalOciConfig {
  const config = {
    id: before?.id ?? crypto.randomUUID(),
    identityId,
    type: 'iam' as const,
    tenancyOcid: body['tenancyOcid'],
    allowedUsernames: body['allowedUsernames'] ?? null,
    accessTokenTTL: body['accessTokenTTL'] ?? before?.accessTokenTTL ?? THIRTY_DAYS,
    accessTokenMaxTTL: body['accessTokenMaxTTL'] ?? before?.accessTokenMaxTTL ?? THIRTY_DAYS,
    accessTokenNumUsesLimit: body['accessTokenNumUsesLimit'] ?? before?.accessTokenNumUsesLimit ?? 0,
    accessTokenTrustedIps: body['accessTokenTrustedIps'] ?? before?.accessTokenTrustedIps ?? EVERYWHERE,
  } as InfisicalOciConfig
  if (!isValid(config)) throw refusal(422, 'ValidationFailure', 'The body does not fit its schema.')
  return config
}

function isValid({ tenancyOcid, allowedUsernames, accessTokenTTL, accessTokenMaxTTL }: InfisicalOciConfig): boolean {
  const names = allowedUsernames === null ? [] : String(allowedUsernames).split(',')
  return (
    typeof tenancyOcid === 'string' &&
    /^ocid1\.tenancy\.oc1\..+$/.test(tenancyOcid) &&
    names.every((name) => /^[a-zA-Z0-9._@-]+$/.test(name.trim())) &&
    String(allowedUsernames ?? '').length <= 500 &&
    Number.isInteger(accessTokenTTL) &&
    Number.isInteger(accessTokenMaxTTL) &&
    accessTokenTTL >= 0 &&
    accessTokenMaxTTL >= 1 &&
    accessTokenMaxTTL <= LONGEST &&
    accessTokenTTL <= accessTokenMaxTTL
  )
}
