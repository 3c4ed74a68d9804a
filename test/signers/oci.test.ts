import { describe, expect, it } from 'vitest'
import { type OciRequest, type OciSignOptions, signOciHeaders } from '../../src/signers/oci.js'
import { signingString } from '../../src/signers/oci-signing-string.js'
import type { OciCredentials } from '../../src/types.js'
import { clock, credentials, NOON_TEXT, rejection, sha256 } from '../fixtures/signing.js'

const url = 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances?limit=1'
const EMPTY_SHA256 = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='
const THREE = ['x-date', '(request-target)', 'host']
const SIX = [...THREE, 'content-length', 'content-type', 'x-content-sha256']

const sign = (request: Partial<OciRequest>, options: OciSignOptions = {}, who: OciCredentials = credentials) =>
  signOciHeaders({ method: 'GET', url, ...request }, who, { clock, ...options })
const refusal = (request: Partial<OciRequest>, options?: OciSignOptions, who?: OciCredentials) =>
  rejection(sign(request, options, who))

describe('what is signed', () => {
  it.each(['GET', 'HEAD', 'DELETE', 'OPTIONS'])('signs time, target and host of a %s', async (method) => {
    const signed = await sign({ method })
    expect(Object.keys(signed.signedValues)).toEqual(THREE)
    expect(signed.signingString).toBe(
      `x-date: ${NOON_TEXT}\n(request-target): ${method.toLowerCase()} /20160918/instances?limit=1\nhost: iaas.eu-frankfurt-1.oraclecloud.com`,
    )
    expect(signed.body).toBeUndefined()
    expect(signed.headers).not.toHaveProperty('content-type')
  })

  it.each(['POST', 'PUT', 'PATCH'])('signs the body headers of a %s without a body', async (method) => {
    const signed = await sign({ method })
    expect(Object.keys(signed.signedValues)).toEqual(SIX)
    expect(signed.signedValues).toMatchObject({
      'content-length': '0',
      'content-type': 'application/json',
      'x-content-sha256': EMPTY_SHA256,
    })
    expect(signed.body).toEqual(new Uint8Array())
  })

  it('covers the body of a DELETE that has one', async () => {
    expect(Object.keys((await sign({ method: 'DELETE', body: '{}' })).signedValues)).toEqual(SIX)
  })

  it('writes the method in upper case to send, in lower case to sign', async () => {
    const signed = await sign({ method: 'patch', body: '{}' })
    expect(signed.method).toBe('PATCH')
    expect(signed.signedValues['(request-target)']).toBe('patch /20160918/instances?limit=1')
  })

  it('lists version, headers, key id, algorithm and signature in the order of the documentation', async () => {
    const { headers } = await sign({})
    expect(headers['authorization']).toBe(
      `Signature version="1",headers="x-date (request-target) host",keyId="${credentials.keyId}",algorithm="rsa-sha256",signature="${'A'.repeat(342)}=="`,
    )
  })

  it('leaves to the HTTP client what the HTTP client writes', async () => {
    const signed = await sign({
      method: 'POST',
      body: 'ü',
      headers: { Host: 'elsewhere.example', 'Content-Length': '99' },
    })
    expect(signed.headers).not.toHaveProperty('host')
    expect(signed.headers).not.toHaveProperty('content-length')
    expect(signed.signedValues).toMatchObject({ host: 'iaas.eu-frankfurt-1.oraclecloud.com', 'content-length': '2' })
    expect(signed.contentLength).toBe(2)
  })

  it('gives the lines from which anyone can build the string again', async () => {
    const { signedValues, signingString: text } = await sign({ method: 'POST', body: '{}' })
    expect(signingString(Object.keys(signedValues), signedValues)).toBe(text)
  })

  it('hands the very bytes of the string to a sign function', async () => {
    let seen = ''
    const key = async (data: Uint8Array<ArrayBuffer>) => {
      seen = new TextDecoder().decode(data)
      return data.slice(0, 3)
    }
    const signed = await sign({}, {}, { keyId: 'a/b/c', key })
    expect(seen).toBe(signed.signingString)
    expect(signed.headers['authorization']).toContain(`signature="${btoa('x-d')}"`)
  })

  it.each([
    ['nothing', undefined],
    ['no bytes', new Uint8Array()],
    ['base64', 'c2lnbmF0dXJl'],
    ['an object', { signature: new Uint8Array(256) }],
  ])('refuses %s from a sign function', async (_, answer) => {
    const key = (async () => answer) as unknown as OciCredentials['key']
    expect(await refusal({}, {}, { keyId: 'a/b/c', key })).toMatchObject({
      name: 'ConfigurationError',
      code: 'KEY_UNSUPPORTED',
      message: expect.stringContaining('sign function'),
    })
  })

  it('passes on what a sign function throws', async () => {
    const error = new Error('the HSM is busy')
    const key = (): Promise<never> => Promise.reject(error)
    expect(await refusal({}, {}, { keyId: 'a/b/c', key })).toBe(error)
  })
})

describe('time', () => {
  it('signs date when asked to', async () => {
    const { headers, signedValues } = await sign({}, { dateHeader: 'date' })
    expect(headers).toMatchObject({ date: NOON_TEXT })
    expect(headers).not.toHaveProperty('x-date')
    expect(Object.keys(signedValues)[0]).toBe('date')
  })

  it('keeps the time that the caller set', async () => {
    const { signedValues } = await sign({ headers: { 'X-Date': 'Thu, 05 Jan 2014 21:31:40 GMT' } })
    expect(signedValues['x-date']).toBe('Thu, 05 Jan 2014 21:31:40 GMT')
  })

  it('replaces the time that came with an earlier signature', async () => {
    const earlier = await sign({}, { clock: () => 0 })
    expect((await sign({ headers: earlier.headers })).signedValues['x-date']).toBe(NOON_TEXT)
  })

  it('signs both times when both are listed', async () => {
    const { headers } = await sign({}, { genericHeaders: ['date', 'x-date', '(request-target)', 'host'] })
    expect(headers).toMatchObject({ date: NOON_TEXT, 'x-date': NOON_TEXT })
  })
})

describe('which headers', () => {
  it('keeps headers that are not signed, in lower case', async () => {
    const { headers, signedValues } = await sign({ headers: { 'OPC-Request-Id': 'ABC', Accept: ' application/json ' } })
    expect(headers).toMatchObject({ 'opc-request-id': 'ABC', accept: 'application/json' })
    expect(Object.keys(signedValues)).toEqual(THREE)
  })

  it.each([
    ['an object', { a: '1', A: '2' }],
    [
      'pairs',
      [
        ['a', '1'],
        ['A', '2'],
      ] as const,
    ],
    [
      'Headers',
      new Headers([
        ['a', '1'],
        ['A', '2'],
      ]),
    ],
  ])('joins repeated fields of %s as fetch does', async (_, headers) => {
    expect((await sign({ headers })).headers['a']).toBe('1, 2')
  })

  it('takes the numbers that fetch takes', async () => {
    const headers = { 'x-limit': 5 } as unknown as Record<string, string>
    expect((await sign({ headers })).headers['x-limit']).toBe('5')
  })

  it('signs the headers of the credentials after host, and sends them', async () => {
    const signed = await sign(
      { method: 'POST' },
      {},
      { ...credentials, signedHeaders: { 'OPC-Obo-Token': 'delegation' } },
    )
    expect(Object.keys(signed.signedValues)).toEqual([...THREE, 'opc-obo-token', ...SIX.slice(3)])
    expect(signed.headers['opc-obo-token']).toBe('delegation')
  })

  it("lets the credentials' value win over the caller's", async () => {
    const signed = await sign(
      { headers: { 'opc-obo-token': 'mine' } },
      {},
      { ...credentials, signedHeaders: { 'opc-obo-token': 'theirs' } },
    )
    expect(signed.headers['opc-obo-token']).toBe('theirs')
  })

  it.each([{}, { genericHeaders: THREE }])('signs a delegation token whoever set it, %o', async (options) => {
    expect(Object.keys((await sign({ headers: { 'opc-obo-token': 'mine' } }, options)).signedValues)).toContain(
      'opc-obo-token',
    )
  })

  it('signs additional headers, last, when the request carries them', async () => {
    const options = { additionalSignedHeaders: ['X-Subscription', 'x-cross-tenancy-request'] }
    const signed = await sign({ method: 'POST', headers: { 'x-subscription': 's' } }, options)
    expect(Object.keys(signed.signedValues)).toEqual([...SIX, 'x-subscription'])
  })

  it('keeps the order of custom lists, and signs each name once', async () => {
    const options = {
      genericHeaders: ['date', '(request-target)', 'date'],
      bodyHeaders: ['X-Content-SHA256', 'content-length'],
    }
    const signed = await sign({ method: 'POST', body: '{}' }, options)
    expect(Object.keys(signed.signedValues)).toEqual(['date', '(request-target)', 'x-content-sha256', 'content-length'])
  })

  it('asks a function for the list, showing it the request', async () => {
    const genericHeaders = ({ method, headers }: { method: string; headers: Readonly<Record<string, string>> }) =>
      method === 'GET' && headers['x-tier'] ? [...THREE, 'x-tier'] : THREE
    expect(Object.keys((await sign({ headers: { 'X-Tier': '1' } }, { genericHeaders })).signedValues)).toContain(
      'x-tier',
    )
    expect(Object.keys((await sign({}, { genericHeaders })).signedValues)).toEqual(THREE)
  })

  it('refuses to sign a listed header that is not there', async () => {
    const error = await refusal({}, { genericHeaders: [...THREE, 'x-nonce'] })
    expect(error).toMatchObject({ code: 'HEADER_INVALID', message: expect.stringContaining('"x-nonce"') })
  })

  it.each([
    ['CR and LF in a value', { 'x-a': 'b\r\nx-injected: c' }],
    ['LF in a value', { 'x-a': 'b\nc' }],
    ['NUL in a value', { 'x-a': 'b\0c' }],
    ['other than ASCII in a value', { 'x-a': 'bücher' }],
    ['a space in a name', { 'x a': 'b' }],
    ['a line end in a name', { 'x-a\r\nx-b': 'c' }],
    ['an empty name', { '': 'c' }],
  ])('refuses %s', async (_, headers) => {
    expect(await refusal({ headers })).toMatchObject({ name: 'UsageError', code: 'HEADER_INVALID' })
  })

  it('names the header, and not its value, in the refusal', async () => {
    const error = await refusal({}, {}, { ...credentials, signedHeaders: { 'opc-obo-token': 'eyJsecret\n' } })
    expect(String(error)).toContain('"opc-obo-token"')
    expect(String(error)).not.toContain('eyJsecret')
  })

  it('takes a header called like a member of every object for what it is', async () => {
    const signed = await sign(
      {
        headers: [
          ['constructor', 'c'],
          ['__proto__', 'p'],
        ],
      },
      { additionalSignedHeaders: ['constructor', 'toString', '__proto__'] },
    )
    expect(signed.signedValues['constructor']).toBe('c')
    expect(signed.signingString).toMatch(/\nconstructor: c\n__proto__: p$/)
    expect(Object.keys(signed.signedValues)).not.toContain('tostring')
    expect(Object.entries(signed.headers)).toContainEqual(['__proto__', 'p'])
  })
})

describe('bodies', () => {
  const text = '{"name":"Zürich 日本"}'
  const bytes = new TextEncoder().encode(text)

  it.each([
    ['text', text],
    ['bytes', bytes],
    ['an ArrayBuffer', bytes.buffer],
    ['a view into a larger buffer', new DataView(Uint8Array.of(0, ...bytes, 0).buffer, 1, bytes.length)],
    ['a Blob', new Blob([bytes])],
  ])('hashes the bytes of %s', async (_, body) => {
    const signed = await sign({ method: 'POST', body })
    expect(signed.signedValues).toMatchObject({
      'content-length': String(bytes.length),
      'x-content-sha256': sha256(bytes),
    })
    expect(signed.body).toEqual(bytes)
  })

  it.each([
    ['text', '{}', 'application/json'],
    ['bytes', bytes, 'application/json'],
    ['a Blob that names its type', new Blob(['a'], { type: 'text/csv' }), 'text/csv'],
    ['a Blob that names none', new Blob(['a']), 'application/octet-stream'],
    ['URLSearchParams', new URLSearchParams({ a: 'b c' }), 'application/x-www-form-urlencoded;charset=UTF-8'],
  ])('names the content type of %s', async (_, body, type) => {
    expect((await sign({ method: 'POST', body })).headers['content-type']).toBe(type)
  })

  it("keeps the caller's content type, parameters and all", async () => {
    const signed = await sign({
      method: 'POST',
      body: text,
      headers: { 'Content-Type': 'application/json; charset=utf-8' },
    })
    expect(signed.signedValues['content-type']).toBe('application/json; charset=utf-8')
  })

  it('sends the multipart boundary that it signed', async () => {
    const form = new FormData()
    form.set('file', new Blob(['content']), 'a.txt')
    const signed = await sign({ method: 'POST', body: form })
    const boundary = /boundary=(.+)$/.exec(signed.headers['content-type'] ?? '')?.[1]
    const sent = new TextDecoder().decode(signed.body as Uint8Array)
    expect(sent.startsWith(`--${boundary}\r\n`)).toBe(true)
    expect(signed.signedValues['x-content-sha256']).toBe(sha256(sent))
  })

  it('replaces a digest that the caller computed of bytes', async () => {
    const signed = await sign({ method: 'POST', body: '{}', headers: { 'x-content-sha256': EMPTY_SHA256 } })
    expect(signed.signedValues['x-content-sha256']).toBe(sha256('{}'))
  })

  it('keeps an empty JSON object', async () => {
    expect((await sign({ method: 'POST', body: '{}' })).contentLength).toBe(2)
  })

  it.each(['GET', 'HEAD', 'OPTIONS'])('refuses a body on %s', async (method) => {
    expect(await refusal({ method, body: '{}' })).toMatchObject({ name: 'UsageError', code: 'BODY_NOT_ALLOWED' })
  })

  it.each([
    ['an object', { a: 1 }, 'Object'],
    ['a number', 1, 'Number'],
    ['an array', [1], 'Array'],
    ['a list of files', { [Symbol.toStringTag]: 'FileList' }, 'FileList'],
    ['what is called almost a Blob', { [Symbol.toStringTag]: 'BlobEvent' }, 'BlobEvent'],
    ['what is called like a Blob at its end', { [Symbol.toStringTag]: 'DataBlob' }, 'DataBlob'],
  ])('refuses %s, saying so', async (_, body, found) => {
    const error = await refusal({ method: 'POST', body: body as unknown as string })
    expect(error).toMatchObject({ code: 'BODY_UNSUPPORTED', message: expect.stringContaining(`found ${found}`) })
  })
})

describe('streams and digests', () => {
  const stream = () => new Blob(['hello']).stream()
  const digest = sha256('hello')

  it('signs a stream by the length and the digest that the caller knows', async () => {
    const body = stream()
    const signed = await sign({ method: 'POST', body }, { contentLength: 5, contentSha256: digest })
    expect(signed.body).toBe(body)
    expect(signed.signedValues).toMatchObject({
      'content-length': '5',
      'content-type': 'application/octet-stream',
      'x-content-sha256': digest,
    })
  })

  it('takes length and digest from headers as well', async () => {
    const headers = { 'content-length': '5', 'x-content-sha256': digest }
    expect((await sign({ method: 'POST', body: stream(), headers })).signedValues).toMatchObject(headers)
  })

  it('does not read a Blob whose digest is known', async () => {
    const body = new Blob(['hello'], { type: 'text/csv' })
    const signed = await sign({ method: 'POST', body }, { contentSha256: digest })
    expect(signed.body).toBe(body)
    expect(signed.signedValues).toMatchObject({ 'content-length': '5', 'content-type': 'text/csv' })
  })

  it('hashes a large Blob piece by piece, and leaves it where it is', async () => {
    const bytes = new Uint8Array(16 * 2 ** 20 + 1).fill(7)
    const body = new Blob([bytes])
    const signed = await sign({ method: 'POST', body })
    expect(signed.body === body).toBe(true)
    expect(signed.signedValues).toMatchObject({
      'content-length': String(bytes.length),
      'x-content-sha256': sha256(bytes),
    })
  })

  it.each(['', 'five', '5 bytes', '0x5', '1e3', '5, 5'])(
    'refuses a stream of the stated length "%s"',
    async (length) => {
      const request = { method: 'PUT', body: stream(), headers: { 'content-length': length } }
      expect(await refusal(request, { contentSha256: digest })).toMatchObject({ code: 'BODY_LENGTH_UNKNOWN' })
    },
  )

  it.each([undefined, -1, 1.5, Number.NaN, 2 ** 60])('refuses a stream of length %s', async (contentLength) => {
    const options = contentLength === undefined ? {} : { contentLength }
    for (const body of ['sign', 'exclude'] as const) {
      const error = await refusal({ method: 'PUT', body: stream() }, { ...options, body, contentSha256: digest })
      expect(error).toMatchObject({ name: 'UsageError', code: 'BODY_LENGTH_UNKNOWN' })
    }
  })

  it('refuses to cover a stream whose digest nobody knows', async () => {
    expect(await refusal({ method: 'POST', body: stream() }, { contentLength: 5 })).toMatchObject({
      code: 'BODY_UNSUPPORTED',
    })
  })

  it.each(['deadbeef', '', `${digest}=`, `=${digest}`, digest.replace('=', ''), digest.replace(/./, '_')])(
    'refuses the digest "%s"',
    async (contentSha256) => {
      expect(await refusal({ method: 'POST', body: stream() }, { contentLength: 5, contentSha256 })).toMatchObject({
        code: 'OPTION_INVALID',
      })
    },
  )
})

describe('uploads to Object Storage', () => {
  const object = 'https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/ns/b/bucket/o/a%2Fb'

  it.each([
    ['an object', object],
    ['a part', 'https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/ns/b/bucket/u/big?uploadId=1&uploadPartNum=1'],
    [
      'an object at a dedicated endpoint',
      'https://ns.objectstorage.eu-frankfurt-1.oci.customer-oci.com/n/ns/b/bucket/o/a',
    ],
  ])('leaves the body of %s out of the signature', async (_, url) => {
    const signed = await sign({ method: 'PUT', url, body: 'hello' })
    expect(Object.keys(signed.signedValues)).toEqual(THREE)
    expect(signed.headers).toMatchObject({ 'content-type': 'application/octet-stream' })
    expect(signed.headers).not.toHaveProperty('x-content-sha256')
    expect(signed.body).toEqual(new TextEncoder().encode('hello'))
  })

  it.each([
    ['another method', 'POST', object],
    ['a bucket', 'PUT', 'https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/ns/b/bucket'],
    ['an object without a name', 'PUT', 'https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/ns/b/bucket/o/?x=1'],
    ['another host', 'PUT', 'https://notobjectstorage.example/n/ns/b/bucket/o/a'],
    ['a path below another', 'PUT', 'https://objectstorage.eu-frankfurt-1.oraclecloud.com/p/n/ns/b/bucket/o/a'],
  ])('covers the body for %s', async (_, method, url) => {
    expect(Object.keys((await sign({ method, url, body: 'hello' })).signedValues)).toEqual(SIX)
  })

  it('covers the body of an upload when asked to', async () => {
    expect(
      Object.keys((await sign({ method: 'PUT', url: object, body: 'hello' }, { body: 'sign' })).signedValues),
    ).toEqual(SIX)
  })

  it('passes a Blob through unread', async () => {
    const body = new Blob(['hello'])
    const signed = await sign({ method: 'PUT', url: object, body })
    expect(signed.body).toBe(body)
    expect(signed.contentLength).toBe(5)
  })

  it('signs the body headers that are sent, when they are listed', async () => {
    const options = { additionalSignedHeaders: ['content-length', 'content-type'] }
    expect(Object.keys((await sign({ method: 'PUT', url: object, body: 'hello' }, options)).signedValues)).toEqual(
      SIX.slice(0, 5),
    )
  })
})

describe('what is refused of method, key id and key', () => {
  it.each(['TRACE', 'CONNECT', 'PROPFIND', '', 'GET\r\n', 'ｇｅｔ'])('refuses the method %j', async (method) => {
    expect(await refusal({ method })).toMatchObject({
      name: 'UsageError',
      code: 'METHOD_INVALID',
      message: expect.stringContaining('PATCH'),
    })
  })

  it.each([
    ['a line end, as from a file', 'ST$token\n'],
    ['a carriage return', 'a/b/c\r'],
    ['a quote', 'a/b/c",signature="x'],
    ['a backslash', 'a\\b'],
    ['other than ASCII', 'tenancý/b/c'],
    ['nothing', ''],
  ])('refuses a key id with %s, without repeating it', async (_, keyId) => {
    const error = await refusal({}, {}, { ...credentials, keyId })
    expect(error).toMatchObject({ name: 'UsageError', code: 'KEY_ID_INVALID' })
    expect(String(error)).not.toMatch(/ST\$token|signature=|tenancý/)
  })

  it.each([
    ['of another scheme', { name: 'RSA-PSS', hash: 'SHA-256' }],
    ['for another hash', { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-1' }],
  ])('refuses a key %s', async (_, algorithm) => {
    const modulus = { modulusLength: 1024, publicExponent: Uint8Array.of(1, 0, 1) }
    const { privateKey } = await crypto.subtle.generateKey({ ...algorithm, ...modulus }, false, ['sign', 'verify'])
    expect(await refusal({}, {}, { ...credentials, key: privateKey })).toMatchObject({
      name: 'ConfigurationError',
      code: 'KEY_UNSUPPORTED',
    })
  })

  it.each([undefined, '-----BEGIN PRIVATE KEY-----', {}])(
    'refuses %j in place of a key, saying how to import one',
    async (key) => {
      const error = await refusal({}, {}, { ...credentials, key: key as unknown as CryptoKey })
      expect(error).toMatchObject({ code: 'KEY_UNSUPPORTED', message: expect.stringContaining('importPrivateKey()') })
    },
  )
})
