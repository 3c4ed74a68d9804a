import { tagOf } from '../encoding/bytes.js'
import { multipart } from './multipart.js'
import type { DeclaredBody, ReadyBody } from './oci-body.js'
import { refusal } from './oci-refusal.js'

/**
 * Readies a body that is more than bytes.
 *
 * @throws UsageError `BODY_LENGTH_UNKNOWN`, `BODY_UNSUPPORTED`
 */
export async function readyForm(body: unknown, { length, unread }: DeclaredBody): Promise<ReadyBody> {
  const tag = tagOf(body)
  if (tag === 'ArrayBuffer')
    return { content: new Uint8Array(body as ArrayBuffer), length: (body as ArrayBuffer).byteLength }
  if (tag === 'ReadableStream') return stream(body as ReadableStream<Uint8Array>, length)
  if (unread && /^(Blob|File)$/.test(tag)) return unreadBlob(body as Blob)
  if (tag === 'FormData') return formData(body as FormData)
  if (/^(Blob|File|URLSearchParams)$/.test(tag)) return serialised(body as BodyInit)
  throw refusal('BODY_UNSUPPORTED', tag)
}

const OCTETS = 'application/octet-stream'

function stream(content: ReadableStream<Uint8Array>, declared: unknown): ReadyBody {
  const length = Number(declared ?? Number.NaN)
  if (Number.isSafeInteger(length) && length >= 0) return { content, length, type: OCTETS }
  throw refusal('BODY_LENGTH_UNKNOWN')
}

function unreadBlob(content: Blob): ReadyBody {
  return { content, length: content.size, type: content.type || OCTETS }
}

async function formData(form: FormData): Promise<ReadyBody> {
  const { content, type } = await multipart(form)
  return { content, length: content.length, type }
}

async function serialised(body: BodyInit): Promise<ReadyBody> {
  const response = new Response(body)
  const type = response.headers.get('content-type') ?? OCTETS
  const content = new Uint8Array(await response.arrayBuffer())
  return { content, length: content.length, type }
}
