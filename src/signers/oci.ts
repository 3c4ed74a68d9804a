import type { Clock, OciCredentials } from '../types.js'
import { authorization } from './oci-authorization.js'
import { type OciBody, type ReadyBody, readyBody } from './oci-body.js'
import { type Coverage, coverageOf, isBodiless, METHODS, type SignedNamesOptions, signedNames } from './oci-coverage.js'
import { fetchInit, type HeadersInput, type HeaderValues, headerValues, settingsOf, wholeBody } from './oci-fetch.js'
import { refuse } from './oci-refuse.js'
import { REQUEST_TARGET, requestTarget, signingString } from './oci-signing-string.js'
import { canonicalUrl } from './oci-url.js'

/** A request as plain data, for any HTTP client. */
export interface OciRequest {
  readonly method: string
  readonly url: string | URL
  readonly headers?: HeadersInput
  readonly body?: OciBody | null
}

/** How to sign. The defaults are what every OCI service expects. */
export interface OciSignOptions extends SignedNamesOptions {
  readonly clock?: Clock | undefined
  /**
   * Whether the signature covers the body. `auto`: always, but for uploads to Object Storage, whose bodies may be
   * streams; other operations that want `exclude` are listed in `signers/oci-exclude-body`.
   */
  readonly body?: 'auto' | 'sign' | 'exclude' | undefined
  /** Base64 of the SHA-256 of the body, for a stream or a `Blob` that is not to be read. Bytes are always hashed anew. */
  readonly contentSha256?: string | undefined
  /** The length of a stream, in bytes. */
  readonly contentLength?: number | undefined
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
 * @throws UsageError `BODY_NOT_REPLAYABLE`, and what `signOciHeaders` throws.
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
  if (request.bodyUsed) return refuse('BODY_NOT_REPLAYABLE')
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
  const method = request.method.toUpperCase()
  if (!METHODS.includes(method)) return refuse('METHOD_INVALID', request.method, METHODS)
  const { href: url, host, target } = canonicalUrl(request.url) ?? (await refuse('URL_INVALID', request.url))
  const headers = Object.assign(await headerValues(request.headers), await headerValues(credentials.signedHeaders))
  const hasBody = request.body !== undefined && request.body !== null
  if (hasBody && isBodiless(method)) return refuse('BODY_NOT_ALLOWED', method)
  const coverage = coverageOf({ method, host, target, hasBody }, options.body)
  const body = coverage === 'none' ? undefined : await describedBody(request.body, headers, coverage, options)
  const names = signedNames({ method, url, headers }, coverage, credentials, options)
  setTime(headers, names, options.clock ?? Date.now)
  const signedValues = await valuesOf(
    names,
    Object.assign(headers, { host, [REQUEST_TARGET]: requestTarget(method, target) }),
  )
  const text = signingString(names, signedValues)
  for (const name of DERIVED) delete headers[name]
  headers['authorization'] = await authorization(credentials, names, text)
  return {
    method,
    url,
    headers,
    ...(body && { body: body.content, contentLength: body.length }),
    signingString: text,
    signedValues,
  }
}

/** Lines that HTTP clients write themselves. */
const DERIVED = [REQUEST_TARGET, 'host', 'content-length']

/** A request whose body may be a stream to pass through gives that stream; any other gives all of its bytes. */
async function bodyOf(request: Request, options: OciSignOptions): Promise<OciBody | null> {
  return options.contentLength !== undefined && request.body ? request.body : wholeBody(request)
}

/** Readies the body and writes the headers that describe it. */
async function describedBody(
  source: OciRequest['body'],
  headers: HeaderValues,
  coverage: Coverage,
  options: OciSignOptions,
): Promise<ReadyBody> {
  const { contentLength: length = headers['content-length'], contentSha256: sha256 = headers['x-content-sha256'] } =
    options
  const isCovered = coverage === 'sign'
  const body = await readyBody(source, { length, sha256, isCovered })
  headers['content-length'] = String(body.length)
  headers['content-type'] ||= body.type || (isCovered ? 'application/json' : 'application/octet-stream')
  if (body.sha256) headers['x-content-sha256'] = body.sha256
  return body
}

/** Fills in the time headers that are signed. One that the caller set stays, unless an earlier signature brought it. */
function setTime(headers: HeaderValues, names: readonly string[], clock: Clock): void {
  for (const name of ['x-date', 'date']) {
    if (!names.includes(name)) continue
    if (!headers[name] || 'authorization' in headers) headers[name] = new Date(clock()).toUTCString()
  }
}

async function valuesOf(names: readonly string[], known: HeaderValues): Promise<Record<string, string>> {
  const values: HeaderValues = Object.create(null)
  for (const name of names) values[name] = known[name] ?? (await refuse('HEADER_MISSING', name))
  return values
}
