import { describe, expect, it } from 'vitest'
import { defaultProvider } from '../../src/auto.js'
import { builtOnce, sharingOf } from '../../src/credentials/built-once.js'
import { runtime as node } from '../../src/runtime/node.js'
import type { CredentialsProvider, OciCredentials } from '../../src/types.js'
import { START } from '../fixtures/clock.js'
import { HOUR, madeUpCredentials } from '../fixtures/sessions.js'
import { emulatedMachine } from './emulated.js'

const SHARED = { sharesPromises: true }
const OWN = { sharesPromises: false }

function counted(build?: () => Promise<void>) {
  const counts = { builds: 0 }
  const make = async (): Promise<CredentialsProvider<OciCredentials>> => {
    counts.builds += 1
    await build?.()
    const credentials = madeUpCredentials(START, HOUR)
    return async () => credentials
  }
  return { counts, make }
}

describe('sharingOf', () => {
  it.each([
    [undefined, true, true],
    [undefined, false, false],
    [false, true, false],
    [true, false, true],
  ])('asked for %s on a runtime that says %s: %s', (asked, said, expected) => {
    expect(sharingOf({ sharesPromises: asked, runtime: { ...node, sharesPromises: said } })).toEqual({
      sharesPromises: expected,
    })
  })
})

describe('builtOnce', () => {
  it('builds once for a burst of first callers', async () => {
    const { counts, make } = counted()
    const provider = builtOnce(make, SHARED)
    expect(counts.builds).toBe(0)
    const all = await Promise.all(Array.from({ length: 100 }, () => provider()))
    expect(new Set(all).size).toBe(1)
    expect(counts.builds).toBe(1)
  })

  it('awaits no promise of another request where promises are not shared, and all use what was done first', async () => {
    const { counts, make } = counted()
    const provider = builtOnce(make, OWN)
    const all = await Promise.all([provider(), provider(), provider()])
    expect(new Set(all).size).toBe(1)
    await provider()
    expect(counts.builds).toBe(3)
  })

  it('builds again after a failure', async () => {
    let broken = true
    const { counts, make } = counted(async () => {
      if (broken) throw new Error('broken')
    })
    const provider = builtOnce(make, SHARED)
    await expect(Promise.all([provider(), provider()])).rejects.toThrow('broken')
    broken = false
    await provider()
    expect(counts.builds).toBe(2)
  })

  it('builds nothing for a caller who has left', async () => {
    const { counts, make } = counted()
    const signal = AbortSignal.abort(new Error('left'))
    await expect(builtOnce(make, SHARED)({ signal })).rejects.toThrow('left')
    expect(counts.builds).toBe(0)
  })

  it('lets one caller leave without taking the others along', async () => {
    const { make } = counted(() => new Promise((resolve) => setTimeout(resolve, 5)))
    const provider = builtOnce(make, SHARED)
    const controller = new AbortController()
    const leaving = provider({ signal: controller.signal })
    const staying = provider()
    controller.abort(new Error('left'))
    await expect(leaving).rejects.toThrow('left')
    await expect(staying).resolves.toBeDefined()
  })
})

describe('the default chain', () => {
  it('asks the token service once for a burst of first callers', async () => {
    const { settings, emulator } = await emulatedMachine('instance-principal')
    const provider = defaultProvider({ ...settings, skip: ['config-file'] })
    const all = await Promise.all(Array.from({ length: 100 }, () => provider()))
    expect(new Set(all).size).toBe(1)
    expect(emulator.counters.snapshot()).toMatchObject({ tokenCalls: 1 })
  })
})
