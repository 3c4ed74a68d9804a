import { ConfigurationError } from '../errors.js'
import type { ConfigEntry, ConfigSection } from './config-file-parser.js'

/** The profile that the others inherit from. */
export const DEFAULT_PROFILE = 'DEFAULT'

/** Say how to sign, and so belong to the key beside them: a profile with a key of its own does not inherit them. */
const BOUND_TO_KEY: ReadonlySet<string> = new Set([
  'pass_phrase',
  'passphrase',
  'security_token_file',
  'authentication_type',
  'delegation_token',
  'delegation_token_file',
])

/** A profile with what it inherits from `[DEFAULT]`. */
export class ConfigProfile {
  readonly name: string
  readonly path: string
  readonly #section: ConfigSection
  readonly #inherited: ConfigSection | undefined

  constructor(section: ConfigSection, inherited: ConfigSection | undefined, path: string) {
    this.name = section.name
    this.path = path
    this.#section = section
    this.#inherited = inherited
  }

  /** The setting's value; `undefined` when it is absent or empty. */
  get(key: string): string | undefined {
    return this.entry(key)?.value || undefined
  }

  entry(key: string): ConfigEntry | undefined {
    const own = this.#section.entries.get(key)
    if (own !== undefined) return own
    const isBound = BOUND_TO_KEY.has(key) && this.#section.entries.has('key_file')
    return isBound ? undefined : this.#inherited?.entries.get(key)
  }

  /** Whether the profile states the setting itself. */
  owns(key: string): boolean {
    return this.#section.entries.has(key)
  }

  /** Whether another reading of the file said the same of this profile, in whatever lines. */
  equals(other: ConfigProfile): boolean {
    const sections = [
      [this.#section, other.#section],
      [this.#inherited, other.#inherited],
    ] as const
    return this.path === other.path && sections.every(([one, another]) => valuesOf(one) === valuesOf(another))
  }

  /** The values of settings that must be there. */
  require<K extends string>(...keys: readonly K[]): Readonly<Record<K, string>> {
    const missing = keys.filter((key) => this.get(key) === undefined)
    if (missing.length > 0) throw this.invalid(`Expected ${missing.join(', ')}, found ${this.#reasons(missing)}`)
    return Object.fromEntries(keys.map((key) => [key, this.get(key)])) as Record<K, string>
  }

  /** Where a setting stands, for messages. */
  where(key: string): string {
    const line = this.entry(key)?.line ?? this.#section.line
    return `profile [${this.name}], line ${line} of ${this.path}`
  }

  invalid(finding: string, key = ''): ConfigurationError {
    return new ConfigurationError('CONFIG_INVALID', `${finding} (${this.where(key)}).`)
  }

  #reasons(missing: readonly string[]): string {
    const empty = missing.flatMap((key) => this.entry(key)?.line ?? [])
    return empty.length > 0 ? `nothing after the "=" in line ${empty.join(', ')}` : 'no such settings'
  }
}

function valuesOf(section: ConfigSection | undefined): string {
  const entries = [...(section?.entries ?? [])].map(([key, { value }]) => JSON.stringify([key, value]))
  return JSON.stringify([section?.name, ...entries.sort()])
}

/**
 * Takes a profile out of a file that was read.
 *
 * @throws ConfigurationError `PROFILE_MISSING` with the names that are there.
 */
export function selectProfile(sections: ReadonlyMap<string, ConfigSection>, name: string, path: string): ConfigProfile {
  const section = sections.get(name)
  if (section === undefined) throw profileMissing([...sections.keys()], name, path)
  const inherited = name === DEFAULT_PROFILE ? undefined : sections.get(DEFAULT_PROFILE)
  return new ConfigProfile(section, inherited, path)
}

function profileMissing(names: readonly string[], name: string, path: string): ConfigurationError {
  const found = names.length === 0 ? 'no profile at all' : names.map((known) => `[${known}]`).join(', ')
  return new ConfigurationError(
    'PROFILE_MISSING',
    `Expected a profile [${name}] in ${path}, found ${found}; name one that is there, or add it.`,
  )
}
