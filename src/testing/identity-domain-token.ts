import { text } from '../encoding/bytes.js'
import { answerJson, refusal, requireContentType } from './answers.js'
import {
  administratorTokens,
  authenticateDomainClient,
  type DomainClient,
  isAdministrator,
} from './identity-domain-client.js'
import { exchangeForm } from './identity-domain-exchange.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

/**
 * The token endpoint of an identity domain: token exchange for UPST and RPST, an access token for a signature, and
 * client credentials.
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/api-getstarted/json_web_token_exchange.htm
 */
export const identityDomainToken: Surface = {
  name: 'identity-domain-token',
  matches: ({ url }) => url.pathname === '/oauth2/v1/token',
  async handle(request, state) {
    if (request.method !== 'POST') throw refusal(405, 'invalid_request', 'Expected POST.')
    state.counters.tokenCall()
    requireContentType(request, 'application/x-www-form-urlencoded')
    const form = new URLSearchParams(text(request.body))
    const client = await authenticateDomainClient(request, form, state)
    return answerJson(await answerGrant(form, client, state))
  },
  answerError({ status, code, message }) {
    const body = BODIES[code] ?? { error: code, error_description: message }
    return answerJson(body, { status, headers: { 'x-oracle-dms-ecid': crypto.randomUUID() } })
  },
}

const BODIES: Readonly<Record<string, object>> = {
  NotAuthenticated: { error: 'invalid_client', error_description: 'Client authentication failed.' },
  InvalidParameter: { error: 'invalid_request' },
  // What the domain says of a client that is not among the trust's is not known to be anything.
  access_denied: {},
}

async function answerGrant(form: URLSearchParams, client: DomainClient, state: EmulatorState): Promise<object> {
  if (form.get('grant_type') === 'client_credentials') return clientCredentials(client, state)
  if (form.get('grant_type') !== 'urn:ietf:params:oauth:grant-type:token-exchange') {
    throw refusal(400, 'unsupported_grant_type', 'The grant type is not known.')
  }
  if (form.get('requested_token_type') !== 'urn:ietf:params:oauth:token-type:access_token') {
    return { token: await exchangeForm(form, client, state) }
  }
  if (client.kind !== 'signature') throw refusal(401, 'invalid_client', 'Expected an OCI signature.')
  return accessToken(client.subject, form.get('scope') ?? '', state)
}

async function clientCredentials(client: DomainClient, state: EmulatorState): Promise<object> {
  if (client.kind !== 'app') throw refusal(401, 'invalid_client', 'Expected a client id and secret.')
  const answer = await accessToken(String(client.app['name']), 'urn:opc:idm:__myscopes__', state)
  if (isAdministrator(client.app, state)) state.of(administratorTokens).add(answer.access_token)
  return answer
}

async function accessToken(subject: string, scope: string, state: EmulatorState): Promise<{ access_token: string }> {
  const claims = { sub: subject, scope, ptype: 'oauth', tenant: state.identities.tenancy }
  const access_token = await state.tokens.issue({ claims, lifeMs: 3_600_000 })
  return { access_token, token_type: 'Bearer', expires_in: 3600 } as { access_token: string }
}
