import { describe, expect, it, vi } from 'vitest'
import { type InstanceMetadataOptions, instanceMetadata } from '../../src/http/instance-metadata.js'
import { runtime as browser } from '../../src/runtime/browser.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { memoryRuntime } from '../fixtures/memory-runtime.js'

/** Between attempts no time passes; the turn of the other address never comes by silence. */
const patience = (ms: number, signal?: AbortSignal | null): Promise<void> =>
  ms === 500
    ? new Promise((_, reject) => signal?.addEventListener('abort', () => reject(signal.reason)))
    : Promise.resolve()

const IPV4 = 'http://169.254.169.254/opc/v2'
const IPV6 = 'http://[fd00:c1::a9fe:a9fe]/opc/v2'

type Answer = (request: Request) => Response | Promise<Response>

/** A metadata service that answers by address; what it was asked; and no waiting. */
function service(answers: Readonly<Record<string, Answer>>, options: InstanceMetadataOptions = {}) {
  const asked: Request[] = []
  const fetch = (async (input: RequestInfo | URL, init?: RequestInit) => {
    const request = new Request(input, init)
    asked.push(request)
    const answer = answers[request.url] ?? Object.entries(answers).find(([url]) => request.url.startsWith(url))?.[1]
    if (answer === undefined) throw new TypeError('fetch failed')
    return answer(request)
  }) as typeof globalThis.fetch
  const runtime = { ...memoryRuntime(), hasMetadataService: true }
  const metadata = instanceMetadata({ runtime, fetch, random: () => 0, sleep: patience, ...options })
  return { metadata, asked, urls: () => asked.map(({ url }) => url) }
}

const text =
  (body: string, status = 200): Answer =>
  () =>
    new Response(body, { status })
const silent: Answer = ({ signal }) =>
  new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
const REGION_INFO = JSON.stringify({
  realmKey: 'OC9',
  realmDomainComponent: 'OracleCloud9.com',
  regionKey: 'MCT',
  regionIdentifier: 'ME-DCC-MUSCAT-1',
})

describe('instanceMetadata', () => {
  it('asks version 2 over IPv4, with the header that shows no browser was tricked into asking', async () => {
    const { metadata, asked } = service({ [IPV4]: text(' OCID1.Instance.oc1..a\n') })
    expect(await metadata.instanceId()).toBe('ocid1.instance.oc1..a')
    expect(asked.map(({ url, method }) => `${method} ${url}`)).toEqual([`GET ${IPV4}/instance/id`])
    expect(asked[0]?.headers.get('authorization')).toBe('Bearer Oracle')
    expect(asked[0]?.redirect).toBe('manual')
  })

  it('tells the region with its realm, whatever the library knows of it', async () => {
    const { metadata } = service({ [`${IPV4}/instance/regionInfo`]: text(REGION_INFO) })
    expect(await metadata.region()).toMatchObject({
      id: 'me-dcc-muscat-1',
      realm: 'oc9',
      secondLevelDomain: 'oraclecloud9.com',
      known: true,
    })
  })

  it.each([
    ['404', text('Not Found', 404)],
    ['HTML', text('<html></html>')],
    ['half of its JSON', text(REGION_INFO.slice(0, 60))],
    ['an empty field', text(REGION_INFO.replace('"MCT"', '""'))],
  ])('falls back to the name of the region when regionInfo is %s, without asking again', async (_, regionInfo) => {
    const { metadata, urls } = service({
      [`${IPV4}/instance/regionInfo`]: regionInfo,
      [`${IPV4}/instance/region`]: text('PHX\n'),
    })
    expect(await metadata.region()).toMatchObject({ id: 'us-phoenix-1', realm: 'oc1' })
    expect(urls()).toEqual([`${IPV4}/instance/regionInfo`, `${IPV4}/instance/region`])
  })

  it('finds the realm of a region that is not built in where the machine tells it', async () => {
    const env = { OCI_REGION_METADATA: REGION_INFO.replace('ME-DCC-MUSCAT-1', 'xx-new-1') }
    const runtime = { ...memoryRuntime({ env }), hasMetadataService: true }
    const { metadata } = service(
      { [`${IPV4}/instance/region`]: text('xx-new-1'), [`${IPV4}/instance/regionInfo`]: text('', 404) },
      { runtime },
    )
    expect((await metadata.region()).secondLevelDomain).toBe('oraclecloud9.com')
  })

  it.each([
    ['with a slash at the end', 'http://127.0.0.1:99/opc/v2/'],
    ['without one', 'http://127.0.0.1:99/opc/v2'],
    ['with space around it', '  http://127.0.0.1:99/opc/v2  '],
  ])('takes OCI_METADATA_BASE_URL %s, and then no other address', async (_, base) => {
    const runtime = { ...memoryRuntime({ env: { OCI_METADATA_BASE_URL: base } }), hasMetadataService: true }
    const { metadata, urls } = service({ 'http://127.0.0.1:99': text('x') }, { runtime })
    await metadata.text('/instance/id')
    expect(urls()).toEqual(['http://127.0.0.1:99/opc/v2/instance/id'])
  })

  it('takes a blank OCI_METADATA_BASE_URL for none, and prefers the option to a set one', async () => {
    const blank = { ...memoryRuntime({ env: { OCI_METADATA_BASE_URL: ' ' } }), hasMetadataService: true }
    const first = service({ [IPV4]: text('x') }, { runtime: blank })
    await first.metadata.text('/instance/id')
    expect(first.urls()).toEqual([`${IPV4}/instance/id`])
    const set = { ...memoryRuntime({ env: { OCI_METADATA_BASE_URL: 'http://127.0.0.1:1/opc/v2' } }) }
    const second = service(
      { 'http://127.0.0.1:2': text('x') },
      { runtime: set, metadataBaseUrl: 'http://127.0.0.1:2/opc/v2' },
    )
    await second.metadata.text('/instance/id')
    expect(second.urls()).toEqual(['http://127.0.0.1:2/opc/v2/instance/id'])
  })

  it.each([
    'not a url',
    'ftp://169.254.169.254/opc/v2',
    'http://169.254.169.254/opc/v2?x=1',
    'http://user:hunter2@169.254.169.254/opc/v2',
  ])('refuses %s as its address, and does not repeat it', async (metadataBaseUrl) => {
    const reading = (async () => instanceMetadata({ metadataBaseUrl, runtime: memoryRuntime() }).text('/instance/id'))()
    const error = await reading.catch((failure: unknown) => failure)
    expect(error).toMatchObject({ name: 'UsageError', code: 'URL_INVALID' })
    expect(String(error)).not.toMatch(/hunter2|x=1/)
  })

  it('gives an attempt ten seconds, unless told another time', async () => {
    const limits: number[] = []
    const timer = vi.spyOn(globalThis, 'setTimeout').mockImplementation(((run: () => void, ms: number) => {
      limits.push(ms)
      queueMicrotask(run)
    }) as never)
    const { metadata } = service({ [IPV4]: silent }, { retry: false, timeoutMs: undefined })
    await expect(metadata.text('/instance/id')).rejects.toMatchObject({ code: 'TIMEOUT' })
    timer.mockRestore()
    expect(limits).toContain(10_000)
  })

  it('does not send the header in the clear to a host on some network', async () => {
    const { metadata, asked } = service({}, { metadataBaseUrl: 'http://metadata.example/opc/v2' })
    await expect(metadata.text('/instance/id')).rejects.toMatchObject({ code: 'URL_INVALID' })
    expect(asked).toHaveLength(0)
  })

  it('goes on with IPv6 when IPv4 is refused, and stays with it', async () => {
    const { metadata, urls } = service({ [IPV6]: text('x') })
    await metadata.text('/instance/id')
    await metadata.text('/instance/region')
    expect(urls()).toEqual([`${IPV4}/instance/id`, `${IPV6}/instance/id`, `${IPV6}/instance/region`])
  })

  it('tries IPv6 when IPv4 is silent for half a second, and lets go of the silent one', async () => {
    const waits: number[] = []
    const sleep = async (ms: number): Promise<void> => void waits.push(ms)
    const { metadata, asked } = service({ [IPV4]: silent, [IPV6]: text('x') }, { sleep })
    expect(await metadata.text('/instance/id')).toBe('x')
    expect(waits).toEqual([500])
    expect(asked[0]?.signal.aborted).toBe(true)
  })

  it('never asks IPv6 once IPv4 has answered, be it an error', async () => {
    const { metadata, urls } = service({ [IPV4]: text('no', 401), [IPV6]: text('x') }, { retry: false })
    await expect(metadata.text('/instance/id')).rejects.toMatchObject({ status: 401 })
    expect(urls()).toEqual([`${IPV4}/instance/id`])
  })

  it('keeps asking while the instance is starting and answers 404', async () => {
    let count = 0
    const { metadata } = service({ [IPV4]: () => new Response('x', { status: ++count < 4 ? 404 : 200 }) })
    expect(await metadata.text('/identity/cert.pem')).toBe('x')
    expect(count).toBe(4)
  })

  it('gives up after eight attempts, or after one when told so', async () => {
    const patient = service({ [IPV4]: text('', 500) })
    await expect(patient.metadata.text('/instance/id')).rejects.toMatchObject({ status: 500, attempts: 8 })
    const once = service({ [IPV4]: text('', 500) }, { retry: false })
    await expect(once.metadata.text('/instance/id')).rejects.toMatchObject({ attempts: 1 })
  })

  it('ends a silent service by a timeout, and says what it may mean', async () => {
    const { metadata } = service({ [IPV4]: silent, [IPV6]: silent }, { retry: false, timeoutMs: 20 })
    await expect(metadata.text('/instance/id')).rejects.toMatchObject({
      code: 'TIMEOUT',
      message: expect.stringContaining('Only OCI compute instances'),
    })
  })

  it('says what it may mean when nobody is there', async () => {
    const { metadata } = service({}, { retry: false })
    await expect(metadata.region()).rejects.toMatchObject({
      code: 'SERVICE_UNREACHABLE',
      message: expect.stringContaining('Only OCI compute instances'),
    })
  })

  it('takes a page of somebody else for no region, and does not repeat it', async () => {
    const { metadata } = service({ [IPV4]: text('<html>Sign in to the guest network</html>') })
    const error = await metadata.region().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'SERVICE_RESPONSE_INVALID' })
    expect(String(error)).not.toContain('guest network')
  })

  it('does not follow a redirect', async () => {
    const { metadata, asked } = service({ [IPV4]: () => Response.redirect('http://elsewhere.example/') })
    await expect(metadata.text('/instance/id')).rejects.toMatchObject({ code: 'REDIRECT_REFUSED' })
    expect(asked).toHaveLength(1)
  })

  it('does not exist in a browser, unless its address is given', async () => {
    expect(() => instanceMetadata({ runtime: browser })).toThrow(
      expect.objectContaining({ code: 'UNSUPPORTED_RUNTIME' }),
    )
    const { fetch } = createEmulator()
    const metadata = instanceMetadata({ runtime: browser, fetch, metadataBaseUrl: 'http://127.0.0.1/opc/v2' })
    expect((await metadata.region()).id).toBe('us-phoenix-1')
  })
})
