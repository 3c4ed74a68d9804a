import { localFiles } from './local-files.js'
import { runProgram } from './local-programs.js'
import { localSha256 } from './local-sha256.js'
import type { ConnectionOptions, Runtime } from './types.js'

/** What this file uses of Deno's own global. */
declare const Deno: {
  readonly env: { get(name: string): string | undefined }
  readonly errors: { readonly NotCapable: new () => Error }
  createHttpClient(options: { caCerts?: string[]; proxy?: { url: string } }): object
}

/** What Deno offers. A variable that the permissions withhold counts as unset. */
export const runtime: Runtime = {
  name: 'deno',
  env,
  files: localFiles,
  homeDirectory: () => env('HOME') ?? env('USERPROFILE'),
  fetch: (input, init) => globalThis.fetch(input, init),
  connect,
  sha256: localSha256,
  run: runProgram,
  sharesPromises: true,
  hasMetadataService: true,
}

function env(name: string): string | undefined {
  try {
    return Deno.env.get(name)
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined
    throw error
  }
}

/** Deno trusts `ca` beside the certificates it came with, not in their place. */
async function connect({ ca, proxy }: ConnectionOptions): Promise<typeof fetch> {
  const client = Deno.createHttpClient({
    ...(ca === undefined ? {} : { caCerts: [ca] }),
    ...(proxy === undefined ? {} : { proxy: { url: proxy } }),
  })
  return (input, init) => globalThis.fetch(input, Object.assign({}, init, { client }))
}
