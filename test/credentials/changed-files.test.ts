import { describe, expect, it } from 'vitest'
import { cached } from '../../src/credentials/cached.js'
import { changeWatcher, reloadedWhenChanged } from '../../src/credentials/changed-files.js'
import { handClock } from '../fixtures/clock.js'
import { HOUR, madeUpCredentials } from '../fixtures/sessions.js'

/** Two files, and how often somebody looked at one of them. */
function watched() {
  const clock = handClock()
  const times: Record<string, number | undefined> = { token: 1, key: 1 }
  const looks: string[] = []
  const modifiedAt = async (path: string) => {
    looks.push(path)
    if (times[path] === undefined) throw new Error('gone')
    return times[path]
  }
  return { clock, times, looks, options: { files: { modifiedAt }, paths: ['token', 'key'], clock: clock.now } }
}

describe('changeWatcher', () => {
  it('tells of a change once, and of none at first', async () => {
    const { clock, times, options } = watched()
    const haveChanged = changeWatcher(options)
    const afterOneSecond = async () => {
      clock.advance(1000)
      return haveChanged()
    }
    expect(await haveChanged()).toBe(false)
    expect(await afterOneSecond()).toBe(false)
    times['key'] = 2
    expect(await afterOneSecond()).toBe(true)
    expect(await afterOneSecond()).toBe(false)
    times['token'] = undefined
    expect(await afterOneSecond()).toBe(true)
    expect(await afterOneSecond()).toBe(false)
  })

  it('looks once a second, and at once where the clock was set back', async () => {
    const { clock, looks, options } = watched()
    const haveChanged = changeWatcher(options)
    for (const step of [0, 0, 999]) {
      clock.advance(step)
      expect(await haveChanged()).toBe(false)
    }
    expect(looks).toHaveLength(2)
    clock.advance(1)
    await haveChanged()
    expect(looks).toHaveLength(4)
    clock.advance(-1)
    await haveChanged()
    expect(looks).toHaveLength(6)
  })
})

it('a provider loads again when its files have changed, and only then', async () => {
  const { clock, times, options } = watched()
  const loaded = async () => madeUpCredentials(clock.now(), HOUR)
  const provider = reloadedWhenChanged(cached(loaded, { clock: clock.now }), options)
  const first = await provider()
  clock.advance(1000)
  expect(await provider()).toBe(first)
  times['token'] = 2
  clock.advance(1000)
  expect(await provider()).not.toBe(first)
})
