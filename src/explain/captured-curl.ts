import { concat, utf8 } from '../encoding/bytes.js'
import type { UsageError } from '../errors.js'
import { curlOptions } from './curl-options.js'
import { shellWords } from './shell-words.js'
import type { CapturedRequest } from './types.js'
import { unreadable } from './unreadable.js'

/** Reads a `curl` command line as curl would, as far as it shapes the request. The first URL counts. */
export function readCurlCommand(line: string): CapturedRequest {
  let draft: Draft = { headers: [], dropped: [], data: [], asQuery: false }
  for (const [name, value] of curlOptions(shellWords(line).slice(1))) {
    draft = { ...draft, ...effects.get(name)?.(draft, value) }
  }
  return { method: methodOf(draft), url: urlOf(draft), headers: headersOf(draft), ...bodyOf(draft) }
}

/** What has been read of a command so far. */
interface Draft {
  readonly method?: string
  readonly url?: string
  /** What curl sets when no header says otherwise. */
  readonly contentType?: string
  readonly headers: readonly (readonly [string, string])[]
  /** Headers that the command takes out, in lower case. */
  readonly dropped: readonly string[]
  readonly data: readonly (Uint8Array<ArrayBuffer> | BodyFile)[]
  readonly asQuery: boolean
  /** The file that is sent as it is; its name ends a URL that names only a folder. */
  readonly upload?: string
}

type BodyFile = NonNullable<CapturedRequest['bodyFile']>
/** In the place of a path. What came that way cannot be read again. */
const STANDARD_INPUT = '-'

type Effect = (draft: Draft, value: string) => Partial<Draft>

/** What each option that matters does, by its long name. */
const effects: ReadonlyMap<string, Effect> = new Map<string, Effect>([
  ['url', ({ url }, value) => ({ url: url ?? value })],
  ['request', (_, value) => ({ method: value.toUpperCase() })],
  ['head', ({ method }) => ({ method: method ?? 'HEAD' })],
  ['get', () => ({ asQuery: true })],
  ['header', withHeader],
  ['data', formData({ keepsLineBreaks: false })],
  ['data-ascii', formData({ keepsLineBreaks: false })],
  ['data-binary', formData({ keepsLineBreaks: true })],
  ['data-raw', (draft, value) => withData(draft, utf8(value))],
  [
    'json',
    (draft, value) => ({ ...formData({ keepsLineBreaks: true })(draft, value), contentType: 'application/json' }),
  ],
  ['upload-file', withUpload],
  ['data-urlencode', hides('body', '--data-urlencode')],
  ['form', hides('body', '--form')],
  ['form-string', hides('body', '--form-string')],
  ['url-query', hides('query', '--url-query')],
])

/** What curl makes of these is not on the command line as it is sent. */
function hides(part: 'body' | 'query', option: string): Effect {
  return () => {
    throw hidden(part, option)
  }
}

function hidden(part: 'body' | 'query', option: string): UsageError {
  const place = part === 'body' ? 'with --data-raw' : 'in the URL'
  return unreadable(`a curl command that shows the ${part} as it is sent`, option, `write the ${part} out, ${place}`)
}

function withHeader({ headers, dropped }: Draft, line: string): Partial<Draft> {
  const [, name = '', mark, value = ''] = /^([^:;]+)([:;])([\s\S]*)$/u.exec(line) ?? []
  if (mark === undefined) throw unreadable('each header as "name: value"')
  if (mark === ':' && value.trim() === '') return { dropped: [...dropped, name.trim().toLowerCase()] }
  return { headers: [...headers, [name.trim(), value.trim()]] }
}

function formData(how: Pick<BodyFile, 'keepsLineBreaks'>): Effect {
  return (draft, value) => withData(draft, value.startsWith('@') ? { path: value.slice(1), ...how } : utf8(value))
}

function withData({ data, contentType }: Draft, piece: Uint8Array<ArrayBuffer> | BodyFile): Partial<Draft> {
  return { data: [...data, piece], contentType: contentType ?? 'application/x-www-form-urlencoded' }
}

function withUpload({ method, data, upload }: Draft, value: string): Partial<Draft> {
  const path = value === '.' ? STANDARD_INPUT : value
  return { method: method ?? 'PUT', data: [...data, { path, keepsLineBreaks: true }], upload: upload ?? path }
}

function methodOf({ method, data, asQuery }: Draft): string {
  return method ?? (data.length === 0 || asQuery ? 'GET' : 'POST')
}

function urlOf({ url, data, asQuery, upload }: Draft): string {
  if (url === undefined) throw unreadable('a curl command with a URL')
  // Without a scheme curl takes HTTP.
  const whole = /^[a-z][a-z\d+.-]*:\/\//iu.test(url) ? url : `http://${url}`
  if (!/^https?:/iu.test(whole) || !URL.canParse(whole)) throw unreadable('a curl command with an http or https URL')
  if (!asQuery || data.length === 0) return upload === undefined ? whole : withFileName(whole, upload)
  const query = joined(data)
  if (query === undefined) throw hidden('query', '--get with data in a file')
  return `${whole}${whole.includes('?') ? '&' : '?'}${new TextDecoder().decode(query)}`
}

/** curl leaves a URL alone that has a query, or whose path does not end with a slash. */
function withFileName(url: string, file: string): string {
  const [, origin = '', path = '', rest = ''] = /^([^/]+\/\/[^/?#]*)([^?#]*)(.*)$/su.exec(url) ?? []
  if (file === STANDARD_INPUT || rest.startsWith('?') || !/^$|\/$/u.test(path)) return url
  return `${origin}${path || '/'}${percentEncoded(file.replace(/^.*[/\\]/su, ''))}${rest}`
}

function percentEncoded(text: string): string {
  const encode = (mark: string): string => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`
  return encodeURIComponent(text).replace(/[!'()*]/gu, encode)
}

function headersOf({ headers, dropped, contentType, asQuery }: Draft): CapturedRequest['headers'] {
  const isSet = dropped.includes('content-type') || headers.some(([name]) => name.toLowerCase() === 'content-type')
  return contentType === undefined || isSet || asQuery ? headers : [...headers, ['content-type', contentType]]
}

function bodyOf({ data, asQuery }: Draft): Pick<CapturedRequest, 'body' | 'bodyFile' | 'bodyIsUnknown'> {
  const [first] = data
  if (first === undefined || asQuery) return {}
  const body = joined(data)
  if (body !== undefined) return { body }
  const isInOneFile = data.length === 1 && 'path' in first && first.path !== STANDARD_INPUT
  return { bodyIsUnknown: true, ...(isInOneFile && { bodyFile: first }) }
}

/** The pieces with ampersands between them; `undefined` when one of them is in a file. */
function joined(data: Draft['data']): Uint8Array<ArrayBuffer> | undefined {
  const pieces = data.filter((piece) => piece instanceof Uint8Array)
  const [first = new Uint8Array(), ...more] = pieces
  return pieces.length < data.length ? undefined : concat(first, ...more.flatMap((piece) => [utf8('&'), piece]))
}
