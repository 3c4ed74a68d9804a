import { encodeBase64 } from '../../src/encoding/base64.js'
import { utf8 } from '../../src/encoding/bytes.js'
import { writePem } from '../../src/encoding/pem.js'
import type { CapturedRequest, CauseCode, Evidence } from '../../src/explain/index.js'
import { tokenCredentials } from '../../src/federation/security-token.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import { signOciHeaders } from '../../src/signers/oci.js'
import { signingString } from '../../src/signers/oci-signing-string.js'
import { issueSessionToken } from '../../src/testing/session-fixtures.js'
import type { OciCredentials } from '../../src/types.js'
import { openssl } from '../fixtures/openssl-keys.js'
import { getRegions, HOST, MINUTE, NOON, postEcho, rewritten, signed, type World, withHeader } from './world.js'

type Sent = Evidence & { readonly request: CapturedRequest }

/** One way to get a request refused, and the cause that must be named first. */
export interface Provocation {
  readonly code: CauseCode
  readonly how: string
  /** The faulty set-up: nothing can be sent with it. */
  readonly setUp?: (world: World) => Evidence | Promise<Evidence>
  /** The faulty request: the emulator must refuse it. */
  readonly send?: (world: World) => Sent | Promise<Sent>
  /** An answer of something that is not the emulator. */
  readonly answer?: Evidence['response']
}

const html = '<!doctype html><html><body>Sign in to the guest network</body></html>'

export const provocations: readonly Provocation[] = [
  {
    code: 'CONFIG_BROKEN',
    how: 'a line without "="',
    setUp: () => ({ config: { text: '[DEFAULT]\nuser ocid1', path: '~/.oci/config' } }),
  },
  {
    code: 'CONFIG_BROKEN',
    how: 'a profile that is not there',
    setUp: () => ({ config: { text: '[DEFAULT]\n', profile: 'ADMIN' } }),
  },
  key('KEY_IS_PATH', 'a path in place of the key', () => '/home/me/.oci/oci_api_key.pem'),
  key('KEY_IS_PUBLIC', 'the public half', async ({ emulator }) => (await emulator.keys.get('user')).publicKeyPem),
  key('KEY_IS_CERTIFICATE', 'a certificate', () => writePem('CERTIFICATE', utf8('any bytes'))),
  key('KEY_NOT_RSA', 'an elliptic curve key', () =>
    openssl(['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']).toString(),
  ),
  key('KEY_UNREADABLE', 'half a key', ({ setUp }) => setUp.privateKey.replace(/^(.{400}).{40}/su, '$1')),
  key('PASSPHRASE_MISSING', 'an encrypted key alone', ({ setUp }) => encrypted(setUp.privateKey)),
  key(
    'PASSPHRASE_WRONG',
    'an encrypted key with another passphrase',
    ({ setUp }) => encrypted(setUp.privateKey),
    'guess',
  ),
  key('KEY_TOO_SMALL', 'a key of 1024 bits', () =>
    openssl(['genpkey', '-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:1024']).toString(),
  ),
  {
    code: 'FINGERPRINT_MISMATCH',
    how: 'the fingerprint of another key',
    send: async ({ apiKey, setUp }) => {
      const fingerprint = setUp.fingerprint.replace(/^../u, (pair) => (pair === '00' ? '11' : '00'))
      const keyId = apiKey.keyId.replace(setUp.fingerprint, fingerprint)
      return { request: await signed(getRegions, { ...apiKey, keyId }), setUp: { ...setUp, fingerprint } }
    },
  },
  {
    code: 'FINGERPRINT_MALFORMED',
    how: 'a fingerprint without colons',
    setUp: ({ setUp }) => ({ setUp: { ...setUp, fingerprint: setUp.fingerprint.replaceAll(':', '') } }),
  },
  identifiers('IDENTIFIER_WHITESPACE', 'a user OCID read with its line break', ({ setUp }) => ({
    user: `${setUp.user}\n`,
  })),
  identifiers('IDENTIFIER_KIND', 'tenancy and user swapped', ({ setUp }) => ({
    user: setUp.tenancy,
    tenancy: setUp.user,
  })),
  identifiers('IDENTIFIER_MALFORMED', 'a user name in place of the OCID', () => ({ user: 'jane.doe@example.com' })),
  identifiers('IDENTIFIER_REALMS_DIFFER', 'a user of another realm', ({ setUp }) => ({
    user: setUp.user.replace('.oc1.', '.oc4.'),
  })),
  {
    code: 'REALM_MISMATCH',
    how: 'a government host for a commercial tenancy',
    send: async ({ apiKey, emulator }) => {
      emulator.registry.remove(apiKey.keyId)
      const url = 'https://identity.uk-gov-london-1.oraclegovcloud.uk/20160918/regions'
      return { request: await signed({ method: 'GET', url }, apiKey), credentials: apiKey }
    },
  },
  {
    code: 'REGION_CODE_IN_HOST',
    how: 'identity.phx.… as the host',
    setUp: async ({ apiKey }) => ({
      request: await signed({ method: 'GET', url: 'https://identity.phx.oraclecloud.com/20160918/regions' }, apiKey),
      credentials: apiKey,
    }),
  },
  {
    code: 'REGION_MISMATCH',
    how: 'another region than the configured one, and a 404',
    setUp: async ({ apiKey, setUp }) => ({
      request: await signed(getRegions, apiKey),
      credentials: apiKey,
      setUp: { ...setUp, region: 'eu-frankfurt-1' },
      response: { status: 404, headers: [], body: '{"code":"NamespaceNotFound","message":"-"}' },
    }),
  },
  refused('AUTHORIZATION_MISSING', 'the header lost on the way', (request) => withHeader(request, 'authorization')),
  refused('AUTHORIZATION_NOT_SIGNATURE', 'a bearer token', (request) =>
    withHeader(request, 'authorization', 'Bearer abc'),
  ),
  refused('AUTHORIZATION_MALFORMED', 'a comma lost', (request) =>
    rewritten(request, (text) => text.replace('",', '" ')),
  ),
  refused('ALGORITHM_WRONG', 'hs2019', (request) => rewritten(request, (text) => text.replace('rsa-sha256', 'hs2019'))),
  refused('ALGORITHM_WRONG', 'version 2', (request) =>
    rewritten(request, (text) => text.replace('version="1"', 'version="2"')),
  ),
  refused('KEY_ID_MALFORMED', 'a key id of two parts', (request) =>
    rewritten(request, (text) => text.replace(/(keyId="[^/]+\/)[^/]+\//u, '$1')),
  ),
  {
    code: 'REDIRECTED',
    how: 'a redirect',
    setUp: () => ({ response: { status: 302, headers: [['location', 'https://login.example.com/?state=secret']] } }),
  },
  {
    code: 'NOT_OCI_ANSWER',
    how: 'a captive portal',
    setUp: () => ({ response: { status: 511, headers: [['content-type', 'text/html']], body: html } }),
  },
  {
    code: 'NOT_OCI_ANSWER',
    how: 'a proxy that wants a login',
    setUp: () => ({ response: { status: 407, headers: [['proxy-authenticate', 'Basic']] } }),
  },
  {
    code: 'ENDPOINT_UNREACHABLE',
    how: 'a host that does not answer the probe',
    setUp: async ({ apiKey }) => ({
      request: await signed(getRegions, apiKey),
      credentials: apiKey,
      probe: async () => {
        throw new TypeError('fetch failed')
      },
    }),
  },
  {
    code: 'CLOCK_SKEW',
    how: 'a server that tells another time to the probe',
    setUp: async ({ apiKey }) => ({
      request: await signed(getRegions, apiKey),
      credentials: apiKey,
      probe: async () => new Response(null, { headers: { date: new Date(NOON + 10 * MINUTE).toUTCString() } }),
    }),
  },
  {
    code: 'DATE_MISSING',
    how: 'no time header at all',
    send: async ({ apiKey }) => ({
      request: await signed(getRegions, apiKey, { genericHeaders: ['(request-target)', 'host'] }),
      credentials: apiKey,
    }),
  },
  {
    code: 'DATE_DROPPED',
    how: 'date signed in a browser',
    send: async ({ apiKey }) => ({
      request: withHeader(await signed(getRegions, apiKey, { dateHeader: 'date' }), 'date'),
      credentials: apiKey,
      sentByBrowser: true,
    }),
  },
  {
    code: 'SIGNED_HEADER_MISSING',
    how: 'a signed header that a client drops',
    send: async ({ apiKey }) => {
      const request = { ...getRegions, headers: { 'x-subscription': 'one' } }
      return {
        request: withHeader(
          await signed(request, apiKey, { additionalSignedHeaders: ['x-subscription'] }),
          'x-subscription',
        ),
        credentials: apiKey,
      }
    },
  },
  {
    code: 'HEADER_NOT_SIGNED',
    how: 'a POST signed like a GET',
    send: async ({ apiKey }) => ({ request: await signed(postEcho, apiKey, { bodyHeaders: [] }), credentials: apiKey }),
  },
  {
    code: 'DELEGATION_TOKEN_UNSIGNED',
    how: 'the delegation token added after signing',
    send: async ({ session, delegationToken }) => ({
      request: withHeader(await signed(getRegions, session), 'opc-obo-token', delegationToken),
      credentials: session,
    }),
  },
  {
    code: 'DELEGATION_TOKEN_MISSING',
    how: 'a delegation profile without its header',
    send: async ({ session, delegationToken, emulator }) => {
      emulator.tokens.revoke(NOON + MINUTE)
      return { request: await signed(getRegions, session), credentials: session, setUp: { delegationToken } }
    },
  },
  refused('DATE_MALFORMED', 'an ISO date', (request) => withHeader(request, 'x-date', '2026-01-15T12:00:00Z')),
  late('CLOCK_SKEW', 'a clock ten minutes behind', -10 * MINUTE, -10 * MINUTE),
  late('CLOCK_SKEW', 'a clock ten minutes ahead', 10 * MINUTE, 10 * MINUTE),
  late('REQUEST_TOO_OLD', 'a request kept for ten minutes', -10 * MINUTE, 0),
  {
    code: 'BODY_WITH_GET',
    how: 'a GET with a body',
    setUp: async ({ apiKey }) => ({
      request: { ...(await signed(getRegions, apiKey)), body: utf8('{}') },
      credentials: apiKey,
    }),
  },
  posted('BODY_CHANGED', 'a body that was serialised again', (request) => ({
    ...request,
    body: utf8('{ "grüße" : "aus Köln" }'),
  })),
  posted('CONTENT_LENGTH_WRONG', 'a length in characters', (request) => withHeader(request, 'content-length', '20')),
  posted('BODY_CHUNKED', 'a stream', (request) =>
    withHeader(withHeader(request, 'transfer-encoding', 'chunked'), 'x-content-sha256', 'AAAA'),
  ),
  tokens('TOKEN_WHITESPACE', 'a token read with its line break', (text) =>
    text.replace(/(keyId="ST\$[^"]+)"/u, '$1 "'),
  ),
  tokens('TOKEN_PREFIX_DOUBLED', 'ST$ before ST$', (text) => text.replace('ST$', 'ST$ST$')),
  tokens('TOKEN_MALFORMED', 'an opaque token', (text) => text.replace(/ST\$[^"]+/u, 'ST$opaque')),
  {
    code: 'TOKEN_EXPIRED',
    how: 'a token of yesterday',
    send: async ({ session, emulator }) => {
      emulator.settings.clockSkewMs = 1500 * MINUTE
      const { clock } = emulator
      return { request: await signed(getRegions, session, { clock }), credentials: session, sentAt: clock() }
    },
  },
  {
    code: 'TOKEN_NOT_YET_VALID',
    how: 'a token issued by a clock that was ahead',
    send: async ({ emulator, sessionKeyPem }) => {
      emulator.settings.clockSkewMs = 60 * MINUTE
      const token = await issueSessionToken(emulator)
      emulator.settings.clockSkewMs = 0
      const key = await importPrivateKey(sessionKeyPem)
      const session = tokenCredentials({ token, key, source: 'session-token' })
      return { request: await signed(getRegions, session), credentials: session }
    },
  },
  {
    code: 'TOKEN_KEY_MISMATCH',
    how: 'the token of one session with the key of another',
    send: async ({ session, apiKey, setUp }) => ({
      request: await signed(getRegions, { ...session, key: apiKey.key }),
      setUp: { privateKey: setUp.privateKey },
    }),
  },
  {
    code: 'TOKEN_FOREIGN',
    how: 'the token of another tenancy',
    send: async ({ session, setUp, emulator }) => {
      emulator.tokens.revoke(NOON + MINUTE)
      return {
        request: await signed(getRegions, session),
        setUp: { tenancy: setUp.tenancy.replace('emulated', 'another1') },
      }
    },
  },
  resigned('HOST_REWRITTEN', 'host signed with its default port', {
    host: 'identity.us-phoenix-1.oraclecloud.com:443',
  }),
  resigned(
    'PATH_REENCODED',
    'parentheses encoded on the way',
    { '(request-target)': 'get /20160918/regions' },
    '/20160918/%72egions',
  ),
  resigned(
    'QUERY_REENCODED',
    'a space signed as plus',
    { '(request-target)': 'get /20160918/regions?name=a+b' },
    '/20160918/regions?name=a%20b',
  ),
  resigned(
    'QUERY_REENCODED',
    'a query sorted after signing',
    { '(request-target)': 'get /20160918/regions?b=1&a=2' },
    '/20160918/regions?a=2&b=1',
  ),
  resigned('METHOD_CHANGED', 'a POST sent as a GET', { '(request-target)': 'post /20160918/regions' }),
  posted('CONTENT_TYPE_CHANGED', 'a charset that the client added', (request) =>
    withHeader(request, 'content-type', 'application/json;charset=UTF-8'),
  ),
  resigned('SIGNING_STRING_NEWLINE', 'a line break at the end', {}, undefined, '\n'),
  {
    code: 'SIGNED_WITH_OTHER_KEY',
    how: 'the key of a session under the id of an API key',
    send: async ({ session, apiKey }) => ({
      request: await signed(getRegions, { ...apiKey, key: session.key }),
      credentials: apiKey,
    }),
  },
  {
    code: 'GATEWAY_REWRITES',
    how: 'a refusal that came through a gateway',
    setUp: async ({ apiKey }) => ({
      request: await signed(getRegions, apiKey),
      credentials: apiKey,
      response: { status: 401, headers: [['via', '1.1 gateway.example.com']], body: '{"code":"NotAuthenticated"}' },
    }),
  },
  {
    code: 'TOO_MANY_REQUESTS',
    how: 'throttling',
    setUp: () => ({ response: { status: 429, headers: [], body: '{"code":"TooManyRequests"}' } }),
  },
  {
    code: 'NOT_AUTHORIZED',
    how: 'a tenancy that the user may not see',
    send: async ({ apiKey }) => ({
      request: await signed({ method: 'GET', url: `${HOST}/20160918/users/ocid1.user.oc1..nobody` }, apiKey),
      credentials: apiKey,
    }),
  },
  {
    code: 'KEY_NOT_REGISTERED',
    how: 'a key that was never uploaded',
    send: async ({ apiKey, emulator }) => {
      emulator.registry.remove(apiKey.keyId)
      return { request: await signed(getRegions, apiKey), credentials: apiKey }
    },
  },
]

function key(
  code: CauseCode,
  how: string,
  privateKey: (world: World) => string | Promise<string>,
  passphrase?: string,
): Provocation {
  return {
    code,
    how,
    setUp: async (world) => ({ setUp: { privateKey: await privateKey(world), ...(passphrase && { passphrase }) } }),
  }
}

function encrypted(pem: string): string {
  return openssl(['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:right'], pem).toString()
}

function identifiers(
  code: CauseCode,
  how: string,
  spoil: (world: World) => { user?: string; tenancy?: string },
): Provocation {
  return {
    code,
    how,
    setUp: (world) => ({ setUp: { tenancy: world.setUp.tenancy, user: world.setUp.user, ...spoil(world) } }),
  }
}

function refused(code: CauseCode, how: string, spoil: (request: CapturedRequest) => CapturedRequest): Provocation {
  return {
    code,
    how,
    send: async ({ apiKey }) => ({ request: spoil(await signed(getRegions, apiKey)), credentials: apiKey }),
  }
}

function posted(code: CauseCode, how: string, spoil: (request: CapturedRequest) => CapturedRequest): Provocation {
  return {
    code,
    how,
    send: async ({ apiKey }) => ({ request: spoil(await signed(postEcho, apiKey)), credentials: apiKey }),
  }
}

function tokens(code: CauseCode, how: string, spoil: (authorization: string) => string): Provocation {
  return { code, how, send: async ({ session }) => ({ request: rewritten(await signed(getRegions, session), spoil) }) }
}

/** Signed and sent at two times, each as far from noon as it says; the emulator lives at noon. */
function late(code: CauseCode, how: string, signedAt: number, sentAt: number): Provocation {
  return {
    code,
    how,
    send: async ({ apiKey }) => ({
      request: await signed(getRegions, apiKey, { clock: () => NOON + signedAt }),
      credentials: apiKey,
      sentAt: NOON + sentAt,
    }),
  }
}

/** A signature over other lines than those that are sent. */
function resigned(
  code: CauseCode,
  how: string,
  lines: Readonly<Record<string, string>>,
  target = '/20160918/regions',
  suffix = '',
): Provocation {
  return {
    code,
    how,
    send: async ({ apiKey }) => {
      const captured = await signed({ method: 'GET', url: `${HOST}${target}` }, apiKey, {})
      const { signedValues } = await signOciHeaders({ method: 'GET', url: `${HOST}${target}` }, apiKey, {
        clock: () => NOON,
      })
      const text = signingString(['x-date', '(request-target)', 'host'], { ...signedValues, ...lines }) + suffix
      const signature = encodeBase64(
        new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', keyOf(apiKey), utf8(text))),
      )
      const request = rewritten(captured, (header) => header.replace(/signature="[^"]+"/u, `signature="${signature}"`))
      return { request: { ...request, url: `${HOST}${target}` }, credentials: apiKey }
    },
  }
}

function keyOf({ key: held }: OciCredentials): CryptoKey {
  if (typeof held === 'function') throw new TypeError('Expected a CryptoKey.')
  return held
}
