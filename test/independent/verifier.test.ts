import { describe, expect, it } from 'vitest'
import { type OciSignOptions, signOci } from '../../src/signers/oci.js'
import { bodyOf, importPkcs8, ociVectors, pythonSdk } from '../fixtures/oci-vectors.js'
import { independentOpinion, observed } from './verifier.js'

const key = await importPkcs8(ociVectors.key.privateKeyPkcs8Pem)
const publicKey = ociVectors.key.publicKeySpkiPem
const url = 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances'

describe('the independent verifier', () => {
  it.each(ociVectors.vectors)('agrees with $name', (vector) => {
    const { method, requestTarget: target, headers, authorization } = vector
    const body = bodyOf(vector) ?? new Uint8Array()
    const opinion = independentOpinion({ method, target, headers: { ...headers, authorization }, body }, publicKey)
    expect(opinion.objections).toEqual([])
    expect(opinion.signingString).toBe(vector.signingString)
  })

  it.each(pythonSdk.cases)("agrees with the Python SDK's $method $url", ({ method, url: sent, signed, body }) => {
    const { pathname, search } = new URL(sent)
    const request = { method, target: pathname + search, headers: signed, body: Buffer.from(body ?? '', 'base64') }
    expect(independentOpinion(request, pythonSdk.privateKeyPem).objections).toEqual([])
  })

  it.each([
    ['another method', { method: 'POST' }, 'signature'],
    ['another target', { target: '/20160918/volumes' }, 'signature'],
    ['another body', { body: new TextEncoder().encode('{"a":2}') }, 'digest'],
    ['a longer body', { body: new TextEncoder().encode('{"a":1} ') }, 'length'],
  ])('objects to %s', async (_, change, objection) => {
    const request = new Request(url, { method: 'PUT', body: '{"a":1}' })
    const sent = await observed(await signOci(request, { keyId: 'a/b/c', key }))
    expect(independentOpinion({ ...sent, ...change }, publicKey).objections.join()).toContain(objection)
  })
})

describe('requests that we sign, in its eyes', () => {
  const form = new FormData()
  form.set('a', 'b')
  const bodies: readonly [string, BodyInit | null][] = [
    ['nothing', null],
    ['text', '{"name":"Zürich"}'],
    ['bytes', crypto.getRandomValues(new Uint8Array(1000))],
    ['a form', form],
    ['parameters', new URLSearchParams({ a: 'ü ' })],
    ['a Blob', new Blob(['x'], { type: 'text/csv' })],
  ]

  it.each(
    ['POST', 'PUT', 'PATCH', 'DELETE'].flatMap((method) => bodies.map(([name, body]) => [method, name, body] as const)),
  )('%s with %s is valid', async (method, _, body) => {
    expect(await opinionOn(new Request(`${url}?a=1&b='(x)'|^`, { method, body }))).toMatchObject({ objections: [] })
  })

  it.each(['GET', 'HEAD', 'OPTIONS'])('%s is valid', async (method) => {
    expect(await opinionOn(new Request(`${url}/ü x/%2F?`, { method }))).toMatchObject({ objections: [] })
  })

  it.each<[string, OciSignOptions]>([
    ['the date header', { dateHeader: 'date' }],
    ['an excluded body', { body: 'exclude' }],
    ['additional headers', { additionalSignedHeaders: ['opc-request-id'] }],
    ['lists of its own', { genericHeaders: ['date', '(request-target)'], bodyHeaders: ['x-content-sha256'] }],
  ])('a request with %s is valid', async (_, options) => {
    const request = new Request(url, { method: 'POST', body: '{}', headers: { 'opc-request-id': 'ABC' } })
    expect(await opinionOn(request, options)).toMatchObject({ objections: [] })
  })

  async function opinionOn(request: Request, options: OciSignOptions = {}) {
    return independentOpinion(await observed(await signOci(request, { keyId: 'a/b/c', key }, options)), publicKey)
  }
})
