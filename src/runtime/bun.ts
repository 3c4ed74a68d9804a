import { localMachine } from './local-machine.js'
import { assertProxyUrl } from './proxy-url.js'
import type { ConnectionOptions, Runtime } from './types.js'

/** What Bun offers. */
export const runtime: Runtime = { ...localMachine, name: 'bun', connect }

async function connect({ ca, proxy }: ConnectionOptions): Promise<typeof fetch> {
  if (proxy !== undefined) assertProxyUrl(proxy)
  const connection = {
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(proxy === undefined ? {} : { proxy }),
  }
  return (input, init) => globalThis.fetch(input, Object.assign({}, init, connection))
}
