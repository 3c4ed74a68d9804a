import { describe, expect, it } from 'vitest'
import { explain, explanationText } from '../../src/explain/index.js'
import { provocations } from './provocations.js'
import { makeWorld, NOON, sent } from './world.js'

describe('an explanation holds no secret', () => {
  it.each(provocations)('$code: $how', async ({ setUp, send }) => {
    const world = await makeWorld()
    const evidence = (send ? await sent(world, await send(world)) : await setUp?.(world)) ?? {}
    const explanation = await explain(evidence, { clock: () => NOON })
    const text = explanationText(explanation) + JSON.stringify(explanation)
    expect(text).not.toMatch(/eyJ[\w-]{10,}\.|-----BEGIN|signature="[^"]{20}/u)
    for (const secret of [world.session.token, world.delegationToken, 'pass:right', 'guess']) {
      expect(text).not.toContain(secret)
    }
  })
})
