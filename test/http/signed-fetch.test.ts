import { inspect } from 'node:util'
import ky from 'ky'
import { describe, expect, it, vi } from 'vitest'
import { RETRY } from '../../src/http/retry.js'
import { createSignedFetch, type SignedAttempt, type SignedFetchOptions } from '../../src/http/signed-fetch.js'
import type { OciSignOptions } from '../../src/signers/oci.js'
import type { CredentialsProvider, OciCredentials, Signer } from '../../src/types.js'
import { clock, credentials, NOON, NOON_TEXT, rejection, sha256 } from '../fixtures/signing.js'

const url = 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances'
const TOKEN = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzZWNyZXQifQ.c2lnbmF0dXJl'

type Answer = Response | Error | (() => Promise<Response>)
type Options = Partial<SignedFetchOptions<OciCredentials, OciSignOptions>>

/** A signed fetch over a service that gives these answers, one after another. */
function setUp(answers: readonly Answer[], options: Options = {}) {
  const sent: Request[] = []
  const waits: number[] = []
  const attempts: SignedAttempt[] = []
  const send: typeof fetch = async (input, init) => {
    sent.push(new Request(input, init))
    const answer = answers[sent.length - 1]
    if (answer === undefined) throw new Error('The service was called more often than expected.')
    if (answer instanceof Error) throw answer
    return typeof answer === 'function' ? answer() : answer
  }
  const signedFetch = createSignedFetch({
    credentials: async () => credentials,
    fetch: send,
    clock,
    random: () => 0,
    sleep: async (ms) => void waits.push(ms),
    onAttempt: (attempt) => attempts.push(attempt),
    ...options,
  })
  return { signedFetch, sent, waits, attempts, nexts: () => attempts.map(({ next }) => next) }
}

const answer = (status: number, body: string | null = null, headers: Record<string, string> = {}): Response =>
  new Response(body, { status, headers })
const skewed = (ms: number, headers: Record<string, string> = {}): Response =>
  answer(401, null, { date: new Date(NOON + ms).toUTCString(), ...headers })
const repeated = (status: number, count: number): Response[] => Array.from({ length: count }, () => answer(status))
const stream = (): ReadableStream<Uint8Array> => new Blob(['hello']).stream()

/** A provider whose credentials get a new key id whenever those it gave are refused. */
function rotating(): { provider: CredentialsProvider<OciCredentials>; refreshes: () => number } {
  let current = { ...credentials, keyId: 'ST$first', token: 'first' }
  let refreshes = 0
  const provider: CredentialsProvider<OciCredentials> = async ({ forceRefresh } = {}) => {
    if (forceRefresh === current) current = { ...current, keyId: `ST$refreshed${++refreshes}` }
    return current
  }
  return { provider, refreshes: () => refreshes }
}

const keyIds = (sent: readonly Request[]) =>
  sent.map(({ headers }) => /keyId="([^"]*)"/.exec(headers.get('authorization') ?? '')?.[1])

describe('createSignedFetch', () => {
  it('signs what it sends', async () => {
    const { signedFetch, sent } = setUp([answer(200, 'done')])
    const response = await signedFetch(url, { method: 'POST', body: '{}', headers: { 'opc-request-id': 'ABC' } })
    expect(await response.text()).toBe('done')
    expect(sent[0]?.redirect).toBe('manual')
    expect(Object.fromEntries(sent[0]?.headers ?? [])).toEqual({
      authorization: expect.stringContaining('Signature version="1"'),
      'content-type': 'application/json',
      'opc-request-id': 'ABC',
      'x-content-sha256': sha256('{}'),
      'x-date': NOON_TEXT,
    })
    expect(await sent[0]?.text()).toBe('{}')
  })

  it.each<[string, Parameters<typeof fetch>]>([
    ['text', [url, { method: 'PUT', body: '{}' }]],
    ['a URL', [new URL(url), { method: 'PUT', body: '{}' }]],
    ['a Request', [new Request(url, { method: 'PUT', body: '{}' })]],
    [
      'a Request and what to change of it',
      [new Request(url, { method: 'POST', body: 'x' }), { method: 'PUT', body: '{}' }],
    ],
    ['FormData', [url, { method: 'PUT', body: new URLSearchParams({ a: 'b' }) }]],
  ])('takes %s', async (_, call) => {
    const { signedFetch, sent } = setUp([answer(200)])
    await signedFetch(...call)
    expect(sent[0]).toMatchObject({ method: 'PUT', url })
    expect(sent[0]?.headers.get('x-content-sha256')).toBe(sha256((await sent[0]?.text()) ?? ''))
  })

  it('takes a bare GET and DELETE for what they are', async () => {
    const { signedFetch, sent } = setUp([answer(200), answer(200)])
    await signedFetch(new Request(url))
    await signedFetch(new Request(url, { method: 'DELETE' }))
    expect(sent.map(({ body }) => body)).toEqual([null, null])
  })

  it('hands on what else fetch was told', async () => {
    const inits: (RequestInit | undefined)[] = []
    const send: typeof fetch = async (_, init) => (inits.push(init) > 0 ? answer(200) : answer(500))
    const { signal } = new AbortController()
    await setUp([], { fetch: send }).signedFetch(url, { signal, cache: 'no-store', dispatcher: 'agent' } as RequestInit)
    expect(inits[0]).toMatchObject({ signal, cache: 'no-store', dispatcher: 'agent' })
  })

  it('passes its options on to the signer', async () => {
    const { signedFetch, sent } = setUp([answer(200)], { signOptions: { dateHeader: 'date' } })
    await signedFetch(url)
    expect(sent[0]?.headers.get('date')).toBe(NOON_TEXT)
  })

  it('refuses what the signer refuses, and sends nothing', async () => {
    const { signedFetch, sent } = setUp([])
    expect(await rejection(signedFetch(url, { body: '{}' }))).toMatchObject({ code: 'BODY_NOT_ALLOWED' })
    expect(await rejection(signedFetch('https://a.example/../b'))).toMatchObject({ code: 'URL_INVALID' })
    expect(await rejection(signedFetch(url, { method: 'POST', body: stream() }))).toMatchObject({
      code: 'BODY_LENGTH_UNKNOWN',
    })
    expect(sent).toHaveLength(0)
  })

  it('can be handed to an HTTP client', async () => {
    const { signedFetch, sent } = setUp([answer(200, '{"id":1}')])
    expect(
      await ky
        .create({ fetch: signedFetch, retry: 0 })
        .post(url, { json: { a: 1 } })
        .json(),
    ).toEqual({ id: 1 })
    expect(sent[0]?.headers.get('x-content-sha256')).toBe(sha256('{"a":1}'))
  })

  it('passes a stream through whose length a header tells', async () => {
    const { signedFetch, sent } = setUp([answer(200)])
    const upload = 'https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/ns/b/bucket/o/a'
    await signedFetch(upload, { method: 'PUT', body: stream(), headers: { 'content-length': '5' } })
    expect(sent[0]?.headers.get('content-length')).toBe('5')
    expect(await sent[0]?.text()).toBe('hello')
  })

  it('fails as the provider fails', async () => {
    const failing = setUp([], { credentials: async () => Promise.reject(new Error('no credentials')) })
    expect(await rejection(failing.signedFetch(url))).toEqual(new Error('no credentials'))
  })

  it('uses the fetch of the platform when it is given none, as it is at the time', async () => {
    const { fetch } = globalThis
    const signedFetch = createSignedFetch({ credentials: async () => credentials })
    try {
      globalThis.fetch = async () => answer(204)
      expect((await signedFetch(url)).status).toBe(204)
    } finally {
      globalThis.fetch = fetch
    }
  })

  it('works for any credentials that come with their signer', async () => {
    interface Key {
      readonly secret: string
    }
    const sign: Signer<Key, { region?: string }> = async (request, { secret }, options) => {
      const signed = new Request(request)
      signed.headers.set('authorization', `${secret} ${options?.region}`)
      return signed
    }
    const sent: Request[] = []
    const send: typeof fetch = async (input, init) =>
      sent.push(new Request(input, init)) === 1 ? answer(503) : answer(200)
    const options = {
      credentials: async () => ({ secret: 's' }),
      sign,
      signOptions: { region: 'r' },
      fetch: send,
      sleep: async () => {},
    }
    expect((await createSignedFetch(options)(url, { method: 'PUT', body: '{}' })).status).toBe(200)
    expect(sent.map(({ headers }) => headers.get('authorization'))).toEqual(['s r', 's r'])
    expect(sent[1]?.redirect).toBe('manual')
    expect(await sent[1]?.text()).toBe('{}')
  })

  it.each([
    ['a password in the URL', 'https://scott:tiger@a.example/', {}, 'URL_INVALID'],
    ['a relative URL', '/tiger', {}, 'URL_INVALID'],
    ['a line end in a header', url, { 'x-key': 'tiger\nx-more: 1' }, 'HEADER_INVALID'],
  ])(
    'says what is wrong with %s before their signer sees it, and repeats none of it',
    async (_, target, headers, code) => {
      const sign = vi.fn(async (request: Request) => request)
      const signedFetch = createSignedFetch({ credentials: async () => ({}), sign, fetch: async () => answer(200) })
      const error = await rejection(signedFetch(target, { headers }))
      expect(error).toMatchObject({ code })
      expect(inspect(error)).not.toContain('tiger')
      expect(sign).not.toHaveBeenCalled()
    },
  )
})

describe('retries', () => {
  it('sign each attempt anew', async () => {
    let now = NOON
    const { signedFetch, sent } = setUp([answer(503), answer(200)], { clock: () => (now += 1000) })
    expect((await signedFetch(url)).status).toBe(200)
    const [first, second] = sent.map(({ headers }) => headers.get('x-date'))
    expect(first).not.toBe(second)
  })

  it.each([429, 500, 502, 503, 504])('follow a %s', async (status) => {
    const { signedFetch, waits } = setUp([answer(status), answer(200)])
    expect((await signedFetch(url)).status).toBe(200)
    expect(waits).toEqual([1000])
  })

  it.each([400, 403, 404, 412, 501])('do not follow a %s', async (status) => {
    const { signedFetch } = setUp([answer(status)])
    expect((await signedFetch(url)).status).toBe(status)
  })

  it('follow a passing conflict only, whose body is still there afterwards', async () => {
    const passing = setUp([answer(409, '{"code":"IncorrectState"}'), answer(200)])
    expect((await passing.signedFetch(url, { method: 'PUT', body: '{}' })).status).toBe(200)
    const lasting = setUp([answer(409, '{"code":"AlreadyExists"}')])
    expect(await (await lasting.signedFetch(url, { method: 'PUT', body: '{}' })).json()).toEqual({
      code: 'AlreadyExists',
    })
  })

  it('read no more of a conflict than a message has, and leave all of it to the caller', async () => {
    const long = setUp([answer(409, JSON.stringify({ pad: 'x'.repeat(100_000), code: 'IncorrectState' }))])
    const response = await long.signedFetch(url, { method: 'PUT', body: '{}' })
    expect((await response.text()).length).toBeGreaterThan(100_000)
    expect(long.sent).toHaveLength(1)
  })

  it('give a conflict whose body breaks off to the caller', async () => {
    const broken = new ReadableStream({ pull: (controller) => controller.error(new TypeError('terminated')) })
    const { signedFetch } = setUp([new Response(broken, { status: 409 })])
    expect((await signedFetch(url, { method: 'PUT', body: '{}' })).status).toBe(409)
  })

  it('follow a network error, and end with it', async () => {
    const { signedFetch } = setUp([new TypeError('fetch failed'), answer(200)])
    expect((await signedFetch(url)).status).toBe(200)
    const lost = setUp(Array.from({ length: 8 }, () => new TypeError('fetch failed')))
    expect(await rejection(lost.signedFetch(url))).toEqual(new TypeError('fetch failed'))
    expect(lost.sent).toHaveLength(8)
  })

  it('end after 8 attempts, with the last answer', async () => {
    const { signedFetch, waits } = setUp(repeated(503, 8))
    expect((await signedFetch(url)).status).toBe(503)
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 30_000, 30_000])
  })

  it('wait as Retry-After says', async () => {
    const { signedFetch, waits } = setUp([answer(429, null, { 'retry-after': '3' }), answer(200)])
    await signedFetch(url)
    expect(waits).toEqual([3000])
  })

  it('begin no attempt after the time that the policy gives', async () => {
    const { signedFetch } = setUp([answer(503)], { retry: { ...RETRY.DEFAULT, totalMs: 999 } })
    expect((await signedFetch(url)).status).toBe(503)
    const inTime = setUp([answer(503), answer(200)], { retry: { ...RETRY.DEFAULT, totalMs: 1000 } })
    expect((await inTime.signedFetch(url)).status).toBe(200)
  })

  it('can be turned off', async () => {
    const { signedFetch, sent } = setUp([answer(503)], { retry: false })
    expect((await signedFetch(url)).status).toBe(503)
    expect(sent).toHaveLength(1)
  })

  it.each(['POST', 'PATCH'])('do not repeat a %s, which may have been carried out', async (method) => {
    const { signedFetch, sent } = setUp([answer(503)])
    expect((await signedFetch(url, { method, body: '{}' })).status).toBe(503)
    expect(sent).toHaveLength(1)
  })

  it.each(['FORGET', 'PUTS'])('do not repeat a %s of another signer, which nobody knows', async (method) => {
    const { signedFetch, sent } = setUp([answer(503)], { sign: async (request) => request })
    expect((await signedFetch(url, { method })).status).toBe(503)
    expect(sent).toHaveLength(1)
  })

  it('repeat a POST that carries opc-retry-token', async () => {
    const { signedFetch, sent } = setUp([answer(503), answer(200)])
    const headers = { 'OPC-Retry-Token': 'abc' }
    expect((await signedFetch(url, { method: 'POST', body: '{}', headers })).status).toBe(200)
    expect(await sent[1]?.text()).toBe('{}')
  })

  it('do not repeat a stream, which is gone', async () => {
    const { signedFetch, sent } = setUp([answer(503)], { signOptions: { body: 'exclude', contentLength: 5 } })
    const init = { method: 'PUT', body: stream(), duplex: 'half' } as RequestInit
    expect((await signedFetch(url, init)).status).toBe(503)
    expect(sent).toHaveLength(1)
  })

  it('let go of the answers that they discard', async () => {
    const cancelled: unknown[] = []
    const body = new ReadableStream({ cancel: (reason) => void cancelled.push(reason) })
    const { signedFetch } = setUp([new Response(body, { status: 503 }), answer(200)])
    await signedFetch(url)
    expect(cancelled).toHaveLength(1)
  })
})

describe('a 401', () => {
  it('refreshes the credentials and sends the request again, once', async () => {
    const { provider, refreshes } = rotating()
    const { signedFetch, sent, nexts } = setUp([answer(401), answer(200)], { credentials: provider })
    expect((await signedFetch(url, { method: 'POST', body: '{}' })).status).toBe(200)
    expect(keyIds(sent)).toEqual(['ST$first', 'ST$refreshed1'])
    expect(await sent[1]?.text()).toBe('{}')
    expect(nexts()).toEqual(['refresh', 'none'])
    expect(refreshes()).toBe(1)
  })

  it('comes back when new credentials do not help', async () => {
    const { provider, refreshes } = rotating()
    const { signedFetch } = setUp([answer(401), answer(401, '{"code":"NotAuthenticated"}')], { credentials: provider })
    const response = await signedFetch(url)
    expect(await response.json()).toEqual({ code: 'NotAuthenticated' })
    expect(refreshes()).toBe(1)
  })

  it('comes back at once when there are no others, as with API keys', async () => {
    const { signedFetch, sent } = setUp([answer(401)])
    expect((await signedFetch(url)).status).toBe(401)
    expect(sent).toHaveLength(1)
  })

  it('is answered with newer credentials that another request has fetched', async () => {
    const { provider, refreshes } = rotating()
    const { signedFetch, sent } = setUp([answer(401), answer(401), answer(200), answer(200)], { credentials: provider })
    await Promise.all([signedFetch(url), signedFetch(url)])
    expect(refreshes()).toBe(1)
    expect(keyIds(sent).slice(2)).toEqual(['ST$refreshed1', 'ST$refreshed1'])
  })

  it('comes back when the refresh fails: it says more than that failure', async () => {
    const provider: CredentialsProvider<OciCredentials> = async ({ forceRefresh } = {}) => {
      if (forceRefresh) throw new Error('The token service is down.')
      return credentials
    }
    expect((await setUp([answer(401)], { credentials: provider }).signedFetch(url)).status).toBe(401)
  })

  it('refreshes for the next request when the body is gone', async () => {
    const { provider, refreshes } = rotating()
    const { signedFetch, sent } = setUp([answer(401), answer(200)], {
      credentials: provider,
      signOptions: { body: 'exclude', contentLength: 5 },
    })
    expect((await signedFetch(url, { method: 'PUT', body: stream(), duplex: 'half' } as RequestInit)).status).toBe(401)
    expect(refreshes()).toBe(1)
    await signedFetch(url, { method: 'PUT', body: stream(), duplex: 'half' } as RequestInit)
    expect(keyIds(sent)).toEqual(['ST$first', 'ST$refreshed1'])
  })

  it('and a failure may both happen to one request', async () => {
    const { provider } = rotating()
    const { signedFetch, nexts } = setUp([answer(503), answer(401), answer(503), answer(200)], {
      credentials: provider,
    })
    expect((await signedFetch(url)).status).toBe(200)
    expect(nexts()).toEqual(['retry', 'refresh', 'retry', 'none'])
  })
})

describe('a clock that is off', () => {
  const HOUR = 3_600_000

  it('is learned from a 401, and corrected', async () => {
    const { signedFetch, sent, nexts } = setUp([skewed(HOUR), answer(200)])
    expect((await signedFetch(url)).status).toBe(200)
    expect(sent.map(({ headers }) => headers.get('x-date'))).toEqual([NOON_TEXT, new Date(NOON + HOUR).toUTCString()])
    expect(nexts()).toEqual(['correct-clock', 'none'])
  })

  it('stays corrected for that origin, and for no other', async () => {
    const { signedFetch, sent } = setUp([skewed(-HOUR), answer(200), answer(200), answer(200)])
    await signedFetch(url)
    await signedFetch(`${url}/other`)
    await signedFetch('https://identity.eu-frankfurt-1.oraclecloud.com/')
    const corrected = new Date(NOON - HOUR).toUTCString()
    expect(sent.map(({ headers }) => headers.get('x-date'))).toEqual([NOON_TEXT, corrected, corrected, NOON_TEXT])
  })

  it('is measured at the middle of the exchange', async () => {
    let now = NOON
    // Half a minute each way: the date, taken in the middle, is off by the whole of what the clock is.
    const send = async (): Promise<Response> => {
      now += 60_000
      return skewed(30_000)
    }
    const { signedFetch, sent } = setUp([send], { clock: () => now })
    expect((await signedFetch(url)).status).toBe(401)
    expect(sent).toHaveLength(1)
  })

  it.each([
    ['is off by less than a minute', skewed(59_000)],
    ['is not told', answer(401)],
    ['is told in a way nobody understands', answer(401, null, { date: 'noon' })],
    ['is that of a cache', skewed(HOUR, { age: '10' })],
  ])('is left alone when it %s', async (_, refusal) => {
    const { signedFetch, sent } = setUp([refusal])
    expect((await signedFetch(url)).status).toBe(401)
    expect(sent).toHaveLength(1)
  })

  it('is corrected once for a request', async () => {
    const { signedFetch, sent } = setUp([skewed(HOUR), skewed(2 * HOUR)])
    expect((await signedFetch(url)).status).toBe(401)
    expect(sent).toHaveLength(2)
  })

  it('is corrected before credentials are refreshed', async () => {
    const { provider, refreshes } = rotating()
    const { signedFetch, nexts } = setUp([skewed(HOUR), skewed(HOUR), answer(200)], { credentials: provider })
    expect((await signedFetch(url)).status).toBe(200)
    expect(nexts()).toEqual(['correct-clock', 'refresh', 'none'])
    expect(refreshes()).toBe(1)
  })

  it('goes back to normal when the server says so', async () => {
    const { signedFetch, sent } = setUp([skewed(HOUR), answer(200), skewed(0), answer(200)])
    await signedFetch(url)
    await signedFetch(url)
    expect(sent[3]?.headers.get('x-date')).toBe(NOON_TEXT)
  })
})

describe('redirects', () => {
  it('come back as they are', async () => {
    const { signedFetch, sent } = setUp([answer(307, null, { location: 'https://evil.example/' })])
    const response = await signedFetch(url)
    expect(response.headers.get('location')).toBe('https://evil.example/')
    expect(sent).toHaveLength(1)
  })

  it('that a browser hides become an error', async () => {
    const hidden = Object.defineProperty(Response.error(), 'type', { value: 'opaqueredirect' })
    const { signedFetch } = setUp([hidden])
    expect(await rejection(signedFetch(`${url}?secret=1`))).toMatchObject({
      name: 'ServiceError',
      code: 'REDIRECT_REFUSED',
      endpoint: url,
    })
  })

  it('are not followed even when that is asked for', async () => {
    const { signedFetch, sent } = setUp([answer(200), answer(200)])
    await signedFetch(url, { redirect: 'follow' })
    await signedFetch(url, { redirect: 'error' })
    expect(sent.map(({ redirect }) => redirect)).toEqual(['manual', 'error'])
  })
})

describe('aborting', () => {
  it('ends the request, and tries nothing again', async () => {
    const controller = new AbortController()
    const send = async (): Promise<Response> => {
      controller.abort(new Error('enough'))
      throw controller.signal.reason
    }
    const { signedFetch, sent } = setUp([send])
    expect(await rejection(signedFetch(url, { signal: controller.signal }))).toEqual(new Error('enough'))
    expect(sent).toHaveLength(1)
  })

  it('ends a wait', async () => {
    const controller = new AbortController()
    const sleep: Options['sleep'] = async (_, signal) => {
      controller.abort(new Error('enough'))
      signal?.throwIfAborted()
    }
    const { signedFetch } = setUp([answer(503)], { sleep })
    expect(await rejection(signedFetch(url, { signal: controller.signal }))).toEqual(new Error('enough'))
  })

  it('ends a refresh', async () => {
    const controller = new AbortController()
    const provider: CredentialsProvider<OciCredentials> = async ({ forceRefresh, signal } = {}) => {
      if (forceRefresh) controller.abort(new Error('enough'))
      signal?.throwIfAborted()
      return credentials
    }
    const { signedFetch } = setUp([answer(401)], { credentials: provider })
    expect(await rejection(signedFetch(url, { signal: controller.signal }))).toEqual(new Error('enough'))
  })

  it('reaches the provider', async () => {
    const signals: unknown[] = []
    const { signal } = new AbortController()
    const provider: CredentialsProvider<OciCredentials> = async (options) =>
      signals.push(options?.signal) > 0 ? credentials : credentials
    await setUp([answer(200)], { credentials: provider }).signedFetch(url, { signal })
    expect(signals).toEqual([signal])
  })
})

describe('the hook', () => {
  it('sees every attempt, without credentials', async () => {
    const who = { ...credentials, keyId: `ST$${TOKEN}`, signedHeaders: { 'opc-obo-token': TOKEN } }
    const { signedFetch, attempts } = setUp(
      [new TypeError('fetch failed'), answer(200, null, { 'opc-request-id': 'REQ1' })],
      { credentials: async () => who },
    )
    await signedFetch(`${url}?secret=1`, { headers: { 'x-trace': `for ${TOKEN}`, 'x-tier': '1' } })
    const seen = { method: 'GET', endpoint: url, durationMs: 0 }
    expect(attempts).toMatchObject([
      { ...seen, attempt: 1, error: new TypeError('fetch failed'), next: 'retry' },
      { ...seen, attempt: 2, status: 200, requestId: 'REQ1', next: 'none' },
    ])
    expect(attempts[0]?.headers).toEqual({
      authorization: '[redacted]',
      'opc-obo-token': '[redacted]',
      'x-date': NOON_TEXT,
      'x-tier': '1',
      'x-trace': 'for [token]',
    })
    expect(JSON.stringify(attempts)).not.toMatch(/eyJ|secret/)
  })

  it('is not needed', async () => {
    const send: typeof fetch = async () => answer(200)
    expect((await createSignedFetch({ credentials: async () => credentials, fetch: send })(url)).status).toBe(200)
  })
})
