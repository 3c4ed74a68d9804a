import { UsageError } from '../errors.js'

/** Headers as `fetch` takes them: an object, pairs, or a `Headers`. */
export type HeadersInput = Readonly<Record<string, string>> | Iterable<readonly [string, string]>

/** Headers by lower-case name. Has no prototype, so every name is just a name. */
export type HeaderValues = Record<string, string>

const NAME = /^[\w!#$%&'*+.^`|~-]+$/
const VALUE = /^[\t -~]*$/

/**
 * Copies headers under lower-case names. Values are trimmed; values of one name are joined with `, `, as `fetch` does.
 *
 * @throws UsageError `HEADER_INVALID` for a name that is no token or a value with anything but printable ASCII and tabs.
 */
export function headerValues(source?: HeadersInput): HeaderValues {
  const values: HeaderValues = Object.create(null)
  for (const [field, raw] of pairs(source)) {
    const name = field.toLowerCase()
    const value = checked(name, raw)
    values[name] = name in values ? `${values[name]}, ${value}` : value
  }
  return values
}

function pairs(source: HeadersInput = {}): Iterable<readonly [string, string]> {
  return Symbol.iterator in source ? (source as Iterable<readonly [string, string]>) : Object.entries(source)
}

function checked(name: string, value: string): string {
  if (!NAME.test(name)) {
    throw new UsageError(
      'HEADER_INVALID',
      'Expected a header name of letters, digits and "-", found another character in one.',
    )
  }
  if (!VALUE.test(value)) {
    throw new UsageError(
      'HEADER_INVALID',
      `Expected printable ASCII in the header "${name}", found a line end or another character; trim or encode its value.`,
    )
  }
  return value.trim()
}
