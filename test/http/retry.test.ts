import { describe, expect, it } from 'vitest'
import { RETRY, type RetryPolicy, retryWait, sleep } from '../../src/http/retry.js'
import { clock, NOON, rejection } from '../fixtures/signing.js'

const wait = (attempt: number, random = 0, response?: Response): number =>
  retryWait(RETRY.DEFAULT, attempt, response, { clock, random: () => random })
const asking = (after: string): Response => new Response(null, { status: 503, headers: { 'retry-after': after } })

describe('which failures are tried again', () => {
  const passing: readonly [
    policy: keyof typeof RETRY,
    status: number | undefined,
    code: string | undefined,
    again: boolean,
  ][] = [
    ['DEFAULT', undefined, undefined, true],
    ['DEFAULT', 429, undefined, true],
    ['DEFAULT', 409, 'IncorrectState', true],
    ['DEFAULT', 409, 'LockConflict', true],
    ['DEFAULT', 409, 'InvalidatedRetryToken', false],
    ['DEFAULT', 409, undefined, false],
    ['DEFAULT', 500, undefined, true],
    ['DEFAULT', 501, undefined, false],
    ['DEFAULT', 502, undefined, true],
    ['DEFAULT', 503, undefined, true],
    ['DEFAULT', 504, undefined, true],
    ['DEFAULT', 505, undefined, false],
    ['DEFAULT', 428, undefined, false],
    ['DEFAULT', 430, undefined, false],
    ['DEFAULT', 400, undefined, false],
    ['DEFAULT', 401, undefined, false],
    ['DEFAULT', 404, undefined, false],
    ['FEDERATION', 429, undefined, false],
    ['FEDERATION', 503, undefined, true],
    ['FEDERATION', undefined, undefined, true],
    ['METADATA', 404, undefined, true],
    ['METADATA', 429, undefined, true],
    ['METADATA', 401, undefined, false],
    ['METADATA', undefined, undefined, true],
    ['METADATA', 500, undefined, true],
    ['METADATA', 501, undefined, false],
    ['FEDERATION', 500, undefined, true],
    ['FEDERATION', 501, undefined, false],
    ['FEDERATION', 401, undefined, false],
  ]
  it.each(passing)('%s, status %s, code %s: %s', (name, status, code, again) => {
    const policy: RetryPolicy = RETRY[name]
    expect(policy.retryOn(status, code)).toBe(again)
  })
})

describe('how long to wait', () => {
  it.each([
    ['DEFAULT', 8, 600_000],
    ['FEDERATION', 3, 100_000],
    ['METADATA', 8, 180_000],
  ] as const)('%s allows %i attempts within %i milliseconds', (name, attempts, totalMs) => {
    expect(RETRY[name]).toMatchObject({ attempts, totalMs, baseMs: 1000, maxMs: 30_000 })
  })

  it('doubles, adds up to a second, and stops at 30 seconds', () => {
    expect([1, 2, 3, 4, 5, 6, 7].map((attempt) => wait(attempt))).toEqual([
      1000, 2000, 4000, 8000, 16_000, 30_000, 30_000,
    ])
    expect(wait(1, 0.5)).toBe(1500)
    expect(wait(6, 0.999)).toBe(30_000)
  })

  it.each([
    ['seconds', '7', 7000],
    ['no seconds', '0', 0],
    ['a date', new Date(NOON + 9000).toUTCString(), 9000],
    ['more than a minute', '3600', 60_000],
  ])('does as Retry-After says, given %s', (_, after, expected) => {
    expect(wait(1, 0.5, asking(after))).toBe(expected)
  })

  it.each(['soon', '-1', '1.5', '', new Date(NOON - 9000).toUTCString()])(
    'overlooks Retry-After: %j, which is no reason to ask without a pause',
    (after) => {
      expect(wait(1, 0.5, asking(after))).toBe(1500)
    },
  )
})

describe('sleep', () => {
  it('ends at once when it is aborted', async () => {
    const controller = new AbortController()
    const sleeping = rejection(sleep(60_000, controller.signal))
    controller.abort(new Error('enough'))
    expect(await sleeping).toEqual(new Error('enough'))
  })

  it('does not begin when it was aborted before', async () => {
    expect(await rejection(sleep(60_000, AbortSignal.abort(new Error('enough'))))).toEqual(new Error('enough'))
  })

  it('leaves no listener behind', async () => {
    const controller = new AbortController()
    let listeners = 0
    const { signal } = controller
    signal.addEventListener = () => void listeners++
    signal.removeEventListener = () => void listeners--
    await sleep(0, signal)
    expect(listeners).toBe(0)
  })
})
