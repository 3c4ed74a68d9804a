import { answerOciError } from './answers.js'
import type { ReceivedRequest } from './received.js'
import type { Timers } from './timers.js'

/** What happens to a request in place of the right answer. */
export type FaultEffect =
  /** An error in OCI's shape, without the request being looked at. */
  | { readonly effect: 'status'; readonly status: number; readonly code?: string; readonly retryAfterSeconds?: number }
  /** A page of HTML, as a proxy or captive portal sends. */
  | { readonly effect: 'html'; readonly status?: number }
  /** Any other answer. */
  | { readonly effect: 'body'; readonly status?: number; readonly contentType?: string; readonly body: string }
  /** The right answer, later. */
  | { readonly effect: 'delay'; readonly ms: number }
  /** No answer, until the client gives up or the faults are cleared. */
  | { readonly effect: 'hang' }
  /** The connection breaks before the request is looked at. */
  | { readonly effect: 'disconnect' }
  /** The request is carried out, then the connection breaks. */
  | { readonly effect: 'lose-answer' }
  /** The first half of the right answer, as if it were whole. */
  | { readonly effect: 'truncate' }
  /** The first half of the right answer, then the connection breaks. */
  | { readonly effect: 'break-off' }
  /** The right answer, held back until a later request to the same surface is answered. */
  | { readonly effect: 'reorder' }

/** Which requests a fault happens to. Without a target: to any request but those of the control surface. */
export interface FaultTarget {
  /** The name of a surface, such as `x509` or `instance-metadata`. */
  readonly surface?: string
  /** Part of the request target, such as `/instance/region`. */
  readonly path?: string
  readonly method?: string
  /** How many requests it happens to, one by default. `Infinity` (in JSON: 0) until cleared. */
  readonly times?: number
  /** How many matching requests pass unharmed before that. */
  readonly skip?: number
}

/** A fault to inject. */
export type Fault = FaultTarget & FaultEffect

type Answer = (signal: AbortSignal) => Promise<Response>

interface PendingFault {
  readonly fault: Fault
  skip: number
  times: number
}

const HTML = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>\n'

/**
 * Makes the emulator fail on purpose. Faults are used up in the order they were added; a request meets at most one.
 *
 * @example
 * ```ts
 * emulator.faults.add({ surface: 'x509', effect: 'status', status: 503, times: 2 })
 * emulator.faults.add({ path: '/instance/region', effect: 'delay', ms: 2_000 })
 * ```
 */
export class Faults {
  readonly #timers: Timers
  #pending: PendingFault[] = []
  #held = new Map<string, (() => void)[]>()
  #cleared = new AbortController()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Adds faults. The function that comes back removes those of them that are left. */
  add(...faults: readonly Fault[]): () => void {
    const added = faults.map((fault) => ({ fault, skip: fault.skip ?? 0, times: timesOf(fault) }))
    this.#pending.push(...added)
    return () => {
      this.#pending = this.#pending.filter((pending) => !added.includes(pending))
    }
  }

  /** The faults that have not been used up. */
  list(): readonly Fault[] {
    return this.#pending.map(({ fault, times }) => ({ ...fault, times }))
  }

  /** Removes every fault, and lets go of every request that hangs or is held back. */
  clear(): void {
    this.#pending = []
    for (const surface of [...this.#held.keys()]) this.#release(surface)
    this.#cleared.abort()
    this.#cleared = new AbortController()
  }

  /** Answers a request, through the fault that is due for it. */
  async apply(request: ReceivedRequest, surface: string, signal: AbortSignal, answer: Answer): Promise<Response> {
    const fault = this.#take(request, surface)
    const response = fault === undefined ? await answer(signal) : await this.#suffer(fault, surface, signal, answer)
    if (fault?.effect !== 'reorder') this.#release(surface)
    return response
  }

  #take(request: ReceivedRequest, surface: string): Fault | undefined {
    for (const pending of this.#pending) {
      if (!isTarget(pending.fault, request, surface)) continue
      if (pending.skip > 0) {
        pending.skip -= 1
        continue
      }
      pending.times -= 1
      if (pending.times <= 0) this.#pending = this.#pending.filter((other) => other !== pending)
      return pending.fault
    }
    return undefined
  }

  async #suffer(fault: Fault, surface: string, signal: AbortSignal, answer: Answer): Promise<Response> {
    switch (fault.effect) {
      case 'status':
        return statusAnswer(fault)
      case 'html':
        return new Response(HTML, { status: fault.status ?? 502, headers: { 'content-type': 'text/html' } })
      case 'body':
        return new Response(fault.body, {
          status: fault.status ?? 200,
          headers: { 'content-type': fault.contentType ?? 'application/json' },
        })
      case 'delay':
        await this.#timers.wait(fault.ms, signal)
        return answer(signal)
      case 'hang':
        return this.#hang(signal)
      case 'disconnect':
        throw connectionLost()
      case 'lose-answer':
        await answer(signal)
        throw connectionLost()
      case 'truncate':
        return half(await answer(signal), false)
      case 'break-off':
        return half(await answer(signal), true)
      case 'reorder': {
        const response = await answer(signal)
        await this.#hold(surface)
        return response
      }
    }
  }

  #hang(signal: AbortSignal): Promise<Response> {
    const cleared = this.#cleared.signal
    return new Promise((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true })
      cleared.addEventListener('abort', () => reject(connectionLost()), { once: true })
    })
  }

  #hold(surface: string): Promise<void> {
    return new Promise((resolve) => {
      this.#held.set(surface, [...(this.#held.get(surface) ?? []), resolve])
    })
  }

  #release(surface: string): void {
    const held = this.#held.get(surface) ?? []
    this.#held.delete(surface)
    for (const resolve of held) resolve()
  }
}

function timesOf({ times = 1 }: Fault): number {
  return times === 0 ? Number.POSITIVE_INFINITY : times
}

function isTarget({ surface, path, method }: FaultTarget, request: ReceivedRequest, name: string): boolean {
  if (surface === undefined ? name === 'control' : surface !== name) return false
  return (path === undefined || request.target.includes(path)) && (method === undefined || method === request.method)
}

function statusAnswer(fault: Extract<Fault, { effect: 'status' }>): Response {
  const { status, code = 'InjectedFault', retryAfterSeconds } = fault
  const response = answerOciError(status, code, 'The emulator was told to fail.')
  if (retryAfterSeconds !== undefined) response.headers.set('retry-after', String(retryAfterSeconds))
  return response
}

/** What `fetch` rejects with when the other side goes away. */
function connectionLost(): TypeError {
  return new TypeError('fetch failed: the emulator broke the connection, as it was told to.')
}

async function half(response: Response, broken: boolean): Promise<Response> {
  const whole = new Uint8Array(await response.arrayBuffer())
  const first = whole.slice(0, Math.floor(whole.length / 2))
  const body = broken ? brokenStream(first) : first
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  return new Response(body, { status: response.status, headers })
}

function brokenStream(first: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let sent = false
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(connectionLost())
      sent = true
      controller.enqueue(first)
    },
  })
}
