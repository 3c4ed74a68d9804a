import { text } from '../encoding/bytes.js'
import { asJsonObject, type JsonObject, readJsonText } from '../encoding/json.js'
import { ServiceError } from '../errors.js'
import type { ReceivedRequest } from './received.js'

/** A JSON answer. */
export function answerJson(value: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers)
  headers.set('content-type', 'application/json')
  return new Response(JSON.stringify(value), { ...init, headers })
}

/** A plain text answer. */
export function answerText(value: string, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers)
  if (!headers.has('content-type')) headers.set('content-type', 'text/plain; charset=utf-8')
  return new Response(value, { ...init, headers })
}

/** An error in OCI's shape. @see https://docs.oracle.com/en-us/iaas/Content/API/References/apierrors.htm */
export function answerOciError(status: number, code: string, message: string): Response {
  return answerJson({ code, message }, { status })
}

/** What a handler throws to answer with an OCI error. */
export function refusal(status: number, serviceCode: string, message: string): ServiceError {
  return new ServiceError('SERVICE_ERROR', message, { status, serviceCode })
}

/** The 400 for a request whose parts are missing or malformed. */
export function invalidParameter(message: string): ServiceError {
  return refusal(400, 'InvalidParameter', message)
}

/** The 404 that OCI gives both for what is not there and for what the caller may not see. */
export function notFound(what: string): ServiceError {
  return refusal(404, 'NotAuthorizedOrNotFound', `Authorization failed or requested resource not found: ${what}.`)
}

/** The body as a JSON object. @throws ServiceError 400 for any other body. */
export function jsonObject(request: ReceivedRequest): JsonObject {
  const value = asJsonObject(readJsonText(text(request.body)))
  if (value !== undefined) return value
  throw invalidParameter('Expected a JSON object as the body of the request.')
}

/** A member of a JSON body that must be a string with something in it. @throws ServiceError 400 otherwise. */
export function requiredString(object: JsonObject, name: string): string {
  const value = object[name]
  if (typeof value === 'string' && value !== '') return value
  throw invalidParameter(`Expected "${name}" to be a non-empty string, received ${value === '' ? '""' : typeof value}.`)
}

/** @throws ServiceError 400 when the media type of the body is another. */
export function requireContentType(request: ReceivedRequest, expected: string): void {
  const received = request.headers.get('content-type') ?? ''
  if (received.split(';')[0]?.trim().toLowerCase() === expected) return
  throw invalidParameter(`Expected content-type "${expected}", received "${received}".`)
}

/** Part of a path without its percent-encoding. @throws ServiceError 400 when there is a `%` that encodes nothing. */
export function decodedPath(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw invalidParameter('Expected percent-encoded UTF-8 in the path.')
  }
}
