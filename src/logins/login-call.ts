import { runtime as defaultRuntime } from '#runtime'
import { type JsonCall, jsonRequest } from '../http/json-request.js'
import type { RetryPolicy } from '../http/retry.js'
import { serviceCall } from '../http/service-call.js'
import type { Runtime } from '../runtime/types.js'
import type { Clock } from '../types.js'

/** How calls reach the server to log in to. */
export interface LoginConnection {
  /** @defaultValue the runtime's own `fetch` */
  readonly fetch?: typeof fetch | undefined
  readonly runtime?: Pick<Runtime, 'fetch'> | undefined
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
  readonly retry?: RetryPolicy | false | undefined
}

/** Makes a call. A function makes it anew for each attempt, because the date in signed headers ages. */
export async function loginCall(
  call: JsonCall | (() => Promise<JsonCall>),
  { runtime = defaultRuntime, fetch = runtime.fetch, clock, signal, retry }: LoginConnection,
): Promise<Response> {
  const request = async (): Promise<Request> => jsonRequest(typeof call === 'function' ? await call() : call)
  return serviceCall(request, { fetch, timeoutMs: 10_000, clock, signal, retry })
}
