/** The fields that make credentials what they are; where they came from and what goes along with them does not count. */
const IDENTITY = ['keyId', 'key', 'accessKeyId', 'accessKeySecret', 'securityToken'] as const

/**
 * Whether two credentials sign the same way. A decorator may have copied them and added its own fields, and a store has
 * made a new object of their key, so that comparing objects is not enough to know what a caller names as refused.
 */
export function sameCredentials(one: object, other: object): boolean {
  if (one === other) return true
  // A token is issued once, and for one key.
  if (fieldOf(one, 'token') !== undefined) return fieldOf(one, 'token') === fieldOf(other, 'token')
  const known = IDENTITY.filter((field) => field in one || field in other)
  return known.length > 0 && known.every((field) => fieldOf(one, field) === fieldOf(other, field))
}

function fieldOf(credentials: object, field: string): unknown {
  return Reflect.get(credentials, field)
}
