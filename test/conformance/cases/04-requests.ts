import { apiKey, createSignedFetch, signOci } from 'countersign'
import { importPrivateKey } from 'countersign/keys/import-private-key'
import { verifyOci } from 'countersign/verify/oci'
import { equal, failsWith, ok } from '../assert.js'
import type { Capability, World } from '../capability.js'

const REGIONS = '/20160918/regions'

export const signAndVerify: Capability = {
  name: 'sign a Request, verify a Request',
  cases: {
    'accepts its own signatures and tells who signed': async ({ apiKey: key }) => {
      const request = new Request('https://api.example.com/a%20b?c=d', { method: 'POST', body: '{"a":1}' })
      const signed = await signOci(request, await apiKey(key)())
      const { subject, tenancy, body } = await verifyOci(signed, await verifierOf(key))
      equal([subject, tenancy, body?.length], [key.user, key.tenancy, 7], 'who signed')
    },
    'refuses a tampered body, target and header': async ({ apiKey: key }) => {
      const credentials = await apiKey(key)()
      const sign = (): Promise<Request> =>
        signOci(new Request('https://api.example.com/pay', { method: 'POST', body: '{"sum":1}' }), credentials)
      const options = await verifierOf(key)
      const { url, headers, method } = await sign()
      const changed = new Request(url, { method, headers, body: '{"sum":9}' })
      await failsWith('BODY_DIGEST_MISMATCH', verifyOci(changed, options), 'another body')
      const elsewhere = new Request(`${url}?to=me`, { method, headers, body: '{"sum":1}' })
      await failsWith('SIGNATURE_MISMATCH', verifyOci(elsewhere, options), 'another target')
      const later = new Headers(headers)
      later.set('x-date', new Date(Date.now() + 1000).toUTCString())
      const redated = new Request(url, { method, headers: later, body: '{"sum":1}' })
      await failsWith('SIGNATURE_MISMATCH', verifyOci(redated, options), 'another date')
    },
  },
}

/** What follows the path of a URL and leaves one runtime otherwise than another. */
const ODD_URLS = [
  '/p?',
  '/p?#top',
  '/p?q=1#top',
  "/a^b|c'd(e)f!g*h",
  '/[a]{b}`c`?q=[a]{b}`c`',
  "?q=a^b|c'd(e)f!g*h&q=~",
  '/Zürich 日本?q=ü 日',
  '/a%2F..%2Fb/%7e/%e4%bd%a0?a=%2f&b=+&c=%20',
  '/%41%2Ex/%zz%4?q=%7E%41&r=%zz',
  '/..a/b../a:b@c;d,e=f&g+h$',
]

export const signedFetch: Capability = {
  name: 'signed fetch: GET, POST, PUT, HEAD, DELETE',
  cases: {
    'is accepted for each method': async (world) => {
      const fetch = fetchOf(world)
      equal((await fetch(`${world.http}${REGIONS}`)).status, 200, 'GET')
      for (const method of ['GET', 'HEAD', 'DELETE', 'POST', 'PUT', 'PATCH']) {
        const body = method.startsWith('P') ? { body: '{"a":1}', headers: { 'content-type': 'application/json' } } : {}
        const response = await fetch(`${world.http}/echo/a%20b?q=1&r=%2F`, { method, ...body })
        equal(response.status, 200, `${method}: ${response.headers.get('x-emulator-reason')}`)
        if (method === 'HEAD') continue
        const { verified, method: received } = (await response.json()) as { verified: boolean; method: string }
        equal([verified, received], [true, method], method)
      }
    },
    'is accepted for URLs that runtimes and servers spell differently': async (world) => {
      const credentials = await apiKey(world.apiKey)()
      for (const odd of ODD_URLS) {
        const url = `${world.http}/echo${odd}`
        const fetched = await fetchOf(world)(url)
        equal(fetched.status, 200, `${odd}: ${fetched.headers.get('x-emulator-reason')}`)
        const sent = await fetch(await signOci(new Request(url), credentials))
        equal(sent.status, 200, `${odd} in a Request: ${sent.headers.get('x-emulator-reason')}`)
      }
    },
    'is accepted for POST, PUT and PATCH without a body': async (world) => {
      const credentials = await apiKey(world.apiKey)()
      for (const method of ['POST', 'PUT', 'PATCH']) {
        const fetched = await fetchOf(world)(`${world.http}/echo`, { method })
        equal(fetched.status, 200, `${method}: ${fetched.headers.get('x-emulator-reason')}`)
        const sent = await fetch(await signOci(new Request(`${world.http}/echo`, { method }), credentials))
        equal(sent.status, 200, `${method} as a Request: ${sent.headers.get('x-emulator-reason')}`)
      }
    },
    'is refused with the key of somebody else': async ({ http, apiKey: key, opensslKeys: [other] }) => {
      ok(other, 'another key')
      const credentials = apiKey({ ...key, fingerprint: other.fingerprint, privateKey: other.pem })
      const response = await createSignedFetch({ credentials })(`${http}${REGIONS}`)
      equal(response.status, 401, 'the status')
    },
  },
}

export const forbiddenHeaders: Capability = {
  name: 'headers that runtimes forbid (date, host, content-length)',
  cases: {
    'signs what is really sent when the caller set them': async (world) => {
      const headers = { date: 'Thu, 05 Jan 2014 21:31:40 GMT', host: 'elsewhere.example', 'content-length': '3' }
      const response = await fetchOf(world)(`${world.http}/echo`, {
        method: 'POST',
        headers,
        body: 'longer than three',
      })
      equal(response.status, 200, `the status: ${response.headers.get('x-emulator-reason')}`)
      const { host, signedHeaders } = (await response.json()) as { host: string; signedHeaders: readonly string[] }
      equal(host, new URL(world.http).host, 'the host')
      ok(signedHeaders.includes('x-date') && !signedHeaders.includes('date'), 'x-date to be signed in place of date')
    },
  },
}

type MakeBody = () => { readonly body: BodyInit; readonly contentLength?: number; readonly contentSha256?: string }

const TEXT = 'naïve – 日本 🚀'
const bytes = (): Uint8Array<ArrayBuffer> => new TextEncoder().encode(TEXT)
const form = (): FormData => {
  const data = new FormData()
  data.set('field', TEXT)
  data.set('file', new Blob([bytes()], { type: 'text/plain' }), 'a.txt')
  return data
}

const BODIES: Readonly<Record<string, MakeBody>> = {
  string: () => ({ body: TEXT }),
  'empty string': () => ({ body: '' }),
  bytes: () => ({ body: bytes() }),
  'part of a buffer': () => ({ body: bytes().subarray(3, 9) }),
  ArrayBuffer: () => ({ body: bytes().buffer }),
  DataView: () => ({ body: new DataView(bytes().buffer) }),
  Blob: () => ({ body: new Blob([bytes()], { type: 'application/x-own' }) }),
  URLSearchParams: () => ({ body: new URLSearchParams({ q: TEXT }) }),
  FormData: () => ({ body: form() }),
}

export const bodies: Capability = {
  name: 'bodies: text, bytes, Blob, FormData, streams of known length',
  cases: {
    ...Object.fromEntries(
      Object.entries(BODIES).map(([name, make]) => [
        `sends ${name} as signed`,
        async (world: World): Promise<void> => {
          const response = await fetchOf(world)(`${world.http}/echo`, { method: 'POST', body: make().body })
          equal(response.status, 200, `the status: ${response.headers.get('x-emulator-reason')}`)
          const { body, signedHeaders } = (await response.json()) as Echo
          ok(name === 'empty string' || body.length > 0, 'a body')
          ok(signedHeaders.includes('x-content-sha256'), 'the body to be covered')
        },
      ]),
    ),
    'sends a stream of known length as signed': async (world) => {
      const fetch = createSignedFetch({
        credentials: apiKey(world.apiKey),
        signOptions: { contentLength: bytes().length, body: 'exclude' },
      })
      const response = await fetch(`${world.http}/n/emulatednamespace/b/bucket/o/stream`, {
        method: 'PUT',
        body: new Blob([bytes()]).stream(),
        duplex: 'half',
      } as RequestInit)
      equal(response.status, 200, `the status: ${response.headers.get('x-emulator-reason')}`)
      const read = await fetchOf(world)(`${world.http}/n/emulatednamespace/b/bucket/o/stream`)
      equal(await read.text(), TEXT, 'the object')
    },
    'signs a Request with a body': async (world) => {
      const text = new FormData()
      text.set('field', TEXT)
      for (const body of [bytes(), new URLSearchParams({ q: TEXT }), text]) {
        const request = new Request(`${world.http}/echo`, { method: 'PUT', body })
        const response = await fetch(await signOci(request, await apiKey(world.apiKey)()))
        equal(response.status, 200, `the status: ${response.headers.get('x-emulator-reason')}`)
      }
    },
    'refuses a GET with a body': async (world) => {
      const sent = fetchOf(world)(`${world.http}/echo`, { method: 'GET', body: 'x' })
      await failsWith('BODY_NOT_ALLOWED', sent, 'GET with a body')
    },
  },
}

interface Echo {
  readonly body: { readonly length: number }
  readonly signedHeaders: readonly string[]
}

function fetchOf({ apiKey: key }: World): typeof fetch {
  return createSignedFetch({ credentials: apiKey(key) })
}

async function verifierOf({ privateKey, user, tenancy }: World['apiKey']): Promise<Parameters<typeof verifyOci>[1]> {
  const { publicKey } = await importPrivateKey(privateKey)
  ok(publicKey, 'a public key')
  return {
    hosts: ['api.example.com'],
    tenancies: [tenancy],
    resolveKey: (keyId) => (keyId.kind === 'api-key' && keyId.user === user ? publicKey : undefined),
  }
}
