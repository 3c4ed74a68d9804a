import { asJsonObject } from '../encoding/json.js'
import { refusal } from './answers.js'
import type { ScimRecord } from './scim-types.js'

type Attributes = Readonly<Record<string, unknown>>

const MEMBER_FILTER = /^(\w+)\[value eq "([^"]*)"\]$/

/**
 * The attributes that the operations of a PatchOp change, with their new values.
 *
 * @throws ServiceError 400 for an operation that is none.
 * @see https://www.rfc-editor.org/rfc/rfc7644#section-3.5.2
 */
export function patchedAttributes(record: ScimRecord, operations: unknown): Attributes {
  if (!Array.isArray(operations)) throw refusal(400, 'invalidSyntax', 'Expected a list of Operations.')
  const changed: Record<string, unknown> = {}
  for (const operation of operations) {
    Object.assign(changed, patched({ ...record, ...changed }, asJsonObject(operation) ?? {}))
  }
  return changed
}

interface Operation {
  readonly op?: unknown
  readonly path?: unknown
  readonly value?: unknown
}

function patched(record: Attributes, { op, path, value }: Operation): Attributes {
  if (typeof path !== 'string' || path === '' || path === '__proto__')
    throw refusal(400, 'invalidPath', 'Expected each operation to have the path of an attribute.')
  switch (String(op).toLowerCase()) {
    case 'remove':
      return removed(record, path)
    case 'replace':
      return { [path]: value }
    case 'add':
      return { [path]: added(record[path], value) }
    default:
      throw refusal(400, 'invalidSyntax', `Expected op to be add, replace or remove, got ${String(op)}.`)
  }
}

function removed(record: Attributes, path: string): Attributes {
  const [, list, value] = MEMBER_FILTER.exec(path) ?? []
  if (list === undefined) return { [path]: undefined }
  const entries = record[list]
  const others = (Array.isArray(entries) ? entries : []).filter((entry) => asJsonObject(entry)?.['value'] !== value)
  return { [list]: others }
}

function added(current: unknown, value: unknown): unknown {
  if (!Array.isArray(value)) return value
  const entries = Array.isArray(current) ? current : []
  const known = new Set(entries.map((entry) => JSON.stringify(entry)))
  return [...entries, ...value.filter((entry) => !known.has(JSON.stringify(entry)))]
}
