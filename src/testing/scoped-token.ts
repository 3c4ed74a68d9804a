import { answerJson, jsonObject, refusal, requireContentType, requiredString } from './answers.js'
import { authenticate } from './authenticate.js'
import { TOKEN_LIFE_MS } from './claims.js'
import { readArmouredKey } from './public-keys.js'
import type { Surface } from './surface.js'

/** The member names of the two calls that give scoped tokens. */
const CALLS: Readonly<Record<string, { readonly publicKey: string; readonly compartment?: string }>> = {
  '/v1/oauth2/scoped': { publicKey: 'public_key', compartment: 'target_compartment' },
  '/v1/actions/generateScopedAccessToken': { publicKey: 'publicKey' },
}

/**
 * Tokens for one scope, bound to a key: the OAuth exchange of principals, and `generateScopedAccessToken`.
 * @see https://docs.oracle.com/en-us/iaas/api/#/en/identity-dp/v1/ScopedAccessToken/GenerateScopedAccessToken
 */
export const scopedToken: Surface = {
  name: 'scoped-token',
  matches: ({ url }) => url.pathname in CALLS,
  async handle(request, state) {
    if (request.method !== 'POST') throw refusal(405, 'MethodNotAllowed', 'Expected POST.')
    state.counters.tokenCall()
    requireContentType(request, 'application/json')
    const names = CALLS[request.url.pathname] ?? { publicKey: 'publicKey' }
    const oauth = names.compartment !== undefined
    // The OAuth exchange takes tokens alone, and one official SDK leaves `host` out of its signature.
    const { principal } = await authenticate(request, state, oauth ? { kinds: ['token'], unsignedHost: true } : {})
    const body = jsonObject(request)
    const scope = requiredString(body, 'scope')
    const compartment = names.compartment === undefined ? undefined : requiredString(body, names.compartment)
    const publicKey = await readArmouredKey(requiredString(body, names.publicKey), names.publicKey)
    state.counters.publicKey(publicKey.base64)
    const token = await state.tokens.issue({
      claims: {
        sub: principal.subject,
        ptype: 'scoped',
        tenant: principal.tenancy,
        scope,
        ...(compartment === undefined ? {} : { target_compartment: compartment }),
      },
      jwk: publicKey.jwk,
      lifeMs: state.settings.tokenLifeMs ?? TOKEN_LIFE_MS.scoped,
    })
    return answerJson({ token })
  },
}
