import { encodeBase64 } from '../encoding/base64.js'
import { type Bytes, isBytes, tagOf, utf8 } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'

/** What can be sent. A stream needs a known length, and a digest where the signature covers the body. */
export type OciBody =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream<Uint8Array>

/** A body that is ready to be sent as it is, and the values of the headers that describe it. */
export interface ReadyBody {
  readonly content: Bytes | Blob | ReadableStream<Uint8Array>
  readonly length: number
  /** The content type that the body itself states. */
  readonly type?: string | null
}

/**
 * Turns a body into bytes once, so that what is hashed is what is sent. Streams stay as they are, and so do blobs when
 * `keepBlob` says that their bytes are not needed.
 *
 * @throws UsageError `BODY_LENGTH_UNKNOWN`, `BODY_UNSUPPORTED`
 */
export async function readyBody(
  body: OciBody | null | undefined,
  declaredLength: unknown,
  keepBlob: boolean,
): Promise<ReadyBody> {
  if (typeof body === 'string') return ofBytes(utf8(body))
  if (isBytes(body)) return ofBytes(view(body))
  if (body === undefined || body === null) return ofBytes(new Uint8Array())
  const tag = tagOf(body)
  if (tag === 'ReadableStream')
    return { content: body as ReadableStream<Uint8Array>, length: checkedLength(declaredLength) }
  if (keepBlob && isBlob(body)) return { content: body, length: body.size, type: body.type }
  if (SERIALISED.test(tag)) return serialised(body)
  throw new UsageError(
    'BODY_UNSUPPORTED',
    `Expected text, bytes, a Blob, FormData, URLSearchParams or a stream as body, found ${tag}; JSON.stringify() an object first.`,
  )
}

const SERIALISED = /^(Blob|File|FormData|URLSearchParams)$/
const isBlob = (body: object): body is Blob => /^(Blob|File)$/.test(tagOf(body))

const ofBytes = (content: Bytes): ReadyBody => ({ content, length: content.length })

function view(body: ArrayBuffer | ArrayBufferView): Bytes {
  return ArrayBuffer.isView(body)
    ? new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
    : new Uint8Array(body)
}

function checkedLength(declared: unknown): number {
  const length = Number(declared ?? Number.NaN)
  if (Number.isSafeInteger(length) && length >= 0) return length
  throw new UsageError(
    'BODY_LENGTH_UNKNOWN',
    'Expected the length of the stream, which OCI wants beforehand; pass contentLength, or a Blob or bytes.',
  )
}

// Serialised once: the boundary of a multipart body is chosen anew each time.
async function serialised(body: BodyInit): Promise<ReadyBody> {
  const response = new Response(body)
  const type = response.headers.get('content-type')
  return { ...ofBytes(new Uint8Array(await response.arrayBuffer())), type }
}

/**
 * The value of `x-content-sha256`.
 *
 * @throws UsageError `BODY_UNSUPPORTED` for a stream without a digest, `OPTION_INVALID` for a digest that is none.
 */
export async function contentSha256({ content }: ReadyBody, declared: string | undefined): Promise<string> {
  if (ArrayBuffer.isView(content)) return encodeBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', content)))
  if (declared === undefined) {
    throw new UsageError(
      'BODY_UNSUPPORTED',
      'Expected the digest of the stream, which the signature covers; pass contentSha256, bytes, or body: "exclude" where the operation allows it.',
    )
  }
  if (/^[\w+/]{43}=$/.test(declared)) return declared
  throw new UsageError(
    'OPTION_INVALID',
    'Expected contentSha256 as 44 characters of base64 (the SHA-256 of the body), found something else.',
  )
}
