import { VerificationError } from '../errors.js'

/** How far a request's time may be from ours, in milliseconds. */
export interface TimeWindow {
  /** How old a request may be. Default: 300 000, as at OCI. */
  readonly maxAgeMs?: number | undefined
  /** How far in the future its time may lie. Default: 60 000. */
  readonly maxFutureMs?: number | undefined
}

/** What `TimeWindow` says where it is left out. */
export const WINDOW = { maxAgeMs: 300_000, maxFutureMs: 60_000 } as const

const IMF_FIXDATE =
  /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d{2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} \d{2}:\d{2}:\d{2} GMT$/

/**
 * The time of a request in epoch milliseconds, once each signed time lies within the window. When both are signed,
 * `x-date` is the one that counts.
 *
 * @throws VerificationError `DATE_INVALID`, `DATE_OUT_OF_WINDOW`
 */
export function timeOf(values: Readonly<Record<string, string>>, now: number, window: TimeWindow): number {
  const signed = ['x-date', 'date'].filter((name) => values[name] !== undefined)
  const [time = Number.NaN] = signed.map((name) =>
    withinWindow(name, imfFixdate(name, values[name] ?? ''), now, window),
  )
  return time
}

// Another form has more than one reading, and a date that was merged from two never has this one. The day of the week
// says nothing new: it is checked for form alone, since the provider's own published example names a wrong one.
function imfFixdate(name: string, value: string): number {
  const time = IMF_FIXDATE.test(value) ? Date.parse(value.slice(5)) : Number.NaN
  if (!Number.isNaN(time) && new Date(time).toUTCString().slice(5) === value.slice(5)) return time
  throw new VerificationError(
    'DATE_INVALID',
    `Expected "${name}" as in "Thu, 05 Jan 2034 21:31:40 GMT", found another form.`,
  )
}

function withinWindow(
  name: string,
  time: number,
  now: number,
  { maxAgeMs = WINDOW.maxAgeMs, maxFutureMs = WINDOW.maxFutureMs }: TimeWindow,
): number {
  const age = now - time
  if (age <= maxAgeMs && -age <= maxFutureMs) return time
  const found = `${Math.round(Math.abs(age) / 1000)} s ${age > 0 ? 'ago' : 'ahead'}`
  throw new VerificationError(
    'DATE_OUT_OF_WINDOW',
    `Expected "${name}" within ${maxAgeMs / 1000} s before and ${maxFutureMs / 1000} s after now, found it ${found}.`,
  )
}
