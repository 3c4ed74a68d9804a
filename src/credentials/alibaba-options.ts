import { runtime as defaultRuntime } from '#runtime'
import type { AlibabaCallOptions } from '../http/alibaba-call.js'
import { RETRY } from '../http/retry.js'
import type { Runtime } from '../runtime/types.js'
import type { AlibabaCredentials } from '../types.js'
import type { CacheOptions, LoadContext } from './cache-options.js'
import type { PrincipalOptions } from './principal-options.js'

/** What providers of Alibaba Cloud credentials can be told about their surroundings. Nothing of it is needed. */
export type AlibabaSurroundings = Pick<
  PrincipalOptions,
  'runtime' | 'fetch' | 'retry' | 'timeoutMs' | 'onRequest' | 'sleep'
>

/** What every provider of Alibaba Cloud credentials can be told. Nothing of it is needed. */
export interface AlibabaProviderOptions extends CacheOptions<AlibabaCredentials>, AlibabaSurroundings {}

/** The runtime that was given, or the machine's. */
export function runtimeOf({ runtime = defaultRuntime }: AlibabaSurroundings): Runtime {
  return runtime
}

/** How a provider makes its calls while it loads. */
export function alibabaCalls(
  options: AlibabaSurroundings & { readonly random?: (() => number) | undefined },
  context: Pick<LoadContext<AlibabaCredentials>, 'signal' | 'now' | 'learnServerTime'>,
): AlibabaCallOptions {
  const { fetch = runtimeOf(options).fetch, retry = RETRY.FEDERATION, timeoutMs, onRequest, sleep, random } = options
  const { signal, now: clock, learnServerTime } = context
  return { fetch, retry, timeoutMs, onRequest, sleep, random, signal, clock, learnServerTime }
}
