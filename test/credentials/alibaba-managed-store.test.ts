import { describe, expect, it } from 'vitest'
import { type AlibabaManagedOptions, alibabaManaged } from '../../src/credentials/alibaba-managed.js'
import type { ManagedAlibabaCredentials } from '../../src/credentials/alibaba-managed-options.js'
import type { CredentialsStore } from '../../src/credentials/cached.js'
import { sealedStore, type TokenStore } from '../../src/credentials/token-store.js'
import { ServiceError } from '../../src/errors.js'
import { memoryRuntime } from '../fixtures/memory-runtime.js'
import { alibabaWorld, noWait } from '../testing/alibaba-world.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const throttled = (): ServiceError =>
  new ServiceError('SERVICE_ERROR', 'too many', { status: 400, serviceCode: 'Rejected.Throttling' })

describe('the encrypted store of a managed access key', () => {
  const memory = (): TokenStore & { readonly values: Map<string, string> } => {
    const values = new Map<string, string>()
    return { values, get: async (name) => values.get(name), set: async (name, value) => void values.set(name, value) }
  }
  const key = crypto.getRandomValues(new Uint8Array(32))
  const storeOf = (store: TokenStore, clock: () => number) =>
    sealedStore<ManagedAlibabaCredentials>({ store, name: 'secret', key, clock })

  it('spares the next process its call, and shows nothing', async () => {
    const { managed, account, clock, reads } = alibabaWorld()
    const store = memory()
    const first = await managed({ store: storeOf(store, clock.now) })()
    expect(await managed({ store: storeOf(store, clock.now) })()).toEqual(first)
    expect(reads()).toBe(1)
    const kept = [...store.values.values()].join()
    expect(kept).not.toContain(account.managed()?.accessKeyId)
  })

  it('has an access key to go on with while KMS is down', async () => {
    const { managed, clock } = alibabaWorld()
    const store = memory()
    const first = await managed({ store: storeOf(store, clock.now) })()
    clock.advance(DAY)
    const later = managed({ store: storeOf(store, clock.now), secrets: () => Promise.reject(throttled()) })
    expect((await later()).accessKeyId).toBe(first.accessKeyId)
    clock.advance(2 * DAY)
    const tooLate = managed({ store: storeOf(store, clock.now), secrets: () => Promise.reject(throttled()) })
    await expect(tooLate()).rejects.toMatchObject({ serviceCode: 'Rejected.Throttling' })
  })

  it('asks KMS when the application wants it', async () => {
    const { managed, account, clock } = alibabaWorld()
    const provider = managed({ store: storeOf(memory(), clock.now) })
    await provider()
    account.rotate()
    expect(await provider.refreshNow()).toBe(true)
    expect((await provider()).accessKeyId).toBe(account.managed()?.accessKeyId)
  })

  it.each([
    ['cannot be read', { get: () => Promise.reject(new Error('no connection')), set: async () => {} }],
    ['holds something else', { get: async () => 'not sealed', set: async () => {} }],
    ['cannot be written', { get: async () => undefined, set: () => Promise.reject(new Error('full')) }],
  ])('costs its benefit alone when it %s', async (_, store: TokenStore) => {
    const { managed, account, clock } = alibabaWorld()
    const events: string[] = []
    const provider = managed({ store: storeOf(store, clock.now), onEvent: ({ type }) => events.push(type) })
    expect((await provider()).accessKeyId).toBe(account.managed()?.accessKeyId)
    expect(events).toContain('store-failed')
  })
})

/** A store with methods of a class, which keeps what it is given for ever. */
class Shelf implements CredentialsStore<ManagedAlibabaCredentials> {
  kept: ManagedAlibabaCredentials | undefined
  leases = 0
  async get(): Promise<ManagedAlibabaCredentials | undefined> {
    return this.kept
  }
  async set(credentials: ManagedAlibabaCredentials): Promise<void> {
    this.kept = credentials
  }
  async lease(): Promise<boolean> {
    this.leases += 1
    return false
  }
}

describe('any store of a managed access key', () => {
  it('leaves the refresh to whoever has the lease', async () => {
    const { managed, clock, reads } = alibabaWorld()
    const store = new Shelf()
    await managed({ store })()
    clock.advance(7 * HOUR)
    await managed({ store })()
    expect([reads(), store.leases]).toEqual([1, 1])
  })

  it('gives nothing that is older than two days', async () => {
    const { managed, clock } = alibabaWorld()
    const store = new Shelf()
    await managed({ store })()
    clock.advance(2 * DAY)
    const later = managed({ store, secrets: () => Promise.reject(throttled()) })
    await expect(later()).rejects.toMatchObject({ serviceCode: 'Rejected.Throttling' })
  })

  it.each(['ecs_ram_role', 'ram_role'])('is not that of the role that asks KMS: %s', async (credentials_type) => {
    const { account, clock, fetch } = alibabaWorld()
    const store = new Shelf()
    const events: string[] = []
    const provider = alibabaManaged({
      secretName: account.secretName,
      configuration: {
        values: {
          credentials_type,
          credentials_access_key_id: account.accessKey.accessKeyId,
          credentials_access_secret: account.accessKey.accessKeySecret,
          credentials_role_arn: account.roleArn,
          cache_client_region_id: [{ regionId: 'cn-hangzhou' }],
        },
      },
      runtime: memoryRuntime(),
      fetch,
      clock: clock.now,
      sleep: noWait,
      store,
      onEvent: ({ type }) => events.push(type),
    } satisfies AlibabaManagedOptions)
    const { accessKeyId } = await provider()
    const expected = account.managed()?.accessKeyId
    expect([accessKeyId, store.kept?.accessKeyId]).toEqual([expected, expected])
    expect(store.kept?.securityToken).toBeUndefined()
    expect(events).toEqual(['refreshed'])
    clock.advance(7 * HOUR)
    await provider.refreshNow()
    expect(events).toEqual(['refreshed', 'refreshed'])
  })
})
