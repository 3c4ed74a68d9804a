import { runtime } from '#runtime'
import { encodeBase64 } from '../encoding/base64.js'
import { type Bytes, tagOf, utf8 } from '../encoding/bytes.js'
import { multipart } from './multipart.js'
import type { DeclaredBody, ReadyBody } from './oci-body.js'
import { refusal } from './oci-refusal.js'

const OCTETS = 'application/octet-stream'
/** Blobs up to this size are read into memory and hashed in one go, which is the quickest way. */
const IN_MEMORY = 16 * 2 ** 20

/**
 * Readies a body that is not simply bytes. Where it becomes bytes, their digest is left to the caller.
 *
 * @throws UsageError `BODY_LENGTH_UNKNOWN`, `BODY_UNSUPPORTED`, `OPTION_INVALID`
 */
export async function readyForm(body: unknown, declared: DeclaredBody): Promise<ReadyBody> {
  const tag = tagOf(body)
  if (tag === 'ArrayBuffer') return ofBytes(new Uint8Array(body as ArrayBuffer))
  if (tag === 'ReadableStream') return ofStream(body as ReadableStream<Uint8Array>, declared)
  if (/^(Blob|File)$/.test(tag)) return ofBlob(body as Blob, declared)
  if (tag === 'FormData') return ofForm(body as FormData)
  if (tag === 'URLSearchParams') return ofParameters(body as URLSearchParams)
  throw refusal('BODY_UNSUPPORTED', tag)
}

const ofBytes = (content: Bytes): ReadyBody => ({ content, length: content.length })

function ofStream(content: ReadableStream<Uint8Array>, declared: DeclaredBody): ReadyBody {
  if (!/^\d{1,15}$/.test(String(declared.length))) throw refusal('BODY_LENGTH_UNKNOWN')
  const length = Number(declared.length)
  if (!declared.isCovered) return { content, length, type: OCTETS }
  if (declared.sha256 === undefined) throw refusal('DIGEST_MISSING')
  return { content, length, type: OCTETS, sha256: checked(declared.sha256) }
}

async function ofBlob(content: Blob, declared: DeclaredBody): Promise<ReadyBody> {
  const { size: length, type: stated } = content
  const type = stated || OCTETS
  if (!declared.isCovered) return { content, length, type }
  if (declared.sha256 !== undefined) return { content, length, type, sha256: checked(declared.sha256) }
  if (length > IN_MEMORY) return { content, length, type, sha256: await streamedSha256(content) }
  return { ...ofBytes(new Uint8Array(await content.arrayBuffer())), type }
}

function checked(sha256: string): string {
  if (/^[A-Za-z0-9+/]{43}=$/.test(sha256)) return sha256
  throw refusal('DIGEST_INVALID')
}

async function streamedSha256(blob: Blob): Promise<string> {
  const hash = runtime.sha256()
  const reader = blob.stream().getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return encodeBase64(await hash.digest())
    await hash.update(value)
  }
}

async function ofForm(form: FormData): Promise<ReadyBody> {
  const { content, type } = await multipart(form)
  return { ...ofBytes(content), type }
}

function ofParameters(parameters: URLSearchParams): ReadyBody {
  return { ...ofBytes(utf8(parameters.toString())), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
}
