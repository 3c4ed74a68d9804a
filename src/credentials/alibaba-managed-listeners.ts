import type { Clock } from '../types.js'
import type { ManagedAlibabaCredentials } from './alibaba-managed-options.js'
import { disposed } from './cache-errors.js'

type Listener = (credentials: ManagedAlibabaCredentials) => void
type Later = (ms: number, run: () => void) => () => void

/** Whoever holds a copy of an access key, and the timer that runs as long as there is somebody. */
export interface ManagedListeners {
  readonly add: (listener: Listener) => () => void
  /** Tells everybody of the access key that is held now, if it is another than before. */
  tell(): void
  end(): void
}

interface ListenersOptions {
  readonly current: () => ManagedAlibabaCredentials | undefined
  readonly refresh: () => Promise<unknown>
  readonly tell: (message: {
    readonly action: 'updateCredential'
    readonly alarm: false
    readonly error: unknown
  }) => void
  readonly clock: Clock
  readonly later?: Later | undefined
}

/** Timers take no longer wait than this. */
const LONGEST_WAIT_MS = 2 ** 31 - 1
/** How soon after a failed fetch the next one is tried. */
const AFTER_FAILURE_MS = 60_000

export function managedListeners({ current, refresh, tell, clock, later = timer }: ListenersOptions): ManagedListeners {
  const listeners = new Set<Listener>()
  let told: string | undefined
  let cancel = (): void => {}
  let ended = false
  const arm = (): void => {
    cancel()
    if (listeners.size === 0) return
    const due = (current()?.refreshFrom ?? clock()) - clock()
    cancel = later(Math.min(Math.max(due, 0) || AFTER_FAILURE_MS, LONGEST_WAIT_MS), run)
  }
  const run = (): void => void refresh().then(arm, arm)
  return {
    add(listener) {
      if (ended) throw disposed()
      listeners.add(listener)
      told ??= current()?.accessKeyId
      arm()
      return () => {
        listeners.delete(listener)
        arm()
      }
    },
    tell() {
      const credentials = current()
      if (credentials === undefined || credentials.accessKeyId === told) return arm()
      told = credentials.accessKeyId
      for (const listener of listeners) notify(listener, credentials, tell)
      arm()
    },
    end() {
      ended = true
      listeners.clear()
      cancel()
    },
  }
}

function notify(listener: Listener, credentials: ManagedAlibabaCredentials, tell: ListenersOptions['tell']): void {
  try {
    listener(credentials)
  } catch (error) {
    // One client that fails must not keep the others from the new access key.
    tell({ action: 'updateCredential', alarm: false, error })
  }
}

const timer: Later = (ms, run) => {
  const handle: unknown = setTimeout(run, ms)
  if (isUnrefable(handle)) handle.unref()
  return () => clearTimeout(handle as number)
}

/** Node, Deno and Bun let a process end while such a timer waits. */
function isUnrefable(handle: unknown): handle is { unref(): void } {
  return typeof handle === 'object' && handle !== null && 'unref' in handle
}
