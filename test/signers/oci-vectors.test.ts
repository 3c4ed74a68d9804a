import { describe, expect, it } from 'vitest'
import { signOciHeaders } from '../../src/signers/oci.js'
import { bodyOf, bytesOf, importPkcs8, ociVectors, pythonSdk } from '../fixtures/oci-vectors.js'

const key = await importPkcs8(ociVectors.key.privateKeyPkcs8Pem)
const pythonKey = await importPkcs8(pythonSdk.privateKeyPem)

describe('published and derived vectors', () => {
  it.each(ociVectors.vectors)('reproduces $name', async (vector) => {
    const { method, url, headers, keyId, signedHeaders } = vector
    const body = signedHeaders.includes('x-content-sha256') ? 'sign' : 'exclude'
    const request = { method, url, headers, body: bodyOf(vector) ?? null }
    const signed = await signOciHeaders(
      request,
      { keyId, key },
      { genericHeaders: signedHeaders, bodyHeaders: [], body },
    )
    expect(signed.signingString).toBe(vector.signingString)
    expect(signed.headers['authorization']).toBe(vector.authorization)
    expect(signed.signedValues['(request-target)']).toBe(`${method.toLowerCase()} ${vector.requestTarget}`)
  })

  it.each(ociVectors.vectors.filter(({ name }) => !/both-dates|x509|present-headers/.test(name)))(
    'reproduces $name with the default lists of headers',
    async (vector) => {
      const { method, url, headers, keyId, signedHeaders } = vector
      const dateHeader = signedHeaders.includes('date') ? 'date' : 'x-date'
      const signed = await signOciHeaders(
        { method, url, headers, body: bodyOf(vector) ?? null },
        { keyId, key },
        { dateHeader },
      )
      expect(signed.headers['authorization']).toBe(vector.authorization)
    },
  )
})

describe('signatures of the Python SDK', () => {
  it.each(pythonSdk.cases)(
    'reproduces $signer $method $url',
    async ({ method, url, headers, body, signer, signBody, signed }) => {
      const { tenancy, user, fingerprint, token } = pythonSdk
      const keyId = signer === 'api' ? `${tenancy}/${user}/${fingerprint}` : `ST$${token}`
      const request = { method, url, headers, body: body === null ? null : bytesOf(body) }
      const ours = await signOciHeaders(
        request,
        { keyId, key: pythonKey },
        { dateHeader: 'date', body: signBody ? 'sign' : 'exclude' },
      )
      expect(parameters(ours.headers['authorization'])).toEqual(parameters(signed.authorization))
      if (signBody && body !== null) expect(ours.headers['x-content-sha256']).toBe(signed['x-content-sha256'])
    },
  )
})

/** The SDK lists the parameters in another order, which means nothing. */
function parameters(authorization = ''): Readonly<Record<string, string>> {
  const pairs = authorization.replace('Signature ', '').matchAll(/(\w+)="([^"]*)"/g)
  return Object.fromEntries(Array.from(pairs, ([, name, value]) => [name, value]))
}
