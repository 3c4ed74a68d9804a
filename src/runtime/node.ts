import { homedir } from 'node:os'
import { localFiles } from './local-files.js'
import { runProgram } from './local-programs.js'
import { localSha256 } from './local-sha256.js'
import type { ConnectionOptions, Runtime } from './types.js'

/** What Node offers. */
export const runtime: Runtime = {
  name: 'node',
  env: (name) => process.env[name],
  files: localFiles,
  homeDirectory: () => homedir() || undefined,
  fetch: (input, init) => globalThis.fetch(input, init),
  connect,
  sha256: localSha256,
  run: runProgram,
  sharesPromises: true,
  hasMetadataService: true,
}

async function connect({ ca, proxy }: ConnectionOptions): Promise<typeof fetch> {
  const { Agent, ProxyAgent } = await import('undici')
  const tls = ca === undefined ? {} : { ca }
  const dispatcher = proxy === undefined ? new Agent({ connect: tls }) : new ProxyAgent({ uri: proxy, requestTls: tls })
  // The global fetch, because undici's own refuses a global Request; `dispatcher` is what both call this field.
  return (input, init) => globalThis.fetch(input, Object.assign({}, init, { dispatcher }))
}
