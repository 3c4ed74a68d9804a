import { UsageError } from '../errors.js'

/** A URL in the one form that every runtime sends as it is. */
export interface CanonicalUrl {
  /** The authority as it goes over the wire: lower case, without a default port. */
  readonly host: string
  /** Path and query as they go over the wire. */
  readonly target: string
  /** The whole URL, without a fragment: hand this one to `fetch`. */
  readonly href: string
}

/**
 * Brings a URL to a fixed point of every runtime's `fetch`, so that what is signed is what is sent. A default port, a
 * fragment and a bare trailing `?` go; characters that runtimes or services encode differently become `%XX`.
 *
 * @throws UsageError `URL_INVALID` for userinfo, another scheme than http(s), or a path that URL parsers would rewrite.
 */
export function canonicalUrl(input: string | URL): CanonicalUrl {
  const { protocol, host, pathname, search } = parsed(String(input))
  const target = (pathname + search).replace(SENT_DIFFERENTLY, percentEncoded)
  return { host, target, href: `${protocol}//${host}${target}` }
}

// Node and Deno send `^` raw, Bun and Workers encode it; OCI itself is known to refuse bare parentheses.
const SENT_DIFFERENTLY = /[!'()*[\]^`{|}]/g
const REWRITTEN = /[\t\n\r\\]|^[^?#]*\/(\.|%2e){1,2}(?![^/?#])/i

function parsed(input: string): URL {
  if (REWRITTEN.test(input)) {
    throw new UsageError(
      'URL_INVALID',
      'Expected a path without "." or ".." segments, backslashes, tabs and line ends, which URL parsers rewrite; percent-encode them ("a%2F..%2Fb").',
    )
  }
  const url = parse(input)
  if (url && /^https?:$/.test(url.protocol) && !url.username && !url.password) return url
  // The input may hold a password, so the message does not repeat it.
  throw new UsageError('URL_INVALID', 'Expected an absolute http(s) URL without userinfo ("user:password@").')
}

function parse(input: string): URL | undefined {
  try {
    return new URL(input)
  } catch {
    return undefined
  }
}

function percentEncoded(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`
}
