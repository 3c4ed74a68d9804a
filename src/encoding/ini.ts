import { UsageError } from '../errors.js'

/** One `[section]` of an INI file. */
export interface IniSection {
  readonly name: string
  /** Keys as written, in order. */
  readonly entries: readonly IniEntry[]
}

/** One `key = value`. */
export interface IniEntry {
  readonly key: string
  readonly value: string
  /** Counted from 1. */
  readonly line: number
}

/**
 * Reads an INI file. Comments are whole lines that begin with `#` or `;`. Nothing is interpolated and nothing is cut
 * off a value, so `%3A` and `#` stay what they are. Lines that are neither section, comment nor `key = value` are left
 * out, as are entries before the first section.
 */
export function readIni(text: string): readonly IniSection[] {
  const sections: { name: string; entries: IniEntry[] }[] = []
  for (const [index, line] of text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/)
    .entries()) {
    if (/^\s*([#;]|$)/.test(line)) continue
    const name = sectionName(line)
    if (name !== undefined) {
      sections.push({ name, entries: [] })
      continue
    }
    const separator = line.search(/[=:]/)
    const key = line.slice(0, Math.max(separator, 0)).trim()
    if (key !== '') sections.at(-1)?.entries.push({ key, value: line.slice(separator + 1).trim(), line: index + 1 })
  }
  return sections
}

/**
 * The text with the section replaced, or appended when it has none of that name. Every other line stays as it is,
 * comments included; the section's own comments go with it.
 *
 * @throws UsageError `OPTION_INVALID` for a value with a line break, which would begin another entry.
 */
export function replaceIniSection(
  text: string,
  name: string,
  entries: Readonly<Record<string, string | undefined>>,
): string {
  const kept = removeIniSection(text, name).trimEnd()
  const lines = Object.entries(entries).flatMap(([key, value]) => (value === undefined ? [] : [entryLine(key, value)]))
  const section = [`[${name}]`, ...lines, ''].join('\n')
  return kept === '' ? section : `${kept}\n\n${section}`
}

function entryLine(key: string, value: string): string {
  if (!/[\r\n]/.test(value)) return `${key}=${value}`
  throw new UsageError('OPTION_INVALID', `Expected "${key}" on one line, found a line break in it; remove it.`)
}

/** The text without the sections of that name. */
export function removeIniSection(text: string, name: string): string {
  let inside = false
  const kept = text.split(/(?<=\n|\r(?!\n))/).filter((line) => {
    const heading = sectionName(line)
    if (heading !== undefined) inside = heading === name
    return !inside
  })
  return kept.join('')
}

function sectionName(line: string): string | undefined {
  return /^\s*\[([^\]]*)\]\s*$/.exec(line)?.[1]?.trim()
}
