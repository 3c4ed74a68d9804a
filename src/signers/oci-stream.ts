import { runtime } from '#runtime'
import { readStream } from '../encoding/streams.js'
import { UsageError } from '../errors.js'
import type { Runtime } from '../runtime/types.js'

type Stream = ReadableStream<Uint8Array>

/** What to add to the settings of a request so that its stream goes out with its length, which OCI insists on. */
export async function streamInit(
  stream: Stream,
  length: number,
  name: Runtime['name'] = runtime.name,
): Promise<RequestInit> {
  return SENDERS[name](stream, length)
}

// Node and Bun keep a `content-length` that they are given. Deno and browsers send chunks whatever they are told.
const SENDERS: Readonly<
  Record<Runtime['name'], (stream: Stream, length: number) => RequestInit | Promise<RequestInit>>
> = {
  node: withHeader,
  bun: withHeader,
  workers: fixedLength,
  deno: collected,
  browser: collected,
}

// `duplex` is required with a stream, and unknown to TypeScript.
function withHeader(body: Stream, length: number): RequestInit {
  return { body, duplex: 'half', headers: { 'content-length': String(length) } } as RequestInit
}

type FixedLengthStream = new (length: number) => TransformStream<Uint8Array, Uint8Array<ArrayBuffer>>

function fixedLength(stream: Stream, length: number): RequestInit | Promise<RequestInit> {
  const { FixedLengthStream } = globalThis as { FixedLengthStream?: FixedLengthStream }
  return FixedLengthStream ? { body: stream.pipeThrough(new FixedLengthStream(length)) } : collected(stream, length)
}

async function collected(stream: Stream, length: number): Promise<RequestInit> {
  const body = await readStream(stream, length)
  if (body?.length === length) return { body }
  const found = body ? body.length : 'more'
  throw new UsageError(
    'OPTION_INVALID',
    `Expected a stream of ${length} bytes, as contentLength says, found ${found}; pass the length of what is sent.`,
  )
}
