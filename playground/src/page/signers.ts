import type { OciCredentials } from 'countersign'
import { storedKeys } from '../keys/store.js'
import { pageWorld } from './world.js'

/** Everyone this page can sign as: its demo key, and the keys that were kept in the Keys tab. */
export async function signers(): Promise<readonly { readonly name: string; readonly credentials: OciCredentials }[]> {
  const { credentials, emulator } = await pageWorld()
  const kept = await storedKeys()
  return [
    { name: 'Demo key of this page', credentials },
    ...kept.map(({ name, privateKey, publicKey, keyId }) => ({
      name,
      credentials: { keyId: keyId ?? emulator.registry.uploadApiKey({ publicKey }).keyId, key: privateKey },
    })),
  ]
}
