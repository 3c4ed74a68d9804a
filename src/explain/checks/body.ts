import { encodeBase64 } from '../../encoding/base64.js'
import { found } from '../evidence.js'
import { headerValue, type Scene } from '../scene.js'
import type { CapturedRequest, Finding } from '../types.js'

/** Digest and length of the body as it was sent. */
export async function checkBody({ request }: Scene): Promise<readonly Finding[]> {
  if (request === undefined) return []
  const { method, body } = request
  if (/^(GET|HEAD)$/iu.test(method) && body !== undefined && body.length > 0) {
    return [found('BODY_WITH_GET', 'certain', `${method} with a body of ${body.length} bytes`)]
  }
  if (isChunked(request)) return [found('BODY_CHUNKED', 'certain', 'transfer-encoding: chunked')]
  const length = checkLength(request)
  return length.length > 0 ? length : checkDigest(request)
}

/** Whether the body was sent in chunks; the headers tell even where the body itself is not known. */
export function isChunked(request: CapturedRequest): boolean {
  return /\bchunked\b/iu.test(headerValue(request, 'transfer-encoding') ?? '')
}

function checkLength(request: CapturedRequest): readonly Finding[] {
  const stated = headerValue(request, 'content-length')
  if (stated === undefined || request.body === undefined || Number(stated) === request.body.length) return []
  const characters = new TextDecoder().decode(request.body).length
  const counted = Number(stated) === characters ? ['the stated length is the number of characters'] : []
  return [
    found('CONTENT_LENGTH_WRONG', 'certain', `stated: ${stated}`, `bytes sent: ${request.body.length}`, ...counted),
  ]
}

async function checkDigest(request: CapturedRequest): Promise<readonly Finding[]> {
  const stated = headerValue(request, 'x-content-sha256')
  if (stated === undefined || request.body === undefined) return []
  const computed = encodeBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', request.body)))
  if (stated === computed) return []
  return [found('BODY_CHANGED', 'certain', `x-content-sha256 as sent: ${stated}`, `of the body as sent: ${computed}`)]
}
