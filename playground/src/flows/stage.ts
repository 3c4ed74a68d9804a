import type { Clock } from 'countersign'
import type { CredentialsEvent } from 'countersign/credentials/events'
import { createEmulator, type Emulator, type LogEntry } from 'countersign/testing'

/** A life of a token on the timeline; times are the stage's epoch milliseconds. */
export interface Generation {
  readonly from: number
  readonly until: number
  readonly forced: boolean
}

/** A moment worth a mark on the timeline. */
export interface Mark {
  readonly at: number
  readonly kind: 'refresh-failed' | 'stale-served' | 'accepted' | 'refused'
}

/** One run of a flow: its own cloud, its own clock, and all that happened. */
export class Stage {
  readonly emulator: Emulator
  readonly exchanges: LogEntry[] = []
  readonly generations: Generation[] = []
  readonly marks: Mark[] = []
  readonly startedAt: number
  /** How far the stage's clock has been pushed ahead, in milliseconds. */
  #ahead = 0

  constructor() {
    this.startedAt = Date.now()
    this.emulator = createEmulator({ clock: this.clock })
    this.emulator.log.subscribe((entry) => this.exchanges.push(entry))
  }

  readonly clock: Clock = () => Date.now() + this.#ahead

  /** Lets time pass, for the client and the cloud alike. */
  pass(milliseconds: number): void {
    this.#ahead += milliseconds
  }

  readonly onEvent = (event: CredentialsEvent): void => {
    if (event.type === 'refreshed')
      this.generations.push({ from: event.at, until: event.expiresAt ?? event.at, forced: event.forced })
    else if (event.type !== 'store-failed') this.marks.push({ at: event.at, kind: event.type })
  }

  called(accepted: boolean): void {
    this.marks.push({ at: this.clock(), kind: accepted ? 'accepted' : 'refused' })
  }
}
