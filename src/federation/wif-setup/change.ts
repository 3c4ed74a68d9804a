import type { PolicyClient } from './policy-client.js'
import type { ScimClient } from './scim-client.js'

/** One attribute whose value is not the wanted one. */
export interface Difference {
  readonly attribute: string
  readonly current: unknown
  readonly wanted: unknown
}

/** What is to be done about one resource, in words to show before it happens. */
export interface Change {
  readonly resource: 'app' | 'service-user' | 'group' | 'membership' | 'trust' | 'policy'
  readonly name: string
  readonly action: 'create' | 'update' | 'unchanged'
  readonly differences: readonly Difference[]
  /** What the reader should know about this one, such as that the trust has another name. */
  readonly note?: string
}

/** What the steps tell each other. */
export interface SetupIds {
  /** The application's `name`, which is its OAuth client id. */
  readonly clientId?: string
  /** Present when the domain gave it away: always for a new application, rarely for an old one. */
  readonly clientSecret?: string
  readonly appId?: string
  /** The SCIM id of the service user. */
  readonly userId?: string
  readonly groupId?: string
  readonly trustId?: string
}

/** How the domain is reached. */
export interface SetupClients {
  readonly scim: ScimClient
  /** For users, groups and trusts, when an administration application makes those. */
  readonly bearer?: ScimClient
  /** Needed when the set-up has a policy. */
  readonly policies?: PolicyClient
}

/** A change and the way to make it. */
export interface PlannedStep {
  readonly change: Change
  /** Ids that are known before anything is changed. */
  readonly known: SetupIds
  /** Makes the change and answers with the ids it learned. Not called for `unchanged`. */
  apply(clients: SetupClients, ids: SetupIds): Promise<SetupIds>
}

/** The attributes of `wanted` that `current` has otherwise. Lists named in `unordered` are compared as sets. */
export function differencesBetween(
  current: Readonly<Record<string, unknown>>,
  wanted: Readonly<Record<string, unknown>>,
  unordered: readonly string[] = [],
): readonly Difference[] {
  return Object.keys(wanted)
    .filter(
      (name) =>
        canonical(current[name], unordered.includes(name)) !== canonical(wanted[name], unordered.includes(name)),
    )
    .map((attribute) => ({ attribute, current: current[attribute], wanted: wanted[attribute] }))
}

function canonical(value: unknown, asSet: boolean): string {
  if (!Array.isArray(value)) return JSON.stringify(value ?? null)
  if (value.length === 0) return 'null'
  const items = value.map((item) => JSON.stringify(item))
  return JSON.stringify(asSet ? [...items].sort() : items)
}

/** `create` has no differences to show, `unchanged` none to make. */
export function actionFor(found: boolean, differences: readonly Difference[]): Change['action'] {
  if (!found) return 'create'
  return differences.length === 0 ? 'unchanged' : 'update'
}
