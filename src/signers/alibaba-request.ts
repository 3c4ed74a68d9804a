import { percentDecode } from '../encoding/percent.js'
import { UsageError } from '../errors.js'

/** A request as plain data: what the signers take on their fast path. */
export interface AlibabaRequest {
  readonly method: string
  readonly url: string | URL
  readonly headers?: Readonly<Record<string, string>>
  /** Text is sent as UTF-8. */
  readonly body?: Uint8Array<ArrayBuffer> | string
}

/** A signed request as plain data. `host` is signed but not among the headers: every HTTP client sets it itself. */
export interface SignedAlibabaRequest {
  readonly method: string
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: Uint8Array<ArrayBuffer> | string
  /** What was signed, to compare with what a server says that it expected. */
  readonly stringToSign: string
}

/** A query's decoded names and values, in the order of the URL. */
export type QueryPairs = readonly (readonly [name: string, value: string])[]

/** Reads an absolute URL. */
export function readUrl(url: string | URL): URL {
  if (URL.canParse(url)) return new URL(url)
  throw new UsageError('URL_INVALID', 'Expected an absolute URL such as "https://ecs.cn-hangzhou.aliyuncs.com/".')
}

/** Splits `?a=1&b` into decoded pairs. `+` means a space, as form encoding has it. */
export function queryPairs(search: string): QueryPairs {
  const pairs: [string, string][] = []
  for (const part of search.replace(/^\?/, '').split('&')) {
    if (part === '') continue
    const [name = '', ...value] = part.split('=')
    pairs.push([percentDecode(name, { plus: 'space' }), percentDecode(value.join('='), { plus: 'space' })])
  }
  return pairs
}

/** Orders by UTF-16 code unit, whatever the locale. */
export const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)

/** Copies headers with lower-case names; values of names that differ in case only are sorted and joined with a comma. */
export function lowerCaseHeaders(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  const values = new Map<string, string[]>()
  for (const [name, value] of Object.entries(headers)) {
    if (LINE_END.test(value)) {
      throw new UsageError('HEADER_INVALID', `Expected the header ${name} on one line, found a line end in its value.`)
    }
    const key = name.toLowerCase()
    values.set(key, [...(values.get(key) ?? []), value.trim()])
  }
  return Object.fromEntries(Array.from(values, ([name, list]) => [name, list.sort(byCodeUnit).join(',')]))
}

const LINE_END = /[\r\n]/

/** `2024-01-01T00:00:00Z`. */
export const isoSeconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`

/** 128 random bits in hex. */
export function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The parts of a `Request` that a signer reads; its body is read from a copy, so the request stays usable. */
export async function plainRequest(request: Request): Promise<AlibabaRequest & { body?: Uint8Array<ArrayBuffer> }> {
  const { method, url } = request
  const headers = Object.fromEntries(request.headers)
  const bytes = new Uint8Array(await request.clone().arrayBuffer())
  return bytes.length === 0 ? { method, url, headers } : { method, url, headers, body: bytes }
}

/** The same request with another URL, headers and, when given, body bytes. */
export function signedRequest(request: Request, signed: SignedAlibabaRequest): Request {
  const { headers, url } = signed
  if (url === request.url && signed.body === undefined) return new Request(request, { headers })
  const init: RequestInit = { method: request.method, headers, ...carriedOver(request) }
  return new Request(url, signed.body === undefined ? withStream(request, init) : { ...init, body: signed.body })
}

const CARRIED = [
  'signal',
  'redirect',
  'credentials',
  'cache',
  'integrity',
  'keepalive',
  'referrer',
  'referrerPolicy',
] as const

function carriedOver(request: Request): RequestInit {
  const present = CARRIED.filter((name) => request[name] !== undefined && request[name] !== '')
  return Object.fromEntries(present.map((name) => [name, request[name]]))
}

// `duplex` is required with a stream and unknown to TypeScript's DOM types.
function withStream(request: Request, init: RequestInit): RequestInit {
  return request.body ? ({ ...init, body: request.body, duplex: 'half' } as RequestInit) : init
}
