import { text, utf8 } from '../../encoding/bytes.js'
import { REQUEST_TARGET, requestTarget } from '../../signers/oci-signing-string.js'
import type { CauseCode } from '../causes.js'
import type { CapturedRequest } from '../types.js'

/** The lines that a signature covers, by name. */
export type Lines = Readonly<Record<string, string>>

/** One way in which the signed lines may have differed from those that were sent. */
export interface Supposition {
  readonly code: CauseCode
  readonly lines: Lines
  readonly evidence: string
  readonly suffix?: string
}

/** Every difference to suppose between what was signed and what was sent, the likelier ones first. */
export function suppositions(request: CapturedRequest, sent: Lines): readonly Supposition[] {
  return [
    ...hostSuppositions(request, sent),
    ...pathSuppositions(request),
    ...querySuppositions(request),
    ...methodSuppositions(request),
    ...contentTypeSuppositions(sent),
    { code: 'SIGNING_STRING_NEWLINE', lines: {}, suffix: '\n', evidence: 'it fits with a line break at the end' },
  ]
}

function hostSuppositions({ url }: CapturedRequest, sent: Lines): readonly Supposition[] {
  const { hostname, host } = new URL(url)
  const others = [
    host,
    hostname,
    `${hostname}:443`,
    `${hostname}:80`,
    hostname.toUpperCase(),
    sent['x-forwarded-host'] ?? '',
  ]
  return [...new Set(others)]
    .filter((other) => other !== '' && other !== sent['host'])
    .map((other) => ({
      code: 'HOST_REWRITTEN',
      lines: { host: other },
      evidence: `signed: ${other}; sent: ${sent['host']}`,
    }))
}

function pathSuppositions({ method, url }: CapturedRequest): readonly Supposition[] {
  const [path = '', query] = splitTarget(url)
  const spellings = [
    decoded(path),
    encoded(decoded(path)),
    strict(path),
    path.replace(/%2F/giu, '/'),
    withoutSlash(path),
    encoded(path),
  ]
  return variants(
    method,
    spellings,
    path,
    (other) => other + (query === undefined ? '' : `?${query}`),
    'PATH_REENCODED',
  )
}

function querySuppositions({ method, url }: CapturedRequest): readonly Supposition[] {
  const [path = '', query] = splitTarget(url)
  if (query === undefined) return []
  const pairs = query.split('&')
  const spellings = [
    query.replace(/\+/gu, '%20'),
    query.replace(/%20/gu, '+'),
    decoded(query),
    encoded(decoded(query)),
    [...pairs].sort().join('&'),
    [...pairs].reverse().join('&'),
    query.replace(/%27/gu, "'"),
  ]
  const reordered = variants(method, spellings, query, (other) => `${path}?${other}`, 'QUERY_REENCODED')
  return [...reordered, { code: 'QUERY_REENCODED', lines: target(method, path), evidence: 'signed: no query at all' }]
}

function methodSuppositions({ method, url }: CapturedRequest): readonly Supposition[] {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']
    .filter((other) => other !== method.toUpperCase())
    .map((other) => ({
      code: 'METHOD_CHANGED',
      lines: target(other, targetOf(url)),
      evidence: `signed: ${other}; sent: ${method}`,
    }))
}

function contentTypeSuppositions(sent: Lines): readonly Supposition[] {
  const type = sent['content-type'] ?? ''
  const bare = type.split(';')[0] ?? ''
  const others = [
    bare,
    `${bare};charset=UTF-8`,
    `${bare}; charset=utf-8`,
    `${bare};charset=utf-8`,
    'application/json',
    'text/plain;charset=UTF-8',
    '',
  ]
  return others
    .filter((other) => other !== type)
    .map((other) => ({
      code: 'CONTENT_TYPE_CHANGED',
      lines: { 'content-type': other },
      evidence: `signed: ${other || 'empty'}; sent: ${type}`,
    }))
}

function variants(
  method: string,
  spellings: readonly string[],
  sent: string,
  whole: (spelling: string) => string,
  code: CauseCode,
): readonly Supposition[] {
  return [...new Set(spellings)]
    .filter((spelling) => spelling !== sent)
    .map((spelling) => ({
      code,
      lines: target(method, whole(spelling)),
      evidence: apart(spelling, sent),
    }))
}

/** Both spellings around their first difference: the rest of a query may be nobody else's business. */
function apart(signed: string, sent: string): string {
  const same = [...signed].findIndex((_, at) => signed[at] !== sent[at])
  const at = same < 0 ? signed.length : same
  return `signed: ${around(signed, at)}; sent: ${around(sent, at)}`
}

function around(text: string, at: number): string {
  const [start, end] = [Math.max(0, at - 12), at + 24]
  return `${start > 0 ? '…' : ''}${text.slice(start, end)}${end < text.length ? '…' : ''}`
}

function target(method: string, pathAndQuery: string): Lines {
  return { [REQUEST_TARGET]: requestTarget(method, pathAndQuery) }
}

/** Path and query as the URL spells them: nothing is normalised, for that may be the very cause. */
export function targetOf(url: string): string {
  return splitTarget(url)
    .filter((part) => part !== undefined)
    .join('?')
}

function splitTarget(url: string): readonly [path: string, query?: string] {
  const [, path = '/', query] = /^[a-z]+:\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/iu.exec(url) ?? []
  return query === undefined ? [path || '/'] : [path || '/', query]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function encoded(text: string): string {
  return encodeURI(wellFormed(text))
}

/** Half a letter, which `encodeURI` refuses, becomes the letter that stands for what cannot be read. */
function wellFormed(spelling: string): string {
  return text(utf8(spelling))
}

/** Percent-encodes all but the unreserved characters of RFC 3986 in each segment. */
function strict(path: string): string {
  const percent = (letter: string): string => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
  return path
    .split('/')
    .map((segment) => encodeURIComponent(wellFormed(decoded(segment))).replace(/[!'()*]/gu, percent))
    .join('/')
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}
