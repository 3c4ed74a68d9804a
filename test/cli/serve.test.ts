import { once } from 'node:events'
import { readFile, stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type ServedEmulator, serveEmulator } from '../../src/cli/serve.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import { runtime } from '../../src/runtime/node.js'
import { signOci } from '../../src/signers/oci.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { emulatedPrincipals, emulatorEnvironment } from '../../src/testing/environment.js'
import { fixtureFiles } from '../../src/testing/fixture-files.js'
import type { OciCredentials } from '../../src/types.js'

let served: ServedEmulator
let credentials: OciCredentials
let ca: string

beforeAll(async () => {
  served = await serveEmulator({ untrustworthy: true })
  ca = await readFile(served.paths.authority, 'utf8')
  const { key } = await importPrivateKey(await readFile(served.paths.apiKey))
  const { tenancy, user } = served.identities
  credentials = { keyId: `${tenancy}/${user}/${served.fingerprint}`, key }
})

afterAll(() => served.close())

describe('the served emulator', () => {
  test('verifies and answers over HTTP', async () => {
    const response = await fetch(await signOci(new Request(`${served.http}/echo/a%20b?c=%2F`), credentials))
    expect(await response.json()).toMatchObject({ verified: true, target: '/echo/a%20b?c=%2F' })
  })

  test('verifies and answers over HTTPS, to whoever trusts its authority', async () => {
    const trusting = await runtime.connect({ ca })
    const request = await signOci(new Request(`${served.https}/echo`, { method: 'POST', body: '{}' }), credentials)
    expect(await (await trusting(request)).json()).toMatchObject({ verified: true })
  })

  test('is refused by who does not know its authority', async () => {
    await expect(fetch(`${served.https}/echo`)).rejects.toThrow(TypeError)
  })

  test('offers an authority that nobody trusts, and a certificate for another name', async () => {
    const trusting = await runtime.connect({ ca })
    await expect(trusting(`${served.unknownAuthority}/echo`)).rejects.toThrow()
    await expect(trusting(`${served.wrongName}/echo`)).rejects.toThrow()
  })

  test('takes a tunnel to any host, with a certificate for its name', async () => {
    const tunnelled = await runtime.connect({ ca, proxy: served.http })
    const url = 'https://identity.us-phoenix-1.oraclecloud.com/20160918/regions'
    const response = await tunnelled(await signOci(new Request(url), credentials))
    expect(await response.json()).toEqual([{ key: 'PHX', name: 'us-phoenix-1' }])
    expect(served.emulator.log.entries().at(-1)?.host).toBe('identity.us-phoenix-1.oraclecloud.com')
  })

  test('survives a client that breaks off while its tunnel is being made', async () => {
    const { port, hostname } = new URL(served.http)
    const sockets = Array.from({ length: 20 }, () => connect(Number(port), hostname))
    for (const socket of sockets) {
      socket.on('error', () => {})
      socket.write('CONNECT x.example:443 HTTP/1.1\r\nHost: x.example:443\r\n\r\n', () => socket.resetAndDestroy())
    }
    await Promise.all(sockets.map((socket) => once(socket, 'close')))
    expect((await fetch(`${served.http}/echo`)).status).toBe(401)
  })

  test('takes the whole URL in the request line, as a proxy does', async () => {
    const answer = await raw(
      'GET http://169.254.169.254/opc/v2/instance/id HTTP/1.1',
      'Host: 169.254.169.254',
      'Authorization: Bearer Oracle',
    )
    expect(answer).toContain(served.identities.instance)
  })

  test('verifies the target as it was received, not as a URL parser would write it', async () => {
    const signed = await signOci(new Request(`${served.http}/echo/a/b`), credentials)
    const { host } = new URL(served.http)
    const fields = [...signed.headers].map(([name, value]) => `${name}: ${value}`)
    expect(await raw('GET /echo/a/b HTTP/1.1', `Host: ${host}`, ...fields)).toMatch(/^HTTP\/1.1 200/)
    expect(await raw('GET /echo/x/../a/b HTTP/1.1', `Host: ${host}`, ...fields)).toMatch(/^HTTP\/1.1 401/)
  })

  test('refuses a signed header that came twice', async () => {
    const signed = await signOci(new Request(`${served.http}/echo`), credentials)
    const { host } = new URL(served.http)
    const fields = [...signed.headers].map(([name, value]) => `${name}: ${value}`)
    const answer = await raw(
      'GET /echo HTTP/1.1',
      `Host: ${host}`,
      ...fields,
      `x-date: ${signed.headers.get('x-date')}`,
    )
    expect(answer).toMatch(/^HTTP\/1.1 401/)
    expect(answer).toContain('HEADER_DUPLICATED')
  })

  test('streams what it stored', async () => {
    const url = `${served.http}/n/${served.identities.namespace}/b/bucket/o/large`
    const body = crypto.getRandomValues(new Uint8Array(65_536))
    const put = new Request(url, { method: 'PUT', body, headers: { 'content-type': 'image/png' } })
    expect((await fetch(await signOci(put, credentials))).status).toBe(200)
    const response = await fetch(await signOci(new Request(url), credentials))
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(body)
    const head = await fetch(await signOci(new Request(url, { method: 'HEAD' }), credentials))
    expect(head.headers.get('content-length')).toBe('65536')
  })

  test('breaks off an answer when told to', async () => {
    served.emulator.faults.add({ effect: 'break-off', surface: 'identity' })
    const response = await fetch(await signOci(new Request(`${served.http}/20160918/regions`), credentials))
    await expect(response.text()).rejects.toThrow(TypeError)
  })

  test('drops the connection when told to', async () => {
    served.emulator.faults.add({ effect: 'disconnect', surface: 'identity' })
    const request = await signOci(new Request(`${served.http}/20160918/regions`), credentials)
    await expect(fetch(request)).rejects.toThrow(TypeError)
  })

  test('lets go of a hanging request when the client does', async () => {
    served.emulator.faults.add({ effect: 'hang', surface: 'identity' })
    const request = await signOci(new Request(`${served.http}/20160918/regions`), credentials)
    await expect(fetch(request, { signal: AbortSignal.timeout(50) })).rejects.toThrow(/abort|timeout/i)
  })

  test('lets pages of other origins call it, but not control it', async () => {
    const headers = { origin: 'https://page.example' }
    const preflight = await fetch(`${served.http}/echo`, {
      method: 'OPTIONS',
      headers: { ...headers, 'access-control-request-method': 'POST', 'access-control-request-headers': 'x-date' },
    })
    expect(preflight.headers.get('access-control-allow-headers')).toBe('x-date')
    const response = await fetch(`${served.http}/echo`, { headers })
    expect([response.status, response.headers.get('access-control-allow-origin')]).toEqual([401, '*'])
    expect((await fetch(`${served.control}/settings`, { headers })).status).toBe(403)
  })

  test('is controlled by requests', async () => {
    const body = JSON.stringify({ surface: 'identity', effect: 'status', status: 503 })
    await fetch(`${served.control}/faults`, { method: 'POST', body })
    const request = await signOci(new Request(`${served.http}/20160918/regions`), credentials)
    expect((await fetch(request)).status).toBe(503)
  })

  const hasIpv6 = Object.values(networkInterfaces()).some((all) => all?.some(({ address }) => address === '::1'))
  test.skipIf(!hasIpv6)('listens on IPv6 too', async () => {
    const overIpv6 = await serveEmulator({ host: '::1' })
    expect(overIpv6.http).toMatch(/^http:\/\/\[::1\]:\d+$/)
    const headers = { authorization: 'Bearer Oracle' }
    const response = await fetch(`${overIpv6.http}/opc/v2/instance/region`, { headers })
    expect(await response.text()).toBe('phx')
    await overIpv6.close()
  })

  test('answers two requests on one connection, the second while the first one hangs', async () => {
    served.emulator.faults.add({ effect: 'reorder', path: 'first' })
    const [first, second] = await Promise.all([fetch(`${served.http}/first`), fetch(`${served.http}/second`)])
    expect([first.status, second.status]).toEqual([404, 404])
  })
})

describe('the fixture files', () => {
  test('can be read by their owner alone', async () => {
    for (const path of [served.paths.apiKey, served.paths.sessionToken, served.paths.resourceSessionKey]) {
      expect((await stat(path)).mode & 0o777).toBe(0o600)
    }
  })

  test('are the ones the generator names, each with something in it', async () => {
    const { paths, files } = await fixtureFiles(served.emulator, served.paths.directory)
    expect(paths).toEqual(served.paths)
    for (const { path } of files) expect((await readFile(path, 'utf8')).length).toBeGreaterThan(100)
  })

  test('of the resource principal are replaced, and renewed before their token expires', async () => {
    const renewing = await serveEmulator({ settings: { tokenLifeMs: 400 } })
    const read = (): Promise<string> => readFile(renewing.paths.resourceToken, 'utf8')
    const first = await read()
    await vi.waitUntil(async () => (await read()) !== first, { timeout: 10_000 })
    await renewing.close()
  })

  test('of the resource principal are replaced on command, half-written and slowly if it says so', async () => {
    const seen: string[] = []
    const waiting = serveEmulator({
      timers: { wait: async () => void seen.push(await readFile((await waiting).paths.resourceToken, 'utf8')) },
    })
    const slow = await waiting
    const body = JSON.stringify({ halfWritten: true, pauseMs: 1, trailingLineBreak: true })
    await fetch(`${slow.control}/resource-principal/rotate`, { method: 'POST', body })
    expect(seen.map((token) => token.split('.').length)).toEqual([3, 3, expect.any(Number), 3])
    expect(seen[3]?.startsWith(seen[2] ?? '?')).toBe(true)
    expect(seen[3]?.endsWith('\n')).toBe(true)
    await slow.close()
  })

  test('vanish with the emulator, when it chose their directory', async () => {
    const short = await serveEmulator()
    await short.close()
    await expect(stat(short.paths.directory)).rejects.toThrow('ENOENT')
  })
})

describe('the environment', () => {
  test.each(emulatedPrincipals)('of %s names files that exist and addresses that answer', async (principal) => {
    const variables = emulatorEnvironment(served, principal)
    for (const value of Object.values(variables)) {
      if (value.startsWith(served.paths.directory)) await expect(stat(value)).resolves.toBeDefined()
      if (value.startsWith('http')) expect(new URL(value).origin).toBe(served.http)
    }
  })

  test('of no principal points at the metadata service and chooses no identity', () => {
    const variables = emulatorEnvironment(served)
    expect(variables['OCI_METADATA_BASE_URL']).toBe(`${served.http}/opc/v2`)
    expect(variables['OCI_CLI_AUTH']).toBeUndefined()
    expect(JSON.parse(variables['OCI_REGION_METADATA'] ?? '')).toMatchObject({ regionIdentifier: 'us-phoenix-1' })
  })

  test('holds no secret: keys and tokens are in files', async () => {
    const { files } = await fixtureFiles(createEmulator(), '/fixtures')
    const all = JSON.stringify(emulatedPrincipals.map((principal) => emulatorEnvironment(served, principal)))
    for (const { content } of files) expect(all).not.toContain(content.trim())
    expect(all).not.toMatch(/BEGIN|eyJ/)
  })
})

function raw(...lines: readonly string[]): Promise<string> {
  const { port, hostname } = new URL(served.http)
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => {
      socket.write([...lines, 'Connection: close', '', ''].join('\r\n'))
    })
    let answer = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => {
      answer += chunk
    })
    socket.on('error', reject)
    socket.on('end', () => resolve(answer))
  })
}
