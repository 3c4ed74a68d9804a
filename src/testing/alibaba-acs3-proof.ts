import { toHex, utf8 } from '../encoding/bytes.js'
import { percentEncode } from '../encoding/percent.js'
import {
  canonicalHeaders,
  canonicalQuery,
  canonicalRequest,
  canonicalUri,
  stringToSign,
} from '../signers/alibaba-acs3.js'
import { hmac, hmacKey, sha256Hex } from '../signers/alibaba-hmac.js'
import { byCodeUnit, type QueryPairs, queryPairs } from '../signers/alibaba-request.js'
import {
  type AlibabaCaller,
  authorizationFields,
  type Examination,
  fault,
  knownAccessKey,
  proven,
  requireRecent,
  requireUnused,
  sameText,
} from './alibaba-proof.js'

const ALGORITHM = 'ACS3-HMAC-SHA256'

/** Whether a request is signed with ACS3. */
export const isAcs3 = (headers: Headers): boolean => headers.get('authorization')?.startsWith(ALGORITHM) === true

/** Checks an ACS3 signature: access key, token, time, covered headers, body, signature, nonce. */
export async function proveAcs3(examination: Examination): Promise<AlibabaCaller> {
  const { request } = examination
  const headers = Object.fromEntries(request.headers)
  const {
    Credential = '',
    SignedHeaders = '',
    Signature = '',
  } = authorizationFields(headers['authorization'] ?? '', ALGORITHM)
  const { credentials, arn } = knownAccessKey(examination, Credential, headers['x-acs-security-token'])
  requireRecent(examination, Date.parse(headers['x-acs-date'] ?? ''))
  const signedHeaders = SignedHeaders.split(';')
  requireCovered(examination, headers, signedHeaders)
  const payloadHash = headers['x-acs-content-sha256'] ?? ''
  await requireBodyHash(examination, payloadHash)
  const key = await hmacKey('SHA-256', utf8(credentials.accessKeySecret))
  const covered = canonicalHeaders(Object.fromEntries(signedHeaders.map((name) => [name, headers[name] ?? ''])))
  const parts = { method: request.method, uri: canonicalUri(request.url.pathname), ...covered, payloadHash }
  const expected = await Promise.all(
    queriesToAccept(queryPairs(request.url.search)).map(async (query) =>
      toHex(await hmac(key, await stringToSign(canonicalRequest({ ...parts, query })))),
    ),
  )
  if (!expected.some((signature) => sameText(signature, Signature))) throw fault(examination, 'signature')
  requireUnused(examination, Credential, headers['x-acs-signature-nonce'])
  return proven(examination, { arn, accessKeyId: Credential, scheme: ALGORITHM }, signedHeaders)
}

/** `host` and every `x-acs-*` header must be signed; what is named must have been sent. */
function requireCovered(
  examination: Examination,
  headers: Readonly<Record<string, string>>,
  signedHeaders: readonly string[],
): void {
  const required = Object.keys(headers).filter((name) => name.startsWith('x-acs-') || name === 'host')
  const missing = [...required, 'x-acs-action', 'x-acs-version'].filter((name) => !signedHeaders.includes(name))
  if (missing.length > 0) throw fault(examination, 'incomplete', `not signed: ${missing.join(', ')}`)
  const absent = signedHeaders.filter((name) => !Object.hasOwn(headers, name))
  if (absent.length > 0) throw fault(examination, 'incomplete', `signed but not sent: ${absent.join(', ')}`)
}

async function requireBodyHash(examination: Examination, claimed: string): Promise<void> {
  const { method, body } = examination.request
  // The official TypeScript client hashes a body for these that it never sends.
  if (body.length === 0 && (method === 'GET' || method === 'HEAD')) return
  if (claimed !== (await sha256Hex(body))) throw fault(examination, 'body-digest')
}

/** Some official SDKs encode the names of parameters before they sign, others do not. */
function queriesToAccept(pairs: QueryPairs): readonly string[] {
  const plain = [...pairs]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${name}=${percentEncode(value)}`)
    .join('&')
  return [canonicalQuery(pairs), plain]
}
