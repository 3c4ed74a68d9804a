import { describe, expect, test } from 'vitest'
import { bundle, type Target, weigh } from '../../scripts/bundles.mjs'
import { PROMISES, portableEntries } from '../../scripts/entries.mjs'

const TARGETS: readonly Target[] = ['browser', 'workers']
const HEAVY = ['@peculiar/x509', 'pkijs', 'reflect-metadata']

describe.each(PROMISES)('$name, bundled', (promise) => {
  test.each(TARGETS)('keeps its weight for %s', async (target) => {
    expect((await weigh(promise, target)).size).toBeLessThanOrEqual(promise.limit)
  })

  test.each(TARGETS)('loads no dependency before it is needed for %s', async (target) => {
    expect((await weigh(promise, target)).packages).toEqual([])
  })

  test.each(TARGETS)('gives no warning for %s', async (target) => {
    expect((await weigh(promise, target)).warnings).toEqual([])
  })
})

describe('an instance principal', () => {
  test.each(TARGETS)('never loads the heavy certificate libraries, not even later, for %s', async (target) => {
    const { packages, lazyPackages } = await bundle(['countersign/credentials/instance-principal'], target)
    expect([...packages, ...lazyPackages].filter((name) => HEAVY.includes(name))).toEqual([])
  })
})

describe('the root entry', () => {
  test('holds no code of other clouds, of the emulator or of explanations', async () => {
    const { modules } = await bundle(['countersign'])
    expect(modules.filter((path) => /alibaba|^(testing|explain|federation|certificates|logins)\//.test(path))).toEqual(
      [],
    )
  })
})

describe('every portable entry', () => {
  test.each(TARGETS)('bundles without a warning for %s', async (target) => {
    expect((await bundle(portableEntries(), target)).warnings).toEqual([])
  })

  test('reaches the heavy certificate libraries only later', async () => {
    const { packages } = await bundle(portableEntries())
    expect(packages.filter((name) => HEAVY.includes(name))).toEqual([])
  })
})
