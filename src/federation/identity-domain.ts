import { UsageError } from '../errors.js'

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/
const DOMAIN_ID = /^idcs-[0-9a-f]{32}$/i
const TOKEN_PATH = '/oauth2/v1/token'

/**
 * The base URL of an identity domain, without port 443, path or trailing slash, whichever way people write it: as the
 * console shows it, as the Identity API lists it (with `:443`), as the full token URL that the Go and Java SDKs take,
 * or as the bare `idcs-…` id.
 *
 * @throws UsageError `URL_INVALID` for anything else, and for plain http away from loopback.
 * @example
 * ```ts
 * import { identityDomain } from 'countersign/federation/identity-domain'
 *
 * identityDomain('https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com:443/')
 * ```
 */
export function identityDomain(domain: string): string {
  const text = domain.trim()
  if (DOMAIN_ID.test(text)) return `https://${text.toLowerCase()}.identity.oraclecloud.com`
  const url = parse(text)
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && LOOPBACK.test(url.hostname))) {
    throw refused(`an https URL (plain http is for loopback alone), got ${url.protocol}//${url.host}`)
  }
  if (url.username !== '' || url.password !== '') throw refused('a URL without a user name or password in it')
  if (url.search !== '' || url.hash !== '') throw refused('a URL without a query or fragment')
  if (!['', TOKEN_PATH].includes(url.pathname.replace(/\/+$/, ''))) {
    throw refused(`no path but ${TOKEN_PATH}, got the path ${url.pathname}`)
  }
  return url.origin
}

function parse(text: string): URL {
  try {
    return new URL(text)
  } catch {
    throw refused('a URL such as https://idcs-….identity.oraclecloud.com, got something that is not a URL')
  }
}

function refused(expected: string): UsageError {
  return new UsageError(
    'URL_INVALID',
    `The identity domain must be ${expected}. Copy "Domain URL" from the domain's page in the OCI console.`,
  )
}
