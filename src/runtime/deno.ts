import { localMachine } from './local-machine.js'
import { assertProxyUrl } from './proxy-url.js'
import type { ConnectionOptions, Runtime } from './types.js'

/** What this file uses of Deno's own global. */
declare const Deno: {
  readonly env: { get(name: string): string | undefined }
  readonly errors: { readonly NotCapable: new () => Error }
  createHttpClient(options: { caCerts?: string[]; proxy?: { url: string } }): object
}

/** What Deno offers. A variable that the permissions withhold counts as unset. */
export const runtime: Runtime = {
  ...localMachine,
  name: 'deno',
  env,
  // The module of Node wants a permission for this that nobody thinks of.
  homeDirectory: () => env('HOME') ?? env('USERPROFILE'),
  connect,
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
  if (proxy !== undefined) assertProxyUrl(proxy)
  const client = Deno.createHttpClient({
    ...(ca === undefined ? {} : { caCerts: [ca] }),
    ...(proxy === undefined ? {} : { proxy: { url: proxy } }),
  })
  return (input, init) => globalThis.fetch(input, Object.assign({}, init, { client }))
}
