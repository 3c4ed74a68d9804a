import { UsageError } from '../errors.js'
import { portableSha256 } from './portable-sha256.js'
import type { IncrementalSha256, Runtime } from './types.js'

/** What edge platforms add to the web's globals; each may be missing. */
interface EdgeGlobals {
  readonly process?: { readonly env?: Readonly<Record<string, string | undefined>> }
  readonly crypto: { readonly DigestStream?: new (algorithm: 'SHA-256') => DigestStream }
}

interface DigestStream extends WritableStream<Uint8Array> {
  readonly digest: Promise<ArrayBuffer>
}

const edge = (): EdgeGlobals => globalThis as unknown as EdgeGlobals

/** What Cloudflare Workers and other edge runtimes offer. Variables are there when the platform puts them in `process.env`. */
export const runtime: Runtime = {
  name: 'workers',
  env,
  homeDirectory: () => undefined,
  fetch: (input, init) => globalThis.fetch(input, init),
  connect: async () => {
    throw new UsageError(
      'UNSUPPORTED_RUNTIME',
      'A Worker cannot choose a certificate authority or a proxy for one request; set them in the platform (an mTLS or VPC binding) and pass its fetch.',
    )
  },
  sha256: () => {
    const { DigestStream } = edge().crypto
    return DigestStream ? streamedSha256(new DigestStream('SHA-256')) : portableSha256()
  },
  sharesPromises: false,
  hasMetadataService: false,
}

// What every object inherits, such as `constructor`, is no variable, and neither is a binding that is no text.
function env(name: string): string | undefined {
  const value: unknown = edge().process?.env?.[name]
  return typeof value === 'string' ? value : undefined
}

function streamedSha256(stream: DigestStream): IncrementalSha256 {
  const writer = stream.getWriter()
  return {
    update: (bytes) => writer.write(bytes),
    digest: async () => {
      await writer.close()
      return new Uint8Array(await stream.digest)
    },
  }
}
