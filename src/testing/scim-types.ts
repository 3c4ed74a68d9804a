import { refusal } from './answers.js'
import type { IdentityDomain } from './identity-domain.js'

/** A resource as the emulated domain keeps it. */
export interface ScimRecord {
  readonly id: string
  readonly ocid?: string
  readonly [attribute: string]: unknown
}

/** What is peculiar about one type of resource. */
export interface ScimType {
  readonly schema: string
  readonly required: readonly string[]
  /** At most one resource has a given value of it. */
  readonly unique?: string
  /** Shown only to those who ask for them by name. */
  readonly hidden?: readonly string[]
  readonly immutable?: readonly string[]
  /** What a new resource has unless it says otherwise. */
  readonly defaults?: Readonly<Record<string, unknown>>
  /** What the domain makes up for a new resource. */
  readonly generated?: () => Readonly<Record<string, unknown>>
  /** Refuses values that the domain would. */
  readonly check?: (record: Readonly<Record<string, unknown>>, domain: IdentityDomain) => void
  /** Refuses to delete what is in use. */
  readonly checkRemoval?: (record: ScimRecord, domain: IdentityDomain, force: boolean) => void
}

/** The attribute that holds `serviceUser`. */
export const USER_EXTENSION = 'urn:ietf:params:scim:schemas:oracle:idcs:extension:user:User'

/** The types that set-up needs, with their quirks. @see https://docs.oracle.com/en-us/iaas/api/#/en/identity-domains/v1/ */
export const SCIM_TYPES: Readonly<Record<string, ScimType>> = {
  Apps: {
    schema: 'urn:ietf:params:scim:schemas:oracle:idcs:App',
    required: ['displayName', 'basedOnTemplate'],
    unique: 'displayName',
    hidden: ['clientSecret'],
    immutable: ['name'],
    defaults: { active: false, isOAuthClient: false },
    generated: () => ({ name: hexId(), clientSecret: `idcscs-${crypto.randomUUID()}` }),
    check: ({ allowedGrants }) => {
      if (Array.isArray(allowedGrants) && allowedGrants.some((grant) => String(grant).endsWith(':token-exchange'))) {
        throw invalidValue('allowedGrants does not take the token exchange grant.')
      }
    },
    checkRemoval: ({ active }) => {
      if (active === true) throw refusal(400, 'invalidValue', 'An active application cannot be deleted.')
    },
  },
  Users: {
    schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
    required: ['userName'],
    unique: 'userName',
    immutable: [USER_EXTENSION],
    defaults: { active: true },
    checkRemoval: ({ id }, domain, force) => {
      if (!force && isReferenced(id, domain))
        throw refusal(400, 'invalidValue', 'The user is in use by a group or a trust.')
    },
  },
  Groups: {
    schema: 'urn:ietf:params:scim:schemas:core:2.0:Group',
    required: ['displayName'],
    unique: 'displayName',
    hidden: ['members'],
    check: ({ members }, domain) => {
      for (const id of valuesOf(members)) {
        if (!domain.has('Users', id)) throw invalidValue(`members names ${id}, which is no user's id.`)
      }
    },
  },
  IdentityPropagationTrusts: {
    schema: 'urn:ietf:params:scim:schemas:oracle:idcs:IdentityPropagationTrust',
    required: ['name', 'type', 'issuer'],
    unique: 'issuer',
    hidden: ['impersonationServiceUsers'],
    immutable: ['name'],
    defaults: { active: false, allowImpersonation: false },
    check: checkTrust,
  },
  AppRoles: { schema: 'urn:ietf:params:scim:schemas:oracle:idcs:AppRole', required: ['displayName'] },
  Grants: {
    schema: 'urn:ietf:params:scim:schemas:oracle:idcs:Grant',
    required: ['grantMechanism', 'grantee', 'app', 'entitlement'],
    check: ({ grantee, entitlement }, domain) => {
      if (!domain.has('Apps', memberOf(grantee, 'value'))) throw invalidValue('grantee names no application.')
      if (!domain.has('AppRoles', memberOf(entitlement, 'attributeValue')))
        throw invalidValue('entitlement names no role.')
    },
  },
}

/** @throws ServiceError 404 for a type that the emulated domain does not have. */
export function rulesOf(type: string): ScimType {
  const rules = Object.hasOwn(SCIM_TYPES, type) ? SCIM_TYPES[type] : undefined
  if (rules !== undefined) return rules
  throw refusal(404, 'notFound', `The emulated domain has no ${type}.`)
}

/** Thirty-two hexadecimal digits: what ids of SCIM resources and client ids look like. */
export function hexId(): string {
  return crypto.randomUUID().replaceAll('-', '')
}

/** The `value` of each entry of a list. */
export function valuesOf(entries: unknown): readonly string[] {
  return Array.isArray(entries) ? entries.map((entry) => memberOf(entry, 'value')) : []
}

function memberOf(value: unknown, name: string): string {
  const member = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined
  return typeof member === 'string' ? member : ''
}

function checkTrust(trust: Readonly<Record<string, unknown>>, domain: IdentityDomain): void {
  const { impersonationServiceUsers: users, claimPropagations: claims } = trust
  for (const entry of Array.isArray(users) ? users : []) {
    if (memberOf(entry, 'rule') === '') throw invalidValue('impersonationServiceUsers needs a rule.')
    // Oracle's own sample names the user by its OCID in `ocid`; in `value` an OCID is refused.
    const [value, ocid] = [memberOf(entry, 'value'), memberOf(entry, 'ocid')]
    const isUser = value === '' ? domain.find('Users', ocid) !== undefined : domain.has('Users', value)
    if (!isUser) throw invalidValue('impersonationServiceUsers needs the SCIM id of a user as its value.')
  }
  if (!Array.isArray(claims)) return
  if (claims.length > 3) throw invalidValue('claimPropagations takes three names.')
  if (!claims.every((name) => String(name).startsWith('ext_'))) throw invalidValue('claimPropagations begin with ext_.')
}

function isReferenced(id: string, domain: IdentityDomain): boolean {
  const lists = [
    ...domain.all('Groups').map(({ members }) => members),
    ...domain.all('IdentityPropagationTrusts').map(({ impersonationServiceUsers }) => impersonationServiceUsers),
  ]
  return lists.some((list) => valuesOf(list).includes(id))
}

function invalidValue(message: string): Error {
  return refusal(400, 'invalidValue', message)
}
