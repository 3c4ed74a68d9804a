import { refuse } from './oci-refuse.js'

/** Headers as `fetch` takes them: an object, pairs, or a `Headers`. */
export type HeadersInput = Readonly<Record<string, string>> | Iterable<readonly [string, string]>

/** Headers by lower-case name. Has no prototype, so every name is just a name. */
export type HeaderValues = Record<string, string>

const NAME = /^[\w!#$%&'*+.^`|~-]+$/
// Other characters than these have no one spelling in bytes.
const PRINTABLE = /^[\t -~]*$/

/**
 * Copies headers under lower-case names. Values are trimmed; those of one name are joined with `, `, as `fetch` does;
 * it also takes the numbers that JavaScript callers pass.
 *
 * @throws UsageError `HEADER_INVALID`
 */
export async function headerValues(source: HeadersInput = {}): Promise<HeaderValues> {
  const values: HeaderValues = Object.create(null)
  for (const [field, value] of Symbol.iterator in source
    ? (source as Iterable<[string, string]>)
    : Object.entries(source)) {
    const name = field.toLowerCase()
    if (!NAME.test(name) || !PRINTABLE.test(value)) return refuse('HEADER_INVALID', name)
    values[name] = (name in values ? `${values[name]}, ` : '') + String(value).trim()
  }
  return values
}
