import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import type { ManagedAlibabaCredentials, ManagedMessage } from '../../src/credentials/alibaba-managed.js'
import { messageQueue } from '../../src/credentials/alibaba-managed-messages.js'
import { drawSpread, nextFetch, timeToLive } from '../../src/credentials/alibaba-managed-schedule.js'
import { RefreshLimit } from '../../src/credentials/alibaba-refresh-limit.js'
import type { CredentialsEvent } from '../../src/credentials/events.js'
import { ServiceError } from '../../src/errors.js'
import { type SecretSource, type SecretValue, secretValue } from '../../src/federation/alibaba-secret.js'
import { providerContract } from '../contract/provider.js'
import { handClock } from '../fixtures/clock.js'
import { alibabaWorld } from '../testing/alibaba-world.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
const throttled = (): ServiceError =>
  new ServiceError('SERVICE_ERROR', 'too many', { status: 400, serviceCode: 'Rejected.Throttling' })

providerContract('alibabaManaged', async () => {
  const { account, clock, secrets, managed } = alibabaWorld()
  let [count, broken] = [0, false]
  const source: SecretSource = async (name, options) => {
    count += 1
    if (broken) throw throttled()
    const { accessKeyId, accessKeySecret } = account.rotate()
    const ExpireTimestamp = new Date(clock.now() + HOUR).toISOString()
    const secretData = { AccessKeyId: accessKeyId, AccessKeySecret: accessKeySecret, ExpireTimestamp }
    return { ...(await secrets(name, options)), secretData: JSON.stringify(secretData) }
  }
  return {
    provider: managed({ secrets: source }),
    clock,
    lifeMs: HOUR,
    loads: () => count,
    setBroken: (value) => {
      broken = value
    },
    secrets: ({ accessKeySecret }) => [accessKeySecret, account.accessKey.accessKeySecret],
  }
})

const secretOf = (fields: Partial<SecretValue> = {}, data: object = {}): SecretValue => ({
  secretName: 'name',
  secretType: 'RAMCredentials',
  secretData: JSON.stringify({ AccessKeyId: 'id', AccessKeySecret: 'secret', ...data }),
  ...fields,
})

describe('the schedule of a managed access key', () => {
  const now = handClock().now()
  const spread = 1000
  const at = (ms: number): string => new Date(now + ms).toISOString()

  it.each([
    ['without an announced rotation, after six hours', {}, 6 * HOUR],
    ['with one in the past, after six hours', { nextRotationDate: at(-HOUR) }, 6 * HOUR],
    ['with one far away, after six hours', { nextRotationDate: at(DAY) }, 6 * HOUR],
    ['with one soon, five minutes after it', { nextRotationDate: at(HOUR) }, HOUR + 300_000],
    ['with a date that is none, after six hours', { nextRotationDate: 'soon' }, 6 * HOUR],
  ])('fetches it again: %s', (_, fields, after) => {
    expect(nextFetch(secretOf(fields), {}, now, spread)).toBe(now + after + spread)
  })

  it('knows a rotation that the secret itself announces', () => {
    expect(nextFetch(secretOf(), { rotatesAt: now + HOUR }, now, spread)).toBe(now + HOUR + 300_000 + spread)
  })

  it('takes other intervals', () => {
    const intervals = { refreshIntervalMs: HOUR, rotationDelayMs: 1 }
    expect(nextFetch(secretOf(), {}, now, 0, intervals)).toBe(now + HOUR)
    expect(nextFetch(secretOf({ nextRotationDate: at(60_000) }), {}, now, 0, intervals)).toBe(now + 60_001)
  })

  it.each([
    ['a RAM user: the rotation interval', { rotationInterval: '604800s' }, {}, 7 * DAY + spread],
    [
      'more than 24 days, which no 32-bit number of milliseconds holds',
      { rotationInterval: '31536000s' },
      {},
      365 * DAY + spread,
    ],
    ['a RAM user without one: six hours', {}, {}, 6 * HOUR + spread],
    [
      'another kind: what the secret says',
      { extendedConfig: '{"SecretSubType":"Other"}' },
      { refreshIntervalMs: 5000 },
      5000 + spread,
    ],
    ['a RAM user with an interval of nothing: six hours', { rotationInterval: '0s' }, {}, 6 * HOUR + spread],
    ['a RAM user with an interval that is none: six hours', { rotationInterval: '1 week' }, {}, 6 * HOUR + spread],
    ['another kind that says nothing: an hour', { extendedConfig: '{"SecretSubType":"Other"}' }, {}, HOUR],
  ])('keeps the key of %s', (_, fields, key, ttl) => {
    expect(timeToLive(secretOf(fields), key, spread)).toBe(ttl)
  })

  it('spreads fetches over ten minutes', () => {
    expect([drawSpread(() => 0), drawSpread(() => 0.999999999)]).toEqual([0, 599_999])
  })
})

describe('the limit on forced refreshes', () => {
  it('allows five in a row, and one more for each ten minutes', () => {
    const limit = new RefreshLimit()
    const take = (now: number): boolean => limit.take(now)
    expect([0, 0, 0, 0, 0, 0].map(take)).toEqual([true, true, true, true, true, false])
    expect([599_999, 600_000, 600_001].map(take)).toEqual([false, true, false])
    expect([10 * DAY, 10 * DAY, 10 * DAY, 10 * DAY, 10 * DAY, 10 * DAY].map(take)).toEqual([
      true,
      true,
      true,
      true,
      true,
      false,
    ])
  })

  it('leaves the held access key in service once it is reached, without a call to KMS', async () => {
    const { managed, reads, clock } = alibabaWorld()
    const provider = managed()
    for (let time = 0; time < 8; time++) {
      await provider({ forceRefresh: await provider() })
      clock.advance(2000)
    }
    expect(reads()).toBe(1 + 5)
  })

  it('does not count what the application asks for itself, nor keeps it from asking', async () => {
    const { managed, reads } = alibabaWorld()
    const provider = managed()
    await provider()
    for (let time = 0; time < 8; time++) await provider({ forceRefresh: await provider() })
    expect(reads()).toBe(1 + 5)
    expect(await provider.refreshNow()).toBe(true)
    expect(reads()).toBe(1 + 6)
  })

  it('does not count what the application asks for itself', async () => {
    const { managed, reads } = alibabaWorld()
    const provider = managed()
    await provider()
    for (let time = 0; time < 8; time++) expect(await provider.refreshNow()).toBe(true)
    expect(reads()).toBe(9)
  })
})

describe('alibabaManaged', () => {
  it('knows nothing but the name of a secret', async () => {
    const { managed, account } = alibabaWorld()
    expect(await managed()()).toMatchObject({
      ...account.managed(),
      secretName: account.secretName,
      source: 'alibaba-managed',
    })
  })

  it('fetches again after six hours, and not before', async () => {
    const { managed, account, clock, reads } = alibabaWorld()
    const provider = managed()
    const first = await provider()
    account.rotate({ previousForMs: 2 * DAY })
    clock.advance(6 * HOUR - 1)
    expect(await provider()).toBe(first)
    expect(reads()).toBe(1)
    clock.advance(1)
    await provider()
    await vi.waitFor(async () => expect((await provider()).accessKeyId).toBe(account.managed()?.accessKeyId), {
      timeout: 10_000,
    })
    expect(reads()).toBe(2)
  })

  it.each([
    ['of another type', { secretType: 'Generic' }, 'of type "Generic"'],
    ['without an access key', { secretData: '{"AccessKeyId":"LTAIvisible"}' }, 'AccessKeySecret'],
    ['that is no JSON', { secretData: 'hunter2' }, 'AccessKeySecret'],
    ['with an empty access key', { secretData: '{"AccessKeyId":" ","AccessKeySecret":"hunter2"}' }, 'AccessKeySecret'],
  ])('refuses a secret %s, and does not show it', async (_, fields, told) => {
    const { managed } = alibabaWorld()
    const error: unknown = await managed({ secrets: async () => secretOf(fields) })().catch((reason: unknown) => reason)
    expect(error).toMatchObject({ code: 'CONFIG_INVALID', message: expect.stringContaining(told) })
    expect(inspect(error, { depth: 9 })).not.toMatch(/hunter2|LTAIvisible/)
  })

  it.each([
    ['RamCredentials', { AccessKeyId: 'id', AccessKeySecret: 'secret' }],
    ['RAMCredentials', { accessKeyId: 'id', accessKeySecret: 'secret' }],
    ['ramcredentials', { accessKey: 'id', accessSecret: 'secret' }],
  ])('reads the names that older secrets use: %s', async (secretType, data) => {
    const { managed } = alibabaWorld()
    const secrets: SecretSource = async () => secretOf({ secretType, secretData: JSON.stringify(data) })
    expect(await managed({ secrets })()).toMatchObject({ accessKeyId: 'id', accessKeySecret: 'secret' })
  })

  it('takes an access key whose end has passed, for KMS gives no other, and asks again soon', async () => {
    const { managed, clock } = alibabaWorld()
    const ExpireTimestamp = new Date(clock.now() - 1000).toISOString()
    const { accessKeyId, expiresAt, refreshFrom } = await managed({
      secrets: async () => secretOf({}, { ExpireTimestamp }),
    })()
    expect([accessKeyId, expiresAt, refreshFrom - clock.now()]).toEqual(['id', undefined, 300_000])
  })

  it('refuses an answer of KMS that is none', () => {
    expect(() => secretValue({ SecretName: 'a' })).toThrow(
      expect.objectContaining({ code: 'SERVICE_RESPONSE_INVALID' }),
    )
  })

  it.each([
    { totalMs: Number.POSITIVE_INFINITY },
    { loadTimeoutMs: 2 ** 31 },
    { refreshTimeoutMs: -1 },
    { refreshIntervalMs: Number.NaN },
    { rotationDelayMs: -1 },
    { ttlMs: Number.POSITIVE_INFINITY },
  ])('refuses a duration that no timer takes: %j', (options) => {
    const { managed } = alibabaWorld()
    const [name = ''] = Object.keys(options)
    const expected = { code: 'OPTION_INVALID', message: expect.stringContaining(name) }
    expect(() => managed(options)).toThrow(expect.objectContaining(expected))
  })

  it('exchanges the name, and refuses an empty one', async () => {
    const { managed, account } = alibabaWorld()
    const provider = managed({ secretName: 'storage', resolveName: () => account.secretName })
    expect((await provider()).accessKeyId).toBe(account.managed()?.accessKeyId)
    await expect(managed({ resolveName: () => '' })()).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  it('keeps the last good access key while KMS is down', async () => {
    const { managed, clock, secrets } = alibabaWorld()
    let down = false
    const provider = managed({ secrets: async (name) => (down ? Promise.reject(throttled()) : secrets(name)) })
    const held = await provider()
    down = true
    for (const pause of [7 * HOUR, 8 * DAY, 100 * DAY]) {
      clock.advance(pause)
      expect(await provider()).toBe(held)
    }
  })

  it('throws on a first load that fails', async () => {
    const { managed } = alibabaWorld()
    await expect(managed({ secrets: () => Promise.reject(throttled()) })()).rejects.toMatchObject({
      serviceCode: 'Rejected.Throttling',
    })
  })

  it('asks the recovery hook when no region answers, and KMS again soon after', async () => {
    const { managed, clock, secrets } = alibabaWorld()
    let down = true
    const recover = vi.fn(async () => secretOf({}, { AccessKeyId: 'recovered' }))
    const provider = managed({ recover, secrets: async (name) => (down ? Promise.reject(throttled()) : secrets(name)) })
    expect((await provider()).accessKeyId).toBe('recovered')
    down = false
    clock.advance(300_000)
    await provider()
    await vi.waitFor(async () => expect((await provider()).accessKeyId).not.toBe('recovered'), { timeout: 10_000 })
    expect(recover).toHaveBeenCalledOnce()
  })

  it('gives the failure itself when the recovery hook has nothing, and does not ask it about refusals', async () => {
    const { managed } = alibabaWorld()
    const refusal = new ServiceError('SERVICE_ERROR', 'no', { status: 403, serviceCode: 'Forbidden.NoPermission' })
    const recover = vi.fn(async () => undefined)
    const failing = (error: unknown): Promise<unknown> =>
      managed({ recover, secrets: () => Promise.reject(error) })().catch((reason: unknown) => reason)
    const failure = throttled()
    expect([await failing(failure), await failing(refusal)]).toEqual([failure, refusal])
    expect(recover).toHaveBeenCalledOnce()
  })

  it('does not keep callers waiting for KMS while they have an access key', async () => {
    const { managed, secrets } = alibabaWorld()
    let hangs = false
    const provider = managed({
      refreshTimeoutMs: 20,
      secrets: (name, options) =>
        hangs
          ? new Promise((_, reject) => options?.signal?.addEventListener('abort', () => reject(options.signal?.reason)))
          : secrets(name, options),
    })
    const held = await provider()
    hangs = true
    await expect(provider({ forceRefresh: held })).rejects.toMatchObject({ code: 'TIMEOUT' })
    expect(await provider()).toBe(held)
  })

  it('tells what happens, without a secret', async () => {
    const { managed, account, clock, secrets } = alibabaWorld()
    const [events, messages]: [CredentialsEvent[], ManagedMessage[]] = [[], []]
    let down = false
    const provider = managed({
      onEvent: (event) => events.push(event),
      onMessage: (message) => messages.push(message),
      secrets: async (name) => (down ? Promise.reject(throttled()) : secrets(name)),
    })
    await provider()
    down = true
    await provider.refreshNow()
    clock.advance(8 * DAY)
    await provider()
    expect(events.map(({ type }) => type)).toEqual(['refreshed', 'refresh-failed', 'refresh-failed'])
    expect(messages.map(({ action, alarm }) => [action, alarm])).toEqual([
      ['monitorAkStatus', false],
      ['monitorAkStatus', true],
    ])
    expect(inspect([events, messages], { depth: 9 })).not.toContain(account.managed()?.accessKeySecret)
  })

  it('goes on when whoever watches throws', async () => {
    const { managed, account } = alibabaWorld()
    const fails = (): never => {
      throw new Error('a watcher that fails')
    }
    const provider = managed({ onMessage: fails, onEvent: fails, recover: async () => undefined })
    expect((await provider()).accessKeyId).toBe(account.managed()?.accessKeyId)
  })

  it('queues messages, and drops the oldest', () => {
    const { add, drain } = messageQueue({ capacity: 2 })
    const message = { secretName: 'a', accessKeyId: null, errorMessage: '', alarm: false, timestamp: 0 } as const
    for (const secretName of ['a', 'b', 'c']) add({ ...message, action: 'monitorAkStatus', secretName })
    expect(drain().map(({ secretName }) => secretName)).toEqual(['b', 'c'])
    expect(drain()).toEqual([])
  })

  it('gives an access key to whoever listens, and fetches by a timer as long as somebody does', async () => {
    const { managed, account, clock } = alibabaWorld()
    const timers: { ms: number; run: () => void }[] = []
    const later = (ms: number, run: () => void): (() => void) => {
      const timer = { ms, run }
      timers.push(timer)
      return () => void timers.splice(timers.indexOf(timer), timers.includes(timer) ? 1 : 0)
    }
    const provider = managed({ later })
    await provider()
    expect(timers).toHaveLength(0)
    const seen: ManagedAlibabaCredentials[] = []
    const messages: string[] = []
    const end = provider.subscribe((credentials) => seen.push(credentials))
    expect(timers.map(({ ms }) => ms)).toEqual([6 * HOUR])
    const failing = managed({ later, onMessage: ({ action }) => messages.push(action) })
    await failing()
    failing.subscribe(() => {
      throw new Error('a client that fails')
    })
    const other = vi.fn()
    failing.subscribe(other)
    account.rotate()
    clock.advance(6 * HOUR)
    for (const { run } of timers.splice(0)) run()
    await vi.waitFor(() => expect([seen.length, other.mock.calls.length]).toEqual([1, 1]), { timeout: 10_000 })
    expect(seen[0]?.accessKeyId).toBe(account.managed()?.accessKeyId)
    expect(messages).toEqual(['updateCredential'])
    end()
    await failing.shutdown()
    expect(timers).toHaveLength(0)
    expect(() => failing.subscribe(other)).toThrow(expect.objectContaining({ code: 'DISPOSED' }))
    expect(timers).toHaveLength(0)
  })

  it('never waits longer than timers can', async () => {
    const { managed } = alibabaWorld()
    const waits: number[] = []
    const provider = managed({
      refreshIntervalMs: 60 * DAY,
      secrets: async () => secretOf({ rotationInterval: '8640000s' }),
      later: (ms) => {
        waits.push(ms)
        return () => {}
      },
    })
    await provider()
    provider.subscribe(() => {})
    expect(waits).toEqual([2 ** 31 - 1])
  })

  it('shuts down for good, as often as it is told; others go on, and a new one begins anew', async () => {
    const { managed, account } = alibabaWorld()
    const [one, other] = [managed(), managed()]
    await Promise.all([one(), other()])
    {
      await using scoped = one
      await scoped.shutdown()
    }
    await expect(one()).rejects.toMatchObject({ code: 'DISPOSED' })
    expect(one.current()).toBeUndefined()
    expect(await one.refreshNow()).toBe(false)
    expect((await other()).accessKeyId).toBe(account.managed()?.accessKeyId)
    expect((await managed()()).accessKeyId).toBe(account.managed()?.accessKeyId)
  })
})
