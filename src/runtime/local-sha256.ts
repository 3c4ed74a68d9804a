import { createHash } from 'node:crypto'
import type { IncrementalSha256 } from './types.js'

/** SHA-256 in pieces through `node:crypto`, which Node, Deno and Bun all have. */
export function localSha256(): IncrementalSha256 {
  const hash = createHash('sha256')
  return {
    update: (bytes) => {
      hash.update(bytes)
    },
    digest: async () => new Uint8Array(hash.digest()),
  }
}
