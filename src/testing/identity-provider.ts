import { text } from '../encoding/bytes.js'
import type { Claims } from '../types.js'
import { answerJson, refusal } from './answers.js'
import type { FixtureKey } from './fixture-keys.js'
import { signJwt } from './jwt.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import { type Slot, type Surface, slot } from './surface.js'

const ISSUER = 'https://idp.emulated.example'
const PATHS = ['/idp/jwks', '/idp/token', '/idp/actions', '/.well-known/openid-configuration']

/** An identity provider outside OCI, for subject tokens. It signs what it is told to. */
export interface IdentityProvider {
  /** The `iss` of its tokens unless their claims say otherwise. */
  readonly issuer: string
  /** Where its keys are, for a trust's `publicKeyEndpoint`. The emulated domain knows keys at this path alone. */
  readonly jwksUri: string
  /** The id and secret for its client credentials grant. */
  readonly client: { readonly id: string; readonly secret: string }
  /** What a job of GitHub Actions finds in `ACTIONS_ID_TOKEN_REQUEST_URL` and `ACTIONS_ID_TOKEN_REQUEST_TOKEN`. */
  readonly actions: { readonly requestUrl: string; readonly requestToken: string }
  /** A subject token with these claims; `iss`, `aud`, `iat`, and `exp` in ten minutes are filled in. */
  issue(claims: Claims): Promise<string>
}

/** The emulator's identity provider. */
export const identityProvider: Slot<IdentityProvider> = slot(
  'identity-provider',
  (state): IdentityProvider => ({
    issuer: ISSUER,
    jwksUri: `${ISSUER}/idp/jwks`,
    client: { id: 'emulated-client', secret: 'emulated-client-secret' },
    actions: { requestUrl: `${ISSUER}/idp/actions?api-version=2.0`, requestToken: 'emulated-request-token' },
    async issue(claims) {
      const now = Math.floor(state.clock() / 1000)
      const standard = {
        iss: ISSUER,
        aud: 'https://cloud.oracle.com',
        iat: now,
        exp: now + 600,
        jti: crypto.randomUUID(),
      }
      return signJwt(await providerKey(state), { ...standard, ...claims })
    },
  }),
)

/** The key behind {@link IdentityProvider.jwksUri}, or `undefined` for any other URL. */
export async function keyPublishedAt(jwksUri: string, state: EmulatorState): Promise<FixtureKey | undefined> {
  return URL.canParse(jwksUri) && new URL(jwksUri).pathname === '/idp/jwks' ? providerKey(state) : undefined
}

/** The identity provider's discovery document, keys and client credentials grant, and ID tokens as GitHub Actions gives them. */
export const identityProviderSurface: Surface = {
  name: 'identity-provider',
  matches: ({ url }) => PATHS.includes(url.pathname),
  async handle(request, state) {
    if (request.url.pathname === '/idp/token') return clientCredentials(request, state)
    if (request.url.pathname === '/idp/actions') return actionsToken(request, state)
    if (request.url.pathname === '/idp/jwks') return answerJson({ keys: [await jwkOf(state)] })
    const { issuer, jwksUri } = state.of(identityProvider)
    return answerJson({ issuer, jwks_uri: jwksUri, token_endpoint: `${issuer}/idp/token` })
  },
  answerError: ({ status, code, message }) => answerJson({ error: code, error_description: message }, { status }),
}

async function clientCredentials(request: ReceivedRequest, state: EmulatorState): Promise<Response> {
  const provider = state.of(identityProvider)
  const expected = `Basic ${btoa(`${provider.client.id}:${provider.client.secret}`)}`
  if (request.headers.get('authorization') !== expected) throw refusal(401, 'invalid_client', 'Unknown client.')
  const form = new URLSearchParams(text(request.body))
  if (form.get('grant_type') !== 'client_credentials') throw refusal(400, 'unsupported_grant_type', 'Unknown grant.')
  const audience = form.get('audience')
  const access_token = await provider.issue({ sub: provider.client.id, ...(audience !== null && { aud: audience }) })
  return answerJson({ access_token, token_type: 'Bearer', expires_in: 600 })
}

async function actionsToken({ headers, url }: ReceivedRequest, state: EmulatorState): Promise<Response> {
  const { actions, issue } = state.of(identityProvider)
  if (headers.get('authorization') !== `Bearer ${actions.requestToken}`) {
    throw refusal(401, 'unauthorized', 'Expected the request token of the job.')
  }
  const audience = url.searchParams.get('audience') ?? 'https://github.com/octo-org'
  const repository = 'octo-org/app'
  const sub = `repo:${repository}:ref:refs/heads/main`
  return answerJson({ count: 1, value: await issue({ sub, aud: audience, repository, ref: 'refs/heads/main' }) })
}

async function jwkOf(state: EmulatorState): Promise<object> {
  const { jwk, fingerprint } = await providerKey(state)
  return { ...jwk, kid: fingerprint, alg: 'RS256', use: 'sig' }
}

function providerKey(state: EmulatorState): Promise<FixtureKey> {
  return state.keys.get('identity-provider')
}
