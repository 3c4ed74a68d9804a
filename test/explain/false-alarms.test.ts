import { beforeEach, describe, expect, it } from 'vitest'
import { decodeBase64 } from '../../src/encoding/base64.js'
import { utf8 } from '../../src/encoding/bytes.js'
import { readPem } from '../../src/encoding/pem.js'
import { type CapturedRequest, explain } from '../../src/explain/index.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import type { OciRequest } from '../../src/signers/oci.js'
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

/** The documentation's key has 1024 bits, which the library refuses for real use. */
async function publishedKey(): Promise<CryptoKey> {
  const [block] = readPem(document.key.privateKeyPkcs8Pem)
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  return crypto.subtle.importKey('pkcs8', block?.der ?? new Uint8Array(), algorithm, false, ['sign'])
}
