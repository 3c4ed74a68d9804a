import type { ReceivedRequest } from './received.js'

/** One request as the log keeps it: enough to see what a client did, nothing that lets anyone do it again. */
export interface LogEntry {
  /** When it was answered, in epoch milliseconds of the emulator's clock. */
  readonly at: number
  readonly surface: string
  readonly method: string
  readonly host: string
  readonly path: string
  /** Names of the query's parameters; their values can be secrets. */
  readonly query: readonly string[]
  /** Header values that cannot be secrets; the others are replaced by `…`. */
  readonly headers: Readonly<Record<string, string>>
  readonly status: number
  /** Whom the signature proved. */
  readonly subject?: string
  /** The signature's `headers` list, as received. */
  readonly signedHeaders?: readonly string[]
  /** Why it was refused: an error code and a sentence. */
  readonly refusal?: { readonly code: string; readonly reason: string }
}

/** What is learned about a request while it is answered. */
export interface RequestNotes {
  subject?: string
  signedHeaders?: readonly string[]
  refusal?: { readonly code: string; readonly reason: string }
}

const SAFE_HEADERS = new Set([
  'accept',
  'content-length',
  'content-type',
  'date',
  'host',
  'opc-client-info',
  'opc-client-retries',
  'opc-request-id',
  'user-agent',
  'x-content-sha256',
  'x-date',
])

/** The last requests, oldest first. */
export class RequestLog {
  readonly #entries: LogEntry[] = []
  readonly #limit: number
  readonly #listeners = new Set<(entry: LogEntry) => void>()

  constructor(limit = 1000) {
    this.#limit = limit
  }

  entries(): readonly LogEntry[] {
    return [...this.#entries]
  }

  /** Calls the function with each entry from now on. The function that comes back stops it. */
  subscribe(listener: (entry: LogEntry) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  clear(): void {
    this.#entries.length = 0
  }

  add(entry: LogEntry): void {
    this.#entries.push(entry)
    if (this.#entries.length > this.#limit) this.#entries.shift()
    for (const listener of this.#listeners) listener(entry)
  }
}

/** Puts a request and its outcome into the form the log keeps. */
export function logEntry(
  request: ReceivedRequest,
  outcome: { readonly surface: string; readonly at: number; readonly status: number; readonly notes: RequestNotes },
): LogEntry {
  const { surface, at, status, notes } = outcome
  return {
    at,
    surface,
    method: request.method,
    host: request.host,
    path: request.url.pathname,
    query: [...new Set(request.url.searchParams.keys())],
    headers: Object.fromEntries(
      [...request.headers].map(([name, value]) => [name, SAFE_HEADERS.has(name) ? value : '…']),
    ),
    status,
    ...notes,
  }
}
