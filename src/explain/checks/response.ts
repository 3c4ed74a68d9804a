import { found } from '../evidence.js'
import { headerValue, type Scene } from '../scene.js'
import type { CapturedResponse, Finding } from '../types.js'

/** What the answer itself says, apart from the signature. */
export function checkResponse({ response }: Scene): readonly Finding[] {
  if (response === undefined) return []
  const { status } = response
  if (status >= 300 && status < 400) {
    return [
      found('REDIRECTED', 'certain', `status ${status}`, `location: ${placeOf(headerValue(response, 'location'))}`),
    ]
  }
  if (status === 429)
    return [found('TOO_MANY_REQUESTS', 'certain', `status 429, code ${serviceCode(response) ?? 'none'}`)]
  if (status >= 400 && isForeign(response)) return [found('NOT_OCI_ANSWER', 'certain', ...foreignSigns(response))]
  if (serviceCode(response) === 'NotAuthorizedOrNotFound' || status === 403) {
    return [found('NOT_AUTHORIZED', 'certain', `status ${status}, code ${serviceCode(response) ?? 'none'}`)]
  }
  return throughGateway(response)
}

/** The `code` of an OCI error body, such as `NotAuthenticated`. */
export function serviceCode({ body }: CapturedResponse): string | undefined {
  return /"code"\s*:\s*"([A-Za-z0-9]{1,80})"/u.exec(body ?? '')?.[1]
}

function isForeign(response: CapturedResponse): boolean {
  const html =
    /<html|<!doctype/iu.test(response.body ?? '') || /text\/html/iu.test(headerValue(response, 'content-type') ?? '')
  return html || response.status === 407
}

function foreignSigns(response: CapturedResponse): readonly string[] {
  const names = ['server', 'via', 'content-type', 'proxy-authenticate'] as const
  const signs = names.flatMap((name) => {
    const value = headerValue(response, name)
    return value === undefined ? [] : [`${name}: ${value.slice(0, 60)}`]
  })
  return [`status ${response.status}`, ...signs]
}

function throughGateway(response: CapturedResponse): readonly Finding[] {
  const via = headerValue(response, 'via')
  return response.status === 401 && via !== undefined
    ? [found('GATEWAY_REWRITES', 'possible', `via: ${via.slice(0, 60)}`)]
    : []
}

/** Origin and path of a location, without its query. */
function placeOf(location: string | undefined): string {
  return location?.split(/[?#]/u)[0]?.slice(0, 120) ?? 'none'
}
