import { ConfigurationError } from '../errors.js'
import { readSecurityToken } from '../federation/security-token.js'
import type { Claims } from '../types.js'
import { refusal } from './answers.js'
import { identityDomain } from './identity-domain.js'
import type { DomainClient } from './identity-domain-client.js'
import { keyPublishedAt } from './identity-provider.js'
import { impersonatedUser } from './impersonation.js'
import { verifyJwt } from './jwt.js'
import { readSubmittedKey } from './public-keys.js'
import type { ScimRecord } from './scim-types.js'
import type { EmulatorState } from './state.js'

const HOUR_MS = 3_600_000

/** The session token for the form of a token exchange, or the refusal that the domain would answer with. */
export async function exchangeForm(form: URLSearchParams, client: DomainClient, state: EmulatorState): Promise<string> {
  if (field(form, 'subject_token_type') !== 'jwt')
    throw invalidRequest('The emulated domain takes jwt as subject token.')
  const publicKey = await readSubmittedKey(field(form, 'public_key'), 'public_key')
  state.counters.publicKey(publicKey.base64)
  const { trust, claims } = await trustedClaims(field(form, 'subject_token'), state)
  requireClientOf(trust, client, state)
  const kind = field(form, 'requested_token_type')
  const { claims: session, lifeMs } = isResource(kind)
    ? resourceSession(form, trust, claims, state)
    : userSession(trust, claims, state)
  return state.tokens.issue({ claims: session, jwk: publicKey.jwk, lifeMs: state.settings.tokenLifeMs ?? lifeMs })
}

interface Session {
  readonly claims: Claims
  readonly lifeMs: number
}

function isResource(requestedTokenType: string): boolean {
  if (requestedTokenType === 'urn:oci:token-type:oci-rpst') return true
  if (requestedTokenType === 'urn:oci:token-type:oci-upst') return false
  throw invalidRequest('requested_token_type is not known.')
}

function userSession(trust: ScimRecord, subject: Claims, state: EmulatorState): Session {
  const user = impersonatedUser(trust, subject, state.of(identityDomain))
  const remaining = Number(subject['exp']) * 1000 - state.clock()
  const claims = { sub: user.ocid, ptype: 'user', ttype: 'login', tenant: state.identities.tenancy }
  return { claims: { ...claims, source_authn_prin: subject['sub'] }, lifeMs: Math.min(HOUR_MS, remaining) }
}

function resourceSession(
  form: URLSearchParams,
  trust: ScimRecord,
  subject: Claims,
  { identities }: EmulatorState,
): Session {
  const resourceType = field(form, 'res_type')
  if (trust['subjectType'] !== 'Resource' || resourceType !== trust['impersonatingResource']) {
    throw invalidRequest("res_type is not the trust's impersonatingResource.")
  }
  const seconds = form.get('rpst_exp') ?? '1200'
  if (!/^[1-9]\d*$/.test(seconds)) throw invalidRequest('rpst_exp is not a number of seconds.')
  const { tenancy } = identities
  const claims = {
    sub: `ocid1.identityfederateddomainapp.${identities.region.realm}..${String(trust.id)}`,
    ptype: 'resource',
    ttype: 'res',
    tenant: tenancy,
    res_tenant: tenancy,
    res_type: resourceType,
    ...propagatedClaims(trust, subject),
  }
  return { claims, lifeMs: Math.min(Number(seconds) * 1000, 12 * HOUR_MS) }
}

function propagatedClaims({ claimPropagations }: ScimRecord, subject: Claims): Claims {
  const names = Array.isArray(claimPropagations) ? claimPropagations.map(String) : []
  const present = names.filter((name) => Object.hasOwn(subject, name.slice('ext_'.length)))
  return Object.fromEntries(present.map((name) => [`var_${name}`, subject[name.slice('ext_'.length)]]))
}

async function trustedClaims(
  subjectToken: string,
  state: EmulatorState,
): Promise<{ trust: ScimRecord; claims: Claims }> {
  const { iss } = readClaims(subjectToken)
  const trusts = state.of(identityDomain).all('IdentityPropagationTrusts')
  const trust = trusts.find(({ issuer, active }) => issuer === iss && active === true)
  if (trust === undefined) throw invalidGrant('No active trust for the issuer of the token.')
  const key = await keyPublishedAt(String(trust['publicKeyEndpoint']), state)
  if (key === undefined) throw invalidGrant("The issuer's keys cannot be read.")
  const claims = await verifyJwt(key, subjectToken).catch(() => {
    throw invalidGrant('The signature of the token is not valid.')
  })
  requireTimes(claims, Number(trust['clockSkewSeconds'] ?? 0), state.clock())
  requireAudience(trust, claims)
  return { trust, claims }
}

function readClaims(token: string): Claims {
  try {
    return readSecurityToken(token).claims
  } catch (error) {
    if (error instanceof ConfigurationError) throw invalidGrant('The subject token is not a JWT.')
    throw error
  }
}

function requireTimes({ exp, iat }: Claims, skewSeconds: number, now: number): void {
  const seconds = now / 1000
  if (typeof exp !== 'number' || exp + skewSeconds <= seconds) throw invalidGrant('The token has expired.')
  if (typeof iat === 'number' && iat - skewSeconds - 60 > seconds)
    throw invalidGrant('The token is issued in the future.')
}

function requireAudience({ clientClaimName, clientClaimValues }: ScimRecord, claims: Claims): void {
  if (typeof clientClaimName !== 'string' || !Array.isArray(clientClaimValues)) return
  const found = [claims[clientClaimName]].flat()
  if (!found.some((value) => clientClaimValues.includes(value))) throw invalidGrant('The audience is not accepted.')
}

function requireClientOf({ oauthClients }: ScimRecord, client: DomainClient, state: EmulatorState): void {
  const names = Array.isArray(oauthClients) ? oauthClients : []
  const apps = state
    .of(identityDomain)
    .all('Apps')
    .filter((app) => names.includes(app['name']))
  const allowed =
    client.kind === 'app'
      ? apps.some(({ id }) => id === client.app.id)
      : apps.some(({ delegatedServiceNames: services }) => Array.isArray(services) && services.length > 0)
  if (!allowed) throw refusal(403, 'access_denied', 'The client may not use the trust.')
}

function field(form: URLSearchParams, name: string): string {
  const value = form.get(name)
  if (value !== null && value !== '') return value
  throw invalidRequest(`The field ${name} is missing.`)
}

function invalidRequest(message: string): Error {
  return refusal(400, 'invalid_request', message)
}

function invalidGrant(message: string): Error {
  return refusal(400, 'invalid_grant', message)
}
