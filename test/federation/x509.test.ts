import { beforeAll, describe, expect, it } from 'vitest'
import { pemCertificate } from '../../src/certificates/retrievers.js'
import { decodeBase64 } from '../../src/encoding/base64.js'
import { type X509FederationOptions, x509Federation } from '../../src/federation/x509.js'
import { x509Endpoint, x509KeyId, x509TokenBody } from '../../src/federation/x509-request.js'
import { generateSessionKey } from '../../src/keys/session-key.js'
import { certificateAuthority } from '../../src/testing/certificate-authority.js'
import { newKeys } from '../certificates/chain-of-trust.js'
import { belongTogether, type EmulatedMachine, emulatedMachine } from '../credentials/emulated.js'

describe('x509TokenBody', () => {
  const certificate = new Uint8Array([1, 2, 3])

  it('says what the service needs, and no more', () => {
    expect(JSON.parse(x509TokenBody({ certificate, publicKey: 'S0VZ' }))).toEqual({
      certificate: 'AQID',
      publicKey: 'S0VZ',
      fingerprintAlgorithm: 'SHA256',
    })
  })

  it('leaves the algorithm out for SHA-1, which the service takes for granted', () => {
    const body = JSON.parse(x509TokenBody({ certificate, publicKey: 'S0VZ', fingerprintAlgorithm: 'SHA1' }))
    expect(body).not.toHaveProperty('fingerprintAlgorithm')
  })

  it('sends a purpose and the intermediates, one entry each', () => {
    const intermediateCertificates = [new Uint8Array([4]), new Uint8Array([5])]
    const body = x509TokenBody({
      certificate,
      publicKey: 'S0VZ',
      intermediateCertificates,
      purpose: 'SERVICE_PRINCIPAL',
    })
    expect(JSON.parse(body)).toMatchObject({ intermediateCertificates: ['BA==', 'BQ=='], purpose: 'SERVICE_PRINCIPAL' })
  })
})

describe('x509KeyId', () => {
  it('has a form for each algorithm', () => {
    expect(x509KeyId('tenancy', 'aa:bb')).toBe('tenancy/fed-x509-sha256/aa:bb')
    expect(x509KeyId('tenancy', 'aa:bb', 'SHA1')).toBe('tenancy/fed-x509/aa:bb')
  })
})

describe('x509Endpoint', () => {
  it.each([
    ['https://auth.us-phoenix-1.oraclecloud.com', 'https://auth.us-phoenix-1.oraclecloud.com/v1/x509'],
    ['https://auth.us-phoenix-1.oraclecloud.com/', 'https://auth.us-phoenix-1.oraclecloud.com/v1/x509'],
    ['https://auth.us-phoenix-1.oraclecloud.com/v1/x509', 'https://auth.us-phoenix-1.oraclecloud.com/v1/x509'],
    ['https://gateway.example/oci/v1/x509', 'https://gateway.example/oci/v1/x509'],
    ['http://127.0.0.1:8080', 'http://127.0.0.1:8080/v1/x509'],
  ])('makes of %s the address %s', (endpoint, expected) => {
    expect(x509Endpoint(endpoint)).toBe(expected)
    expect(x509Endpoint(new URL(endpoint))).toBe(expected)
  })

  it.each([
    'auth.us-phoenix-1.oraclecloud.com',
    'ftp://auth.example',
    'httpsx://auth.example',
    'xhttps://auth.example',
    'https://u:p@auth.example',
    'https://auth.example/?a=1',
    '',
  ])('refuses %s', (endpoint) => {
    expect(() => x509Endpoint(endpoint)).toThrow(expect.objectContaining({ code: 'URL_INVALID' }))
  })
})

describe('x509Federation', () => {
  const federationEndpoint = 'https://auth.us-ashburn-1.oraclecloud.com'
  let machine: EmulatedMachine
  beforeAll(async () => {
    machine = await emulatedMachine()
  })

  /** A provider for the certificate that the instance has now. */
  const federation = async (change: Partial<X509FederationOptions> = {}) => {
    const { certificate, privateKeyPem, intermediate } = await machine.emulator.of(certificateAuthority).current()
    return x509Federation({
      ...machine.settings,
      region: 'phx',
      leaf: pemCertificate({ certificate: certificate.pem, privateKey: privateKeyPem }),
      intermediates: [pemCertificate({ certificate: intermediate.pem })],
      ...change,
    })
  }

  it('gives a token and the key it is bound to', async () => {
    const credentials = await (await federation())()
    expect(credentials).toMatchObject({
      keyId: `ST$${credentials.token}`,
      region: 'us-phoenix-1',
      tenancy: machine.emulator.identities.tenancy,
      source: 'x509-federation',
    })
    expect(await belongTogether(credentials)).toBe(true)
    expect((credentials.key as CryptoKey).extractable).toBe(false)
  })

  it.each([
    ['of its region', {}, 'https://auth.us-phoenix-1.oraclecloud.com/v1/x509', 'us-phoenix-1'],
    ['that is given, for its region', { federationEndpoint }, `${federationEndpoint}/v1/x509`, 'us-phoenix-1'],
    [
      'that is given, for no region',
      { federationEndpoint, region: undefined },
      `${federationEndpoint}/v1/x509`,
      undefined,
    ],
  ])('asks the token service %s', async (_, place, endpoint, region) => {
    const called: string[] = []
    const fetch: typeof globalThis.fetch = async (input, init) => {
      const request = new Request(input, init)
      called.push(request.url)
      return machine.emulator.fetch(request)
    }
    const credentials = await (await federation({ ...place, fetch }))()
    expect(called).toEqual([endpoint])
    expect(credentials.region).toBe(region)
  })

  it('lets the older form of the fingerprint be asked for', async () => {
    expect(await belongTogether(await (await federation({ fingerprintAlgorithm: 'SHA1' }))())).toBe(true)
  })

  it.each(['x-date', 'date'] as const)('signs %s when asked to, x-date by default', async (dateHeader) => {
    const signed: (string | null)[] = []
    const fetch = ((input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init)
      signed.push(request.headers.get('authorization'))
      return machine.emulator.fetch(request)
    }) as typeof globalThis.fetch
    await (await federation({ fetch, ...(dateHeader === 'date' && { dateHeader }) }))()
    expect(signed).toEqual([expect.stringContaining(`headers="${dateHeader} (request-target) host content-length`)])
  })

  it('takes the intermediates that lie behind the leaf in its bundle', async () => {
    const { certificate, privateKeyPem, intermediate } = await machine.emulator.of(certificateAuthority).current()
    const leaf = pemCertificate({ certificate: certificate.pem + intermediate.pem, privateKey: privateKeyPem })
    expect(await belongTogether(await (await federation({ leaf, intermediates: [] }))())).toBe(true)
  })

  it('is refused without the intermediates, with the reason of the service and no secret', async () => {
    const error = await (await federation({ intermediates: [] }))().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'SERVICE_ERROR', status: 401, serviceCode: 'NotAuthenticated', attempts: 1 })
  })

  it.each([3072, 4096] as const)('asks for a session key of %i bits by way of the key source', async (bits) => {
    // A pair of that length takes seconds to make: what is asked for is looked at instead.
    const asked: unknown[] = []
    const { subtle } = crypto
    const original = subtle.generateKey
    subtle.generateKey = (async (algorithm: { modulusLength: number }) => {
      asked.push(algorithm.modulusLength)
      throw new Error('not now')
    }) as unknown as typeof original
    try {
      await expect((await federation({ sessionKey: { bits } }))()).rejects.toThrow('not now')
    } finally {
      subtle.generateKey = original
    }
    expect(asked).toEqual([bits])
  })

  it('refuses a session key of another length', async () => {
    const provider = await federation({ sessionKey: { bits: 1024 as never } })
    await expect(provider()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  it('uses a pair of the caller, or one that a function gives for every token', async () => {
    const pair = await newKeys()
    expect((await (await federation({ sessionKey: pair }))()).key).toBe(pair.privateKey)
    expect((await (await federation({ sessionKey: async () => pair }))()).key).toBe(pair.privateKey)
  })

  it('sends the base64 of the public key on one line', async () => {
    const { publicKeyBase64, publicKey } = await generateSessionKey()
    expect(publicKeyBase64).not.toMatch(/\s|-/)
    expect(decodeBase64(publicKeyBase64)).toEqual(publicKey)
  })

  it('refuses a certificate of another tenancy than the one insisted on', async () => {
    const provider = await federation({ tenancy: 'ocid1.tenancy.oc1..another' })
    await expect(provider()).rejects.toMatchObject({
      code: 'TENANCY_CHANGED',
      message: expect.stringContaining('another'),
    })
  })

  it('does not insist on the tenancy when there is a purpose', async () => {
    const provider = await federation({ purpose: 'SERVICE_PRINCIPAL' })
    expect(await belongTogether(await provider())).toBe(true)
  })

  it('wants a key beside the leaf', async () => {
    const { certificate } = await machine.emulator.of(certificateAuthority).current()
    const provider = await federation({ leaf: pemCertificate({ certificate: certificate.pem }) })
    await expect(provider()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  it('wants to know where the token service is', async () => {
    await expect(federation({ region: undefined })).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })

  it('connects with the given authority, once', async () => {
    const asked: unknown[] = []
    const { runtime } = machine.settings
    const connect: typeof runtime.connect = async (options) => {
      asked.push(options)
      return runtime.fetch
    }
    const provider = await federation({ ca: '-----CA-----', runtime: { ...runtime, connect } })
    await provider({ forceRefresh: await provider() })
    expect(asked).toEqual([{ ca: '-----CA-----' }])
  })

  it.each([
    ['a JSON object without a token', '{"access_token":"x"}', 'SERVICE_RESPONSE_INVALID'],
    ['a token that is no text', '{"token":7}', 'SERVICE_RESPONSE_INVALID'],
    ['a page of HTML', '<html>welcome</html>', 'SERVICE_RESPONSE_INVALID'],
    ['an empty answer', '', 'SERVICE_RESPONSE_INVALID'],
    ['a list', '["token"]', 'SERVICE_RESPONSE_INVALID'],
    ['something that is no JWT', '{"token":"hello"}', 'TOKEN_INVALID'],
  ])('refuses %s, and repeats nothing of it', async (_, body, code) => {
    const { emulator } = machine
    emulator.faults.add({ surface: 'x509', effect: 'body', body })
    const error = await (await federation())().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code })
    expect(String(error)).not.toMatch(/welcome|hello|"x"/)
  })

  it('refuses a token for another key', async () => {
    machine.emulator.tokens.spoilNext('other-key')
    await expect((await federation())()).rejects.toMatchObject({ code: 'TOKEN_KEY_MISMATCH' })
  })

  it.each([
    ['three times while the service fails', 503, 3],
    ['once when it throttles', 429, 1],
    ['once when it does not know the call', 501, 1],
    ['once when it refuses', 400, 1],
  ])('asks %s', async (_, status, attempts) => {
    const remove = machine.emulator.faults.add({ surface: 'x509', effect: 'status', status, times: 0 })
    const error = await (await federation())().catch((caught: unknown) => caught)
    remove()
    expect(error).toMatchObject({ status, attempts })
  })

  it('asks once when told not to repeat', async () => {
    const remove = machine.emulator.faults.add({ surface: 'x509', effect: 'disconnect', times: 0 })
    const error = await (await federation({ retry: false }))().catch((caught: unknown) => caught)
    remove()
    expect(error).toMatchObject({ code: 'SERVICE_UNREACHABLE', attempts: 1 })
  })
})
