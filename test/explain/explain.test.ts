import { beforeEach, describe, expect, it } from 'vitest'
import { type CauseCode, causes, explain, explanationText, readCapturedRequest } from '../../src/explain/index.js'
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

describe('a trace of curl --verbose', () => {
  const traced = async (header: string): Promise<readonly string[]> => {
    const lines = ['POST /a HTTP/1.1', 'host: identity.us-phoenix-1.oraclecloud.com', header, '']
    const request = readCapturedRequest(lines.map((line) => `> ${line}`).join('\n'))
    const { causes: found } = await explain({ request }, { clock })
    return found.map(({ code }) => code)
  }

  it('shows a body that was sent in chunks', async () => {
    expect(await traced('transfer-encoding: chunked')).toContain('BODY_CHUNKED')
    expect(await traced('Transfer-Encoding: gzip, Chunked')).toContain('BODY_CHUNKED')
  })

  it('shows no chunks where the length is stated', async () => {
    expect(await traced('content-length: 2')).not.toContain('BODY_CHUNKED')
  })
})
