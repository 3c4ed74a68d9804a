import type { Bytes } from '../encoding/bytes.js'
import { readStream } from '../encoding/streams.js'
import { CountersignError, UsageError, VerificationError } from '../errors.js'

/** A request as it came over the wire: prefer it wherever the platform shows the raw request line and header list. */
export interface WireRequest {
  readonly method: string
  /** Path and query exactly as received, percent-encoding, dots and all. */
  readonly target: string
  /** Each field as received; a name may come more than once. */
  readonly headers: Iterable<readonly [name: string, value: string]>
  /** The bytes as received, before any decompression. */
  readonly body?: Bytes
}

/** A request as the checks see it. */
export interface ReceivedRequest {
  readonly method: string
  readonly target: string
  /** Every value of a header by lower-case name, as it came. */
  readonly headers: ReadonlyMap<string, readonly string[]>
  /** Whether the platform may have joined repeated fields into one with commas. */
  readonly merged: boolean
  /** The body, read at the first call. @throws VerificationError `BODY_TOO_LARGE`, `BODY_DIGEST_MISMATCH` for half of one */
  readonly body: () => Promise<Bytes>
}

/** Brings both kinds of input into one form. Nothing is decoded or normalised. */
export function received(request: Request | WireRequest, maxBodyBytes: number): ReceivedRequest {
  return 'target' in request ? fromWire(request, maxBodyBytes) : fromRequest(request, maxBodyBytes)
}

function fromWire({ method, target, headers, body = new Uint8Array() }: WireRequest, limit: number): ReceivedRequest {
  if (!/^[A-Za-z-]+$/.test(method) || !/^[!-~]+$/.test(target)) throw refused('(request-target)')
  // Of a target with a host in it, some frameworks take that host, which nobody looked at here.
  if (target !== '*' && !target.startsWith('/')) {
    throw new VerificationError('HEADERS_MALFORMED', 'Expected a target that begins with "/", found another form.')
  }
  const whole = async (): Promise<Bytes> => {
    if (body.length > limit) throw tooLong(limit)
    return body
  }
  return { method, target, headers: valuesByName(headers), merged: false, body: whole }
}

function fromRequest(request: Request, limit: number): ReceivedRequest {
  const { host, pathname, search } = new URL(request.url)
  const headers = valuesByName(request.headers)
  // Where a request never left the process, nobody has added the host that HTTP would have.
  if (!headers.has('host')) headers.set('host', [host])
  let body: Promise<Bytes> | undefined
  return {
    method: request.method,
    target: pathname + search,
    headers,
    merged: true,
    body: () => (body ??= bodyOf(request, limit)),
  }
}

async function bodyOf(request: Request, limit: number): Promise<Bytes> {
  if (request.body === null) return new Uint8Array()
  if (request.bodyUsed || request.body?.locked)
    throw new UsageError(
      'BODY_NOT_REPLAYABLE',
      'Expected a body nobody has read: verify before it is read, or a clone.',
    )
  const bytes = await bytesOf(request, limit).catch((cause: unknown) => {
    if (cause instanceof CountersignError) throw cause
    throw new VerificationError('BODY_DIGEST_MISMATCH', 'Expected a whole body, found one that broke off.', { cause })
  })
  if (!bytes || bytes.length > limit) throw tooLong(limit)
  return bytes
}

async function bytesOf(request: Request, limit: number): Promise<Bytes | undefined> {
  // Firefox shows no stream of a request's body.
  return request.body ? readStream(request.body, limit) : new Uint8Array(await request.arrayBuffer())
}

function valuesByName(fields: Iterable<readonly [string, string]>): Map<string, string[]> {
  const values = new Map<string, string[]>()
  for (const [field, value] of fields) {
    const name = field.toLowerCase()
    const others = values.get(name)
    if (others) others.push(value)
    else values.set(name, [value])
  }
  return values
}

/**
 * The one value of a header without the white space around it, or `undefined` when it did not come.
 *
 * @throws VerificationError `HEADER_DUPLICATED`, or `HEADERS_MALFORMED` for anything but printable ASCII: other bytes have no one spelling.
 */
export function singleValue({ headers }: ReceivedRequest, name: string): string | undefined {
  const [value, ...more] = headers.get(name) ?? []
  if (more.length > 0) {
    throw new VerificationError(
      'HEADER_DUPLICATED',
      `Expected the header "${name}" once, found it ${more.length + 1} times.`,
    )
  }
  if (value !== undefined && !/^[\t -~]*$/.test(value)) throw refused(name)
  // Nothing but spaces and tabs is left that this could take away.
  return value?.trim()
}

function tooLong(limit: number): VerificationError {
  return new VerificationError(
    'BODY_TOO_LARGE',
    `Expected a body of at most ${limit} bytes, found a longer one; raise maxBodyBytes if it is meant.`,
  )
}

function refused(name: string): VerificationError {
  return new VerificationError(
    'HEADERS_MALFORMED',
    `Expected printable ASCII in "${name}", found a line end or another character.`,
  )
}
