import { UsageError } from '../errors.js'

// The metadata services of OCI (both address families) and of Alibaba Cloud; link-local addresses and loopback.
const CLEAR_TEXT_HOSTS =
  /^(localhost|.*\.localhost|127(\.\d+){3}|169\.254(\.\d+){2}|100\.100\.100\.200|\[(::1|fe80:.*|fd00:c1::a9fe:a9fe)\])$/

/**
 * Passes on a request that may carry credentials: over `https:`, or to a host that no network lies before.
 *
 * @throws UsageError `URL_INVALID`
 */
export function assertSafeUrl(url: string, options: { readonly allowInsecureHttp?: boolean | undefined } = {}): void {
  const { protocol, hostname, host } = new URL(url)
  if (protocol === 'https:') return
  if (protocol === 'http:' && (options.allowInsecureHttp || CLEAR_TEXT_HOSTS.test(hostname))) return
  throw new UsageError(
    'URL_INVALID',
    `Expected an https: URL for ${host}, found ${protocol}; only loopback and metadata services are called in the clear.`,
  )
}

/**
 * The address of a service that somebody configured; `name` is what it is called in messages, which do not repeat it.
 *
 * @throws UsageError `URL_INVALID` when it is no http or https URL, or carries a user name or a password.
 */
export function serviceUrl(address: string, name: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined
  // "vault.example.com:8200" is a URL too, one of the scheme "vault.example.com".
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.username === '' && url.password === '') return url
  throw new UsageError(
    'URL_INVALID',
    `Expected ${name} to be a URL that begins with https:// and has no user name or password, got something else.`,
  )
}
