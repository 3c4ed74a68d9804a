import { UsageError } from '../errors.js'

const LONGEST_TIMER_MS = 2 ** 31 - 1

/**
 * A duration as every timer takes it: whole milliseconds, and those that none can hold, `Infinity` too, become the longest.
 *
 * @throws UsageError `OPTION_INVALID` for what is not above 0.
 */
export function timerMs(duration: number, name: string): number {
  if (duration > 0) return Math.min(Math.ceil(duration), LONGEST_TIMER_MS)
  throw new UsageError('OPTION_INVALID', `Expected ${name} to be more than 0 milliseconds, got ${duration}.`)
}
