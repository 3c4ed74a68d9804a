import { readJsonText } from '../encoding/json.js'
import { ConfigurationError } from '../errors.js'

/** Settings by their names, however those are written: `credentials_type`, `CREDENTIALS_TYPE`, `credentialsType`. */
export interface Settings {
  /** The value of a setting; empty counts as absent. */
  get(name: string): string | undefined
  /** @throws ConfigurationError `CONFIG_INVALID` when the setting is not there. */
  required(name: string): string
}

/** One source of settings. Values that are no text stand for their JSON. */
export type SettingValues = Readonly<Record<string, unknown>>

/**
 * Reads a properties file: `name=value` in each line, split at the first `=`; what follows a `#` is a comment.
 *
 * @example
 * ```ts
 * import { readProperties } from 'countersign/credentials/alibaba-properties'
 *
 * const values = readProperties('credentials_type=ecs_ram_role # no key is needed')
 * ```
 */
export function readProperties(text: string): SettingValues {
  const lines = text.split(/\r?\n/).map((line) => line.replace(/^\uFEFF/, '').replace(/#.*$/s, ''))
  const pairs = lines.filter((line) => line.includes('=')).map((line) => splitAtFirst(line))
  return Object.fromEntries(pairs)
}

/** Settings from several sources; a later one goes before an earlier one. */
export function settingsOf(sources: readonly SettingValues[]): Settings {
  const values = new Map<string, string>()
  for (const [name, value] of sources.flatMap((source) => Object.entries(source))) {
    const written = textOf(value)
    if (written !== '') values.set(plainName(name), written)
  }
  const get = (name: string): string | undefined => values.get(plainName(name))
  return {
    get,
    required(name) {
      const value = get(name)
      if (value !== undefined) return value
      throw new ConfigurationError('CONFIG_INVALID', `Expected the setting ${name}, found none.`)
    },
  }
}

/**
 * Every source's value of a setting that is a JSON array of objects, one after the other.
 *
 * @throws ConfigurationError `CONFIG_INVALID` for anything else, without its text.
 */
export function listsOf(sources: readonly SettingValues[], name: string): readonly Settings[] {
  return sources.flatMap((source) => {
    const text = settingsOf([source]).get(name)
    if (text === undefined) return []
    const list = readJsonText(text)
    if (!Array.isArray(list) || !list.every(isRecord)) {
      throw new ConfigurationError(
        'CONFIG_INVALID',
        `Expected a JSON array of objects in ${name}, found something else.`,
      )
    }
    return list.map((item) => settingsOf([item]))
  })
}

const plainName = (name: string): string => name.toLowerCase().replaceAll(/[-_.]/g, '')

function textOf(value: unknown): string {
  if (value === undefined || value === null) return ''
  return typeof value === 'string' ? value.trim() : JSON.stringify(value)
}

function splitAtFirst(line: string): [string, string] {
  const at = line.indexOf('=')
  return [line.slice(0, at).trim(), line.slice(at + 1).trim()]
}

const isRecord = (value: unknown): value is SettingValues =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
