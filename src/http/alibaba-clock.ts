import type { AlibabaFailure } from './alibaba-failure.js'

/** What services say when the time in a request is too far from theirs. */
const CLOCK_CODES: readonly string[] = ['RequestTimeTooSkewed', 'IllegalTimestamp', 'InvalidTimeStamp.Expired']

/** Whether a request failed because of the time in it. */
export const isClockFailure = ({ code }: Pick<AlibabaFailure, 'code'>): boolean => CLOCK_CODES.includes(code)

/** The service's time by the `Date` of its answer, in epoch milliseconds. Browsers mostly hide it. */
export function serverTimeOf({ headers }: Response): number | undefined {
  const time = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(time) ? undefined : time
}
