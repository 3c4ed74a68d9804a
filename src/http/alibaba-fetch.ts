import { assertUnread, readUrl } from '../signers/alibaba-request.js'
import { type AlibabaCredentials, type Clock, type CredentialsProvider, type Signer, systemClock } from '../types.js'
import { isClockFailure, serverTimeOf } from './alibaba-clock.js'
import type { JudgeExpiry } from './alibaba-expiry.js'
import { type AlibabaFailure, readAlibabaFailure } from './alibaba-failure.js'
import { renewedCredentials } from './alibaba-renewal.js'
import { assertSafeUrl } from './service-url.js'

/** What a signed `fetch` for Alibaba Cloud needs. */
export interface AlibabaFetchOptions<O> {
  readonly credentials: CredentialsProvider<AlibabaCredentials>
  /** `signAcs3` for Open API, `signOss4` for OSS, or one of the older schemes. */
  readonly sign: Signer<AlibabaCredentials, O>
  /** Handed to the signer with each request. A `clock` in it gives way to the option `clock` below. */
  readonly signOptions?: O
  /** What sends. Default: the runtime's own `fetch`. */
  readonly fetch?: typeof fetch
  /** Which failures mean that the access key has expired. Default: `expiredAccessKey()`. */
  readonly expired?: JudgeExpiry
  /** Told when `expired` throws, which counts as saying no. */
  readonly onJudgeError?: (error: unknown) => void
  readonly clock?: Clock
  /** WARNING: sends credentials in the clear. Allows `http:` to hosts that are neither loopback nor a metadata service. */
  readonly allowInsecureHttp?: boolean
}

/**
 * A `fetch` that signs what it sends, for Open API and OSS alike. When a service says that the access key has expired,
 * the credentials are refreshed, once for all calls that fail together, and the request is sent once more if the key
 * changed. When a service says that the clock is off, the request is sent once more by the service's clock. A body that
 * is a stream cannot be sent twice: its first answer stands. Redirects are not followed, since a signature is good for
 * one URL: a 3xx comes back as it is, or as browsers show it.
 *
 * @throws UsageError `URL_INVALID` for what is no URL, and for `http:` to other hosts than loopback;
 * `BODY_NOT_REPLAYABLE`; and what the provider and the signer throw.
 * @example
 * ```ts
 * import { alibabaAccessKey } from 'countersign/credentials/alibaba-access-key'
 * import { createAlibabaFetch } from 'countersign/http/alibaba-fetch'
 * import { signAcs3 } from 'countersign/signers/alibaba-acs3'
 *
 * const credentials = alibabaAccessKey({ accessKeyId: 'LTAI…', accessKeySecret: '…' })
 * const fetch = createAlibabaFetch({ credentials, sign: signAcs3, signOptions: { version: '2014-05-26' } })
 * const response = await fetch('https://ecs.cn-hangzhou.aliyuncs.com/', { method: 'POST', headers: { 'x-acs-action': 'DescribeRegions' } })
 * ```
 */
export function createAlibabaFetch<O>(options: AlibabaFetchOptions<O>): typeof fetch {
  const { credentials: provider, clock = systemClock } = options
  const offsets = new Map<string, number>()
  return async (input, init) => {
    const outgoing = replayable(input, init)
    assertSafeUrl(outgoing.url, options)
    const signal = outgoing.signal
    const refused = await provider(signal && { signal })
    const send = (credentials: AlibabaCredentials): Promise<Response> =>
      attempt(outgoing, credentials, options, offsets)
    const response = await send(refused)
    const failure = outgoing.isReplayable ? await readAlibabaFailure(response) : undefined
    if (failure === undefined) return response
    const credentials = correctedClock(failure, response, outgoing.url, offsets, clock)
      ? refused
      : await renewedCredentials(provider, refused, failure, { ...options, ...(signal && { signal }) })
    if (credentials === undefined) return response
    // Not awaited: the answer may be slow to go, and the caller waits for the next.
    response.body?.cancel().catch(() => {})
    return send(credentials)
  }
}

/** A request that can be made again, as long as its body is not a stream. */
interface Outgoing {
  readonly url: string
  readonly signal: AbortSignal | undefined
  readonly isReplayable: boolean
  request(): Request
}

function replayable(input: string | URL | Request, init?: RequestInit): Outgoing {
  const isReplayable = !(init?.body instanceof ReadableStream)
  if (input instanceof Request) {
    assertUnread(input)
    // The original is never sent, so that it can be copied again.
    const request = (): Request => new Request(isReplayable ? input.clone() : input, init)
    return { url: input.url, signal: init?.signal ?? input.signal, isReplayable, request }
  }
  const base = globalThis.location?.href
  const { href: url } = URL.canParse(input, base) ? new URL(input, base) : readUrl(input)
  return { url, signal: init?.signal ?? undefined, isReplayable, request: () => new Request(url, init) }
}

async function attempt<O>(
  outgoing: Outgoing,
  credentials: AlibabaCredentials,
  options: AlibabaFetchOptions<O>,
  offsets: ReadonlyMap<string, number>,
): Promise<Response> {
  const { sign, signOptions, fetch: send = fetch, clock = systemClock } = options
  const offset = offsets.get(new URL(outgoing.url).origin) ?? 0
  // Redirects are not followed: a signature is good for one URL, and a security token for one host.
  const unsigned = new Request(outgoing.request(), { redirect: 'manual' })
  return send(await sign(unsigned, credentials, { ...(signOptions as O), clock: () => clock() + offset }))
}

/** Learns the service's time from a failure that is about time; says whether there was something to learn. */
function correctedClock(
  failure: AlibabaFailure,
  response: Response,
  url: string,
  offsets: Map<string, number>,
  clock: Clock,
): boolean {
  const serverTime = isClockFailure(failure) ? serverTimeOf(response) : undefined
  if (serverTime === undefined) return false
  offsets.set(new URL(url).origin, serverTime - clock())
  return true
}
