import { describe, expect, it, vi } from 'vitest'
import { readStream } from '../../src/encoding/streams.js'

/** A stream of these chunks, with no end unless asked for. */
function streamOf(chunks: Iterable<unknown>, source: UnderlyingDefaultSource = {}): ReadableStream<Uint8Array> {
  const left = chunks[Symbol.iterator]()
  return new ReadableStream({
    pull: (controller) => {
      const { done, value } = left.next()
      if (done) controller.close()
      else controller.enqueue(value)
    },
    ...source,
  }) as ReadableStream<Uint8Array>
}

function* forever(): Generator<Uint8Array> {
  for (;;) yield new Uint8Array(10)
}

describe('readStream', () => {
  it('gives all bytes, up to the limit', async () => {
    const chunks = [Uint8Array.of(1, 2), new Uint8Array(), Uint8Array.of(3)]
    expect(await readStream(streamOf(chunks), 3)).toEqual(Uint8Array.of(1, 2, 3))
    expect(await readStream(streamOf([]), 0)).toEqual(new Uint8Array())
  })

  it('gives nothing beyond the limit, and cancels the rest', async () => {
    const cancel = vi.fn()
    expect(await readStream(streamOf(forever(), { cancel }), 35)).toBeUndefined()
    expect(cancel).toHaveBeenCalledTimes(1)
  })

  it.each([
    ['fails to stop', () => Promise.reject(new Error('busy'))],
    ['never says that it stopped', () => new Promise<void>(() => {})],
  ])('does not wait for a source that %s', async (_, cancel) => {
    expect(await readStream(streamOf(forever(), { cancel }), 5)).toBeUndefined()
  })

  it('puts any number of chunks together', async () => {
    const chunks = Array.from({ length: 200_000 }, (_, index) => Uint8Array.of(index % 251))
    const bytes = await readStream(streamOf(chunks), chunks.length)
    expect(bytes?.length).toBe(chunks.length)
    expect(bytes?.[252]).toBe(1)
  })

  it('refuses chunks that are no bytes, which would become zeros', async () => {
    await expect(readStream(streamOf(['text']), 10)).rejects.toMatchObject({
      name: 'UsageError',
      code: 'BODY_UNSUPPORTED',
    })
  })

  it('passes on what a stream breaks off with', async () => {
    const error = new Error('reset')
    const broken = streamOf([], { pull: (controller) => controller.error(error) })
    await expect(readStream(broken, 10)).rejects.toBe(error)
  })
})
