import { afterEach, describe, expect, test } from 'vitest'
import { createEmulator } from '../../src/testing/emulator.js'
import type { Timers } from '../../src/testing/timers.js'
import { METADATA, readMetadata, send, userCredentials } from './clients.js'

const waits: number[] = []
const timers: Timers = { wait: async (ms) => void waits.push(ms) }
const emulator = createEmulator({ timers })
const REGIONS = 'https://identity.us-phoenix-1.oraclecloud.com/20160918/regions'

afterEach(() => emulator.faults.clear())

async function statuses(count: number): Promise<number[]> {
  const all: number[] = []
  for (let index = 0; index < count; index++) all.push((await readMetadata(emulator, 'instance/id')).status)
  return all
}

describe('an injected fault', () => {
  test('happens once by default', async () => {
    emulator.faults.add({ effect: 'status', status: 503 })
    expect(await statuses(3)).toEqual([503, 200, 200])
  })

  test('happens as often as it is told, after as many good answers as it is told', async () => {
    emulator.faults.add({ effect: 'status', status: 404, times: 2, skip: 1 })
    expect(await statuses(4)).toEqual([200, 404, 404, 200])
  })

  test('happens until it is taken back', async () => {
    const takeBack = emulator.faults.add({ effect: 'status', status: 500, times: Number.POSITIVE_INFINITY })
    expect(await statuses(3)).toEqual([500, 500, 500])
    takeBack()
    expect(await statuses(1)).toEqual([200])
  })

  test('happens to its surface, path and method alone', async () => {
    emulator.faults.add({ surface: 'x509', effect: 'status', status: 500 })
    emulator.faults.add({ path: '/instance/region', effect: 'status', status: 500 })
    emulator.faults.add({ method: 'POST', effect: 'status', status: 500 })
    expect(await statuses(1)).toEqual([200])
    expect((await readMetadata(emulator, 'instance/region')).status).toBe(500)
    expect(emulator.faults.list()).toHaveLength(2)
  })

  test('is refused for a surface that there is not, and none of those beside it is added', () => {
    const faults = [
      { surface: 'x509', effect: 'hang' },
      { surface: 'x50', effect: 'hang' },
    ] as const
    expect(() => emulator.faults.add(...faults)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringMatching(/x509, .*got "x50"/) }),
    )
    expect(emulator.faults.list()).toEqual([])
  })

  test('happens to surfaces of your own, and to what no surface knows', async () => {
    const mine = { name: 'mine', matches: () => true, handle: async () => new Response('mine') }
    const own = createEmulator({ surfaces: [mine] })
    own.faults.add({ surface: 'mine', effect: 'status', status: 503 })
    expect((await own.fetch('https://example.com/')).status).toBe(503)
    emulator.faults.add({ surface: 'unknown', effect: 'status', status: 503 })
    expect((await emulator.fetch('https://example.com/nothing-here')).status).toBe(503)
  })

  test('follows another in the order they were added', async () => {
    emulator.faults.add({ effect: 'status', status: 500 }, { effect: 'status', status: 404 })
    expect(await statuses(3)).toEqual([500, 404, 200])
  })

  test('says when to try again', async () => {
    emulator.faults.add({ effect: 'status', status: 429, code: 'TooManyRequests', retryAfterSeconds: 7 })
    const response = await readMetadata(emulator, 'instance/id')
    expect(response.headers.get('retry-after')).toBe('7')
    expect(await response.json()).toMatchObject({ code: 'TooManyRequests' })
  })

  test('answers a page of HTML, or whatever it is given', async () => {
    emulator.faults.add({ effect: 'html' }, { effect: 'body', body: '{"token":', status: 200 })
    const page = await readMetadata(emulator, 'instance/id')
    expect([page.status, page.headers.get('content-type')]).toEqual([502, 'text/html'])
    expect(await (await readMetadata(emulator, 'instance/id')).text()).toBe('{"token":')
  })

  test('delays by the timers that were injected', async () => {
    emulator.faults.add({ effect: 'delay', ms: 30_000 })
    expect(await statuses(1)).toEqual([200])
    expect(waits).toEqual([30_000])
  })

  test('hangs until the client gives up', async () => {
    emulator.faults.add({ effect: 'hang' })
    const abort = new AbortController()
    const request = emulator.fetch(`${METADATA}/instance/id`, { signal: abort.signal })
    abort.abort(new Error('enough'))
    await expect(request).rejects.toThrow('enough')
  })

  test('does not hang for a client that has given up already', async () => {
    emulator.faults.add({ effect: 'hang' })
    const signal = AbortSignal.abort(new Error('too late'))
    await expect(emulator.handle(new Request(`${METADATA}/instance/id`, { signal }))).rejects.toThrow('too late')
  })

  test.each([204, 205, 304])('may be an answer %s, which has no body', async (status) => {
    emulator.faults.add({ effect: 'status', status }, { effect: 'html', status }, { effect: 'body', status, body: 'x' })
    expect(await statuses(3)).toEqual([status, status, status])
  })

  test('may break off an answer that has no body', async () => {
    const credentials = await userCredentials(emulator)
    const object = `https://objectstorage.us-phoenix-1.oraclecloud.com/n/${emulator.identities.namespace}/b/b/o/o`
    await send(emulator, new Request(object, { method: 'PUT', body: 'x' }), credentials)
    emulator.faults.add({ effect: 'truncate' })
    expect((await send(emulator, new Request(object, { method: 'DELETE' }), credentials)).status).toBe(204)
  })

  test('hangs until the faults are cleared', async () => {
    emulator.faults.add({ effect: 'hang' })
    const request = readMetadata(emulator, 'instance/id')
    const outcome = expect(request).rejects.toThrow(TypeError)
    await Promise.resolve()
    setTimeout(() => emulator.faults.clear())
    await outcome
  })

  test('breaks the connection before the request is looked at', async () => {
    emulator.faults.add({ effect: 'disconnect' })
    const reads = emulator.counters.snapshot().metadataReads
    await expect(readMetadata(emulator, 'instance/id')).rejects.toThrow(TypeError)
    expect(emulator.counters.snapshot().metadataReads).toBe(reads)
  })

  test('loses the answer of a request that was carried out', async () => {
    emulator.faults.add({ effect: 'lose-answer' })
    const reads = emulator.counters.snapshot().metadataReads
    await expect(readMetadata(emulator, 'instance/id')).rejects.toThrow(TypeError)
    expect(emulator.counters.snapshot().metadataReads).toBe(reads + 1)
  })

  test('gives half an answer, whole in form or broken off', async () => {
    const whole = await (await readMetadata(emulator, 'identity/cert.pem')).text()
    emulator.faults.add({ effect: 'truncate' }, { effect: 'break-off' })
    const half = await (await readMetadata(emulator, 'identity/cert.pem')).text()
    expect(half).toBe(whole.slice(0, Math.floor(whole.length / 2)))
    const broken = await readMetadata(emulator, 'identity/cert.pem')
    await expect(broken.text()).rejects.toThrow()
  })

  test('answers a later request first', async () => {
    emulator.faults.add({ path: 'instance/id', effect: 'reorder' })
    const order: string[] = []
    const first = readMetadata(emulator, 'instance/id').then(() => order.push('first'))
    const second = readMetadata(emulator, 'instance/region').then(() => order.push('second'))
    await Promise.all([first, second])
    expect(order).toEqual(['second', 'first'])
  })

  test('is logged with its status, as the answer it was', async () => {
    emulator.faults.add({ effect: 'status', status: 503 })
    await readMetadata(emulator, 'instance/id')
    expect(emulator.log.entries().at(-1)).toMatchObject({ surface: 'instance-metadata', status: 503 })
  })
})

describe('a skewed clock', () => {
  test('refuses what was signed by a right one, and shows itself in the Date header', async () => {
    const credentials = await userCredentials(emulator)
    emulator.settings.clockSkewMs = 600_000
    const response = await send(emulator, REGIONS, credentials, { clock: Date.now })
    expect(response.status).toBe(401)
    expect(Date.parse(response.headers.get('date') ?? '')).toBeGreaterThan(Date.now() + 590_000)
    emulator.settings.clockSkewMs = 0
    expect((await send(emulator, REGIONS, credentials, { clock: Date.now })).status).toBe(200)
  })
})
