import { text } from '../encoding/bytes.js'
import { asJsonObject, type JsonObject, readJsonText } from '../encoding/json.js'
import { readStream } from '../encoding/streams.js'
import { CountersignError, ServiceError, VerificationError } from '../errors.js'

/** How OCI is asked. */
export interface AskOptions {
  readonly fetch: typeof fetch
  /** @defaultValue 10 000 */
  readonly timeoutMs?: number | undefined
}

const MAX_ANSWER_BYTES = 262_144
const REFUSALS = [400, 401, 403, 404]

/**
 * Sends a request whose signature OCI is to judge, once and without following redirects, and reads the answer.
 *
 * @throws VerificationError `SIGNATURE_MISMATCH` when OCI refuses it, without its words, which could repeat the signature.
 * @throws ServiceError when OCI cannot be asked, or its answer not be read: that says nothing about the caller. What the
 * `fetch` itself throws of our own, such as a ConfigurationError of the credentials it signs with, goes through.
 */
export async function askOci(request: Request, options: AskOptions): Promise<JsonObject> {
  const { fetch, timeoutMs = 10_000 } = options
  const endpoint = new URL(request.url).origin + new URL(request.url).pathname
  // One deadline for the whole answer: it aborts the reading of the body too.
  const signal = AbortSignal.timeout(timeoutMs)
  const response = await reached(async () => fetch(new Request(request, { redirect: 'manual' }), { signal }), endpoint)
  if (response.status === 200) return objectIn(response, endpoint)
  response.body?.cancel().catch(() => undefined)
  throw failure(response, endpoint)
}

function failure({ status, headers }: Response, endpoint: string): VerificationError | ServiceError {
  const requestId = headers.get('opc-request-id') ?? undefined
  if (REFUSALS.includes(status)) {
    return new VerificationError(
      'SIGNATURE_MISMATCH',
      `Expected a signature that OCI accepts; it answered ${status} (request id ${requestId ?? 'none'}).`,
    )
  }
  const retryable = status === 429 || status >= 500
  const details = { status, endpoint, requestId, retryable }
  return new ServiceError('SERVICE_ERROR', `Expected 200 from ${endpoint}, found ${status}.`, details)
}

/** What comes over the network, or why nothing did. */
async function reached<T>(read: () => Promise<T>, endpoint: string): Promise<T> {
  try {
    return await read()
  } catch (cause) {
    if (cause instanceof CountersignError) throw cause
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError'
    const code = isTimeout ? 'TIMEOUT' : 'SERVICE_UNREACHABLE'
    const found = isTimeout ? 'none in time' : 'none, or one that broke off'
    const details = { endpoint, retryable: true, cause }
    throw new ServiceError(code, `Expected an answer from ${endpoint}, found ${found}; ask again later.`, details)
  }
}

async function objectIn({ body }: Response, endpoint: string): Promise<JsonObject> {
  const bytes = body ? await reached(async () => readStream(body, MAX_ANSWER_BYTES), endpoint) : new Uint8Array()
  if (bytes === undefined) throw invalid(`at most ${MAX_ANSWER_BYTES} bytes`, endpoint, 'more')
  return asJsonObject(readJsonText(text(bytes))) ?? invalid('a JSON object', endpoint, 'something else')
}

function invalid(expected: string, endpoint: string, found: string): never {
  throw new ServiceError('SERVICE_RESPONSE_INVALID', `Expected ${expected} from ${endpoint}, found ${found}.`, {
    endpoint,
  })
}
