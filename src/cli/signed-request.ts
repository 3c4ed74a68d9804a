import { decodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'
import { readCapturedRequest } from '../explain/captured.js'
import type { CapturedRequest } from '../explain/types.js'
import type { WireRequest } from '../verify/received.js'
import type { CliContext } from './context.js'
import { readBytes } from './request-options.js'

/**
 * Reads a request that was saved or pasted: a `curl` command, an HTTP message, or the JSON that `sign --json` prints.
 *
 * @throws UsageError `OPTION_INVALID` when it is none of these, or when its body is in a file that cannot be read.
 */
export async function readSignedRequest(source: string, context: CliContext): Promise<WireRequest> {
  return asReceived(await readCapture(source, context))
}

/**
 * Reads a request in the same forms, as it was captured: nothing is added to it.
 *
 * @throws UsageError `OPTION_INVALID`
 */
export async function readCapture(source: string, context: CliContext): Promise<CapturedRequest> {
  return withBody(source.trimStart().startsWith('{') ? readJson(source) : readCapturedRequest(source), context)
}

/** The request with its body, if the command line named the file where that is. */
async function withBody(request: CapturedRequest, context: CliContext): Promise<CapturedRequest> {
  const { bodyFile } = request
  if (bodyFile === undefined) return request
  const bytes = await readBytes(bodyFile.path, context)
  const body = bodyFile.keepsLineBreaks ? bytes : bytes.filter((byte) => !LINE_BREAKS.has(byte))
  return { ...request, body, bodyIsUnknown: false }
}

/** What `curl --data @file` takes out of a file. */
const LINE_BREAKS = new Set([0x00, 0x0a, 0x0d])

/** The request with the headers that an HTTP client adds by itself. */
function asReceived({ method, url, headers, body, bodyIsUnknown }: CapturedRequest): WireRequest {
  if (bodyIsUnknown) throw bodyless()
  const { host } = new URL(url)
  const names = new Set(headers.map(([name]) => name.toLowerCase()))
  return {
    method,
    target: targetOf(url),
    headers: [
      ...headers,
      ...(names.has('host') ? [] : [['host', host] as const]),
      ...(names.has('content-length') || !body ? [] : [['content-length', String(body.length)] as const]),
    ],
    ...(body && { body }),
  }
}

// As written: a URL object would take dots out.
function targetOf(url: string): string {
  const target = url.replace(/^[a-z]+:\/\/[^/?#]*/i, '').replace(/#.*$/s, '')
  return target.startsWith('/') ? target : `/${target}`
}

function readJson(source: string): CapturedRequest {
  const { method, url, headers, body, bodyBase64 } = objectOf(source)
  if (typeof method !== 'string' || typeof url !== 'string' || !URL.canParse(url)) throw invalid()
  const content = bodyOf(body, bodyBase64)
  return { method, url, headers: fieldsOf(headers), ...(content && { body: content }) }
}

function bodyOf(body: unknown, bodyBase64: unknown): Uint8Array<ArrayBuffer> | undefined {
  if (typeof body === 'string') return utf8(body)
  if (bodyBase64 === undefined) return undefined
  const bytes = decodeBase64(String(bodyBase64))
  if (!bytes) throw invalid()
  return bytes
}

function fieldsOf(headers: unknown): readonly (readonly [string, string])[] {
  const fields: readonly unknown[] = Array.isArray(headers) ? headers : Object.entries(headers ?? {})
  return fields.map((field) => {
    const [name, value] = Array.isArray(field) ? field : []
    if (typeof name !== 'string' || typeof value !== 'string') throw invalid()
    return [name, value]
  })
}

function objectOf(source: string): Readonly<Record<string, unknown>> {
  try {
    return JSON.parse(source)
  } catch {
    throw invalid()
  }
}

function bodyless(): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    'Expected the request with its body, found it without; give it as the JSON of "sign --json", or as an HTTP message with its body.',
  )
}

function invalid(): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    'Expected JSON with method, url, headers and body or bodyBase64, as "countersign sign --json" prints it, got other JSON.',
  )
}
