import { VerificationError } from '../errors.js'
import { answerJson, jsonObject, refusal, requireContentType, requiredString } from './answers.js'
import { authenticate } from './authenticate.js'
import { resourceClaims, TOKEN_LIFE_MS } from './claims.js'
import { readSubmittedKey } from './public-keys.js'
import { pendingResourceTokens } from './resource-principal-token.js'
import type { Surface } from './surface.js'

/**
 * `/v1/resourcePrincipalSessionToken`: exchanges a resource principal token, once and only for whoever it was given to,
 * for a session token bound to a key.
 * @see https://github.com/oracle/oci-python-sdk/blob/master/src/oci/auth/signers/resource_principals_federation_signer.py
 */
export const resourcePrincipalSession: Surface = {
  name: 'resource-principal-session',
  matches: ({ url }) => url.pathname === '/v1/resourcePrincipalSessionToken',
  async handle(request, state) {
    if (request.method !== 'POST') throw refusal(405, 'MethodNotAllowed', 'Expected POST.')
    state.counters.tokenCall()
    requireContentType(request, 'application/json')
    const { principal } = await authenticate(request, state)
    const body = jsonObject(request)
    const given = requiredString(body, 'resourcePrincipalToken')
    const pending = state.of(pendingResourceTokens).get(given)
    const matches = pending?.servicePrincipalSessionToken === requiredString(body, 'servicePrincipalSessionToken')
    if (pending === undefined || !matches) throw refused('The two tokens are unknown, used, or not of one answer.')
    if (pending.caller !== principal.subject) throw refused('The tokens were given to another principal.')
    const publicKey = await readSubmittedKey(requiredString(body, 'sessionPublicKey'), 'sessionPublicKey')
    state.counters.publicKey(publicKey.base64)
    state.of(pendingResourceTokens).delete(given)
    const token = await state.tokens.issue({
      claims: resourceClaims(pending.resource),
      jwk: publicKey.jwk,
      lifeMs: state.settings.tokenLifeMs ?? TOKEN_LIFE_MS.resource,
    })
    return answerJson({ token })
  },
}

function refused(reason: string): VerificationError {
  return new VerificationError('TOKEN_REFUSED', reason)
}
