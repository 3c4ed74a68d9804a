import { decodeBase64, encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'
import { requestTarget, signingString } from '../signers/oci-signing-string.js'
import type { Principal } from './principal.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'

/** A public key and whose it is. */
export interface SigningKey {
  readonly spki: Uint8Array<ArrayBuffer>
  readonly principal: Principal
}

export interface AuthenticateOptions {
  /** The body may go unsigned, as in uploads. */
  readonly unsignedBody?: boolean
  /** `host` may go unsigned, as in some SDKs' token calls. */
  readonly unsignedHost?: boolean
  /** Which kinds of principals may call; any by default. */
  readonly kinds?: readonly Principal['kind'][]
  /** Knows key ids that the registry does not, such as those of certificates. */
  readonly resolveKey?: (keyId: string) => Promise<SigningKey | undefined>
}

/** What a verified signature proved. */
export interface Authenticated {
  readonly principal: Principal
  /** The token that signed, without `ST$`. */
  readonly token?: string
  readonly signedHeaders: readonly string[]
  readonly signingString: string
}

const WINDOW_MS = 300_000
const BODY_HEADERS = ['content-length', 'content-type', 'x-content-sha256']

export async function authenticate(
  request: ReceivedRequest,
  state: EmulatorState,
  options: AuthenticateOptions = {},
): Promise<Authenticated> {
  const { keyId, names, signature } = parse(request)
  const values: Record<string, string> = {
    ...Object.fromEntries(request.headers),
    '(request-target)': requestTarget(request.method, request.target),
  }
  const missing = names.find((name) => !(name in values))
  if (missing !== undefined) throw new VerificationError('HEADERS_MALFORMED', `${missing} is signed but absent`)
  const text = signingString(names, values)
  const { key, token } = await find(keyId, state, options)
  const valid = await crypto.subtle.verify('RSASSA-PKCS1-v1_5', key.verify, signature, utf8(text))
  if (!valid)
    throw new VerificationError('SIGNATURE_MISMATCH', 'The signature is not that of the key over this request.')
  const body = ['POST', 'PUT', 'PATCH'].includes(request.method) && options.unsignedBody !== true
  const required = ['(request-target)', ...(options.unsignedHost ? [] : ['host']), ...(body ? BODY_HEADERS : [])]
  for (const name of required)
    if (!names.includes(name)) throw new VerificationError('HEADER_NOT_SIGNED', `${name} is not signed`)
  const date = ['x-date', 'date'].find((name) => names.includes(name)) ?? ''
  if (!(Math.abs(Date.parse(values[date] ?? '') - state.clock()) <= WINDOW_MS))
    throw new VerificationError('DATE_OUT_OF_WINDOW', 'date')
  if (names.includes('x-content-sha256')) {
    const digest = encodeBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', request.body)))
    if (digest !== values['x-content-sha256']) throw new VerificationError('BODY_DIGEST_MISMATCH', 'digest')
  }
  let principal = key.principal
  if (options.kinds !== undefined && !options.kinds.includes(principal.kind))
    throw new VerificationError('PRINCIPAL_REFUSED', 'kind')
  const obo = request.headers.get('opc-obo-token')
  if (obo !== null) {
    if (!names.includes('opc-obo-token'))
      throw new VerificationError('HEADER_NOT_SIGNED', 'opc-obo-token is not signed')
    principal = { ...principal, onBehalfOf: String((await state.tokens.read(obo))['sub']) }
  }
  Object.assign(state.notes(request), { subject: principal.subject, signedHeaders: names })
  return { principal, ...(token === undefined ? {} : { token }), signedHeaders: names, signingString: text }
}

function parse(request: ReceivedRequest): { keyId: string; names: string[]; signature: Uint8Array<ArrayBuffer> } {
  const value = request.headers.get('authorization')
  if (value === null) throw new VerificationError('AUTHORIZATION_MISSING', 'Expected a signature.')
  const members = Object.fromEntries(
    [...value.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', text = '']) => [name, text]),
  )
  const signature = decodeBase64(members['signature'] ?? '?')
  if (!value.startsWith('Signature ') || signature === undefined || members['version'] !== '1') {
    throw new VerificationError('AUTHORIZATION_MALFORMED', 'Expected a signature, version 1.')
  }
  return { keyId: members['keyId'] ?? '', names: (members['headers'] ?? '').toLowerCase().split(' '), signature }
}

async function find(
  keyId: string,
  state: EmulatorState,
  options: AuthenticateOptions,
): Promise<{ key: { verify: CryptoKey; principal: Principal }; token?: string }> {
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }
  if (keyId.startsWith('ST$')) {
    const token = keyId.slice(3)
    const claims = await state.tokens.read(token)
    const jwk = JSON.parse(String(claims['jwk'])) as JsonWebKey
    const { n = '', e = '' } = jwk
    const verify = await crypto.subtle.importKey('jwk', { kty: 'RSA', n, e }, algorithm, false, ['verify'])
    const principal: Principal = {
      kind: 'token',
      subject: String(claims['sub']),
      tenancy: String(claims['tenant']),
      claims,
    }
    return { key: { verify, principal }, token }
  }
  const known = (await options.resolveKey?.(keyId)) ?? (await state.registry.find(keyId))
  if (known === undefined) throw new VerificationError('KEY_NOT_FOUND', 'Nobody has uploaded this key.')
  const verify = await crypto.subtle.importKey('spki', known.spki, algorithm, false, ['verify'])
  return { key: { verify, principal: known.principal } }
}
