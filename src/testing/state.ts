import type { Clock } from '../types.js'
import { systemClock } from '../types.js'
import { Counters } from './counters.js'
import { Faults } from './faults.js'
import type { InjectedKeys } from './fixture-keys.js'
import { FixtureKeys } from './fixture-keys.js'
import type { Identities, IdentityOptions } from './identities.js'
import { emulatedIdentities } from './identities.js'
import { KeyRegistry } from './key-registry.js'
import type { ReceivedRequest } from './received.js'
import type { RequestNotes } from './request-log.js'
import { RequestLog } from './request-log.js'
import type { EmulatorSettings } from './settings.js'
import { DEFAULT_SETTINGS } from './settings.js'
import type { Slot } from './surface.js'
import type { Timers } from './timers.js'
import { systemTimers } from './timers.js'
import { TokenIssuer } from './tokens.js'

export interface StateOptions {
  readonly identities?: IdentityOptions
  /** Key pairs by role, to spare generating them: `user`, `token-issuer`, `instance`, `resource`, `session`, … */
  readonly keys?: InjectedKeys
  readonly clock?: Clock
  readonly timers?: Timers
  readonly settings?: Partial<EmulatorSettings>
}

/** Everything one emulator remembers. */
export interface EmulatorState {
  readonly identities: Identities
  readonly keys: FixtureKeys
  readonly registry: KeyRegistry
  readonly tokens: TokenIssuer
  /** The emulator's time: the given clock plus `settings.clockSkewMs`. */
  readonly clock: Clock
  readonly timers: Timers
  readonly settings: EmulatorSettings
  readonly faults: Faults
  readonly counters: Counters
  readonly log: RequestLog
  /** A surface's own piece of memory. */
  of<T>(slot: Slot<T>): T
  /** What has been learned about a request so far. */
  notes(request: ReceivedRequest): RequestNotes
}

/** Begins an emulator's memory; `surfaceNames` are the endpoints that faults can happen to. */
export function createState(options: StateOptions, surfaceNames: readonly string[]): EmulatorState {
  const { clock: given = systemClock, timers = systemTimers } = options
  const settings: EmulatorSettings = { ...DEFAULT_SETTINGS, ...options.settings }
  const clock: Clock = () => given() + settings.clockSkewMs
  const identities = emulatedIdentities(options.identities)
  const keys = new FixtureKeys(options.keys)
  const slots = new Map<object, unknown>()
  const notes = new WeakMap<ReceivedRequest, RequestNotes>()
  const state: EmulatorState = {
    identities,
    keys,
    registry: new KeyRegistry(identities, keys),
    tokens: new TokenIssuer(keys, clock),
    clock,
    timers,
    settings,
    faults: new Faults(timers, surfaceNames),
    counters: new Counters(),
    log: new RequestLog(),
    of: (slot) => memberOf(slots, slot, () => slot.create(state)),
    notes: (request) => memberOf(notes, request, () => ({})),
  }
  return state
}

function memberOf<K extends object, V>(
  values: { get(key: K): unknown; set(key: K, value: unknown): unknown; has(key: K): boolean },
  key: K,
  create: () => V,
): V {
  if (!values.has(key)) values.set(key, create())
  return values.get(key) as V
}
