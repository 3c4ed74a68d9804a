import { describe, expect, it } from 'vitest'
import { dueAtOnce, lifetimeOf, refreshRule, stageAt } from '../../src/credentials/lifetime.js'

const rule = refreshRule({})
const life = lifetimeOf({ expiresAt: 1_000_000 }, 0, rule, () => 0.5)

describe('a life', () => {
  it.each([
    [0, 'fresh'],
    [499_999, 'fresh'],
    [500_000, 'ageing'],
    [940_000, 'ageing'],
    [940_001, 'ending'],
    [999_999, 'ending'],
    [1_000_000, 'expired'],
  ])('of 1000 seconds is, after %i milliseconds, %s', (now, stage) => {
    expect(stageAt(life, now)).toBe(stage)
  })

  it('without an end stays fresh', () => {
    expect(stageAt(lifetimeOf({}, 0, rule, Math.random), Number.MAX_SAFE_INTEGER)).toBe('fresh')
  })

  it('is refreshed a little earlier or later, by chance', () => {
    const from = (random: number) => lifetimeOf({ expiresAt: 1000 }, 0, rule, () => random).refreshFrom
    expect([from(0), from(0.5), from(1)]).toEqual([475, 500, 525])
  })

  it('that is due at once can be used until its end', () => {
    expect(stageAt(dueAtOnce(life), 0)).toBe('ending')
    expect(stageAt(dueAtOnce(life), 1_000_000)).toBe('expired')
  })
})

describe('the rule', () => {
  it.each([{ refreshAt: 1 }, { refreshAt: 0.001 }, { minimumLifeMs: 0 }])('takes %o', (options) => {
    expect(refreshRule(options)).toMatchObject(options)
  })

  it.each([
    { refreshAt: 0 },
    { refreshAt: 1.001 },
    { refreshAt: Number.NaN },
    { minimumLifeMs: -1 },
    { minimumLifeMs: Number.NaN },
  ])('refuses %o', (options) => {
    expect(() => refreshRule(options)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})
