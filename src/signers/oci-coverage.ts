import { UsageError } from '../errors.js'

/** What a signature says of the body: there is none, its digest and length, or nothing. */
export type Coverage = 'none' | 'sign' | 'exclude'

/** What each method may carry. */
const METHODS: Readonly<Record<string, 'no body' | 'optional body' | 'body'>> = {
  GET: 'no body',
  HEAD: 'no body',
  OPTIONS: 'no body',
  DELETE: 'optional body',
  POST: 'body',
  PUT: 'body',
  PATCH: 'body',
}

/** Whether requests of this method never have a body. */
export const isBodiless = (method: string): boolean => METHODS[method] === 'no body'

/**
 * The method in upper case, as it goes over the wire.
 *
 * @throws UsageError `METHOD_INVALID`
 */
export function canonicalMethod(method: string): string {
  const canonical = method.toUpperCase()
  if (Object.hasOwn(METHODS, canonical)) return canonical
  throw new UsageError('METHOD_INVALID', `Expected one of ${Object.keys(METHODS).join(', ')}, found "${method}".`)
}

/**
 * Decides what the signature covers. POST, PUT and PATCH cover even an empty body; DELETE covers the body that it has.
 *
 * @throws UsageError `BODY_NOT_ALLOWED`
 */
export function coverageOf(
  request: { method: string; host: string; target: string; hasBody: boolean },
  rule: 'auto' | 'sign' | 'exclude',
): Coverage {
  const { method, hasBody } = request
  if (isBodiless(method) && hasBody) {
    throw new UsageError(
      'BODY_NOT_ALLOWED',
      `Expected no body in a ${method} request, found one; use POST, PUT or PATCH.`,
    )
  }
  if (METHODS[method] !== 'body' && !hasBody) return 'none'
  if (rule !== 'auto') return rule
  return isObjectUpload(request) ? 'exclude' : 'sign'
}

/** PutObject and UploadPart. */
function isObjectUpload({ method, host, target }: { method: string; host: string; target: string }): boolean {
  return method === 'PUT' && /(^|\.)objectstorage\./.test(host) && /^\/n\/[^/]+\/b\/[^/]+\/[ou]\/[^?]/.test(target)
}
