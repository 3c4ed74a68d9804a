import type { OciCredentials } from 'countersign'
import type { Emulator } from 'countersign/testing'

/** The cloud inside this page, and somebody who may call it. Made when first needed, and kept while the page is open. */
export interface World {
  readonly emulator: Emulator
  readonly credentials: OciCredentials
}

let world: Promise<World> | undefined

export function pageWorld(): Promise<World> {
  world ??= makeWorld()
  return world
}

async function makeWorld(): Promise<World> {
  const [{ createEmulator }, { generateSessionKey }] = await Promise.all([
    import('countersign/testing'),
    import('countersign/keys/session-key'),
  ])
  const emulator = createEmulator()
  const { privateKey, publicKey } = await generateSessionKey()
  const { keyId } = emulator.registry.uploadApiKey({ publicKey })
  return { emulator, credentials: { keyId, key: privateKey, source: 'demo key of this page' } }
}
