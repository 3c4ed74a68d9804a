import { createPublicKey } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { verifyOci, type WireRequest } from '../../src/verify/oci.js'
import { type SignatureRules, verifySignature } from '../../src/verify/signature.js'
import { bodyOf, bytesOf, derOf, type OciVector, ociVectors, pythonSdk } from '../fixtures/oci-vectors.js'
import { rejection } from '../fixtures/signing.js'

// The moment of the published examples. Their key has 1024 bits.
const rules: SignatureRules = {
  hosts: () => true,
  clock: () => Date.UTC(2014, 0, 5, 21, 31, 40),
  minimumKeyBits: 1024,
  allowUnsignedHost: true,
  allowUnsignedBody: true,
}
const publicKey = derOf(ociVectors.key.publicKeySpkiPem)

function wire(vector: OciVector): WireRequest {
  const { method, requestTarget: target, headers, authorization } = vector
  const fields = Object.entries({ ...headers, authorization })
  return { method, target, headers: fields, body: bodyOf(vector) ?? new Uint8Array() }
}

describe('published and derived vectors', () => {
  it.each(ociVectors.vectors)('verifies $name', async (vector) => {
    const verified = await verifySignature(wire(vector), publicKey, rules)
    expect(verified.signingString).toBe(vector.signingString)
    expect(verified.signedHeaders).toEqual(vector.signedHeaders)
  })

  it.each(ociVectors.vectors.filter(({ keyId }) => keyId.endsWith(ociVectors.key.fingerprintMd5Spki)))(
    'knows who signed $name',
    async (vector) => {
      const { subject, tenancy } = await verifyOci(wire(vector), { ...rules, resolveKey: () => publicKey })
      expect(vector.keyId).toContain(`${tenancy}/${subject}/`)
    },
  )

  it.each(ociVectors.vectors.filter(({ keyId }) => keyId.endsWith(pythonSdk.fingerprint)))(
    'refuses $name, whose key id has the fingerprint of another key',
    async (vector) => {
      const error = await rejection(verifyOci(wire(vector), { ...rules, resolveKey: () => publicKey }))
      expect(error).toMatchObject({
        code: 'KEY_REFUSED',
        message: expect.stringContaining(ociVectors.key.fingerprintMd5Spki),
      })
    },
  )

  it('refuses the vector of a session token that nobody signed', async () => {
    const vector = ociVectors.vectors.find(({ name }) => name === 'derived-session-token-get')
    expect(vector && (await rejection(verifyOci(wire(vector), rules)))).toMatchObject({ code: 'TOKEN_REFUSED' })
  })
})

describe('requests of the Python SDK', () => {
  const key = new Uint8Array(createPublicKey(pythonSdk.privateKeyPem).export({ format: 'der', type: 'spki' }))

  it.each(pythonSdk.cases)('verifies $signer $method $url', async ({ method, url, signed, body }) => {
    const { pathname, search } = new URL(url)
    const request = { method, target: pathname + search, headers: Object.entries(signed), body: bytesOf(body ?? '') }
    const verified = await verifySignature(request, key, { ...rules, allowUnsignedHost: false })
    expect(verified.headers.get('host')).toBe(new URL(url).host)
  })
})
