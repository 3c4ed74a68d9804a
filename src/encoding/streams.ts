import { type Bytes, concat } from './bytes.js'

/** All bytes of a stream, or `undefined` as soon as there are more than `limit`; the rest is then cancelled. */
export async function readStream(stream: ReadableStream<Uint8Array>, limit: number): Promise<Bytes | undefined> {
  const chunks: Uint8Array[] = []
  const reader = stream.getReader()
  for (let length = 0; ; ) {
    const { done, value } = await reader.read()
    if (done) return concat(...chunks)
    length += value.length
    if (length > limit) break
    chunks.push(value)
  }
  await reader.cancel()
  return undefined
}
