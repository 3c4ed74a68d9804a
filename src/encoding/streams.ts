import { UsageError } from '../errors.js'
import { type Bytes, joined } from './bytes.js'

/**
 * All bytes of a stream, or `undefined` as soon as there are more than `limit`; the rest is then cancelled.
 *
 * @throws UsageError `BODY_UNSUPPORTED` for a stream of anything but bytes.
 */
export async function readStream(stream: ReadableStream<Uint8Array>, limit: number): Promise<Bytes | undefined> {
  const chunks: Uint8Array[] = []
  const reader = stream.getReader()
  for (let length = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return joined(chunks)
    if (!ArrayBuffer.isView(value)) throw notBytes()
    length += value.length
    if (length > limit) break
    chunks.push(value)
  }
  // Not awaited: a source may take its time or fail, and one half of a stream that was split ends only with the other.
  reader.cancel().catch(() => undefined)
  return undefined
}

function notBytes(): UsageError {
  return new UsageError(
    'BODY_UNSUPPORTED',
    'Expected a stream of bytes, found a chunk of another kind; encode it first.',
  )
}
