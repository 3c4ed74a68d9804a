import { homedir } from 'node:os'
import { localFiles } from './local-files.js'
import { runProgram } from './local-programs.js'
import { localSha256 } from './local-sha256.js'
import type { ConnectionOptions, Runtime } from './types.js'

/** What Bun offers. */
export const runtime: Runtime = {
  name: 'bun',
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
  const connection = {
    ...(ca === undefined ? {} : { tls: { ca } }),
    ...(proxy === undefined ? {} : { proxy }),
  }
  return (input, init) => globalThis.fetch(input, Object.assign({}, init, connection))
}
