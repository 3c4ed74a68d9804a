import type { CauseCode } from './causes.js'
import type { Certainty, Finding } from './types.js'

/** A finding with its evidence, in one line of code. */
export function found(code: CauseCode, certainty: Certainty, ...evidence: readonly string[]): Finding {
  return { code, certainty, evidence }
}

/** A time for people to read, to the second: `2026-01-05T21:31:40Z`. */
export function isoTime(milliseconds: number): string {
  const time = new Date(milliseconds)
  return Number.isNaN(time.getTime()) ? 'a time that no calendar has' : time.toISOString().replace(/\.\d+Z$/u, 'Z')
}

/** A length of time for people to read: `7 min 3 s`, `42 s`. */
export function duration(milliseconds: number): string {
  const seconds = Math.round(Math.abs(milliseconds) / 1000)
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)]
  const parts = [
    hours > 0 ? `${hours} h` : '',
    minutes > 0 ? `${minutes} min` : '',
    hours > 0 ? '' : `${seconds % 60} s`,
  ]
  return parts.filter((part) => part !== '').join(' ')
}
