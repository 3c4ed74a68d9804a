import { beforeEach, describe, expect, it } from 'vitest'
import { decodeBase64, encodeBase64Url } from '../../src/encoding/base64.js'
import { utf8 } from '../../src/encoding/bytes.js'
import { readPem } from '../../src/encoding/pem.js'
import { curlCommand } from '../../src/explain/curl-command.js'
import { type CapturedRequest, explain, explanationText, readCapturedRequest } from '../../src/explain/index.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import { type OciRequest, signOci, signOciHeaders } from '../../src/signers/oci.js'
import type { OciCredentials } from '../../src/types.js'
import python from '../vectors/oci-python-sdk-signatures.json' with { type: 'json' }
import document from '../vectors/oci-signature-v1.json' with { type: 'json' }
import { getRegions, HOST, makeWorld, NOON, postEcho, sent, signed, type World } from './world.js'

const codes = async (...evidence: Parameters<typeof explain>): Promise<readonly string[]> =>
  (await explain(...evidence)).causes.map(({ code, evidence: why }) => `${code}: ${why.join('; ')}`)

describe('the published vectors raise no alarm', () => {
  it.each(document.vectors)('$name', async ({ method, url, headers, body, bodyEncoding, authorization, keyId }) => {
    const key = await publishedKey()
    const bytes = bodyEncoding === 'base64' ? decodeBase64(body ?? '') : utf8(body ?? '')
    const sentHeaders = [...Object.entries(headers), ['authorization', authorization]] as [string, string][]
    const request: CapturedRequest = {
      method,
      url,
      headers: sentHeaders,
      ...(body === null ? {} : { body: bytes }),
    } as CapturedRequest
    const now = Date.parse(new Headers(sentHeaders).get('x-date') ?? new Headers(sentHeaders).get('date') ?? '')
    expect(await codes({ request, credentials: { keyId, key } }, { clock: () => now })).toEqual([])
  })

  it.each(python.cases.map((entry, index) => ({ index, ...entry })))(
    'Python SDK case $index: $method $url',
    async (entry) => {
      const { key } = await importPrivateKey(python.privateKeyPem)
      const { method, url, body, signed: headers } = entry
      const request = {
        method,
        url,
        headers: Object.entries(headers),
        ...(body !== null && { body: decodeBase64(body) }),
      } as CapturedRequest
      const now = Date.parse(headers.date)
      expect(await codes({ request, credentials: { keyId: '', key } as OciCredentials }, { clock: () => now })).toEqual(
        [],
      )
    },
  )
})

describe('requests that the emulator accepts raise no alarm', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
  })

  const upload: OciRequest = {
    method: 'PUT',
    url: `${HOST.replace('identity', 'objectstorage')}/n/emulatednamespace/b/bucket/o/a%2Fb%20(1).txt`,
    body: 'text',
  }
  const requests: readonly (readonly [string, OciRequest])[] = [
    ['a GET', getRegions],
    ['a POST with letters beyond ASCII', postEcho],
    ['a query with an encoded space', { ...getRegions, url: `${getRegions.url}?name=a%20b&b=%2F` }],
    ['a POST without a body', { method: 'POST', url: `${HOST}/echo` }],
    ['an upload', upload],
  ]
  it.each(requests)('%s with an API key', async (_, request) => {
    const evidence = { request: await signed(request, world.apiKey), credentials: world.apiKey, setUp: world.setUp }
    const answered = await sent(world, evidence)
    expect(answered.response?.status).toBeLessThan(300)
    expect(await codes(answered, { clock: () => NOON })).toEqual([])
  })

  it.each(requests)('%s with a session token', async (_, request) => {
    const evidence = { request: await signed(request, world.session), credentials: world.session }
    expect(await codes(await sent(world, evidence), { clock: () => NOON })).toEqual([])
  })

  it('a delegated call', async () => {
    const delegated = { ...world.session, signedHeaders: { 'opc-obo-token': world.delegationToken } }
    const evidence = await sent(world, { request: await signed(getRegions, delegated), credentials: delegated })
    expect(evidence.response?.status).toBe(200)
    expect(await codes(evidence, { clock: () => NOON })).toEqual([])
  })
})

describe('what cannot be known raises no alarm', () => {
  let world: World
  beforeEach(async () => {
    world = await makeWorld()
  })

  it('a body that was sent before anybody asked', async () => {
    const sentBefore = new Request(`${HOST}/echo`, { method: 'POST', body: '{"a":1}' })
    const request = await signOci(sentBefore, world.apiKey, { clock: () => NOON })
    await request.text()
    const evidence = { request, credentials: world.apiKey, response: new Response(null, { status: 200 }) }
    expect(await codes(evidence, { clock: () => NOON })).toEqual([])
    const { checked } = await explain(evidence, { clock: () => NOON })
    expect(checked).not.toContain('body')
  })

  it('a body in a file that nobody read', async () => {
    const command = curlCommand(await signOciHeaders(postEcho, world.apiKey, { clock: () => NOON }), { file: 'a.json' })
    const evidence = { request: readCapturedRequest(command), credentials: world.apiKey }
    expect(await codes(evidence, { clock: () => NOON })).toEqual([])
  })

  it('an old request, when nobody tells when it was sent', async () => {
    const evidence = { request: await signed(getRegions, world.apiKey), credentials: world.apiKey }
    const { causes } = await explain(evidence, { clock: () => NOON + 3_600_000 })
    expect(causes.map(({ code, certainty }) => [code, certainty])).toEqual([['REQUEST_TOO_OLD', 'possible']])
    const response = { status: 200, headers: [['date', new Date(NOON).toUTCString()]] as const }
    expect(await codes({ ...evidence, response }, { clock: () => NOON + 3_600_000 })).toEqual([])
  })

  it('a session that was good when it was answered', async () => {
    const request = await signed(getRegions, world.session)
    const response = { status: 200, headers: [['date', new Date(NOON).toUTCString()]] as const }
    expect(await codes({ request, response }, { clock: () => NOON + 30 * 86_400_000 })).toEqual([])
  })

  it('the user of a session profile, which is a placeholder', async () => {
    const text = '[DEFAULT]\nuser=placeholder\nsecurity_token_file=~/token\nregion=us-phoenix-1'
    expect(await codes({ config: { text } }, { clock: () => NOON })).toEqual([])
  })
})

describe('evidence that makes no sense is no reason to fail', () => {
  it.each([
    ['names that every object has', 'constructor __proto__', `${HOST}/`],
    ['half a letter in the URL', 'x-date (request-target) host', `${HOST}/\ud800?a=\udc00`],
  ])('%s', async (_, names, url) => {
    const world = await makeWorld()
    const authorization = `Signature version="1",keyId="a/b/c",algorithm="rsa-sha256",headers="${names}",signature="AAAA"`
    const headers = [['authorization', authorization] as const, ['x-date', new Date(NOON).toUTCString()] as const]
    const request: CapturedRequest = { method: 'GET', url, headers }
    const { causes } = await explain({ request, credentials: world.apiKey }, { clock: () => NOON })
    expect(causes.length).toBeGreaterThan(0)
  })

  it.each([
    ['numbers that make no key', { n: 'AQAB', e: '!' }],
    ['no numbers', { n: '', e: '' }],
  ])('a token with %s', async (_, jwk) => {
    const part = (value: object): string => encodeBase64Url(utf8(JSON.stringify(value)))
    const token = `${part({ alg: 'RS256' })}.${part({ sub: 'x', jwk })}.AAAA`
    const authorization = `Signature version="1",keyId="ST$${token}",algorithm="rsa-sha256",headers="(request-target) host",signature="AAAA"`
    const request: CapturedRequest = { method: 'GET', url: `${HOST}/`, headers: [['authorization', authorization]] }
    await expect(explain({ request }, { clock: () => NOON })).resolves.toBeDefined()
  })

  it('a time that no calendar has', async () => {
    const world = await makeWorld()
    const evidence = { request: await signed(getRegions, world.session), sentAt: 1e300 }
    await expect(explain(evidence, { clock: () => NOON })).resolves.toBeDefined()
  })

  it('a key that does not sign', async () => {
    const world = await makeWorld()
    const { publicKey } = await crypto.subtle.generateKey({ name: 'ECDSA', namedCurve: 'P-256' }, false, [
      'sign',
      'verify',
    ])
    const credentials = { ...world.apiKey, key: publicKey }
    expect(
      await codes({ request: await signed(getRegions, world.apiKey), credentials }, { clock: () => NOON }),
    ).toEqual([])
  })

  it('nothing at all: then it says so, and claims to have checked nothing', async () => {
    const explanation = await explain({}, { clock: () => NOON })
    expect(explanation).toEqual({ causes: [], checked: [] })
    expect(explanationText(explanation)).toContain('nothing to look at')
  })
})

it('shows of two queries no more than where they part', async () => {
  const world = await makeWorld()
  const url = `${getRegions.url}?token=hunter2-hunter2-hunter2-hunter2&name=a%20b&more=hunter3-hunter3-hunter3`
  const request = { ...(await signed({ ...getRegions, url: url.replace('%20', '+') }, world.apiKey)), url }
  const { causes } = await explain({ request, credentials: world.apiKey }, { clock: () => NOON })
  expect(causes[0]).toMatchObject({ code: 'QUERY_REENCODED', evidence: [expect.stringContaining('a+b')] })
  expect(JSON.stringify(causes)).not.toMatch(/hunter2-hunter2|hunter3-hunter3-hunter3/)
})

/** The documentation's key has 1024 bits, which the library refuses for real use. */
async function publishedKey(): Promise<CryptoKey> {
  const [block] = readPem(document.key.privateKeyPkcs8Pem)
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  return crypto.subtle.importKey('pkcs8', block?.der ?? new Uint8Array(), algorithm, false, ['sign'])
}
