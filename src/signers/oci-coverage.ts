/** What a signature says of the body: there is none, its digest and length, or nothing. */
export type Coverage = 'none' | 'sign' | 'exclude'

/** What the decision needs to know of a request. */
export interface CoverageInput {
  readonly method: string
  readonly host: string
  readonly target: string
  readonly hasBody: boolean
}

const BODILESS = ['GET', 'HEAD', 'OPTIONS']
const WITH_BODY = ['POST', 'PUT', 'PATCH']

/** The methods that can be signed. */
export const METHODS: readonly string[] = [...BODILESS, ...WITH_BODY, 'DELETE']

/** Whether requests of this method never have a body. */
export const isBodiless = (method: string): boolean => BODILESS.includes(method)

/** What the signature covers: POST, PUT and PATCH cover even an empty body, DELETE the body that it has. */
export function coverageOf(request: CoverageInput, rule: 'auto' | 'sign' | 'exclude' = 'auto'): Coverage {
  if (!request.hasBody && !WITH_BODY.includes(request.method)) return 'none'
  if (rule !== 'auto') return rule
  return isObjectUpload(request) ? 'exclude' : 'sign'
}

/** PutObject and UploadPart. */
function isObjectUpload({ method, host, target }: CoverageInput): boolean {
  return method === 'PUT' && /(^|\.)objectstorage\./.test(host) && /^\/n\/[^/]+\/b\/[^/]+\/[ou]\/[^?]/.test(target)
}
