import { localMachine } from './local-machine.js'
import { assertProxyUrl } from './proxy-url.js'
import type { ConnectionOptions, Runtime } from './types.js'

/** What Node offers. */
export const runtime: Runtime = { ...localMachine, name: 'node', connect }

async function connect({ ca, proxy }: ConnectionOptions): Promise<typeof fetch> {
  if (proxy !== undefined) assertProxyUrl(proxy)
  const { Agent, ProxyAgent } = await import('undici')
  const tls = ca === undefined ? {} : { ca }
  const dispatcher = proxy === undefined ? new Agent({ connect: tls }) : new ProxyAgent({ uri: proxy, requestTls: tls })
  // The global fetch, because undici's own refuses a global Request; `dispatcher` is what both call this field.
  return (input, init) => globalThis.fetch(input, Object.assign({}, init, { dispatcher }))
}
