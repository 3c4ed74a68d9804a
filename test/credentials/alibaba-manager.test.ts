import { describe, expect, it } from 'vitest'
import { alibabaManager } from '../../src/credentials/alibaba-manager.js'
import { alibabaWorld } from '../testing/alibaba-world.js'

describe('two secrets', () => {
  it('have nothing to do with each other', async () => {
    const { account, secrets, clock } = alibabaWorld()
    account.rotate({ secretName: 'second' })
    const manager = alibabaManager({ secrets, clock: clock.now, random: () => 0 })
    const [first, second] = [manager.credentials(account.secretName), manager.credentials('second')]
    expect(manager.credentials('second')).toBe(second)
    const before = [await first(), await second()]
    account.rotate({ secretName: 'second' })
    await second.refreshNow()
    expect(await first()).toBe(before[0])
    expect((await second()).accessKeyId).not.toBe(before[1]?.accessKeyId)
    await second.shutdown()
    expect(await first()).toBe(before[0])
    await manager.shutdown()
    await expect(first()).rejects.toMatchObject({ code: 'DISPOSED' })
    expect((await manager.credentials(account.secretName)()).accessKeyId).toBe(account.managed()?.accessKeyId)
  })

  it.each(['shutdown', 'dispose', 'using'] as const)('begin anew after the %s of one', async (way) => {
    const { account, secrets, clock } = alibabaWorld()
    const manager = alibabaManager({ secrets, clock: clock.now, random: () => 0 })
    const ended = manager.credentials(account.secretName)
    await ended()
    if (way === 'using') {
      using _scoped = ended
    } else await ended[way]()
    await expect(ended()).rejects.toMatchObject({ code: 'DISPOSED' })
    const begun = manager.credentials(account.secretName)
    expect((await begun()).accessKeyId).toBe(account.managed()?.accessKeyId)
    await ended.shutdown()
    expect(manager.credentials(account.secretName)).toBe(begun)
  })
})
