/** An option by its long name, where that matters, with what was given for it; empty for one that takes nothing. */
export type CurlOption = readonly [name: string, value: string]

/** The long names of short options that matter. */
const longNames: ReadonlyMap<string, string> = new Map([
  ['X', 'request'],
  ['H', 'header'],
  ['d', 'data'],
  ['F', 'form'],
  ['T', 'upload-file'],
  ['I', 'head'],
  ['G', 'get'],
])
const shortWithValue = new Set('AbcCdDeEFhHKmoPQrtTuUwxXyYz')
const longWithoutValue = new Set(
  `anyauth append basic ca-native compressed create-dirs crlf digest disable fail fail-early fail-with-body false-start
  form-escape get globoff haproxy-protocol head http0.9 http1.0 http1.1 http2 http2-prior-knowledge http3 http3-only
  include insecure ipv4 ipv6 junk-session-cookies list-only location location-trusted negotiate netrc netrc-optional
  next ntlm parallel parallel-immediate path-as-is post301 post302 post303 progress-bar proxy-anyauth proxy-basic
  proxy-digest proxy-http2 proxy-insecure proxy-negotiate proxy-ntlm proxytunnel raw remote-header-name remote-name
  remote-name-all remote-time remove-on-error retry-all-errors retry-connrefused show-error show-headers silent
  skip-existing ssl ssl-no-revoke ssl-reqd ssl-revoke-best-effort styled-output suppress-connect-headers tcp-fastopen
  tcp-nodelay tlsv1 tlsv1.0 tlsv1.1 tlsv1.2 tlsv1.3 tr-encoding trace-ids trace-time use-ascii verbose`.split(/\s+/u),
)

/** The options of a command line by their long names, a bare word being a URL. */
export function* curlOptions(words: readonly string[]): Generator<CurlOption> {
  const rest = words.values()
  const next = (): string => rest.next().value ?? ''
  for (const word of rest) {
    if (word.startsWith('--')) yield longOption(word.slice(2), next)
    else if (word.startsWith('-')) yield* shortOptions(word.slice(1), next)
    else yield ['url', word]
  }
}

function longOption(word: string, next: () => string): CurlOption {
  const equals = word.indexOf('=')
  if (equals > 0) return [word.slice(0, equals), word.slice(equals + 1)]
  return longWithoutValue.has(word) || word.startsWith('no-') ? [word, ''] : [word, next()]
}

/** `-sXPOST`: letters without a value may stand before one that has it. */
function shortOptions(cluster: string, next: () => string): readonly CurlOption[] {
  const letters = cluster.split('')
  const named = letters.map((letter) => longNames.get(letter) ?? letter)
  const last = letters.findIndex((letter) => shortWithValue.has(letter))
  const flags = named.slice(0, last < 0 ? undefined : last).map((name): CurlOption => [name, ''])
  return last < 0 ? flags : [...flags, [named[last] ?? '', cluster.slice(last + 1) || next()]]
}
