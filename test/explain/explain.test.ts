import { beforeEach, describe, expect, it } from 'vitest'
import { type CauseCode, causes, explain, explanationText } from '../../src/explain/index.js'
import { provocations } from './provocations.js'
import { makeWorld, NOON, sent, type World } from './world.js'

const clock = (): number => NOON
let world: World
beforeEach(async () => {
  world = await makeWorld()
})

describe('every cause is named first when it is provoked', () => {
  it.each(provocations)('$code: $how', async ({ code, setUp, send }) => {
    const evidence = send ? await sent(world, await send(world)) : await setUp?.(world)
    if (send) expect(evidence?.response?.status).toBeGreaterThanOrEqual(400)
    const explanation = await explain(evidence ?? {}, { clock })
    expect(explanation.causes[0]?.code, explanationText(explanation)).toBe(code)
  })

  it('leaves no cause unprovoked', () => {
    const provoked = new Set<CauseCode>(provocations.map(({ code }) => code))
    expect(Object.keys(causes).filter((code) => !provoked.has(code as CauseCode))).toEqual([])
  })
})
