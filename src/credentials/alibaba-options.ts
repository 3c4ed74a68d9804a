import { runtime as defaultRuntime } from '#runtime'
import type { AlibabaCallOptions } from '../http/alibaba-call.js'
import { RETRY, type RetryPolicy, type Sleep } from '../http/retry.js'
import type { ServiceCallAttempt } from '../http/service-call.js'
import type { Runtime } from '../runtime/types.js'
import type { AlibabaCredentials } from '../types.js'
import type { CacheOptions, LoadContext } from './cache-options.js'

/** What providers of Alibaba Cloud credentials can be told about their surroundings. Nothing of it is needed. */
export interface AlibabaSurroundings {
  /** Environment, files and network. Default: those of the machine. */
  readonly runtime?: Runtime | undefined
  /** Makes the calls in place of the runtime's `fetch`. */
  readonly fetch?: typeof fetch | undefined
  /** When to repeat calls; `false`: never. */
  readonly retry?: RetryPolicy | false | undefined
  /** The longest that one attempt of a call may take, in milliseconds. */
  readonly timeoutMs?: number | undefined
  /** Sees every attempt of every call, without a secret. */
  readonly onRequest?: ((attempt: ServiceCallAttempt) => void) | undefined
  /** Waits between attempts. */
  readonly sleep?: Sleep | undefined
}

/** What every provider of Alibaba Cloud credentials can be told. Nothing of it is needed. */
export interface AlibabaProviderOptions extends CacheOptions<AlibabaCredentials>, AlibabaSurroundings {}

/** The runtime that was given, or the machine's. */
export function runtimeOf({ runtime = defaultRuntime }: AlibabaSurroundings): Runtime {
  return runtime
}

/** How a provider makes its calls while it loads. */
export function alibabaCalls(
  options: AlibabaSurroundings & { readonly random?: (() => number) | undefined },
  context: Pick<LoadContext<AlibabaCredentials>, 'signal' | 'now'>,
): AlibabaCallOptions {
  const { fetch = runtimeOf(options).fetch, retry = RETRY.FEDERATION, timeoutMs, onRequest, sleep, random } = options
  return { fetch, retry, timeoutMs, onRequest, sleep, random, signal: context.signal, clock: context.now }
}
