import { createHash, createPublicKey, createVerify, type KeyObject } from 'node:crypto'

/**
 * A second opinion on signatures: written from the provider's description on `node:crypto` alone, sharing no line with
 * the library. It is lenient about what must be signed, and strict about whether it was.
 *
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */

/** A request as a server sees it. */
export interface ObservedRequest {
  readonly method: string
  /** Path and query as they stood in the request line. */
  readonly target: string
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>
  readonly body?: Uint8Array
}

export interface Opinion {
  readonly valid: boolean
  /** Why not; empty when valid. */
  readonly objections: readonly string[]
  readonly keyId: string
  readonly signedHeaders: readonly string[]
  readonly signingString: string
}

/** A public key as PEM, SubjectPublicKeyInfo DER or JWK; or a way from a key id to one of those. */
export type IndependentKey = string | Uint8Array | JsonWebKey
export type FindKey = (keyId: string) => IndependentKey | undefined

export function independentOpinion(request: ObservedRequest, key: IndependentKey | FindKey): Opinion {
  const headers = lowerCased(request.headers)
  const fields = Object.fromEntries(
    [...(headers['authorization'] ?? '').matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', value = '']) => [
      name,
      value,
    ]),
  )
  const keyId = fields['keyId'] ?? ''
  const signedHeaders = (fields['headers'] ?? '').toLowerCase().split(' ')
  const lines = signedHeaders.map((name) =>
    name === '(request-target)'
      ? `${name}: ${request.method.toLowerCase()} ${request.target}`
      : `${name}: ${headers[name]}`,
  )
  const signingString = lines.join('\n')
  const objections = [
    ...objectionsToConstants(headers['authorization'] ?? '', fields),
    ...signedHeaders
      .filter((name) => name !== '(request-target)' && headers[name] === undefined)
      .map((name) => `${name} is signed but absent`),
    ...objectionsToSignature(typeof key === 'function' ? key(keyId) : key, signingString, fields['signature'] ?? ''),
    ...objectionsToBody(request.body ?? new Uint8Array(), headers, signedHeaders),
  ]
  return { valid: objections.length === 0, objections, keyId, signedHeaders, signingString }
}

/** What a server would see of a `Request`, with the two headers that HTTP clients add. */
export async function observed(request: Request): Promise<ObservedRequest> {
  const copy = request.clone()
  const { host, pathname, search } = new URL(copy.url)
  const body = new Uint8Array(await copy.arrayBuffer())
  const added = { host, ...(copy.body === null ? {} : { 'content-length': String(body.length) }) }
  return {
    method: copy.method,
    target: pathname + search,
    headers: { ...added, ...Object.fromEntries(copy.headers) },
    body,
  }
}

function lowerCased(headers: ObservedRequest['headers']): Record<string, string> {
  const defined = Object.entries(headers).filter(([, value]) => value !== undefined)
  return Object.fromEntries(defined.map(([name, value]) => [name.toLowerCase(), [value].flat().join(', ').trim()]))
}

function objectionsToConstants(authorization: string, fields: Readonly<Record<string, string>>): string[] {
  const objections: string[] = []
  if (!authorization.startsWith('Signature ')) objections.push('the scheme is not Signature')
  if (fields['version'] !== '1') objections.push('the version is not 1')
  if (fields['algorithm'] !== 'rsa-sha256') objections.push('the algorithm is not rsa-sha256')
  return objections
}

function objectionsToSignature(key: IndependentKey | undefined, signingString: string, signature: string): string[] {
  if (key === undefined) return ['the key is not known']
  const valid = createVerify('RSA-SHA256').update(signingString, 'utf8').verify(keyObject(key), signature, 'base64')
  return valid ? [] : ['the signature is not of this key over this request']
}

function keyObject(key: IndependentKey): KeyObject {
  if (typeof key === 'string') return createPublicKey(key)
  if (key instanceof Uint8Array) return createPublicKey({ key: Buffer.from(key), format: 'der', type: 'spki' })
  return createPublicKey({ key: key as import('node:crypto').JsonWebKey, format: 'jwk' })
}

function objectionsToBody(
  body: Uint8Array,
  headers: Readonly<Record<string, string>>,
  signed: readonly string[],
): string[] {
  const objections: string[] = []
  const digest = createHash('sha256').update(body).digest('base64')
  if (signed.includes('x-content-sha256') && headers['x-content-sha256'] !== digest)
    objections.push('the digest is not that of the body')
  if (signed.includes('content-length') && headers['content-length'] !== String(body.length))
    objections.push('the length is not that of the body')
  return objections
}
