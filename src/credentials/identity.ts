/** The fields that make credentials what they are; where they came from and what goes along with them does not count. */
const IDENTITY = ['keyId', 'key', 'token', 'accessKeyId', 'accessKeySecret', 'securityToken'] as const

/**
 * Whether two credentials sign the same way. A decorator may have copied them and added its own fields, so that
 * comparing the objects is not enough to know the credentials that a caller names as refused.
 */
export function sameCredentials(one: object, other: object): boolean {
  if (one === other) return true
  const known = IDENTITY.filter((field) => field in one || field in other)
  return known.length > 0 && known.every((field) => Reflect.get(one, field) === Reflect.get(other, field))
}
