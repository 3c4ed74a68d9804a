import { ConfigurationError } from '../errors.js'

/** A setting, and where it stands. */
export interface ConfigEntry {
  readonly value: string
  /** Counted from 1. */
  readonly line: number
}

/** One `[profile]`. Keys are lower-case. */
export interface ConfigSection {
  readonly name: string
  /** The line of its first heading. */
  readonly line: number
  readonly entries: ReadonlyMap<string, ConfigEntry>
}

/**
 * Reads a configuration file as Oracle's SDKs do: `[profile]` headings, `key = value` lines, whole-line comments with `#`
 * or `;`. Values end with the line, and quotes and `#` are part of them. Profiles that appear twice are one. Any other
 * line is an error, which names the line and does not show it: it may be part of a secret.
 *
 * @throws ConfigurationError `CONFIG_INVALID` with the path and the line.
 * @example
 * ```ts
 * import { parseConfigFile } from 'countersign/credentials/config-file-parser'
 *
 * const profiles = parseConfigFile('[DEFAULT]\nregion = eu-frankfurt-1', '~/.oci/config')
 * profiles.get('DEFAULT')?.entries.get('region')?.value // eu-frankfurt-1
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/sdkconfig.htm
 */
export function parseConfigFile(content: string, path: string): ReadonlyMap<string, ConfigSection> {
  const sections = new Map<string, ConfigSection & { readonly entries: Map<string, ConfigEntry> }>()
  let entries: Map<string, ConfigEntry> | undefined
  for (const [index, raw] of content
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    const text = raw.trim()
    const line = index + 1
    if (text === '' || text.startsWith('#') || text.startsWith(';')) continue
    const name = headingOf(text, line, path)
    if (name === undefined) {
      if (entries === undefined) throw invalid(path, line, 'a [profile] heading before the first setting')
      const { key, value } = settingOf(text, line, path)
      entries.set(key, { value, line })
    } else {
      const section = sections.get(name) ?? { name, line, entries: new Map() }
      sections.set(name, section)
      entries = section.entries
    }
  }
  return sections
}

function headingOf(text: string, line: number, path: string): string | undefined {
  if (!text.startsWith('[')) return undefined
  const name = /^\[([^\]]*)\]$/.exec(text)?.[1]?.trim()
  if (name === undefined) throw invalid(path, line, 'a heading that is closed with "]" and has nothing after it')
  if (name === '') throw invalid(path, line, 'a profile name between the brackets')
  return name
}

function settingOf(text: string, line: number, path: string): { readonly key: string; readonly value: string } {
  const separator = text.indexOf('=')
  if (separator < 0) throw invalid(path, line, 'a setting of the form key=value, a [profile] or a comment')
  const key = text.slice(0, separator).trim().toLowerCase()
  if (key === '') throw invalid(path, line, 'a key before the "="')
  return { key, value: text.slice(separator + 1).trim() }
}

function invalid(path: string, line: number, expected: string): ConfigurationError {
  return new ConfigurationError(
    'CONFIG_INVALID',
    `Expected ${expected} in line ${line} of ${path}, found something else; mend that line or take it out.`,
  )
}
