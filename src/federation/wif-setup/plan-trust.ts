import { ConfigurationError } from '../../errors.js'
import {
  actionFor,
  type Change,
  type Difference,
  differencesBetween,
  type PlannedStep,
  type SetupIds,
} from './change.js'
import { equals, type ScimClient, type ScimResource } from './scim-client.js'
import type { WifSetup } from './setup.js'

const SCHEMA = 'urn:ietf:params:scim:schemas:oracle:idcs:IdentityPropagationTrust'
const UNORDERED = ['oauthClients', 'clientClaimValues', 'claimPropagations']

// Several of these are shown only when they are asked for by name.
const ATTRIBUTES = [
  'id',
  'name',
  'issuer',
  'type',
  'active',
  'allowImpersonation',
  'impersonationServiceUsers',
  'impersonatingResource',
  'claimPropagations',
  'subjectType',
  'subjectClaimName',
  'clientClaimName',
  'clientClaimValues',
  'clockSkewSeconds',
  'oauthClients',
  'publicKeyEndpoint',
  'publicCertificate',
]

type Trust = Readonly<Record<string, unknown>>
interface ServiceUserRule {
  readonly rule: string
  readonly value: string
}

/** The trust of that name, or else the one for that issuer: a domain holds one trust per issuer, whatever its name. */
export async function findTrust(scim: ScimClient, name: string, issuer: string): Promise<ScimResource | undefined> {
  const byName = await scim.find('IdentityPropagationTrusts', equals('name', name), ['id', 'issuer'])
  const named = byName.find((trust) => trust['issuer'] === issuer)
  const [found] = named ? [named] : await scim.find('IdentityPropagationTrusts', equals('issuer', issuer), ['id'])
  return found && scim.get('IdentityPropagationTrusts', found.id, ATTRIBUTES)
}

/**
 * Plans the trust. One that was made under another name keeps its name, and besides ours its clients, its rules, its
 * accepted audiences and every attribute that we do not name.
 *
 * @throws ConfigurationError `CONFIG_INVALID` when that one issues another kind of token, and so cannot serve both.
 */
export async function planTrust(scim: ScimClient, setup: WifSetup, ids: SetupIds): Promise<PlannedStep> {
  const found = await findTrust(scim, setup.trustName, setup.issuer)
  if (found !== undefined && found['name'] !== setup.trustName) requireSameKind(found, setup)
  const differences = found ? driftOf(found, setup, ids) : []
  return {
    change: describe(setup, found, differences),
    known: found ? { trustId: found.id } : {},
    async apply({ scim: signed, bearer = signed }, resolved) {
      if (found === undefined) {
        const body = { schemas: [SCHEMA], name: setup.trustName, ...wantedTrust(setup, resolved) }
        return { trustId: (await bearer.create('IdentityPropagationTrusts', body)).id }
      }
      const operations = driftOf(found, setup, resolved).map(operationFor)
      await bearer.patch('IdentityPropagationTrusts', found.id, operations)
      return { trustId: found.id }
    },
  }
}

function describe(setup: WifSetup, found: ScimResource | undefined, differences: readonly Difference[]): Change {
  const { trustName: name, issuer } = setup
  const action = actionFor(found !== undefined, differences)
  if (found === undefined || found['name'] === name) return { resource: 'trust', name, action, differences }
  const note = `A domain holds one trust per issuer, and ${issuer} has one named "${found['name']}". It is used as it is named, and what others stored in it is kept.`
  return { resource: 'trust', name: String(found['name']), action, differences, note }
}

function driftOf(found: ScimResource, setup: WifSetup, ids: SetupIds): readonly Difference[] {
  const wanted = wantedTrust(setup, ids)
  const merged = found['name'] === setup.trustName ? wanted : keepingOthers(found, wanted)
  return differencesBetween(comparable(found), merged, UNORDERED)
}

function operationFor({ attribute, wanted }: Difference): { op: 'replace' | 'remove'; path: string; value?: unknown } {
  if (wanted === undefined) return { op: 'remove', path: attribute }
  return { op: 'replace', path: attribute, value: wanted }
}

/** The attributes of the trust. An id that is not known yet is shown as what it will be the id of. */
export function wantedTrust(setup: WifSetup, ids: SetupIds): Trust {
  const { principal } = setup
  return {
    type: 'JWT',
    issuer: setup.issuer,
    active: true,
    allowImpersonation: true,
    oauthClients: [ids.clientId ?? `(client id of ${setup.appName})`],
    publicKeyEndpoint: setup.publicKeyEndpoint,
    publicCertificate: setup.publicCertificate,
    clientClaimName: setup.clientClaimName,
    clientClaimValues: setup.clientClaimValues,
    ...(setup.subjectClaimName !== undefined && { subjectClaimName: setup.subjectClaimName }),
    ...(setup.clockSkewSeconds !== undefined && { clockSkewSeconds: setup.clockSkewSeconds }),
    ...(principal.type === 'user'
      ? {
          subjectType: 'User',
          impersonationServiceUsers: principal.rules.map((rule) => ({
            rule,
            value: ids.userId ?? `(id of ${principal.userName})`,
          })),
        }
      : {
          subjectType: 'Resource',
          impersonatingResource: principal.resourceType,
          claimPropagations: principal.claims.map((claim) => `ext_${claim.replace(/^ext_/, '')}`),
        }),
  }
}

// The stored entries also carry an OCID and a link, which we did not send.
function comparable(found: ScimResource): Trust {
  return { ...found, impersonationServiceUsers: rulesOf(found['impersonationServiceUsers']) }
}

/** What decides whom a trust turns tokens into: one trust cannot have two of each. */
const KIND = ['type', 'subjectType', 'impersonatingResource', 'subjectClaimName', 'clientClaimName']

function requireSameKind(found: ScimResource, setup: WifSetup): void {
  const wanted = wantedTrust(setup, {})
  const other = KIND.find((name) => wanted[name] !== undefined && (found[name] ?? wanted[name]) !== wanted[name])
  if (other === undefined) return
  throw new ConfigurationError(
    'CONFIG_INVALID',
    `A domain holds one trust per issuer, and "${found['name']}" is the one for ${setup.issuer}. Its ${other} is ${JSON.stringify(found[other])}, and this set-up needs ${JSON.stringify(wanted[other])}: use another domain, or change that trust by hand.`,
  )
}

function keepingOthers(found: ScimResource, wanted: Trust): Trust {
  const ours = rulesOf(wanted['impersonationServiceUsers'])
  const theirs = rulesOf(found['impersonationServiceUsers']).filter(
    ({ rule, value }) => !ours.some((own) => own.rule === rule && own.value === value),
  )
  const named = Object.entries(wanted).filter(([, value]) => value !== undefined)
  const lists = named.filter(([name]) => UNORDERED.includes(name))
  const joined = lists.map(([name, value]) => [name, [...new Set([...listOf(found[name]), ...listOf(value)])]])
  const rules = ours.length > 0 && { impersonationServiceUsers: [...ours, ...theirs] }
  return { ...Object.fromEntries(named), ...Object.fromEntries(joined), ...rules }
}

function rulesOf(value: unknown): readonly ServiceUserRule[] {
  return listOf(value).map((entry) => {
    const { rule = '', value: id = '' } = (entry ?? {}) as Partial<ServiceUserRule>
    return { rule, value: id }
  })
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}
