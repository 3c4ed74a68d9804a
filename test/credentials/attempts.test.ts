import { describe, expect, it } from 'vitest'
import { Attempts } from '../../src/credentials/attempts.js'

const failure = new Error('down')

describe('attempts', () => {
  it('pause for 1, 2, 4, 8, 16, 30 and 30 seconds', () => {
    const attempts = new Attempts()
    let now = 0
    for (const seconds of [1, 2, 4, 8, 16, 30, 30]) {
      attempts.failed(failure, now)
      expect(attempts.pausing(now)).toBe(true)
      now += seconds * 1000
      expect(attempts.pausing(now - 1)).toBe(true)
      expect(attempts.pausing(now)).toBe(false)
    }
  })

  it('begin anew after a success, with a moment between where what came is not worth keeping', () => {
    const attempts = new Attempts()
    attempts.failed(failure, 0)
    attempts.failed(failure, 0)
    attempts.succeeded(0, true)
    expect(attempts.pausing(0)).toBe(false)
    expect(attempts.failedJustNow(0)).toBe(false)
    attempts.succeeded(0, false)
    expect(attempts.pausing(999)).toBe(true)
    expect(attempts.pausing(1000)).toBe(false)
    attempts.failed(failure, 0)
    expect(attempts.pausing(1000)).toBe(false)
  })

  it('answer with a failure for a second, and not where the clock was set back', () => {
    const attempts = new Attempts()
    expect(attempts.failedJustNow(0)).toBe(false)
    attempts.failed(failure, 5000)
    expect(attempts.error).toBe(failure)
    expect([4999, 5000, 5999, 6000].map((now) => attempts.failedJustNow(now))).toEqual([false, true, true, false])
    expect(attempts.pausing(4999)).toBe(false)
  })
})
