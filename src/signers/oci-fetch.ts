import type { SignedOciRequest } from './oci.js'
import { refuse } from './oci-refuse.js'

/** Headers as `fetch` takes them: an object, pairs, or a `Headers`. */
export type HeadersInput = Readonly<Record<string, string>> | Iterable<readonly [string, string]>

/** Headers by lower-case name. Has no prototype, so every name is just a name. */
export type HeaderValues = Record<string, string>

const NAME = /^[\w!#$%&'*+.^`|~-]+$/
// Other characters than these have no one spelling in bytes.
const PRINTABLE = /^[\t -~]*$/

/**
 * Copies headers under lower-case names. Values are trimmed; those of one name are joined with `, `, as `fetch` does;
 * it also takes the numbers that JavaScript callers pass.
 *
 * @throws UsageError `HEADER_INVALID`
 */
export async function headerValues(source: HeadersInput = {}): Promise<HeaderValues> {
  const values: HeaderValues = Object.create(null)
  for (const [field, value] of Symbol.iterator in source
    ? (source as Iterable<[string, string]>)
    : Object.entries(source)) {
    const name = field.toLowerCase()
    if (!NAME.test(name) || !PRINTABLE.test(value)) return refuse('HEADER_INVALID', name)
    values[name] = (name in values ? `${values[name]}, ` : '') + String(value).trim()
  }
  return values
}

const SETTINGS = ['cache', 'credentials', 'integrity', 'keepalive', 'mode', 'referrerPolicy', 'signal'] as const

/** The settings of a request that a signature does not touch, as far as the runtime knows them. */
export function settingsOf(request: Request): RequestInit {
  const settings = SETTINGS.map((name) => [name, request[name]])
  // A page load, as a service worker sees it, has a mode that no script may choose.
  return Object.fromEntries(settings.filter(([, value]) => value && value !== 'navigate'))
}

/** All bytes of a request's body, or `null` when there are none. */
export async function wholeBody(request: Request): Promise<Uint8Array<ArrayBuffer> | null> {
  // With any other method there may be a body; Firefox does not show it before it is read.
  if (/^(GET|HEAD)$/.test(request.method)) return null
  const bytes = new Uint8Array(await request.arrayBuffer())
  return bytes.length ? bytes : null
}

/** What to hand to `fetch` beside the signed URL. A signature is good for one URL, so redirects are never followed. */
export async function fetchInit(
  { method, headers, body, contentLength = 0 }: SignedOciRequest,
  redirect?: RequestRedirect,
): Promise<RequestInit> {
  const init: RequestInit = { method, headers, redirect: redirect === 'error' ? redirect : 'manual' }
  if (!body) return init
  if (!('getReader' in body)) return { ...init, body }
  const { streamInit } = await import('./oci-stream.js')
  const sized = await streamInit(body, contentLength)
  return { ...init, ...sized, headers: { ...headers, ...sized.headers } }
}
