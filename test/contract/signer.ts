import { describe, expect, it } from 'vitest'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import type { Clock, Signer } from '../../src/types.js'

/** A signer, and credentials that it can use. */
export interface SignerUnderTest<C> {
  readonly sign: Signer<C, { readonly clock?: Clock }>
  readonly credentials: C
  /** What must not be sent or said. */
  readonly secrets: readonly string[]
  /** A URL as the service has them. */
  readonly url: string
}

const NOON = Date.UTC(2026, 0, 1, 12)

/** What every signer promises, whatever its scheme: a few lines test a new one. */
export function signerContract<C>(name: string, { sign, credentials, secrets, url }: SignerUnderTest<C>): void {
  const signed = (init: RequestInit = {}, time = NOON, from = url) =>
    sign(new Request(from, init), credentials, { clock: () => time })
  const signature = async (...call: Parameters<typeof signed>) => (await signed(...call)).headers.get('authorization')

  describe(`${name} keeps the promises of a signer`, () => {
    it.each(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'])(
      'gives a %s that can be sent as it is',
      async (method) => {
        const request = await signed({ method })
        expect(request.method).toBe(method)
        expect(new URL(request.url).origin).toBe(new URL(url).origin)
        expect(request.headers.get('authorization')).toBeTruthy()
      },
    )

    it('sends the body that it was given', async () => {
      const bytes = crypto.getRandomValues(new Uint8Array(1000))
      expect(new Uint8Array(await (await signed({ method: 'PUT', body: bytes })).arrayBuffer())).toEqual(bytes)
    })

    it('keeps the headers that it was given', async () => {
      const { headers } = await signed({
        method: 'PUT',
        body: '{}',
        headers: { 'content-type': 'text/csv', 'x-trace': 'abc' },
      })
      expect(headers.get('content-type')).toBe('text/csv')
      expect(headers.get('x-trace')).toBe('abc')
    })

    it('sets no header that runtimes keep to themselves', async () => {
      const { headers } = await signed({ method: 'POST', body: '{}' })
      for (const name of ['host', 'content-length']) expect(headers.has(name)).toBe(false)
    })

    it('stays with the signal of the request', async () => {
      const controller = new AbortController()
      const request = await signed({ signal: controller.signal })
      controller.abort()
      expect(request.signal.aborted).toBe(true)
    })

    it.each<[string, Parameters<typeof signed>]>([
      ['method', [{ method: 'DELETE' }]],
      ['path', [{}, NOON, `${url}/other`]],
      ['query', [{}, NOON, `${url}?other=1`]],
      ['time', [{}, NOON + 1000]],
    ])('signs another %s with another signature', async (_, call) => {
      expect(await signature(...call)).not.toBe(await signature())
    })

    it('signs again what it signed before, with the new time', async () => {
      const again = await sign(await signed(), credentials, { clock: () => NOON + 60_000 })
      expect(again.headers.get('authorization')).not.toBe(await signature())
    })

    it('sends no secret', async () => {
      const { headers, url: sent } = await signed({ method: 'POST', body: '{}' })
      for (const secret of secrets) expect(JSON.stringify([...headers, sent])).not.toContain(secret)
    })

    it('works in a signed fetch, which signs each attempt', async () => {
      let now = NOON
      const seen: Request[] = []
      const send: typeof fetch = async (input, init) =>
        new Response(null, { status: seen.push(new Request(input, init)) === 1 ? 503 : 200 })
      const clock = (): number => {
        now += 1000
        return now
      }
      const signedFetch = createSignedFetch({
        credentials: async () => credentials,
        sign,
        fetch: send,
        clock,
        sleep: async () => {},
      })
      expect((await signedFetch(url, { method: 'PUT', body: '{"a":1}' })).status).toBe(200)
      expect(seen.map(({ redirect }) => redirect)).toEqual(['manual', 'manual'])
      expect(new Set(seen.map(({ headers }) => headers.get('authorization'))).size).toBe(2)
      expect(await Promise.all(seen.map((request) => request.text()))).toEqual(['{"a":1}', '{"a":1}'])
    })
  })
}
