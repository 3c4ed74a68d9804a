import { invalidParameter } from './answers.js'
import { effectNames } from './fault-effects.js'
import type { Fault } from './faults.js'

type Test = (value: unknown) => boolean

const isText: Test = (value) => typeof value === 'string' && /^[ -~]*$/.test(value)
const isCount: Test = (value) => Number.isInteger(value) && Number(value) >= 0
// What timers can wait, and what a `Response` can have.
const isDelay: Test = (value) => typeof value === 'number' && value >= 0 && value < 2 ** 31
const isStatus: Test = (value) => isCount(value) && Number(value) >= 200 && Number(value) <= 599

/** What the fields of a fault must be, and in which words to say so. */
const FIELDS: ReadonlyMap<string, readonly [Test, expected: string]> = new Map([
  ['effect', [(value) => typeof value === 'string' && effectNames.includes(value), `one of ${effectNames.join(', ')}`]],
  ['surface', [isText, 'the name of an endpoint']],
  ['path', [isText, 'part of a request target']],
  ['method', [isText, 'a method']],
  ['times', [isCount, 'a whole number; 0: until it is cleared']],
  ['skip', [isCount, 'a whole number']],
  ['status', [isStatus, 'a number from 200 to 599']],
  ['code', [isText, 'a code']],
  ['retryAfterSeconds', [isCount, 'a whole number of seconds']],
  ['contentType', [isText, 'a media type']],
  ['body', [(value) => typeof value === 'string', 'a text']],
  ['ms', [isDelay, 'a number of milliseconds']],
])
const REQUIRED: Readonly<Record<string, string>> = { status: 'status', body: 'body', delay: 'ms' }

/**
 * Reads a fault that came as JSON; whether there is its surface is for `Faults.add` to say.
 *
 * @throws ServiceError 400 that names the field that is wrong, unknown or missing.
 */
export function faultFromJson(fields: Readonly<Record<string, unknown>>): Fault {
  const { effect } = fields
  for (const name of ['effect', REQUIRED[String(effect)] ?? 'effect', ...Object.keys(fields)]) {
    const [test, expected] = FIELDS.get(name) ?? []
    if (test === undefined) throw invalidParameter(`Expected a fault to have ${[...FIELDS.keys()].join(', ')} alone.`)
    if (!test(fields[name])) throw invalidParameter(`Expected "${name}" to be ${expected}.`)
  }
  return fields as unknown as Fault
}
