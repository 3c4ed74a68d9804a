import type { Bytes } from '../encoding/bytes.js'
import { shortBase64 } from '../encoding/short.js'
import { immediateSha256 } from '../runtime/immediate-sha256.js'

/** Hashing this many bytes takes less time than asking another thread to. */
const SHORT = 16 * 1024

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
  readonly type?: string
  /** Base64 of the SHA-256, when the signature covers the body. */
  readonly sha256?: string | undefined
}

/** What the caller knows of a body, and whether the signature covers it. */
export interface DeclaredBody {
  readonly length: number | string | undefined
  readonly sha256: string | undefined
  readonly isCovered: boolean
}

/**
 * Turns a body into bytes once, so that what is hashed is what is sent. Streams stay as they are, and so do blobs that
 * are large or whose bytes are not needed.
 *
 * @throws UsageError `BODY_LENGTH_UNKNOWN`, `BODY_UNSUPPORTED`, `OPTION_INVALID`
 */
export async function readyBody(body: OciBody | null | undefined, declared: DeclaredBody): Promise<ReadyBody> {
  const bytes = bytesOf(body)
  const ready = bytes ? { content: bytes, length: bytes.length } : await readyForm(body, declared)
  const { content } = ready
  if (!declared.isCovered || !ArrayBuffer.isView(content)) return ready
  return { ...ready, sha256: await sha256(content) }
}

async function sha256(content: Bytes): Promise<string> {
  const immediate = content.length <= SHORT ? immediateSha256(content) : undefined
  return immediate ?? shortBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', content)))
}

// Most bodies are text or bytes; the others stay out of the main bundle.
async function readyForm(body: unknown, declared: DeclaredBody): Promise<ReadyBody> {
  return (await import('./oci-body-forms.js')).readyForm(body, declared)
}

function bytesOf(body: unknown): Bytes | undefined {
  if (typeof body === 'string') return new TextEncoder().encode(body)
  if (ArrayBuffer.isView(body)) return new Uint8Array(body.buffer as ArrayBuffer, body.byteOffset, body.byteLength)
  return body === undefined || body === null ? new Uint8Array() : undefined
}
