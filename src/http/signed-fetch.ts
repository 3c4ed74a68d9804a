import { type OciSignOptions, signOciHeaders } from '../signers/oci.js'
import type { OciBody } from '../signers/oci-body.js'
import { fetchInit, settingsOf, wholeBody } from '../signers/oci-fetch.js'
import type { Clock, OciCredentials, Signer } from '../types.js'
import type { AttemptOutcome, OutgoingRequest, SignedFetchCall, SignedFetchOptions } from './signed-fetch-call.js'

export type { SignedAttempt, SignedFetchOptions } from './signed-fetch-call.js'

/**
 * A `fetch` that signs what it sends; use it wherever a `fetch` can be passed.
 *
 * - Each attempt is signed anew. Network errors, 429, 500, 502, 503, 504 and passing conflicts are tried again, up to 8
 *   times in all, when the method is idempotent or the request carries `opc-retry-token`.
 * - After a 401 the clock is corrected if the answer's `Date` is more than a minute off, and else the credentials are
 *   refreshed; the request is sent again once for each, unless its body is a stream.
 * - A stream needs a `content-length` header, and goes through unread where the signature leaves the body out.
 * - Redirects are not followed, since a signature is good for one URL: a 3xx comes back as it is. Browsers hide it; there
 *   it becomes a `REDIRECT_REFUSED`.
 *
 * @throws UsageError what `signOciHeaders` throws; with a `sign` of your own, `URL_INVALID` and `HEADER_INVALID`.
 * @throws ServiceError `REDIRECT_REFUSED`
 * @example
 * ```ts
 * import { apiKey, createSignedFetch } from 'countersign'
 *
 * declare const privateKey: string
 * const credentials = apiKey({ tenancy: 'ocid1.tenancy.oc1..a', user: 'ocid1.user.oc1..b', privateKey })
 * const fetch = createSignedFetch({ credentials })
 * const response = await fetch('https://objectstorage.eu-frankfurt-1.oraclecloud.com/n/')
 * ```
 */
export function createSignedFetch(options: SignedFetchOptions<OciCredentials, OciSignOptions>): typeof fetch
export function createSignedFetch<C, O>(
  options: SignedFetchOptions<C, O> & { readonly sign: Signer<C, O> },
): typeof fetch
export function createSignedFetch<C, O>(options: SignedFetchOptions<C, O>): typeof fetch {
  const { sign, clock = Date.now } = options
  const prepare = sign ? signedBy(sign) : (signedForOci as unknown as Prepare<C, O>)
  const clockOffsets = new Map<string, number>()

  return async (input, init) => {
    const request = await outgoing(input, init)
    const call: SignedFetchCall = {
      request,
      clockOffsets,
      startedAt: clock(),
      attempts: 0,
      retries: 0,
      refreshed: false,
      clockCorrected: false,
    }
    const { signal } = request.init
    let credentials = await options.credentials(signal ? { signal } : {})
    for (;;) {
      const outcome = await attemptOnce(call, credentials, prepare, options)
      if (outcome.response?.ok && !options.onAttempt) return outcome.response
      const { recover } = await import('./signed-fetch-recovery.js')
      const next = await recover(call, outcome, options)
      if (next) credentials = next
      else if (outcome.response) return outcome.response
      else throw outcome.error
    }
  }
}

/** What to pass to `fetch`, and the headers in it. */
interface Prepared {
  readonly input: string | Request
  readonly init?: RequestInit
  readonly headers: HeadersInit
}

type Prepare<C, O> = (request: OutgoingRequest, credentials: C, options: O & { clock: Clock }) => Promise<Prepared>

const signedForOci: Prepare<OciCredentials, OciSignOptions> = async (request, credentials, options) => {
  const signed = await signOciHeaders(request, credentials, options)
  return {
    input: signed.url,
    init: { ...request.init, ...(await fetchInit(signed, request.init.redirect)) },
    headers: signed.headers,
  }
}

// Signers for other clouds take a whole `Request`, which is made and checked outside the main bundle.
function signedBy<C, O>(sign: Signer<C, O>): Prepare<C, O> {
  return async (...parts) => (await import('./signed-request.js')).signedRequest(sign, ...parts)
}

async function attemptOnce<C, O>(
  call: SignedFetchCall,
  credentials: C,
  prepare: Prepare<C, O>,
  options: SignedFetchOptions<C, O>,
): Promise<AttemptOutcome<C>> {
  const { clock = Date.now, fetch: send = fetch, signOptions } = options
  const offset = call.clockOffsets.size ? (call.clockOffsets.get(new URL(call.request.url).origin) ?? 0) : 0
  const { input, init, headers } = await prepare(call.request, credentials, {
    ...(signOptions as O),
    clock: () => clock() + offset,
  })
  const sent = { credentials, headers, offset, sentAt: clock() }
  call.attempts++
  try {
    return { ...sent, response: await send(input, init), endedAt: clock() }
  } catch (error) {
    return { ...sent, error, endedAt: clock() }
  }
}

/** Takes a request apart. The parts are kept: a `Request` can be sent only once, and copies of it leak on Node 20. */
async function outgoing(input: string | URL | Request, init: RequestInit = {}): Promise<OutgoingRequest> {
  const { method, headers, body, ...rest } = init
  if (typeof input === 'string' || !('headers' in input)) {
    return {
      method: method ?? 'GET',
      url: String(input),
      headers: headers ?? {},
      body: (body ?? null) as OciBody | null,
      init: rest,
    }
  }
  return {
    method: method ?? input.method,
    url: input.url,
    headers: headers ?? input.headers,
    body: (body as OciBody | undefined) ?? (await wholeBody(input)),
    init: { ...settingsOf(input), ...rest },
  }
}
