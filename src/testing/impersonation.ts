import type { Claims } from '../types.js'
import { refusal } from './answers.js'
import type { IdentityDomain } from './identity-domain.js'
import { type ScimRecord, USER_EXTENSION } from './scim-types.js'

/**
 * The user as whom the bearer of these claims acts: the one of the first rule that matches, or without impersonation
 * the one whom the subject names.
 *
 * @throws ServiceError 401 `unauthorized_client` in the domain's own words.
 */
export function impersonatedUser(trust: ScimRecord, claims: Claims, domain: IdentityDomain): ScimRecord {
  const { subjectType, allowImpersonation, impersonationServiceUsers: entries } = trust
  if (subjectType !== 'User') throw refusal(400, 'invalid_request', 'The trust is not for users.')
  if (allowImpersonation !== true) return subjectUser(trust, claims, domain)
  const rules = Array.isArray(entries) ? (entries as readonly { rule: string; value?: string; ocid?: string }[]) : []
  const match = rules.find(({ rule }) => matches(rule, claims))
  if (match === undefined) {
    throw refusal(401, 'unauthorized_client', 'No rules matched from given token to find impersonation user.')
  }
  const user = domain.get('Users', match.value ?? match.ocid ?? '')
  const { serviceUser } = (user[USER_EXTENSION] ?? {}) as { serviceUser?: unknown }
  if (serviceUser !== true) throw refusal(401, 'unauthorized_client', 'User requesting is not a service user.')
  return user
}

function subjectUser(trust: ScimRecord, claims: Claims, domain: IdentityDomain): ScimRecord {
  const subject = claims[String(trust['subjectClaimName'] ?? 'sub')]
  const attribute = String(trust['subjectMappingAttribute'] ?? 'userName')
  const user = domain.all('Users').find((candidate) => candidate[attribute] === subject)
  if (user === undefined) throw refusal(401, 'unauthorized_client', 'The subject is not a user of the domain.')
  return user
}

// Quotes are part of the value, as they were seen to be: a rule with quotes never matches.
function matches(rule: string, claims: Claims): boolean {
  const [, name, operator, value] = /^(\S+) (eq|co) (.+)$/.exec(rule.trim()) ?? []
  const claim = claims[name ?? '']
  if (value === undefined || typeof claim !== 'string') return false
  if (operator === 'co') return claim.includes(value)
  return value.endsWith('*') ? claim.startsWith(value.slice(0, -1)) : claim === value
}
