import type { Bytes } from '../encoding/bytes.js'

/** What can be sent. A stream needs a known length, and a digest where the signature covers the body. */
export type OciBody =
  | string
  | ArrayBuffer
  | ArrayBufferView
  | Blob
  | FormData
  | URLSearchParams
  | ReadableStream<Uint8Array>

/** A body that is ready to be sent as it is. */
export interface ReadyBody {
  readonly content: Bytes | Blob | ReadableStream<Uint8Array>
  readonly length: number
  /** The content type that the body itself states. */
  readonly type?: string | undefined
}

/** What the caller knows of a body that is not to be read. */
export interface DeclaredBody {
  readonly length: number | string | undefined
  /** Whether the bytes are not needed: someone else has hashed them, or the signature does not cover them. */
  readonly unread: boolean
}

/**
 * Turns a body into bytes once, so that what is hashed is what is sent. Streams stay as they are, and so do blobs whose
 * bytes are not needed.
 *
 * @throws UsageError `BODY_LENGTH_UNKNOWN`, `BODY_UNSUPPORTED`
 */
export async function readyBody(body: OciBody | null | undefined, declared: DeclaredBody): Promise<ReadyBody> {
  const bytes = bytesOf(body)
  if (bytes) return { content: bytes, length: bytes.length }
  const { readyForm } = await import('./oci-body-forms.js')
  return readyForm(body, declared)
}

function bytesOf(body: unknown): Bytes | undefined {
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
  return body === undefined || body === null ? new Uint8Array() : undefined
}
