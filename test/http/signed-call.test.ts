import { beforeAll, describe, expect, it } from 'vitest'
import { type SignedCallOptions, signedCall } from '../../src/http/signed-call.js'
import type { OciCredentials } from '../../src/types.js'
import { START } from '../fixtures/clock.js'
import { sessionKey } from '../fixtures/sessions.js'

const URL = 'https://auth.us-phoenix-1.oraclecloud.com/v1/x509'
const MINUTE = 60_000

let credentials: OciCredentials
beforeAll(async () => {
  credentials = { keyId: 'a/b/c', key: (await sessionKey()).privateKey }
})

/** Calls a service that gives these answers, and tells what it saw. */
async function call(answers: readonly Response[], options: Partial<SignedCallOptions> = {}) {
  const seen: Request[] = []
  const fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    seen.push(new Request(input, init))
    return (answers[seen.length - 1] ?? answers.at(-1))?.clone()
  }) as typeof globalThis.fetch
  const learned: number[] = []
  let now = START
  const outcome = await signedCall({ method: 'POST', url: URL, body: '{"a":"é"}' }, credentials, {
    fetch,
    clock: () => now,
    sleep: async () => {
      now += 1_000
    },
    random: () => 0,
    learnServerTime: (time) => learned.push(time),
    ...options,
  }).catch((error: unknown) => error)
  return { seen, learned, outcome }
}

const dated = (status: number, offset: number): Response =>
  new Response('{}', { status, headers: { date: new Date(START + offset).toUTCString() } })

describe('signedCall', () => {
  it('sends the body it signed, its type, and an id by which the call can be found', async () => {
    const { seen, outcome } = await call([new Response('{}')])
    expect(outcome).toBeInstanceOf(Response)
    expect(seen[0]?.method).toBe('POST')
    expect(await seen[0]?.text()).toBe('{"a":"é"}')
    expect(seen[0]?.headers.get('content-type')).toBe('application/json')
    expect(seen[0]?.headers.get('opc-request-id')).toMatch(/^[0-9a-f]{32}\/[0-9a-f]{32}\/[0-9a-f]{32}$/)
    expect(seen[0]?.headers.get('authorization')).toContain('keyId="a/b/c"')
    expect(seen[0]?.redirect).toBe('manual')
  })

  it('signs every attempt anew, by the time it then is', async () => {
    const { seen } = await call([new Response('', { status: 503 }), new Response('{}')])
    const dates = seen.map(({ headers }) => headers.get('x-date'))
    expect(dates).toEqual([new Date(START).toUTCString(), new Date(START + 1_000).toUTCString()])
    expect(seen[0]?.headers.get('authorization')).not.toBe(seen[1]?.headers.get('authorization'))
  })

  it('signs once more by the clock of a service that refuses and is ten minutes ahead', async () => {
    const { seen, learned, outcome } = await call([dated(401, 10 * MINUTE), dated(200, 10 * MINUTE)])
    expect(outcome).toBeInstanceOf(Response)
    expect(seen[1]?.headers.get('x-date')).toBe(new Date(START + 10 * MINUTE).toUTCString())
    expect(learned).toEqual([START + 10 * MINUTE])
  })

  it('does the same for one that is behind', async () => {
    const { outcome, learned } = await call([dated(401, -10 * MINUTE), dated(200, -10 * MINUTE)])
    expect(outcome).toBeInstanceOf(Response)
    expect(learned).toEqual([START - 10 * MINUTE])
  })

  it.each([
    ['whose clock is right', dated(401, 0)],
    ['that does not tell the time', new Response('', { status: 401 })],
    ['that tells it in its own way', new Response('', { status: 401, headers: { date: 'soon' } })],
  ])('asks a refusing service %s no second time', async (_, answer) => {
    const { seen, outcome } = await call([answer])
    expect(seen).toHaveLength(1)
    expect(outcome).toMatchObject({ code: 'SERVICE_ERROR', status: 401 })
  })

  it('gives up when the service refuses by its own clock too', async () => {
    const { seen, outcome } = await call([dated(401, 10 * MINUTE)])
    expect(seen).toHaveLength(2)
    expect(outcome).toMatchObject({ status: 401 })
  })

  it('tells the time of the service, though nothing failed', async () => {
    const { learned } = await call([dated(200, 3 * MINUTE)])
    expect(learned).toEqual([START + 3 * MINUTE])
  })

  it.each([
    ['a gateway that fails', dated(503, 60 * MINUTE)],
    [
      'an answer that was kept',
      new Response('{}', { headers: { date: new Date(START - 60 * MINUTE).toUTCString(), age: '3600' } }),
    ],
  ])('does not go by the clock of %s', async (_, answer) => {
    const { learned } = await call([answer], { retry: false })
    expect(learned).toEqual([])
  })

  it('signs by its own clock again after a gateway that failed had another', async () => {
    const { seen, learned } = await call([dated(503, 60 * MINUTE), dated(200, 1_000)])
    expect(seen.map(({ headers }) => headers.get('x-date'))).toEqual([
      new Date(START).toUTCString(),
      new Date(START + 1_000).toUTCString(),
    ])
    expect(learned).toEqual([])
  })

  it('does not send a signature in the clear', async () => {
    const fetch = async (): Promise<Response> => new Response('{}')
    const sending = signedCall({ method: 'GET', url: 'http://auth.example/' }, credentials, { fetch })
    await expect(sending).rejects.toMatchObject({ code: 'URL_INVALID' })
  })
})
