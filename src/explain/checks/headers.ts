import { found } from '../evidence.js'
import { headerValue, type Scene } from '../scene.js'
import type { Finding } from '../types.js'

const derived = new Set(['(request-target)', 'host', 'content-length'])
const bodyHeaders = ['content-length', 'content-type', 'x-content-sha256']

/** What is signed against what is sent, and what OCI wants to be signed. */
export function checkHeaders(scene: Scene): readonly Finding[] {
  const { request, authorization } = scene
  const signed = authorization?.value?.headers.map((name) => name.toLowerCase())
  if (request === undefined || signed === undefined) return []
  return [
    ...checkDatePresence(scene, signed),
    ...checkSent(scene, signed),
    ...checkRequired(scene, signed),
    ...checkDelegation(scene, signed),
  ]
}

function checkDatePresence({ request }: Scene, signed: readonly string[]): readonly Finding[] {
  const sent = request !== undefined && ['date', 'x-date'].some((name) => headerValue(request, name) !== undefined)
  if (sent || signed.includes('date') || signed.includes('x-date')) return []
  return [found('DATE_MISSING', 'certain', 'neither date nor x-date was sent or signed')]
}

function checkSent({ request, sentByBrowser }: Scene, signed: readonly string[]): readonly Finding[] {
  if (request === undefined) return []
  if (sentByBrowser && signed.includes('date'))
    return [found('DATE_DROPPED', 'certain', 'signed: date; sent by a browser')]
  const missing = signed.filter((name) => !derived.has(name) && headerValue(request, name) === undefined)
  if (missing.length === 0) return []
  if (missing.includes('date')) return [found('DATE_DROPPED', 'likely', 'signed, but not among the headers sent: date')]
  return [found('SIGNED_HEADER_MISSING', 'certain', `signed, but not among the headers sent: ${missing.join(', ')}`)]
}

function checkRequired({ request, response }: Scene, signed: readonly string[]): readonly Finding[] {
  if (request === undefined) return []
  const dated = signed.includes('date') || signed.includes('x-date')
  // Whether the body is signed is set per operation; a stream that nobody refused may be one of those that are not.
  const streamed = response?.status !== 401 && headerValue(request, 'content-type') === 'application/octet-stream'
  const body = /^(POST|PUT|PATCH)$/iu.test(request.method) && !isUpload(request.url) && !streamed
  // A token request to /v1/x509 may leave host out; every other service insists on it.
  const required = [
    '(request-target)',
    ...(/\/v1\/x509$/u.test(request.url) ? [] : ['host']),
    ...(body ? bodyHeaders : []),
  ]
  const missing = [...required.filter((name) => !signed.includes(name)), ...(dated ? [] : ['x-date or date'])]
  if (missing.length === 0) return []
  return [found('HEADER_NOT_SIGNED', 'certain', `not signed: ${missing.join(', ')}`)]
}

/** Object Storage uploads and the other streamed operations are signed without their body. */
function isUpload(url: string): boolean {
  return /\/n\/[^/]+\/b\/[^/]+\/[ou]\/|\/(messages|artifact|actions\/upload)/u.test(url)
}

function checkDelegation({ request, setUp, extraSignedHeaders }: Scene, signed: readonly string[]): readonly Finding[] {
  if (request === undefined) return []
  const sent = headerValue(request, 'opc-obo-token') !== undefined
  const wanted = setUp.delegationToken !== undefined || extraSignedHeaders.includes('opc-obo-token')
  if (wanted && !sent) return [found('DELEGATION_TOKEN_MISSING', 'certain', 'no opc-obo-token among the headers sent')]
  if (!sent || signed.includes('opc-obo-token')) return []
  return [found('DELEGATION_TOKEN_UNSIGNED', 'certain', `signed headers: ${signed.join(' ')}`)]
}
