import type { IncrementalSha256 } from './types.js'

/** SHA-256 in pieces where the platform digests only whole bodies. The hash function is loaded with the first piece. */
export function portableSha256(): IncrementalSha256 {
  let loading: Promise<Hash> | undefined
  const hash = (): Promise<Hash> => {
    loading ??= import('@noble/hashes/sha2.js').then(({ sha256 }) => sha256.create())
    return loading
  }
  return {
    update: async (bytes) => {
      const loaded = await hash()
      loaded.update(bytes)
    },
    digest: async () => new Uint8Array((await hash()).digest()),
  }
}

interface Hash {
  update(bytes: Uint8Array): unknown
  digest(): Uint8Array
}
