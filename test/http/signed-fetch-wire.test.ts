import { createPublicKey } from 'node:crypto'
import { createServer, type IncomingMessage, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { fingerprint } from '../../src/keys/fingerprint.js'
import { type OciSignOptions, signOci } from '../../src/signers/oci.js'
import { type VerifyOciOptions, verifyOci, type WireRequest } from '../../src/verify/oci.js'
import { importPkcs8, pythonSdk } from '../fixtures/oci-vectors.js'
import { rejection, TENANCY, USER } from '../fixtures/signing.js'
import { independentOpinion } from '../independent/verifier.js'

const publicKey = new Uint8Array(createPublicKey(pythonSdk.privateKeyPem).export({ format: 'der', type: 'spki' }))
const credentials = {
  keyId: `${TENANCY}/${USER}/${fingerprint(publicKey)}`,
  key: await importPkcs8(pythonSdk.privateKeyPem),
}

const received: WireRequest[] = []
let server: Server
let origin: string

beforeAll(async () => {
  server = createServer(async (request, response) => {
    received.push(await wireRequest(request))
    if (request.url?.startsWith('/redirect')) response.writeHead(302, { location: '/elsewhere' })
    response.end('{}')
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})

afterAll(() => server.close())

async function wireRequest(request: IncomingMessage): Promise<WireRequest> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  const { method = '', url: target = '', rawHeaders } = request
  const headers = Array.from({ length: rawHeaders.length / 2 }, (_, index): [string, string] => [
    rawHeaders[2 * index] ?? '',
    rawHeaders[2 * index + 1] ?? '',
  ])
  return { method, target, headers, body: new Uint8Array(Buffer.concat(chunks)) }
}

async function send(path: string, init: RequestInit = {}, signOptions: OciSignOptions = {}) {
  const signedFetch = createSignedFetch({ credentials: async () => credentials, signOptions })
  const response = await signedFetch(origin + path, init)
  const wire = received.at(-1)
  if (!wire) throw new Error('Nothing arrived.')
  return { response, wire }
}

const verify = (wire: WireRequest, rules: Partial<VerifyOciOptions> = {}) =>
  verifyOci(wire, { hosts: [new URL(origin).host], resolveKey: () => publicKey, ...rules })

const form = new FormData()
form.set('file', new Blob(['content'], { type: 'text/plain' }), 'a.txt')

describe('what arrives over a connection', () => {
  it.each<[string, string, RequestInit]>([
    ['a GET', '/20160918/instances?limit=1', {}],
    ['a GET with much to encode', "/ü x/%2F/(a)'*!^|[b]`{c}?q='(x)'|^ ü&empty=&r=a%2Bb+c#top", {}],
    ['a GET with a bare question mark', '/p?', {}],
    ['a HEAD', '/p', { method: 'HEAD' }],
    ['a DELETE', '/p', { method: 'DELETE' }],
    ['a DELETE with a body', '/p', { method: 'DELETE', body: '{}' }],
    ['a POST without a body', '/p', { method: 'POST' }],
    ['a PUT without a body', '/p', { method: 'PUT' }],
    ['a PATCH without a body, in lower case', '/p', { method: 'patch' }],
    ['text', '/p', { method: 'POST', body: '{"name":"Zürich 日本"}' }],
    ['bytes', '/p', { method: 'POST', body: Uint8Array.of(0, 255, 13, 10) }],
    ['a Blob', '/p', { method: 'PUT', body: new Blob(['a,b'], { type: 'text/csv' }) }],
    ['a form', '/p', { method: 'POST', body: form }],
    ['parameters', '/p', { method: 'POST', body: new URLSearchParams({ a: 'ü ' }) }],
  ])('%s is verified, by us and by others', async (_, path, init) => {
    const { wire } = await send(path, init)
    expect(await verify(wire)).toMatchObject({ subject: USER })
    expect(independentOpinion({ ...wire, headers: Object.fromEntries(wire.headers) }, publicKey).objections).toEqual([])
  })

  it('a stream of known length comes with its length, and not in chunks', async () => {
    const body = new Blob(['hello']).stream()
    const { wire } = await send('/p', { method: 'PUT', body }, { body: 'exclude', contentLength: 5 })
    const headers = Object.fromEntries(Array.from(wire.headers, ([name, value]) => [name.toLowerCase(), value]))
    expect(headers).toMatchObject({ 'content-length': '5' })
    expect(headers).not.toHaveProperty('transfer-encoding')
    expect(await verify(wire, { allowUnsignedBody: true })).toMatchObject({ subject: USER })
    expect(new TextDecoder().decode(wire.body)).toBe('hello')
  })

  it('a Request that signOci made is verified too', async () => {
    const request = new Request(`${origin}/p?`, { method: 'POST', body: form })
    await fetch(await signOci(request, credentials))
    expect(await verify(received.at(-1) as WireRequest)).toMatchObject({ subject: USER })
  })

  it('a redirect is not followed', async () => {
    const before = received.length
    const { response } = await send('/redirect')
    expect(response.status).toBe(302)
    expect(received).toHaveLength(before + 1)
  })

  it('something that was changed on the way is refused', async () => {
    const { wire } = await send('/p', { method: 'POST', body: '{"amount":1}' })
    expect(await rejection(verify({ ...wire, target: '/q' }))).toMatchObject({ code: 'SIGNATURE_MISMATCH' })
    expect(await rejection(verify({ ...wire, body: new Uint8Array(12) }))).toMatchObject({
      code: 'BODY_DIGEST_MISMATCH',
    })
  })
})
