import { describe, expect, it } from 'vitest'
import { type OciSignOptions, signOci } from '../../src/signers/oci.js'
import { bodyRule, EXCLUDE_BODY_OPERATIONS } from '../../src/signers/oci-exclude-body.js'
import { streamInit } from '../../src/signers/oci-stream.js'
import { clock, credentials, NOON_TEXT, rejection, sha256 } from '../fixtures/signing.js'

const url = 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances'
const object = 'https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/ns/b/bucket/o/a'
const sign = (request: Request, options: OciSignOptions = {}) => signOci(request, credentials, { clock, ...options })

describe('signOci', () => {
  it('gives a new request with the signature, and without what the HTTP client writes', async () => {
    const signed = await sign(
      new Request(url, { method: 'POST', body: '{"a":1}', headers: { 'content-type': 'application/json' } }),
    )
    expect(Object.fromEntries(signed.headers)).toEqual({
      authorization: expect.stringMatching(/^Signature version="1",headers="x-date .*",signature="A+=="$/),
      'content-type': 'application/json',
      'x-content-sha256': sha256('{"a":1}'),
      'x-date': NOON_TEXT,
    })
    expect(await signed.text()).toBe('{"a":1}')
  })

  it('does not follow redirects, whatever the request says', async () => {
    expect((await sign(new Request(url, { redirect: 'follow' }))).redirect).toBe('manual')
    expect((await sign(new Request(url, { redirect: 'error' }))).redirect).toBe('error')
  })

  it.each(['POST', 'PUT', 'PATCH'])(
    'sends an empty body with a bare %s, so that its length is sent too',
    async (method) => {
      const signed = await sign(new Request(url, { method }))
      expect(signed.body).not.toBeNull()
      expect((await signed.arrayBuffer()).byteLength).toBe(0)
      expect(signed.headers.get('content-type')).toBe('application/json')
    },
  )

  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('sends no body with a bare %s', async (method) => {
    expect((await sign(new Request(url, { method }))).body).toBeNull()
  })

  it('sends the URL that it signed', async () => {
    expect((await sign(new Request(`${url}?#top`))).url).toBe(url)
    expect((await sign(new Request(`${url}/(a)`))).url).toBe(`${url}/%28a%29`)
  })

  it('keeps what else the request says', async () => {
    const { signal, abort } = abortable()
    const settings = {
      cache: 'no-store',
      credentials: 'omit',
      integrity: `sha256-${sha256('')}`,
      keepalive: true,
      mode: 'same-origin',
      referrerPolicy: 'no-referrer',
    } as const
    const signed = await sign(new Request(url, { ...settings, signal }))
    expect(signed).toMatchObject(settings)
    abort()
    expect(signed.signal.aborted).toBe(true)
  })

  it('signs what a service worker sees of a page load, whose mode no script may choose', async () => {
    const request = new Request(url)
    Object.defineProperty(request, 'mode', { value: 'navigate' })
    expect((await sign(request)).headers.has('authorization')).toBe(true)
  })

  it('signs a request again, with a new time', async () => {
    const once = await sign(new Request(url), { clock: () => 0 })
    const twice = await sign(once)
    expect(twice.headers.get('x-date')).toBe(NOON_TEXT)
    expect(twice.headers.get('authorization')).not.toContain(', Signature')
  })

  it('refuses a request whose body is gone', async () => {
    const request = new Request(url, { method: 'POST', body: '{}' })
    await request.text()
    expect(await rejection(sign(request))).toMatchObject({ name: 'UsageError', code: 'BODY_NOT_REPLAYABLE' })
  })

  it('refuses a body with OPTIONS, and does not drop it', async () => {
    const request = new Request(url, { method: 'OPTIONS', body: '{}' })
    // As in Firefox.
    Object.defineProperty(request, 'body', { value: undefined })
    expect(await rejection(sign(request))).toMatchObject({ name: 'UsageError', code: 'BODY_NOT_ALLOWED' })
  })

  it('reads a stream to hash it', async () => {
    const body = new Blob(['hello']).stream()
    const signed = await sign(new Request(url, { method: 'POST', body, duplex: 'half' } as RequestInit))
    expect(signed.headers.get('x-content-sha256')).toBe(sha256('hello'))
    expect(await signed.text()).toBe('hello')
  })

  it('passes a stream of known length through', async () => {
    const body = new Blob(['hello']).stream()
    const signed = await sign(new Request(object, { method: 'PUT', body, duplex: 'half' } as RequestInit), {
      contentLength: 5,
    })
    expect(signed.headers.get('content-length')).toBe('5')
    expect(signed.headers.has('x-content-sha256')).toBe(false)
    expect(await signed.text()).toBe('hello')
  })
})

describe('streams of known length', () => {
  const stream = (): ReadableStream<Uint8Array> => new Blob(['hello']).stream()

  it.each(['node', 'bun'] as const)('go out with a header on %s', async (name) => {
    const body = stream()
    expect(await streamInit(body, 5, name)).toEqual({ body, duplex: 'half', headers: { 'content-length': '5' } })
  })

  it.each(['deno', 'browser', 'workers'] as const)(
    'are collected on %s, or where it cannot fix their length',
    async (name) => {
      expect(await streamInit(stream(), 5, name)).toEqual({ body: new TextEncoder().encode('hello') })
    },
  )

  it.each([
    [6, '6 bytes, as contentLength says, found 5;'],
    [4, '4 bytes, as contentLength says, found more;'],
  ])('are refused when they turn out not to have %i bytes', async (length, message) => {
    expect(await rejection(streamInit(stream(), length, 'deno'))).toMatchObject({
      code: 'OPTION_INVALID',
      message: expect.stringContaining(message),
    })
  })

  it('are collected no further than their length', async () => {
    const endless = new ReadableStream<Uint8Array>({ pull: (controller) => controller.enqueue(new Uint8Array(1000)) })
    expect(await rejection(streamInit(endless, 5000, 'browser'))).toMatchObject({ code: 'OPTION_INVALID' })
  })

  it('are refused when they are not of bytes', async () => {
    const letters = new ReadableStream({
      start: (controller) => {
        controller.enqueue('hello')
        controller.close()
      },
    })
    expect(await rejection(streamInit(letters, 5, 'browser'))).toMatchObject({ code: 'BODY_UNSUPPORTED' })
  })

  it('go through a stream of fixed length on Workers', async () => {
    class FixedLengthStream extends TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
      static lengths: number[] = []
      constructor(length: number) {
        super()
        FixedLengthStream.lengths.push(length)
      }
    }
    Object.assign(globalThis, { FixedLengthStream })
    try {
      const { body } = await streamInit(stream(), 5, 'workers')
      expect(await new Response(body).text()).toBe('hello')
      expect(FixedLengthStream.lengths).toEqual([5])
    } finally {
      Reflect.deleteProperty(globalThis, 'FixedLengthStream')
    }
  })
})

describe('operations without their body in the signature', () => {
  it('are listed for seven services', () => {
    expect(Object.keys(EXCLUDE_BODY_OPERATIONS)).toHaveLength(7)
    expect(Object.values(EXCLUDE_BODY_OPERATIONS).flat()).toHaveLength(19)
  })

  it('tell the signer what to do', async () => {
    const body = bodyRule('streaming', 'PutMessages')
    const signed = await sign(new Request(url, { method: 'POST', body: '{}' }), { body })
    expect(signed.headers.has('x-content-sha256')).toBe(false)
    expect(bodyRule('streaming', 'GetMessages')).toBe('sign')
  })
})

function abortable(): { signal: AbortSignal; abort: () => void } {
  const controller = new AbortController()
  return { signal: controller.signal, abort: () => controller.abort() }
}
