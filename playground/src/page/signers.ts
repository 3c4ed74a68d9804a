import type { OciCredentials } from 'countersign'
import { type StoredKey, storedKeys } from '../keys/store.js'
import { pageWorld, type World } from './world.js'

/** Somebody this page can sign as. */
export interface Signatory {
  readonly name: string
  readonly credentials: OciCredentials
  /** Whether Oracle Cloud may know the key, and not only the emulator in this page. */
  readonly isReal: boolean
}

/** Everyone this page can sign as: its demo key, and the keys that were kept in the Keys tab. */
export async function signers(): Promise<readonly Signatory[]> {
  const world = await pageWorld()
  // Where nothing can be kept, the demo key is there all the same.
  const kept = await storedKeys().catch(() => [])
  const demo = { name: 'Demo key of this page', credentials: world.credentials, isReal: false }
  return [demo, ...kept.map((key) => signatoryFor(key, world))]
}

function signatoryFor({ name, privateKey, publicKey, keyId }: StoredKey, { emulator }: World): Signatory {
  const [tenancy, user] = keyId?.split('/') ?? []
  const owner = tenancy !== undefined && user !== undefined && { tenancy, user }
  // The emulator gets to know the key as well, so that it can be tried there first.
  const uploaded = emulator.registry.uploadApiKey({ publicKey, ...owner })
  return { name, credentials: { keyId: uploaded.keyId, key: privateKey }, isReal: keyId !== undefined }
}
