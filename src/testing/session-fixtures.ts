import { delegationClaims, emulatedResource, resourceClaims, sessionClaims, TOKEN_LIFE_MS } from './claims.js'
import type { EmulatorState } from './state.js'

/** A user's session token, bound to the key `session`: what `oci session authenticate` would leave in a file. */
export async function issueSessionToken(state: EmulatorState): Promise<string> {
  const { identities, settings, tokens, keys, clock } = state
  const { jwk } = await keys.get('session')
  return tokens.issue({
    claims: sessionClaims(identities.user, identities.tenancy, clock() + settings.sessionMaxAgeMs),
    jwk,
    lifeMs: settings.tokenLifeMs ?? TOKEN_LIFE_MS.session,
  })
}

/** What may be chosen about a resource's session token. */
export interface ResourceTokenOptions {
  /** The role of the key it is bound to; `resource-session` by default. */
  readonly key?: string
  /** Another compartment than the resource began in. */
  readonly compartment?: string
}

/** A function's session token: what the Functions platform leaves in the file `rpst`. */
export async function issueResourceToken(state: EmulatorState, options: ResourceTokenOptions = {}): Promise<string> {
  const { key = 'resource-session', compartment } = options
  const { identities, settings, tokens, keys } = state
  const resource = emulatedResource(identities)
  return tokens.issue({
    claims: resourceClaims(compartment === undefined ? resource : { ...resource, compartment }),
    jwk: (await keys.get(key)).jwk,
    lifeMs: settings.tokenLifeMs ?? TOKEN_LIFE_MS.resource,
  })
}

/** A token by which a user lets a service act for them: the value of `opc-obo-token`. */
export function issueDelegationToken(state: EmulatorState): Promise<string> {
  const { identities, settings, tokens } = state
  return tokens.issue({
    claims: delegationClaims(identities),
    lifeMs: settings.tokenLifeMs ?? TOKEN_LIFE_MS.delegation,
  })
}
