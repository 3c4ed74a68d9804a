import { text } from '../encoding/bytes.js'
import { asJsonObject, readJsonText } from '../encoding/json.js'
import { readStream } from '../encoding/streams.js'
import { ServiceError, VerificationError } from '../errors.js'

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
 * @throws ServiceError when OCI cannot be asked: that says nothing about the caller.
 */
export async function askOci(request: Request, options: AskOptions): Promise<Readonly<Record<string, unknown>>> {
  const endpoint = new URL(request.url).origin + new URL(request.url).pathname
  const response = await send(request, options, endpoint)
  const requestId = response.headers.get('opc-request-id') ?? 'none'
  if (REFUSALS.includes(response.status)) {
    throw new VerificationError(
      'SIGNATURE_MISMATCH',
      `Expected a signature that OCI accepts; it answered ${response.status} (request id ${requestId}).`,
    )
  }
  if (response.status !== 200) {
    const retryable = response.status === 429 || response.status >= 500
    throw new ServiceError('SERVICE_ERROR', `Expected 200 from ${endpoint}, found ${response.status}.`, {
      status: response.status,
      endpoint,
      requestId,
      retryable,
    })
  }
  return objectIn(response, endpoint)
}

async function send(request: Request, { fetch, timeoutMs = 10_000 }: AskOptions, endpoint: string): Promise<Response> {
  try {
    return await fetch(new Request(request, { redirect: 'manual' }), { signal: AbortSignal.timeout(timeoutMs) })
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError'
    const code = isTimeout ? 'TIMEOUT' : 'SERVICE_UNREACHABLE'
    throw new ServiceError(code, `Expected an answer from ${endpoint}, found none.`, {
      endpoint,
      retryable: true,
      cause,
    })
  }
}

async function objectIn(response: Response, endpoint: string): Promise<Readonly<Record<string, unknown>>> {
  const bytes = response.body ? await readStream(response.body, MAX_ANSWER_BYTES) : undefined
  const value = bytes && asJsonObject(readJsonText(text(bytes)))
  if (value !== undefined) return value
  throw new ServiceError('SERVICE_RESPONSE_INVALID', `Expected a JSON object from ${endpoint}.`, { endpoint })
}
