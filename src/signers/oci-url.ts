import { hexOf } from '../encoding/short.js'

/** A URL in the one form that every runtime sends as it is. */
export interface CanonicalUrl {
  /** The authority as it goes over the wire: lower case, without a default port. */
  readonly host: string
  /** Path and query as they go over the wire. */
  readonly target: string
  /** The whole URL, without a fragment: hand this one to `fetch`. */
  readonly href: string
}

// Node and Deno send `^` raw, Bun and Workers encode it; services are known to refuse bare parentheses.
const SENT_DIFFERENTLY = /[!'()*[\]^`{|}]/g

// What URL parsers drop or collapse: control characters, backslashes, and `.` and `..` segments, even when they are
// encoded. Spaces at the end go before the segments are looked at.
const REWRITTEN = /[\p{Cc}\\]|^[^?#]*\/(\.|%2e){1,2}(?=[/?#]| *$)/iu

/**
 * Brings a URL to a fixed point of every runtime's `fetch`, so that what is signed is what is sent. A default port, a
 * fragment and a bare trailing `?` go; characters that runtimes or services encode differently become `%XX`. Gives
 * `undefined` for a URL that is not absolute http(s), holds userinfo, or has a path that parsers would rewrite.
 */
export function canonicalUrl(input: string | URL): CanonicalUrl | undefined {
  const url = parsed(String(input))
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined
  const target = (url.pathname + url.search).replace(SENT_DIFFERENTLY, hexOf)
  return { host: url.host, target, href: `${url.protocol}//${url.host}${target}` }
}

function parsed(input: string): URL | undefined {
  try {
    return REWRITTEN.test(input) ? undefined : new URL(input)
  } catch {
    return undefined
  }
}
