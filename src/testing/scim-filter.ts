import { refusal } from './answers.js'
import type { ScimRecord } from './scim-types.js'

const CONDITION = /^\s*([\w.:]+) eq "((?:[^"\\]|\\.)*)"\s*(?:and\s|$)/i

/**
 * A filter of `attribute eq "value"` conditions joined by `and`, as a test.
 *
 * @throws ServiceError 400 for any other filter.
 * @see https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2.2
 */
export function scimFilter(filter: string): (record: ScimRecord) => boolean {
  const conditions = conditionsOf(filter)
  return (record) => conditions.every(({ path, value }) => valueAt(record, path) === value)
}

function conditionsOf(filter: string): readonly { readonly path: readonly string[]; readonly value: string }[] {
  const conditions = []
  let rest = filter
  while (rest.trim() !== '') {
    const [whole = '', path, value] = CONDITION.exec(rest) ?? []
    if (path === undefined || value === undefined)
      throw refusal(400, 'invalidFilter', `The filter ${filter} is not known.`)
    conditions.push({ path: path.split('.'), value: value.replace(/\\(.)/g, '$1') })
    rest = rest.slice(whole.length)
  }
  return conditions
}

function valueAt(record: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) =>
      typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined,
    record,
  )
}
