import { answerJson, jsonObject, refusal } from './answers.js'
import { identity } from './identity.js'
import { administerIdentity } from './infisical-identities.js'
import { type InfisicalOciConfig, type InfisicalState, infisicalState } from './infisical-state.js'
import { signJwt } from './jwt.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

const HOST = /^identity\.([a-z]{2}-[a-z]+-[1-9])\.oraclecloud\.com$/
const PARAMETERS = /^\s*Signature\s+((?:\w+\s*=\s*"[^"]*"\s*,\s*)*\w+\s*=\s*"[^"]*")\s*$/i

type Handler = (request: ReceivedRequest, state: EmulatorState) => Promise<object>

const HANDLERS: Readonly<Record<string, Handler>> = {
  '/api/v1/auth/oci-auth/login': logIn,
  '/api/v1/auth/token/renew': renew,
  '/api/v1/auth/token/revoke': revoke,
}
const IDENTITIES = '/api/v1/auth/oci-auth/identities/'

/**
 * Infisical's OCI Auth: login, renewal and revocation of tokens, and its administration.
 * @see https://infisical.com/docs/documentation/platform/identities/oci-auth
 */
export const infisical: Surface = {
  name: 'infisical',
  matches: ({ url }) => url.pathname in HANDLERS || url.pathname.startsWith(IDENTITIES),
  async handle(request, state) {
    const handler = HANDLERS[request.url.pathname]
    if (handler === undefined) return answerJson(administerIdentity(request, IDENTITIES, state.of(infisicalState)))
    if (request.method !== 'POST') throw refusal(404, 'NotFound', 'Route not found.')
    return answerJson(await handler(request, state))
  },
  answerError({ status, code, message }) {
    // What OCI refuses comes out as an internal error, in the versions that were read.
    const shown = status === 500 || code === 'NotAuthenticated' ? 500 : status
    const text = shown === 500 ? 'Something went wrong' : message
    const error = shown === 500 ? 'InternalServerError' : code
    return answerJson(
      { reqId: `req-${crypto.randomUUID()}`, statusCode: shown, message: text, error },
      { status: shown },
    )
  },
}

async function logIn(request: ReceivedRequest, state: EmulatorState): Promise<object> {
  const infisical = state.of(infisicalState)
  const { identityId, userOcid, headers } = loginBody(jsonObject(request))
  const config = configOf(identityId, infisical)
  if (!HOST.test(headers['host'] ?? '')) throw refusal(400, 'BadRequest', 'Invalid OCI host format.')
  if (infisical.comparesSigner) requireSigner(headers['authorization'] ?? '', userOcid)
  const user = await getUser(userOcid, headers, state)
  requireAllowed(user, config)
  return grant(config, state.clock(), state)
}

interface LoginBody {
  readonly identityId: string
  readonly userOcid: string
  readonly headers: Readonly<Record<string, string>>
}

function loginBody(body: Readonly<Record<string, unknown>>): LoginBody {
  const { identityId, userOcid, headers, organizationSlug } = body
  const given = (headers ?? {}) as Readonly<Record<string, unknown>>
  const kept = Object.entries(given).filter(([name]) => ['authorization', 'host', 'date', 'x-date'].includes(name))
  const values = Object.fromEntries(kept) as Record<string, string>
  const isValid =
    typeof identityId === 'string' &&
    typeof userOcid === 'string' &&
    organizationSlug !== '' &&
    kept.every(([, value]) => typeof value === 'string') &&
    'authorization' in values &&
    'host' in values &&
    ('date' in values || 'x-date' in values)
  if (!isValid) throw refusal(422, 'ValidationFailure', 'The body of the login does not fit its schema.')
  return { identityId, userOcid, headers: values }
}

function configOf(identityId: string, { identities }: InfisicalState): InfisicalOciConfig {
  const config = identities.get(identityId)
  if (config !== undefined) return config
  throw refusal(404, 'NotFound', `OCI auth method not found for identity, did you configure OCI auth? ${identityId}`)
}

/** Whose API key signed, by the key id alone. */
function requireSigner(authorization: string, userOcid: string): void {
  const [, list = ''] = PARAMETERS.exec(authorization) ?? []
  const keyIds = [...list.matchAll(/(\w+)\s*=\s*"([^"]*)"/g)].filter(([, name = '']) => name.toLowerCase() === 'keyid')
  const segments = keyIds[0]?.[2]?.split('/') ?? []
  if (keyIds.length !== 1 || segments.length !== 3 || segments.includes('') || segments[0]?.startsWith('ST$')) {
    throw refusal(400, 'BadRequest', 'Expected the signature of an API key.')
  }
  if (segments[1] !== userOcid) throw refusal(401, 'Unauthorized', 'The signer is not the user.')
}

/** Sends the login's headers on to OCI, as the server does. */
async function getUser(
  userOcid: string,
  headers: Readonly<Record<string, string>>,
  state: EmulatorState,
): Promise<User> {
  const target = `/20160918/users/${userOcid}`
  const { host = '' } = headers
  const url = new URL(target, `https://${host}`)
  const fields = Object.entries(headers)
  const received = { method: 'GET', target, host, url, fields, headers: new Headers(headers), body: new Uint8Array() }
  const response = await identity.handle(received, state)
  return (await response.json()) as User
}

interface User {
  readonly compartmentId: string
  readonly name: string
}

function requireAllowed(user: User, { tenancyOcid, allowedUsernames }: InfisicalOciConfig): void {
  if (user.compartmentId !== tenancyOcid) {
    throw refusal(401, 'Unauthorized', "Access denied: OCI account isn't part of tenancy.")
  }
  const allowed = (allowedUsernames ?? '').split(',').map((name) => name.trim())
  if (allowedUsernames && !allowed.includes(user.name)) {
    throw refusal(401, 'Unauthorized', 'Access denied: OCI account username not allowed.')
  }
}

async function renew(request: ReceivedRequest, state: EmulatorState): Promise<object> {
  const { grants, identities } = state.of(infisicalState)
  const token = String(jsonObject(request)['accessToken'])
  const found = grants.get(token)
  const config = identities.get(found?.identityId ?? '')
  if (found === undefined || config === undefined) {
    throw refusal(401, 'Unauthorized', 'Cannot renew revoked or unknown access token')
  }
  if (found.expiresAt <= state.clock())
    throw refusal(403, 'TokenError', 'Your token has expired. Please re-authenticate.')
  if (found.createdAt + config.accessTokenMaxTTL * 1000 <= state.clock()) {
    throw refusal(401, 'Unauthorized', 'Cannot renew: identity access token has reached its max TTL')
  }
  grants.delete(token)
  return grant(config, found.createdAt, state)
}

async function revoke(request: ReceivedRequest, state: EmulatorState): Promise<object> {
  state.of(infisicalState).grants.delete(String(jsonObject(request)['accessToken']))
  return { message: 'Successfully revoked access token' }
}

async function grant(config: InfisicalOciConfig, createdAt: number, state: EmulatorState): Promise<object> {
  const { accessTokenTTL, accessTokenMaxTTL, identityId } = config
  const end = Math.min(state.clock() + accessTokenTTL * 1000, createdAt + accessTokenMaxTTL * 1000)
  const times = { iat: Math.floor(state.clock() / 1000), exp: Math.floor(end / 1000) }
  const key = await state.keys.get('token-issuer')
  const accessToken = await signJwt(key, { identityId, jti: crypto.randomUUID(), ...times })
  state.of(infisicalState).grants.set(accessToken, { identityId, createdAt, expiresAt: end })
  return { accessToken, expiresIn: accessTokenTTL, accessTokenMaxTTL, tokenType: 'Bearer' }
}
