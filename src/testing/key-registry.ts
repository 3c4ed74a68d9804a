import { fingerprint } from '../keys/fingerprint.js'
import type { FixtureKeys } from './fixture-keys.js'
import type { Identities } from './identities.js'
import type { Principal } from './principal.js'

/** A public key that the emulated tenancy knows, and whose it is. */
export interface RegisteredKey {
  readonly keyId: string
  /** SubjectPublicKeyInfo in DER. */
  readonly spki: Uint8Array<ArrayBuffer>
  readonly principal: Principal
}

/** An API key to be uploaded. The emulated user's by default. */
export interface ApiKeyUpload {
  /** SubjectPublicKeyInfo in DER. */
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly user?: string
  readonly tenancy?: string
}

/** The public keys known by their key id: API keys of users, and keys of resources (`resource/v2.1/…`). */
export class KeyRegistry {
  readonly #identities: Identities
  readonly #keys: FixtureKeys
  readonly #registered = new Map<string, RegisteredKey>()
  readonly #fixtures = new Set<string>()
  readonly #removed = new Set<string>()

  constructor(identities: Identities, keys: FixtureKeys) {
    this.#identities = identities
    this.#keys = keys
  }

  /** What uploading a public key in the console does. Answers with the key id to sign with. */
  uploadApiKey({ publicKey, user, tenancy }: ApiKeyUpload): RegisteredKey {
    const owner = { user: user ?? this.#identities.user, tenancy: tenancy ?? this.#identities.tenancy }
    return this.register({
      keyId: `${owner.tenancy}/${owner.user}/${fingerprint(publicKey)}`,
      spki: publicKey,
      principal: { kind: 'api-key', subject: owner.user, tenancy: owner.tenancy },
    })
  }

  register(key: RegisteredKey): RegisteredKey {
    this.#registered.set(key.keyId, key)
    this.#removed.delete(key.keyId)
    return key
  }

  /** Forgets a key: what deleting it in the console does. */
  remove(keyId: string): void {
    this.#registered.delete(keyId)
    this.#removed.add(keyId)
  }

  async find(keyId: string): Promise<RegisteredKey | undefined> {
    if (this.#removed.has(keyId)) return undefined
    return this.#registered.get(keyId) ?? (await this.#findFixture(keyId))
  }

  // The fixtures' keys are generated when a request first names one, not when the emulator is made.
  async #findFixture(keyId: string): Promise<RegisteredKey | undefined> {
    const { tenancy, user } = this.#identities
    const role = keyId.startsWith(`${tenancy}/${user}/`)
      ? 'user'
      : keyId.startsWith('resource/')
        ? 'resource'
        : undefined
    if (role === undefined || this.#fixtures.has(role)) return undefined
    const { spki } = await this.#keys.get(role)
    this.#fixtures.add(role)
    const removed = new Set(this.#removed)
    if (role === 'user') this.uploadApiKey({ publicKey: spki })
    else this.#registerResource(spki)
    // What was removed before anybody asked for it stays removed.
    for (const gone of removed) this.remove(gone)
    return this.#registered.get(keyId)
  }

  #registerResource(spki: Uint8Array<ArrayBuffer>): void {
    const { tenancy, resource } = this.#identities
    const principal: Principal = { kind: 'resource', subject: resource, tenancy }
    for (const keyId of resourceKeyIds(tenancy, resource)) this.register({ keyId, spki, principal })
  }
}

/** The key ids of the versions in which a resource signs with a key of its own. */
export function resourceKeyIds(tenancy: string, resource: string): readonly string[] {
  return [
    `resource/v2.1/${resource}`,
    `resource/v2.1.1/${tenancy}/${resource}`,
    `resource/v2.1.2/${tenancy}/${resource}`,
  ]
}
