import { readStream } from '../encoding/streams.js'
import { ServiceError } from '../errors.js'

/** One header field: its name and its value. */
export type HeaderField = readonly [name: string, value: string]

/** A request as it came over the wire, with its body read. Signatures are checked against this and nothing prettier. */
export interface ReceivedRequest {
  readonly method: string
  /** Path and query exactly as received. */
  readonly target: string
  /** The authority as received: the `Host` header where there is one, else the URL's. */
  readonly host: string
  /** The same, parsed: use it to route, never to verify. */
  readonly url: URL
  /** As received, with `host` and `content-length` filled in where a function call leaves them out. */
  readonly headers: Headers
  /** Each header field on its own; one that came twice is here twice. */
  readonly fields: readonly HeaderField[]
  readonly body: Uint8Array<ArrayBuffer>
}

/** What a listener knows beyond the `Request` it builds, because `Request` rewrites it. */
export interface WireDetails {
  /** The request target of the request line. */
  readonly target?: string
  /** The header fields in their order, before any were joined. */
  readonly fields?: readonly HeaderField[]
  /** The most bytes of body that are read; more is answered with 413. */
  readonly maxBodyBytes?: number
}

const DEFAULT_MAX_BODY_BYTES = 64 * 1024 * 1024
const METHODS_WITH_LENGTH = new Set(['POST', 'PUT', 'PATCH'])

/** Reads a `Request` whole. A real connection would add `host` and `content-length`; so does this. */
export async function receive(request: Request, details: WireDetails = {}): Promise<ReceivedRequest> {
  const { maxBodyBytes = DEFAULT_MAX_BODY_BYTES } = details
  const url = new URL(request.url)
  const body = await readBody(request, maxBodyBytes)
  const headers = new Headers(request.headers)
  const host = headers.get('host') ?? url.host
  headers.set('host', host)
  if (!headers.has('content-length') && (body.length > 0 || METHODS_WITH_LENGTH.has(request.method))) {
    headers.set('content-length', String(body.length))
  }
  const { target = url.pathname + url.search, fields = [...headers] } = details
  return { method: request.method, target, host, url, headers, fields, body }
}

async function readBody(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  // Firefox shows no stream of a request's body.
  const body = request.body ? await readStream(request.body, limit) : new Uint8Array(await request.arrayBuffer())
  if (body !== undefined && body.length <= limit) return body
  throw new ServiceError('SERVICE_ERROR', `Expected a body of at most ${limit} bytes, received a longer one.`, {
    status: 413,
    serviceCode: 'PayloadTooLarge',
  })
}
