import { UsageError } from '../errors.js'
import { connectionLost, type FaultEffect, type FaultScene, perform } from './fault-effects.js'
import type { ReceivedRequest } from './received.js'
import type { Timers } from './timers.js'

/** Which requests a fault happens to. Without a surface: to any request but those of the control endpoint. */
export interface FaultTarget {
  /** The name of a surface, such as `x509` or `instance-metadata`. */
  readonly surface?: string
  /** Part of the request target, such as `/instance/region`. */
  readonly path?: string
  readonly method?: string
  /** How many requests it happens to, one by default. `Infinity`, or 0 in JSON: until it is cleared. */
  readonly times?: number
  /** How many matching requests pass unharmed before that. */
  readonly skip?: number
}

/** A fault to inject. */
export type Fault = FaultTarget & FaultEffect

interface PendingFault {
  readonly fault: Fault
  skip: number
  times: number
}

/**
 * Makes the emulator fail on purpose. Faults are used up in the order they were added; a request meets at most one.
 *
 * @example
 * ```ts
 * import { createEmulator } from 'countersign/testing'
 *
 * const emulator = createEmulator()
 * emulator.faults.add({ surface: 'x509', effect: 'status', status: 503, times: 2 })
 * emulator.faults.add({ path: '/instance/region', effect: 'delay', ms: 2_000 })
 * ```
 */
export class Faults {
  readonly #timers: Timers
  readonly #surfaceNames: readonly string[]
  readonly #held = new Map<string, (() => void)[]>()
  #pending: readonly PendingFault[] = []
  #cleared = new AbortController()

  constructor(timers: Timers, surfaceNames: readonly string[]) {
    this.#timers = timers
    this.#surfaceNames = surfaceNames
  }

  /**
   * Adds faults. The function that comes back removes those of them that are left.
   *
   * @throws UsageError `OPTION_INVALID` for a surface that there is not: such a fault would never happen.
   */
  add(...faults: readonly Fault[]): () => void {
    for (const { surface } of faults) this.#assertSurface(surface)
    const added = faults.map((fault) => ({ fault, skip: fault.skip ?? 0, times: timesOf(fault) }))
    this.#pending = [...this.#pending, ...added]
    return () => {
      this.#pending = this.#pending.filter((pending) => !added.includes(pending))
    }
  }

  /** The faults that have not been used up, as they would be added now: `times` is 0 until they are cleared. */
  list(): readonly Fault[] {
    return this.#pending.map(({ fault, times, skip }) => ({
      ...fault,
      skip,
      times: Number.isFinite(times) ? times : 0,
    }))
  }

  /** Removes every fault, and lets go of every request that hangs or is held back. */
  clear(): void {
    this.#pending = []
    for (const surface of [...this.#held.keys()]) this.#release(surface)
    this.#cleared.abort()
    this.#cleared = new AbortController()
  }

  /** Answers a request, through the fault that is due for it. */
  async apply(
    request: ReceivedRequest,
    surface: string,
    signal: AbortSignal,
    answer: () => Promise<Response>,
  ): Promise<Response> {
    const fault = this.#take(request, surface)
    const scene: FaultScene = {
      answer,
      wait: (ms) => this.#timers.wait(ms, signal),
      hang: () => this.#hang(signal),
      hold: () => this.#hold(surface),
    }
    const response = fault === undefined ? await answer() : await perform(fault, scene)
    if (fault?.effect !== 'reorder') this.#release(surface)
    return response
  }

  #assertSurface(surface: string | undefined): void {
    if (surface === undefined || this.#surfaceNames.includes(surface)) return
    const names = this.#surfaceNames.join(', ')
    throw new UsageError('OPTION_INVALID', `Expected the surface of a fault to be one of ${names}; got "${surface}".`)
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

  #hang(signal: AbortSignal): Promise<never> {
    const cleared = this.#cleared.signal
    return new Promise((_, reject) => {
      if (signal.aborted) return reject(signal.reason)
      const onCleared = (): void => reject(connectionLost())
      const onAbort = (): void => {
        cleared.removeEventListener('abort', onCleared)
        reject(signal.reason)
      }
      signal.addEventListener('abort', onAbort, { once: true })
      cleared.addEventListener('abort', onCleared, { once: true })
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
