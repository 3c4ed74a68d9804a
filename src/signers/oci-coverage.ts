import type { OciCredentials } from '../types.js'
import type { HeaderValues } from './oci-fetch.js'
import { REQUEST_TARGET } from './oci-signing-string.js'

/** What a signature says of the body: there is none, its digest and length, or nothing. */
export type Coverage = 'none' | 'sign' | 'exclude'

/** What the decision needs to know of a request. */
export interface CoverageInput {
  readonly method: string
  readonly host: string
  readonly target: string
  readonly hasBody: boolean
}

const BODILESS = ['GET', 'HEAD', 'OPTIONS']
const WITH_BODY = ['POST', 'PUT', 'PATCH']

/** The methods that can be signed. */
export const METHODS: readonly string[] = [...BODILESS, ...WITH_BODY, 'DELETE']

/** Whether requests of this method never have a body. */
export const isBodiless = (method: string): boolean => BODILESS.includes(method)

/** What the signature covers: POST, PUT and PATCH cover even an empty body, DELETE the body that it has. */
export function coverageOf(request: CoverageInput, rule: 'auto' | 'sign' | 'exclude' = 'auto'): Coverage {
  if (!request.hasBody && !WITH_BODY.includes(request.method)) return 'none'
  if (rule !== 'auto') return rule
  return isObjectUpload(request) ? 'exclude' : 'sign'
}

/** PutObject and UploadPart. */
function isObjectUpload({ method, host, target }: CoverageInput): boolean {
  return method === 'PUT' && /(^|\.)objectstorage\./.test(host) && /^\/n\/[^/]+\/b\/[^/]+\/[ou]\/[^?]/.test(target)
}

/** A request as a function that names its headers sees it: header names in lower case. */
export interface NamedRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<HeaderValues>
}

/** Names of headers to sign, in the order of their lines; or a function that names them for one request. */
export type HeaderNames = readonly string[] | ((request: NamedRequest) => readonly string[])

/** Which headers to sign. */
export interface SignedNamesOptions {
  /** The time header to sign. Browsers let nobody set `date`, so the default is `x-date`. */
  readonly dateHeader?: 'x-date' | 'date' | undefined
  /** Replaces the list that every request signs: time header, `(request-target)`, `host`, and those of the credentials. */
  readonly genericHeaders?: HeaderNames | undefined
  /** Replaces the list that covers the body: `content-length`, `content-type`, `x-content-sha256`. */
  readonly bodyHeaders?: HeaderNames | undefined
  /** Headers that are signed, last, when the request carries them. */
  readonly additionalSignedHeaders?: readonly string[] | undefined
}

const BODY_HEADERS = ['content-length', 'content-type', 'x-content-sha256']

/** The names of the lines to sign, in their order. */
export function signedNames(
  request: NamedRequest,
  coverage: Coverage,
  { signedHeaders = {} }: OciCredentials,
  options: SignedNamesOptions,
): readonly string[] {
  const { dateHeader = 'x-date', bodyHeaders = BODY_HEADERS, additionalSignedHeaders = [] } = options
  const { genericHeaders = [dateHeader, REQUEST_TARGET, 'host', ...Object.keys(signedHeaders)] } = options
  const listed = (names: HeaderNames): readonly string[] => (typeof names === 'function' ? names(request) : names)
  const present = (names: readonly string[]): readonly string[] =>
    names.filter((name) => name.toLowerCase() in request.headers)
  const names = [
    ...listed(genericHeaders),
    // A delegation token that is not signed is refused, whoever set it.
    ...present(['opc-obo-token']),
    ...(coverage === 'sign' ? listed(bodyHeaders) : []),
    ...present(additionalSignedHeaders),
  ]
  return [...new Set(names.map((name) => name.toLowerCase()))]
}
