import { refusal } from './answers.js'
import { emulatedOcid } from './identities.js'
import { hexId, rulesOf, type ScimRecord, type ScimType } from './scim-types.js'
import { type Slot, slot } from './surface.js'

type Attributes = Readonly<Record<string, unknown>>

/** The resources of the emulated identity domain. It begins with the administrator's role and nothing else. */
export class IdentityDomain {
  /** The domain's URL. A served emulator answers at its own address as well. */
  readonly url: string = `https://idcs-${'0123456789abcdef'.repeat(2)}.identity.oraclecloud.com`
  /** Whether the secret of an application is shown again after it was made, to those who ask for it by name. */
  showsSecretsAgain = true
  readonly #realm: string
  readonly #tables = new Map<string, Map<string, ScimRecord>>()

  constructor(realm: string) {
    this.#realm = realm
    this.create('AppRoles', { displayName: 'Identity Domain Administrator' })
  }

  all(type: string): readonly ScimRecord[] {
    return [...this.#table(type).values()]
  }

  /** By SCIM id alone. */
  has(type: string, id: string): boolean {
    return this.all(type).some((record) => record.id === id)
  }

  /** By SCIM id or by OCID. */
  find(type: string, id: string): ScimRecord | undefined {
    return this.all(type).find((record) => record.id === id || record.ocid === id)
  }

  /** The same. @throws ServiceError 404 */
  get(type: string, id: string): ScimRecord {
    const found = this.find(type, id)
    if (found !== undefined) return found
    throw refusal(404, 'notFound', `Resource ${id} not found.`)
  }

  create(type: string, attributes: Attributes): ScimRecord {
    const rules = rulesOf(type)
    const absent = rules.required.filter((name) => attributes[name] === undefined || attributes[name] === '')
    if (absent.length > 0) throw refusal(400, 'invalidSyntax', `Missing required attribute(s): ${absent.join(', ')}.`)
    const id = hexId()
    const kind = type === 'Users' ? 'user' : type.toLowerCase()
    const fixed = { id, ocid: emulatedOcid(kind, this.#realm, id.slice(0, 16)), ...rules.generated?.() }
    return this.#store(type, rules, { ...rules.defaults, ...attributes, ...fixed })
  }

  /** Replaces the attributes that are given. @throws ServiceError 400 for one that cannot be changed. */
  update(type: string, id: string, attributes: Attributes): ScimRecord {
    const rules = rulesOf(type)
    const current = this.get(type, id)
    for (const name of rules.immutable ?? []) {
      if (name in attributes && JSON.stringify(attributes[name]) !== JSON.stringify(current[name])) {
        throw refusal(400, 'mutability', `The attribute ${name} cannot be changed.`)
      }
    }
    return this.#store(type, rules, { ...current, ...attributes, id: current.id })
  }

  remove(type: string, id: string, force = false): void {
    const found = this.get(type, id)
    rulesOf(type).checkRemoval?.(found, this, force)
    this.#table(type).delete(found.id)
  }

  #store(type: string, { unique, check }: ScimType, record: ScimRecord): ScimRecord {
    const others = this.all(type).filter(({ id }) => id !== record.id)
    if (unique !== undefined && others.some((other) => other[unique] === record[unique])) {
      throw refusal(409, 'uniqueness', `Another resource has the same ${unique}.`)
    }
    check?.(record, this)
    this.#table(type).set(record.id, record)
    return record
  }

  #table(type: string): Map<string, ScimRecord> {
    const found = this.#tables.get(type) ?? new Map<string, ScimRecord>()
    this.#tables.set(type, found)
    return found
  }
}

/** The emulator's identity domain. */
export const identityDomain: Slot<IdentityDomain> = slot(
  'identity-domain',
  ({ identities }) => new IdentityDomain(identities.region.realm),
)
