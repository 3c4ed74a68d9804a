import { runtime as defaultRuntime } from '#runtime'
import type { RetryPolicy, Sleep } from '../http/retry.js'
import type { ServiceCallAttempt, ServiceCallOptions } from '../http/service-call.js'
import type { SignedCallOptions } from '../http/signed-call.js'
import type { Runtime } from '../runtime/types.js'
import type { OciCredentials } from '../types.js'
import type { CacheOptions, LoadContext } from './cache-options.js'

/** What every principal can be told. Nothing of it is needed. */
export interface PrincipalOptions extends CacheOptions<OciCredentials> {
  /** Environment, files and network. Default: those of the machine. */
  readonly runtime?: Runtime | undefined
  /** Makes the calls in place of the runtime's `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** When to repeat calls of the token service; `false`: never. */
  readonly retry?: RetryPolicy | false | undefined
  /** The longest that one attempt of a call may take, in milliseconds. */
  readonly timeoutMs?: number | undefined
  /** Sees every attempt of every call, without a secret. */
  readonly onRequest?: ((attempt: ServiceCallAttempt) => void) | undefined
  /** Waits between attempts. */
  readonly sleep?: Sleep | undefined
}

/** How a principal makes its calls while it loads. */
export function callOptions(options: PrincipalOptions, context: LoadContext<OciCredentials>): SignedCallOptions {
  return {
    ...unsignedCallOptions(options, context.signal),
    clock: context.now,
    learnServerTime: context.learnServerTime,
  }
}

/** How a principal makes calls that need no signature, and so no clock. */
export function unsignedCallOptions(options: PrincipalOptions, signal?: AbortSignal): ServiceCallOptions {
  const { runtime = defaultRuntime, fetch = runtime.fetch, retry, timeoutMs, onRequest, sleep, random } = options
  return { fetch, retry, timeoutMs, onRequest, sleep, random, signal }
}

/** The principal's `fetch`, connected on first use when it must trust certificates of its own. */
export function connectedFetch(
  options: PrincipalOptions & { readonly ca?: string | undefined },
): () => Promise<typeof fetch> {
  const { runtime = defaultRuntime, ca } = options
  let connected = options.fetch ?? (ca === undefined ? runtime.fetch : undefined)
  return async () => {
    connected ??= await runtime.connect(ca === undefined ? {} : { ca })
    return connected
  }
}
