import { readJwtPart } from 'countersign/encoding/json'
import { readSecurityToken } from 'countersign/federation/security-token'

/** What a claim means, for those that OCI's tokens carry. */
const meanings: Readonly<Record<string, string>> = {
  iss: 'who issued it',
  aud: 'whom it is for',
  sub: 'the user, instance or resource it speaks for',
  exp: 'when it stops being accepted',
  iat: 'when it was issued',
  nbf: 'when it starts being accepted',
  jti: 'its own number',
  ptype: 'kind of principal: user, instance, resource, …',
  ttype: 'how it was obtained',
  tenant: 'the tenancy it acts in',
  jwk: 'the public key that must sign with it',
  sess_exp: 'when the session ends for good',
  res_tenant: 'tenancy of the resource',
  res_compartment: 'compartment of the resource',
  res_id: 'the resource',
  res_type: 'kind of resource',
  'opc-tenant': 'tenancy of the instance',
  'opc-compartment': 'compartment of the instance',
  'opc-instance': 'the instance',
  'opc-certtype': 'kind of certificate it was obtained with',
  source_authn_prin: 'the subject before impersonation',
}

export interface ClaimRow {
  readonly name: string
  readonly value: string
  readonly meaning: string
}

export interface TokenReport {
  readonly header: string
  readonly claims: readonly ClaimRow[]
  readonly state: 'good' | 'expired' | 'endless'
  readonly bound: boolean
}

/** A token for people. Nobody has verified it: that takes the issuer's key. */
export function reportToken(text: string, now: number): TokenReport {
  const { token, claims, expiresAt, jwk } = readSecurityToken(text)
  const state = expiresAt === undefined ? 'endless' : expiresAt > now ? 'good' : 'expired'
  const header = JSON.stringify(readJwtPart(token.split('.')[0] ?? ''))
  const rows = Object.entries(claims).map(([name, value]) => ({
    name,
    value: show(name, value),
    meaning: (Object.hasOwn(meanings, name) && meanings[name]) || '',
  }))
  return { header, claims: rows, state, bound: jwk !== undefined }
}

function show(name: string, value: unknown): string {
  const time = ['exp', 'iat', 'nbf'].includes(name) && typeof value === 'number' ? new Date(value * 1000) : undefined
  // No date is farther from 1970 than 100 million days.
  if (time !== undefined && !Number.isNaN(time.getTime())) return `${value} (${time.toISOString()})`
  return typeof value === 'string' ? value : JSON.stringify(value)
}
