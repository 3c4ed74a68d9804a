import type { CauseCode } from '../causes.js'
import type { Scene } from '../scene.js'
import type { Finding } from '../types.js'

type Kind = 'tenancy' | 'user'

const ocid = /^ocid\d+\.([a-z0-9]+)\.([a-z0-9-]+)\.([a-z0-9-]*)\.[a-z0-9.-]+$/iu
/** The form of the first years: `ocidv1:user:oc1:…`. It carries the same parts. */
const oldOcid = /^ocidv1:([a-z0-9]+):([a-z0-9-]+):/iu

/** The OCIDs of the key id and of the set-up: white space, kind, form, realm. */
export function checkIdentifiers({ setUp, keyId }: Scene): readonly Finding[] {
  const [tenancy, user] = keyId?.startsWith('ST$') ? [] : (keyId?.split('/') ?? [])
  const given: readonly (readonly [Kind, string | undefined])[] = [
    ['tenancy', setUp.tenancy ?? (isApiKey(keyId) ? tenancy : undefined)],
    ['user', setUp.user ?? (isApiKey(keyId) ? user : undefined)],
  ]
  const values = given.filter((entry): entry is readonly [Kind, string] => entry[1] !== undefined)
  const findings = values.flatMap(([kind, value]) => checkIdentifier(kind, value))
  return findings.length > 0 ? findings : checkRealms(values.map(([, value]) => value))
}

/** The realm that an OCID names, such as `oc1`. */
export function realmOf(value: string): string | undefined {
  const match = ocid.exec(value.trim()) ?? oldOcid.exec(value.trim())
  return match?.[2]?.toLowerCase()
}

function isApiKey(keyId: string | undefined): boolean {
  return (
    keyId !== undefined && keyId.split('/').length === 3 && /^\s*ocid/iu.test(keyId) && !keyId.includes('/fed-x509')
  )
}

function checkIdentifier(kind: Kind, value: string): readonly Finding[] {
  if (/\s/u.test(value)) return [finding('IDENTIFIER_WHITESPACE', `the ${kind} OCID holds ${nameSpace(value)}`)]
  const found = (ocid.exec(value) ?? oldOcid.exec(value))?.[1]?.toLowerCase()
  if (found === undefined) return [finding('IDENTIFIER_MALFORMED', `${kind}: "${value.slice(0, 24)}…"`)]
  return found === kind ? [] : [finding('IDENTIFIER_KIND', `expected a ${kind} OCID, found a ${found} OCID`)]
}

function nameSpace(value: string): string {
  return /[\r\n]/u.test(value) ? 'a line break' : 'a space'
}

function checkRealms(values: readonly string[]): readonly Finding[] {
  const realms = [...new Set(values.map(realmOf))]
  return realms.length < 2 ? [] : [finding('IDENTIFIER_REALMS_DIFFER', `realms: ${realms.join(', ')}`)]
}

function finding(code: CauseCode, evidence: string): Finding {
  return { code, certainty: 'certain', evidence: [evidence] }
}
