import { UsageError } from '../errors.js'

/** A call of a service that takes JSON and answers with it. */
export interface JsonCall {
  readonly method: string
  readonly url: string | URL
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON. Without it, the request has no body. */
  readonly body?: object | undefined
}

/**
 * The request of such a call.
 *
 * @throws UsageError `HEADER_INVALID` for a value that no header can carry, such as a token with a line break inside.
 * The message does not repeat it.
 */
export function jsonRequest({ method, url, headers = {}, body }: JsonCall): Request {
  const all = new Headers({ accept: 'application/json' })
  for (const [name, value] of Object.entries(headers)) setHeader(all, name, value)
  if (body === undefined) return new Request(url, { method, headers: all })
  all.set('content-type', 'application/json')
  return new Request(url, { method, headers: all, body: JSON.stringify(body) })
}

// The runtime's own error shows the value.
function setHeader(headers: Headers, name: string, value: string): void {
  try {
    headers.set(name, value)
  } catch {
    throw new UsageError(
      'HEADER_INVALID',
      `Expected the value of the header "${name}" to be one line of plain characters, got one with others: look for a line break in it.`,
    )
  }
}
