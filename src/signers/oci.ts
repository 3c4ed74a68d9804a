import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { ConfigurationError, UsageError } from '../errors.js'
import { type Clock, type OciCredentials, systemClock } from '../types.js'
import { contentSha256, type OciBody, type ReadyBody, readyBody } from './oci-body.js'
import { type Coverage, canonicalMethod, coverageOf } from './oci-coverage.js'
import { fetchInit, settingsOf, wholeBody } from './oci-fetch-init.js'
import { type HeadersInput, type HeaderValues, headerValues } from './oci-headers.js'
import { REQUEST_TARGET, requestTarget, signingString } from './oci-signing-string.js'
import { canonicalUrl } from './oci-url.js'

/** A request as plain data, for any HTTP client. */
export interface OciRequest {
  readonly method: string
  readonly url: string | URL
  readonly headers?: HeadersInput
  readonly body?: OciBody | null
}

/** Names of headers to sign, in the order of their lines; or a function that names them for one request. */
export type HeaderNames =
  | readonly string[]
  | ((request: {
      readonly method: string
      readonly url: string
      readonly headers: Readonly<Record<string, string>>
    }) => readonly string[])

/** How to sign. The defaults are what every OCI service expects. */
export interface OciSignOptions {
  readonly clock?: Clock
  /** The time header to sign. Browsers let nobody set `date`, so the default is `x-date`. */
  readonly dateHeader?: 'x-date' | 'date'
  /**
   * Whether the signature covers the body. `auto`: always, but for uploads to Object Storage, whose bodies may be
   * streams; other operations that want `exclude` are listed in `signers/oci-exclude-body`.
   */
  readonly body?: 'auto' | 'sign' | 'exclude'
  /** Base64 of the SHA-256 of the body, for a stream or a `Blob` that is not to be read. Bytes are always hashed anew. */
  readonly contentSha256?: string
  /** The length of a stream, in bytes. */
  readonly contentLength?: number
  /** Headers that are signed, last, when the request carries them. */
  readonly additionalSignedHeaders?: readonly string[]
  /** Replaces the list that every request signs: time header, `(request-target)`, `host`, and those of the credentials. */
  readonly genericHeaders?: HeaderNames
  /** Replaces the list that covers the body: `content-length`, `content-type`, `x-content-sha256`. */
  readonly bodyHeaders?: HeaderNames
}

/** What to send, and what was signed. */
export interface SignedOciRequest {
  readonly method: string
  /** The URL as signed. Send this one: it may differ in spelling from the one that was passed. */
  readonly url: string
  /** Every header to set. `host` and `content-length` are left to the HTTP client, which derives the signed values. */
  readonly headers: Readonly<Record<string, string>>
  /** The body to send. Absent when the method has none. */
  readonly body?: ReadyBody['content']
  /** The length of the body in bytes, for HTTP clients that do not see it themselves. */
  readonly contentLength?: number
  readonly signingString: string
  /** The value of each signed line by name, `(request-target)`, `host` and `content-length` included. */
  readonly signedValues: Readonly<Record<string, string>>
}

/**
 * Signs a request with OCI request signature version 1 and gives back one to pass to `fetch`. Its body has been read into
 * bytes, and it does not follow redirects: a signature is good for one URL. The request that was passed is used up.
 *
 * @throws UsageError `BODY_NOT_REPLAYABLE`, `HEADER_INVALID`, `KEY_ID_INVALID`, `METHOD_INVALID`, `OPTION_INVALID`, `URL_INVALID`
 * @throws ConfigurationError `KEY_UNSUPPORTED`
 * @example
 * ```ts
 * import { apiKey, signOci } from 'countersign'
 *
 * declare const privateKey: string
 * const credentials = await apiKey({ tenancy: 'ocid1.tenancy.oc1..a', user: 'ocid1.user.oc1..b', privateKey })()
 * const request = new Request('https://identity.eu-frankfurt-1.oci.oraclecloud.com/20160918/regions')
 * const response = await fetch(await signOci(request, credentials))
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export async function signOci(
  request: Request,
  credentials: OciCredentials,
  options: OciSignOptions = {},
): Promise<Request> {
  if (request.bodyUsed) {
    throw new UsageError(
      'BODY_NOT_REPLAYABLE',
      'Expected a request whose body is unread, found one that was sent or read; make a new Request.',
    )
  }
  const { method, url, headers } = request
  const body = await bodyOf(request, options)
  const signed = await signOciHeaders({ method, url, headers, body }, credentials, options)
  return new Request(signed.url, { ...settingsOf(request), ...(await fetchInit(signed, request.redirect)) })
}

/**
 * Signs a request given as plain data. Lies under `signOci`, and is the quicker one of the two: use it with HTTP clients
 * that know nothing of `Request`, or to see what is signed.
 *
 * @throws UsageError `BODY_LENGTH_UNKNOWN`, `BODY_NOT_ALLOWED`, `BODY_UNSUPPORTED`, `HEADER_INVALID`, `KEY_ID_INVALID`, `METHOD_INVALID`, `OPTION_INVALID`, `URL_INVALID`
 * @throws ConfigurationError `KEY_UNSUPPORTED`
 * @example
 * ```ts
 * import { type OciCredentials, signOciHeaders } from 'countersign'
 *
 * declare const credentials: OciCredentials
 * const url = 'https://iaas.eu-frankfurt-1.oraclecloud.com/20160918/instances'
 * const { headers } = await signOciHeaders({ method: 'GET', url }, credentials)
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export async function signOciHeaders(
  request: OciRequest,
  credentials: OciCredentials,
  options: OciSignOptions = {},
): Promise<SignedOciRequest> {
  const method = canonicalMethod(request.method)
  const { href: url, host, target } = canonicalUrl(request.url)
  const headers = Object.assign(headerValues(request.headers), headerValues(credentials.signedHeaders))
  const hasBody = request.body !== undefined && request.body !== null
  const coverage = coverageOf({ method, host, target, hasBody }, options.body ?? 'auto')
  const body = coverage === 'none' ? undefined : await describedBody(request.body, headers, coverage, options)
  const names = signedNames({ method, url, headers }, coverage, credentials, options)
  setTime(headers, names, options.clock ?? systemClock)
  const signedValues = valuesOf(names, { ...headers, host, [REQUEST_TARGET]: requestTarget(method, target) })
  const text = signingString(names, signedValues)
  headers['authorization'] = authorization(credentials.keyId, names, await signature(text, credentials.key))
  delete headers['host']
  delete headers['content-length']
  return {
    method,
    url,
    headers,
    ...(body && { body: body.content, contentLength: body.length }),
    signingString: text,
    signedValues,
  }
}

/** A request whose body may be a stream to pass through gives that stream; any other gives all of its bytes. */
async function bodyOf(request: Request, options: OciSignOptions): Promise<OciBody | null> {
  if (options.contentLength !== undefined && request.body) return request.body
  return wholeBody(request)
}

/** Readies the body and writes the headers that describe it. */
async function describedBody(
  source: OciBody | null | undefined,
  headers: HeaderValues,
  coverage: Coverage,
  options: OciSignOptions,
): Promise<ReadyBody> {
  const digest = options.contentSha256 ?? headers['x-content-sha256']
  const unread = coverage === 'exclude' || digest !== undefined
  const body = await readyBody(source, options.contentLength ?? headers['content-length'], unread)
  const { content, length, type } = body
  headers['content-length'] = String(length)
  headers['content-type'] ||=
    type || (coverage === 'sign' && ArrayBuffer.isView(content) ? 'application/json' : 'application/octet-stream')
  if (coverage === 'sign') headers['x-content-sha256'] = await contentSha256(body, digest)
  return body
}

const BODY_HEADERS = ['content-length', 'content-type', 'x-content-sha256']

function signedNames(
  request: { method: string; url: string; headers: HeaderValues },
  coverage: Coverage,
  credentials: OciCredentials,
  options: OciSignOptions,
): string[] {
  const { genericHeaders, bodyHeaders = BODY_HEADERS, additionalSignedHeaders = [] } = options
  const generic = genericHeaders ?? [
    options.dateHeader ?? 'x-date',
    REQUEST_TARGET,
    'host',
    ...ofCredentials(credentials, request.headers),
  ]
  const listed = (names: HeaderNames): readonly string[] => (typeof names === 'function' ? names(request) : names)
  const names = [...listed(generic), ...(coverage === 'sign' ? listed(bodyHeaders) : [])].map(lowerCase)
  const additional = additionalSignedHeaders.map(lowerCase).filter((name) => name in request.headers)
  return [...new Set([...names, ...additional])]
}

const lowerCase = (name: string): string => name.toLowerCase()

// A delegation token that is not signed is refused, whoever set it.
function ofCredentials({ signedHeaders = {} }: OciCredentials, headers: HeaderValues): string[] {
  return [...Object.keys(signedHeaders), ...('opc-obo-token' in headers ? ['opc-obo-token'] : [])]
}

/** Fills in the time headers that are signed. One that the caller set stays, unless an earlier signature brought it. */
function setTime(headers: HeaderValues, names: readonly string[], clock: Clock): void {
  for (const name of ['x-date', 'date']) {
    if (!names.includes(name)) continue
    if (!headers[name] || 'authorization' in headers) headers[name] = new Date(clock()).toUTCString()
  }
}

function valuesOf(names: readonly string[], known: Readonly<Record<string, string>>): Record<string, string> {
  const value = (name: string): string => {
    if (Object.hasOwn(known, name)) return known[name] as string
    throw new UsageError(
      'HEADER_INVALID',
      `Expected the header "${name}", which is to be signed, in the request; set it or take it off the list.`,
    )
  }
  return Object.fromEntries(names.map((name) => [name, value(name)]))
}

// The order of the parameters in the provider's own examples.
function authorization(keyId: string, names: readonly string[], signature: string): string {
  if (!/^[ !#-[\]-~]+$/.test(keyId)) {
    // A key id may hold a token, so the message does not repeat it.
    throw new UsageError(
      'KEY_ID_INVALID',
      'Expected a key id of printable ASCII without quotes and backslashes, found something else; trim tokens read from files.',
    )
  }
  return `Signature version="1",headers="${names.join(' ')}",keyId="${keyId}",algorithm="rsa-sha256",signature="${signature}"`
}

async function signature(text: string, key: OciCredentials['key']): Promise<string> {
  const bytes = utf8(text)
  if (typeof key === 'function') return encodeBase64(await key(bytes))
  return encodeBase64(new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', usable(key), bytes)))
}

function usable(key: CryptoKey): CryptoKey {
  const { name, hash } = (key?.algorithm ?? {}) as Partial<RsaHashedKeyAlgorithm>
  if (name === 'RSASSA-PKCS1-v1_5' && hash?.name === 'SHA-256' && key.type === 'private') return key
  throw new ConfigurationError(
    'KEY_UNSUPPORTED',
    'Expected a private CryptoKey for RSASSA-PKCS1-v1_5 with SHA-256, or a function that signs; importPrivateKey() makes one from PEM.',
  )
}
