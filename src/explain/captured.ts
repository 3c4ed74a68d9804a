import { utf8 } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'
import { shellWords } from './shell-words.js'
import type { CapturedRequest, CapturedResponse } from './types.js'

/**
 * Reads a request that somebody pasted: a `curl` command line, or an HTTP/1.1 message as tools print it.
 *
 * @throws UsageError `OPTION_INVALID` when the text is neither.
 *
 * @example
 * ```ts
 * import { readCapturedRequest } from 'countersign/explain'
 *
 * const request = readCapturedRequest(`curl -H 'x-date: Thu, 05 Jan 2014 21:31:40 GMT' https://iaas.us-phoenix-1.oraclecloud.com/20160918/instances`)
 * console.log(request.method, request.url)
 * ```
 */
export function readCapturedRequest(text: string): CapturedRequest {
  const trimmed = text.trim().replace(/^\$\s+/u, '')
  return /^curl(\.exe)?\s/u.test(trimmed) ? fromCurl(shellWords(trimmed).slice(1)) : fromHttp(trimmed)
}

/** Reads a response that somebody pasted: status line, headers, an empty line, body. */
export function readCapturedResponse(text: string): CapturedResponse {
  const { first, headers, body } = message(text.trim())
  const status = /^HTTP\/[\d.]+ (\d{3})/u.exec(first)?.[1]
  if (status === undefined) throw unreadable('an HTTP response that starts with a status line', first)
  return { status: Number(status), headers, ...(body === undefined ? {} : { body }) }
}

/** Copies a `Request` with its headers and body; the request itself stays usable. */
export async function captureRequest(request: Request): Promise<CapturedRequest> {
  const { method, url } = request
  const headers = [...request.headers]
  if (
    request.body === null &&
    request.headers.get('content-length') === null &&
    /^(GET|HEAD|DELETE|OPTIONS)$/u.test(method)
  ) {
    return { method, url, headers }
  }
  return { method, url, headers, body: new Uint8Array(await request.clone().arrayBuffer()) }
}

/** Copies a `Response` with its headers and text; the response itself stays usable. */
export async function captureResponse(response: Response): Promise<CapturedResponse> {
  const body = response.bodyUsed ? undefined : await response.clone().text()
  return { status: response.status, headers: [...response.headers], ...(body === undefined ? {} : { body }) }
}

const takesNothing =
  /^(-[sSkLifgvIGN#]+|--(silent|show-error|insecure|location|include|fail|globoff|verbose|head|get|compressed|http[\d.]+|no-buffer))$/u
const dataOptions = new Set(['-d', '--data', '--data-raw', '--data-binary', '--data-ascii', '--json'])

function fromCurl(words: readonly string[]): CapturedRequest {
  const headers: (readonly [string, string])[] = []
  const data: string[] = []
  let method: string | undefined
  let url: string | undefined
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (!word.startsWith('-')) url ??= word
    else if (word === '-I' || word === '--head') method ??= 'HEAD'
    else if (!takesNothing.test(word)) {
      const [name, value] = curlOption(word, words[at + 1])
      if (value === words[at + 1] && name === word) at += 1
      if (name === '-X' || name === '--request') method = value.toUpperCase()
      else if (name === '-H' || name === '--header') headers.push(headerLine(value))
      else if (name === '--url') url = value
      else if (dataOptions.has(name)) data.push(value)
    }
  }
  if (url === undefined) throw unreadable('a curl command with a URL', words.join(' ').slice(0, 20))
  const body = data.length === 0 ? {} : { body: utf8(data.join('&')) }
  return { method: method ?? (data.length === 0 ? 'GET' : 'POST'), url, headers, ...body }
}

/** Splits `-XPOST` and `--request=POST`; other options carry their value in the next word. */
function curlOption(word: string, next = ''): readonly [name: string, value: string] {
  const joined = /^(--[a-z-]+)=([\s\S]*)$/u.exec(word) ?? /^(-[XHd])([\s\S]+)$/u.exec(word)
  return joined === null ? [word, next] : [joined[1] ?? '', joined[2] ?? '']
}

function fromHttp(text: string): CapturedRequest {
  const { first, headers, body } = message(text)
  const [, method, target] = /^([A-Za-z]+) (\S+)(?: HTTP\/[\d.]+)?$/u.exec(first) ?? []
  if (method === undefined || target === undefined) {
    throw unreadable('a curl command, or an HTTP request that starts like "GET /path HTTP/1.1"', first)
  }
  const host = headers.find(([name]) => name.toLowerCase() === 'host')?.[1]
  const url = /^https?:/u.test(target) ? target : `https://${host ?? ''}${target}`
  if (!URL.canParse(url)) throw unreadable('an absolute URL or a Host header', target)
  return { method: method.toUpperCase(), url, headers, ...(body === undefined ? {} : { body: utf8(body) }) }
}

function message(text: string): { first: string; headers: (readonly [string, string])[]; body?: string } {
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/u)
  const [first = '', ...lines] = head.split(/\r?\n/u)
  const body = text.slice(head.length).replace(/^\r?\n\r?\n/u, '')
  return { first: first.trim(), headers: lines.map(headerLine), ...(rest.length === 0 ? {} : { body }) }
}

function headerLine(line: string): readonly [string, string] {
  const colon = line.indexOf(':')
  if (colon < 1) throw unreadable('a header line "name: value"', line)
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}

function unreadable(expected: string, came: string): UsageError {
  const shown = came.replace(/[^\x20-\x7e]/gu, ' ').slice(0, 20)
  return new UsageError('OPTION_INVALID', `Expected ${expected}, found "${shown}…"; paste the whole text.`)
}
