import { createPublicKey, createSign } from 'node:crypto'
import { fingerprint } from '../../src/keys/fingerprint.js'
import type { VerifyOciOptions, WireRequest } from '../../src/verify/oci.js'
import { pythonSdk } from '../fixtures/oci-vectors.js'
import { clock, NOON, NOON_TEXT, sha256, TENANCY, USER } from '../fixtures/signing.js'

/** A published test key of 2048 bits. */
export const privateKeyPem = pythonSdk.privateKeyPem
export const publicKey = new Uint8Array(createPublicKey(privateKeyPem).export({ format: 'der', type: 'spki' }))
export const publicJwk = createPublicKey(privateKeyPem).export({ format: 'jwk' }) as JsonWebKey
export const KEY_ID = `${TENANCY}/${USER}/${fingerprint(publicKey)}`
export const HOST = 'api.example.com'

export const rules: VerifyOciOptions = { hosts: [HOST], resolveKey: () => publicKey, clock }

/** What an attacker, or an honest sender, may choose. Signed by `node:crypto`, so that our own signer stands in no way. */
export interface Draft {
  readonly method?: string
  readonly target?: string
  /** Headers in place of, or beside, the usual ones; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>
  readonly body?: string
  readonly signed?: readonly string[]
  readonly keyId?: string
  readonly key?: string
  /** Rewrites the `Authorization` header, after it was signed. */
  readonly authorization?: (value: string) => string
}

const THREE = ['x-date', '(request-target)', 'host']
const SIX = [...THREE, 'content-length', 'content-type', 'x-content-sha256']

export function wire(draft: Draft = {}): WireRequest {
  const { method = draft.body === undefined ? 'GET' : 'POST', target = '/20160918/things?limit=1', body } = draft
  const described = body === undefined ? {} : bodyHeaders(body)
  const all = { 'x-date': NOON_TEXT, host: HOST, ...described, ...draft.headers }
  const headers = Object.entries(all).filter((header): header is [string, string] => header[1] !== undefined)
  const names = draft.signed ?? (body === undefined ? THREE : SIX)
  const authorization = authorize(names, linesOf(names, method, target, headers), draft)
  const rewritten = draft.authorization?.(authorization) ?? authorization
  return { method, target, headers: [...headers, ['authorization', rewritten]], body: new TextEncoder().encode(body) }
}

function bodyHeaders(body: string): Record<string, string> {
  const length = String(new TextEncoder().encode(body).length)
  return { 'content-length': length, 'content-type': 'application/json', 'x-content-sha256': sha256(body) }
}

function linesOf(
  names: readonly string[],
  method: string,
  target: string,
  headers: readonly [string, string][],
): string {
  const line = (name: string): string => {
    if (name.toLowerCase() === '(request-target)') return `(request-target): ${method.toLowerCase()} ${target}`
    return `${name.toLowerCase()}: ${headers.find(([field]) => field.toLowerCase() === name.toLowerCase())?.[1]}`
  }
  return names.map(line).join('\n')
}

function authorize(names: readonly string[], text: string, { keyId = KEY_ID, key = privateKeyPem }: Draft): string {
  const signature = createSign('RSA-SHA256').update(text).sign(key, 'base64')
  return `Signature version="1",headers="${names.join(' ')}",keyId="${keyId}",algorithm="rsa-sha256",signature="${signature}"`
}

/** The same request as a `Request`, as a server's adapter makes it. */
export function asRequest({ method, target, headers, body }: WireRequest): Request {
  const hasBody = method !== 'GET' && method !== 'HEAD'
  return new Request(`https://${HOST}${target}`, {
    method,
    headers: headers as [string, string][],
    ...(hasBody && body && { body }),
  })
}

/** A compact JWT, signed by `node:crypto`. */
export function jwt(
  claims: object,
  header: object = { alg: 'RS256', kid: 'issuer' },
  key: string = privateKeyPem,
): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const signed = `${part(header)}.${part(claims)}`
  return `${signed}.${createSign('RSA-SHA256').update(signed).sign(key, 'base64url')}`
}

/** Claims of a token in force, bound to the test key. */
export const claims = {
  iss: 'authService.oracle.com',
  aud: 'oci',
  ptype: 'instance',
  sub: 'ocid1.instance.oc1.eu-frankfurt-1.aaaainstance',
  tenant: TENANCY,
  iat: NOON / 1000 - 60,
  exp: NOON / 1000 + 600,
  jwk: JSON.stringify({ kid: 'session', kty: 'RSA', alg: 'RS256', use: 'sig', n: publicJwk.n, e: publicJwk.e }),
}
