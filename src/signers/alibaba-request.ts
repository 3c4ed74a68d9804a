import { percentDecode, percentEncode } from '../encoding/percent.js'
import { UsageError } from '../errors.js'
import type { Clock } from '../types.js'

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

/** What makes each signature of an Open API request another one. */
export interface OneTimeOptions {
  readonly clock?: Clock
  /** Makes a value that is never used twice. Default: 128 random bits. */
  readonly nonce?: () => string
}

/** A query's decoded names and values, in the order of the URL. */
export type QueryPairs = readonly (readonly [name: string, value: string])[]

/** Reads an absolute URL. */
export function readUrl(url: string | URL): URL {
  if (URL.canParse(url)) return new URL(url)
  throw new UsageError('URL_INVALID', 'Expected an absolute URL such as "https://ecs.cn-hangzhou.aliyuncs.com/".')
}

/** The method as it is sent, in capitals, and the URL. */
export function requestLine({ method, url }: AlibabaRequest): { readonly method: string; readonly url: URL } {
  return { method: method.toUpperCase(), url: readUrl(url) }
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

/** Encoded `name=value` pairs in the order of their names. */
export function canonicalQuery(pairs: QueryPairs): string {
  return [...pairs]
    .sort(([a], [b]) => byCodeUnit(a, b))
    .map(([name, value]) => `${percentEncode(name)}=${percentEncode(value)}`)
    .join('&')
}

/** The pairs of other names. */
export function pairsWithout(pairs: QueryPairs, names: readonly string[]): QueryPairs {
  return pairs.filter(([name]) => !names.includes(name))
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

/** The same, without headers that the signer or the HTTP client sets by itself. */
export function headersWithout(
  headers: Readonly<Record<string, string>> | undefined,
  names: readonly string[],
): Record<string, string> {
  return Object.fromEntries(Object.entries(lowerCaseHeaders(headers)).filter(([name]) => !names.includes(name)))
}

/** `2024-01-01T00:00:00Z`. */
export const isoSeconds = (time: number): string => `${new Date(time).toISOString().slice(0, 19)}Z`

/** 128 random bits in hex. */
export function randomNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** @throws UsageError `BODY_NOT_REPLAYABLE` when somebody has read the body. */
export function assertUnread({ bodyUsed }: Request): void {
  if (!bodyUsed) return
  throw new UsageError(
    'BODY_NOT_REPLAYABLE',
    'Expected a request whose body is unread, found one that was read already.',
  )
}

/** The parts of a `Request` that a signer reads which leaves the body alone. */
export function requestHead(request: Request): AlibabaRequest {
  assertUnread(request)
  const { method, url, headers } = request
  return { method, url, headers: Object.fromEntries(headers) }
}

/** The same with the body, which is read from a copy, so the request stays usable. */
export async function plainRequest(request: Request): Promise<AlibabaRequest> {
  const head = requestHead(request)
  const bytes = new Uint8Array(await request.clone().arrayBuffer())
  return bytes.length === 0 ? head : { ...head, body: bytes }
}

/** The request that was signed, with the body that was read of it. */
export function signedRequest(request: Request, signed: SignedAlibabaRequest): Request {
  const { method, headers, url, body } = signed
  return new Request(url, { method, headers, ...carriedOver(request), ...(body && { body }) })
}

/** The same for a request whose body was left alone and is handed on. */
export async function signedUnread(request: Request, signed: SignedAlibabaRequest): Promise<Request> {
  const { method, headers, url } = signed
  if (withoutFragment(url) === withoutFragment(request.url)) return new Request(request, { headers })
  const init = { method, headers, ...carriedOver(request), ...(await unreadBody(request)) }
  return new Request(url, init)
}

const withoutFragment = (url: string): string => url.replace(/#.*$/s, '')

/** The body as a stream, or as bytes where requests do not show theirs, as in Firefox. */
async function unreadBody(request: Request): Promise<RequestInit> {
  const body: BodyInit | null | undefined = request.body
  // `duplex` is required with a stream and unknown to TypeScript's DOM types.
  if (body) return { body, duplex: 'half' } as RequestInit
  const bytes = body === null ? new ArrayBuffer(0) : await request.arrayBuffer()
  return bytes.byteLength === 0 ? {} : { body: bytes }
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
