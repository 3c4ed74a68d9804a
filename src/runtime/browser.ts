import { UsageError } from '../errors.js'
import { portableSha256 } from './portable-sha256.js'
import type { Runtime } from './types.js'

/** What a page, and every runtime that names itself nowhere, offers: the web platform alone. */
export const runtime: Runtime = {
  name: 'browser',
  env: () => undefined,
  homeDirectory: () => undefined,
  fetch: (input, init) => globalThis.fetch(input, init),
  connect: async () => {
    throw new UsageError(
      'UNSUPPORTED_RUNTIME',
      'A browser cannot choose a certificate authority or a proxy for one request; set them in the system or the browser.',
    )
  },
  sha256: portableSha256,
  sharesPromises: true,
  hasMetadataService: false,
}
