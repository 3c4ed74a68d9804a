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

// Escapes, and what is escaped by some alone: Node and Deno send `^` raw, Bun and Workers encode it; WebKit on Linux writes
// escapes in capitals and undoes needless ones; services are known to refuse bare parentheses.
const SPELLED_DIFFERENTLY = /%[\da-f]{2}|[!'()*[\]^`{|}]/gi

// What URL parsers drop or collapse: control characters, backslashes, and `.` and `..` segments, even when they are
// encoded. Spaces at the end go before the segments are looked at.
const REWRITTEN = /[\p{Cc}\\]|^[^?#]*\/(\.|%2e){1,2}(?=[/?#]| *$)/iu

/**
 * Brings a URL to a fixed point of every runtime's `fetch`, so that what is signed is what is sent. A default port, a
 * fragment and a bare trailing `?` go; characters that runtimes or services encode differently become `%XX`, and those
 * that never need an escape lose it, as RFC 3986 has it. Gives `undefined` for a URL that is not absolute http(s), holds
 * userinfo, or has a path that parsers would rewrite.
 */
export function canonicalUrl(input: string | URL): CanonicalUrl | undefined {
  const url = parsed(String(input))
  if (!url || !/^https?:$/.test(url.protocol) || url.username || url.password) return undefined
  const target = (url.pathname + url.search).replace(SPELLED_DIFFERENTLY, spelled)
  return { host: url.host, target, href: `${url.protocol}//${url.host}${target}` }
}

function parsed(input: string): URL | undefined {
  try {
    return REWRITTEN.test(input) ? undefined : new URL(input)
  } catch {
    return undefined
  }
}

function spelled(found: string): string {
  const escaped = found[1] ? found : hexOf(found)
  const character = String.fromCharCode(parseInt(escaped.slice(1), 16))
  return /[\w.~-]/.test(character) ? character : escaped.toUpperCase()
}
