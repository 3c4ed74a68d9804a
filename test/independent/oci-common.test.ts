import { createPublicKey } from 'node:crypto'
import common from 'oci-common'
import { describe, expect, it } from 'vitest'
import { VerificationError } from '../../src/errors.js'
import { fingerprint } from '../../src/keys/fingerprint.js'
import { verifyOci } from '../../src/verify/oci.js'
import { pythonSdk } from '../fixtures/oci-vectors.js'
import { rejection, TENANCY, USER } from '../fixtures/signing.js'
import { independentOpinion } from './verifier.js'

// The key of the Python SDK's vectors has the 2048 bits that the verifier insists on.
const publicKey = new Uint8Array(createPublicKey(pythonSdk.privateKeyPem).export({ format: 'der', type: 'spki' }))
const provider = new common.SimpleAuthenticationDetailsProvider(
  TENANCY,
  USER,
  fingerprint(publicKey),
  pythonSdk.privateKeyPem,
  null,
)
const signer = new common.DefaultRequestSigner(provider)
const rules = { hosts: ['iaas.eu-frankfurt-1.oraclecloud.com'], resolveKey: () => publicKey }

async function signedByOracle(method: common.Method, path: string, body?: string, excludeBody = false) {
  const uri = `https://iaas.eu-frankfurt-1.oraclecloud.com${path}`
  const headers = new Headers(body === undefined ? {} : { 'content-type': 'application/json' })
  await signer.signHttpRequest({ uri, method, headers, ...(body === undefined ? {} : { body }) }, excludeBody)
  return { method, target: path, headers: [...headers], body: new TextEncoder().encode(body) }
}

describe("requests signed by Oracle's own oci-common", () => {
  it.each<[common.Method, string, string | undefined]>([
    ['GET', '/20160918/instances?limit=1', undefined],
    ['DELETE', '/20160918/instances/ocid1.instance.oc1..a', undefined],
    ['POST', '/20160918/instances', '{"displayName":"a"}'],
    ['PUT', '/20160918/instances/ocid1.instance.oc1..a', '{"displayName":"b"}'],
    ['PATCH', '/20160918/instances', ''],
  ])('are accepted: %s %s', async (method, path, body) => {
    const request = await signedByOracle(method, path, body)
    const verified = await verifyOci(request, { ...rules, allowMixedCaseNames: true })
    expect(verified).toMatchObject({ subject: USER, tenancy: TENANCY, keyId: { kind: 'api-key' } })
    const seen = independentOpinion({ ...request, headers: Object.fromEntries(request.headers) }, publicKey)
    expect(seen.objections).toEqual([])
    expect(seen.signingString).toBe(verified.signingString)
  })

  it('are accepted without their body, where that is allowed', async () => {
    const request = await signedByOracle('PUT', '/n/ns/b/bucket/o/a', 'content', true)
    const verified = await verifyOci(request, { ...rules, allowMixedCaseNames: true, allowUnsignedBody: true })
    expect(verified.body).toBeUndefined()
  })

  it('are refused for their mixed case unless that is allowed', async () => {
    const request = await signedByOracle('POST', '/20160918/instances', '{}')
    expect(await rejection(verifyOci(request, rules))).toMatchObject({ code: 'HEADERS_MALFORMED' })
  })

  it('are refused when they are changed on the way', async () => {
    const request = await signedByOracle('POST', '/20160918/instances', '{"displayName":"a"}')
    const changed = { ...request, body: new TextEncoder().encode('{"displayName":"b"}') }
    const error = await rejection(verifyOci(changed, { ...rules, allowMixedCaseNames: true }))
    expect(error).toBeInstanceOf(VerificationError)
    expect(error).toMatchObject({ code: 'BODY_DIGEST_MISMATCH' })
  })
})
