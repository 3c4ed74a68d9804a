import { UsageError } from '../errors.js'
import type { Clock, Signer } from '../types.js'
import { serviceUrl } from './service-url.js'
import type { OutgoingRequest } from './signed-fetch-call.js'

/**
 * Makes a `Request` of its parts and has it signed: what to pass to `fetch`, and the headers in it.
 *
 * @throws UsageError `URL_INVALID` or `HEADER_INVALID`; unlike those of the runtimes, their messages repeat nothing that
 * may be a password or a token. And what the signer throws.
 */
export async function signedRequest<C, O>(
  sign: Signer<C, O>,
  { init, url, method, headers, body }: OutgoingRequest,
  credentials: C,
  options: O & { clock: Clock },
): Promise<{ readonly input: Request; readonly headers: Headers }> {
  // `duplex` is required with a stream, and unknown to TypeScript.
  const whole = { ...init, method, headers: wellFormed(headers), body, redirect: 'manual', duplex: 'half' }
  const request = new Request(serviceUrl(url, 'the URL of a request'), whole as RequestInit)
  const input = await sign(request, credentials, options)
  return { input, headers: input.headers }
}

function wellFormed(headers: HeadersInit): Headers {
  try {
    return new Headers(headers)
  } catch {
    throw new UsageError(
      'HEADER_INVALID',
      'Expected headers that a request can carry, found a name or a value with another character in it; trim or encode it.',
    )
  }
}
