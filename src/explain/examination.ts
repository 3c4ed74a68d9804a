import { CountersignError } from '../errors.js'
import type { Runtime } from '../runtime/types.js'
import type { Clock } from '../types.js'
import type { Cause } from './types.js'

export interface DoctorOptions {
  /** Environment, files and network. Default: those of the machine. */
  readonly runtime?: Runtime
  /** The configuration file. Default: the one that `configFile` finds. */
  readonly path?: string
  readonly profile?: string
  /** Whether to look beyond the machine: the metadata service, the tokens, a signed call to Identity. Default: false. */
  readonly probe?: boolean
  /** Makes the probe's calls in place of the runtime's `fetch`. */
  readonly fetch?: typeof fetch
  readonly clock?: Clock
  readonly signal?: AbortSignal
}

/** One part of the set-up, looked at. */
export interface Examination {
  readonly name: string
  /** `absent` is no fault: that part is not used here. */
  readonly state: 'good' | 'absent' | 'faulty'
  /** What was found, without a secret. */
  readonly says: readonly string[]
  /** What is wrong, as `explain` tells it. */
  readonly causes?: readonly Cause[]
}

/** What each examination is given. */
export interface Patient extends Omit<DoctorOptions, 'runtime' | 'clock'> {
  readonly runtime: Runtime
  readonly clock: Clock
}

/** A failure as a line of an examination: our own messages are fit to print, others may not be. */
export function reasonOf(failure: unknown): string {
  return failure instanceof CountersignError ? `${failure.message} (${failure.code})` : 'it failed in an unexpected way'
}
