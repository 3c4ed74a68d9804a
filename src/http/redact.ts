const SECRET_HEADER = /authorization|cookie|token|secret|password|api-key/i
// A token that was cut before its first dot counts too. Nothing may follow what repeats: the search stays linear.
const TOKEN_SHAPED = /(ST\$)?\beyJ[\w-]+(\.[\w-]*)*/g
// Alibaba Cloud repeats what it signed, as headers or as a query that is encoded once more; its tokens have no shape.
const NAMED_TOKEN = /(security-?token"?(:|=|%3.)[\s"]*)[^\s"&]+/gi
const PEM_SHAPED = /-----BEGIN [^-]+-----[^-]*(-----END [^-]+-----)?/g

/** A text from outside, without anything shaped like a token or a key, cut to `limit` characters. */
export function redactText(text: string, limit = 300): string {
  const redacted = text.replace(TOKEN_SHAPED, '[token]').replace(NAMED_TOKEN, '$1[token]').replace(PEM_SHAPED, '[key]')
  return redacted.length > limit ? `${redacted.slice(0, limit)}…` : redacted
}

/** Headers for a log: values of those that carry credentials are replaced. */
export function redactHeaders(headers: Iterable<readonly [string, string]>): Readonly<Record<string, string>> {
  const redact = (name: string, value: string): string => (SECRET_HEADER.test(name) ? '[redacted]' : redactText(value))
  return Object.fromEntries(Array.from(headers, ([name, value]) => [name, redact(name, value)]))
}

/** A URL for a log: origin and path, without a query, which may hold a credential. */
export function redactUrl(url: string): string {
  const { origin, pathname } = new URL(url)
  return origin + pathname
}

/** Where an answer came from, for a message. */
export function endpointOf({ url }: Response): string | undefined {
  return URL.canParse(url) ? redactUrl(url) : undefined
}
