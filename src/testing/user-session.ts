import { VerificationError } from '../errors.js'
import type { Claims } from '../types.js'
import { answerJson, invalidParameter, jsonObject, refusal, requireContentType, requiredString } from './answers.js'
import { authenticate } from './authenticate.js'
import { sessionClaims, TOKEN_LIFE_MS } from './claims.js'
import { readArmouredKey } from './public-keys.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const REFRESH = '/v1/authentication/refresh'
const GENERATE = '/v1/token/upst/actions/GenerateUpst'
const MINUTE_MS = 60_000

/**
 * Sessions of users: `GenerateUpst` begins one with an API key or another session, `refresh` prolongs one without
 * changing its key.
 * @see https://docs.oracle.com/en-us/iaas/Content/API/SDKDocs/clitoken.htm
 */
export const userSession: Surface = {
  name: 'user-session',
  matches: ({ url }) => url.pathname === REFRESH || url.pathname === GENERATE,
  async handle(request, state) {
    if (request.method !== 'POST') throw refusal(405, 'MethodNotAllowed', 'Expected POST.')
    state.counters.tokenCall()
    requireContentType(request, 'application/json')
    return request.url.pathname === REFRESH ? refresh(request, state) : generate(request, state)
  },
}

async function generate(request: ReceivedRequest, state: EmulatorState): Promise<Response> {
  const { principal } = await authenticate(request, state, { kinds: ['api-key', 'token'] })
  const body = jsonObject(request)
  const minutes = sessionMinutes(body['sessionExpirationInMinutes'])
  const publicKey = await readArmouredKey(requiredString(body, 'publicKey'), 'publicKey')
  state.counters.publicKey(publicKey.base64)
  const token = await state.tokens.issue({
    claims: sessionClaims(principal.subject, principal.tenancy, state.clock() + state.settings.sessionMaxAgeMs),
    jwk: publicKey.jwk,
    lifeMs: state.settings.tokenLifeMs ?? minutes * MINUTE_MS,
  })
  return answerJson({ token })
}

async function refresh(request: ReceivedRequest, state: EmulatorState): Promise<Response> {
  const { principal, token } = await authenticate(request, state, { kinds: ['token'] })
  if (requiredString(jsonObject(request), 'currentToken') !== token) {
    throw invalidParameter('Expected "currentToken" to be the token that signs the request.')
  }
  const { claims = {} } = principal
  const sessionEndsAt = sessionEnd(claims)
  if (sessionEndsAt <= state.clock()) throw new VerificationError('TOKEN_REFUSED', 'The session is over: log in again.')
  const lifeMs = state.settings.tokenLifeMs ?? TOKEN_LIFE_MS.session
  return answerJson({
    token: await state.tokens.issue({
      claims: sessionClaims(principal.subject, principal.tenancy, sessionEndsAt),
      jwk: boundKey(claims),
      lifeMs: Math.min(lifeMs, sessionEndsAt - state.clock()),
    }),
  })
}

/** The CLI sends digits as text when they come from its command line. */
function sessionMinutes(value: unknown): number {
  const minutes = value === undefined ? 60 : typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value
  if (typeof minutes === 'number' && Number.isInteger(minutes) && minutes >= 5 && minutes <= 60) return minutes
  throw invalidParameter('Expected "sessionExpirationInMinutes" to be a whole number from 5 to 60.')
}

function sessionEnd(claims: Claims): number {
  const end = Date.parse(String(claims['sess_exp']))
  if (Number.isNaN(end)) throw new VerificationError('PRINCIPAL_REFUSED', "Expected the token of a user's session.")
  return end
}

function boundKey(claims: Claims): { readonly n: string; readonly e: string } {
  const { n, e } = JSON.parse(String(claims['jwk'])) as { n: string; e: string }
  return { n, e }
}
