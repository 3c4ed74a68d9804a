import { utf8 } from '../encoding/bytes.js'
import { readStream } from '../encoding/streams.js'
import { readCurlCommand } from './captured-curl.js'
import type { CapturedRequest, CapturedResponse } from './types.js'
import { unreadable } from './unreadable.js'

/** More of an answer than this tells nothing new. */
const LONGEST_ANSWER = 1024 * 1024

/**
 * Reads a request that somebody pasted: a `curl` command line, an HTTP/1.1 message as tools print it, or what
 * `curl --verbose` tells of it.
 *
 * @throws UsageError `OPTION_INVALID` when the text is none of these.
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
  const command = text.trimStart().replace(/^\$\s+/u, '')
  return /^curl(\.exe)?\s/u.test(command) ? readCurlCommand(command.trimEnd()) : fromHttp(command)
}

/** Reads a response that somebody pasted: status line, headers, an empty line, body; or what `curl --verbose` tells. */
export function readCapturedResponse(text: string): CapturedResponse {
  const traced = marked(text, '<')
  const { first, headers, body } = readMessage(traced ?? text.trim())
  const status = /^HTTP\/[\d.]+ (\d{3})/u.exec(first)?.[1]
  if (status === undefined) throw unreadable('an HTTP response that starts with a status line')
  const content = traced === undefined ? body : afterTrace(text)
  return { status: Number(status), headers, ...(content === undefined ? {} : { body: content }) }
}

/** Copies a `Request` with its headers and, unless it was read before, its body; the request itself stays usable. */
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
  const body = await bytesOf(request)
  return { method, url, headers, ...(body === undefined ? { bodyIsUnknown: true } : { body }) }
}

/** Copies a `Response` with its headers and, unless it was read before, its text; the response itself stays usable. */
export async function captureResponse(response: Response): Promise<CapturedResponse> {
  const body = await textOf(response)
  return { status: response.status, headers: [...response.headers], ...(body === undefined ? {} : { body }) }
}

/** `undefined` for a body that was read before, as that of a request that was sent. */
async function bytesOf(request: Request): Promise<Uint8Array<ArrayBuffer> | undefined> {
  try {
    return new Uint8Array(await request.clone().arrayBuffer())
  } catch {
    return undefined
  }
}

async function textOf(response: Response): Promise<string | undefined> {
  try {
    const { body } = response.clone()
    const bytes = body && (await readStream(body, LONGEST_ANSWER))
    return bytes ? new TextDecoder().decode(bytes) : undefined
  } catch {
    return undefined
  }
}

function fromHttp(text: string): CapturedRequest {
  const traced = marked(text, '>')
  const { first, headers, body } = readMessage(traced ?? text)
  const [, method, target] = /^([A-Za-z]+) (\S+)(?: HTTP\/[\d.]+)?$/u.exec(first) ?? []
  if (method === undefined || target === undefined) {
    throw unreadable('a curl command, or an HTTP request that starts like "GET /path HTTP/1.1"')
  }
  const content = traced === undefined ? bodyOf(body, headers) : tracedBody(headers)
  return { method: method.toUpperCase(), url: urlOf(target, headers), headers, ...content }
}

function urlOf(target: string, headers: CapturedRequest['headers']): string {
  const host = headerOf('host', headers)
  const url = /^https?:/u.test(target) || host === undefined ? target : `https://${host}${target}`
  if (URL.canParse(url)) return url
  throw unreadable('an absolute URL or a Host header')
}

/** An editor ends a file with a line break that was never sent; the length that the headers state tells. */
function bodyOf(text: string | undefined, headers: CapturedRequest['headers']): Pick<CapturedRequest, 'body'> {
  if (text === undefined) return {}
  const stated = headerOf('content-length', headers)
  const bytes = utf8(stated === undefined ? text.trimEnd() : text)
  const surplus = stated === undefined ? 0 : bytes.length - Number(stated)
  const isLineBreak = surplus > 0 && bytes.slice(-surplus).every((byte) => byte === 0x0a || byte === 0x0d)
  const body = isLineBreak ? bytes.slice(0, -surplus) : bytes
  return body.length === 0 ? {} : { body }
}

/** `curl --verbose` tells of a body only that there is one. */
function tracedBody(headers: CapturedRequest['headers']): Pick<CapturedRequest, 'bodyIsUnknown'> {
  const hasBody = (headerOf('content-length', headers) ?? '0') !== '0'
  return hasBody || headerOf('transfer-encoding', headers) !== undefined ? { bodyIsUnknown: true } : {}
}

/** What a trace like that of `curl --verbose` marks as sent (`>`) or received (`<`); `undefined` for another text. */
function marked(text: string, mark: '>' | '<'): string | undefined {
  const lines = text.split(/\r?\n/u).filter((line) => isMarked(line, mark))
  const first = lines[0]?.slice(2) ?? ''
  return / HTTP\/[\d.]+ ?$|^HTTP\/[\d.]+ /u.test(first) ? lines.map((line) => line.slice(2)).join('\n') : undefined
}

/** The answer's body stands behind its headers without a mark. */
function afterTrace(text: string): string {
  const lines = text.split(/\r?\n/u)
  const body = lines.slice(lines.findLastIndex((line) => isMarked(line, '<')) + 1)
  return body.filter((line) => !/^\* |^[{}] \[\d+ bytes data\]$/u.test(line)).join('\n')
}

function isMarked(line: string, mark: '>' | '<'): boolean {
  return line === mark || line.startsWith(`${mark} `)
}

function readMessage(text: string): { first: string; headers: CapturedRequest['headers']; body?: string } {
  const [head = ''] = text.split(/\r?\n\r?\n/u, 1)
  const [first = '', ...lines] = head.split(/\r?\n/u).filter((line, index) => index === 0 || line.trim() !== '')
  const body = text.slice(head.length).replace(/^\r?\n\r?\n/u, '')
  const headers = lines.map((line, index) => headerLine(line, index + 2))
  return { first: first.trim(), headers, ...(body === '' ? {} : { body }) }
}

function headerLine(line: string, number: number): readonly [string, string] {
  const colon = line.indexOf(':')
  if (colon < 1) throw unreadable(`a header line "name: value" in line ${number}`)
  return [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
}

function headerOf(name: string, headers: CapturedRequest['headers']): string | undefined {
  return headers.find(([sent]) => sent.toLowerCase() === name)?.[1]
}
