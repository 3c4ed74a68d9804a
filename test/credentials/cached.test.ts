import { describe, expect, it, vi } from 'vitest'
import { type CacheOptions, type CredentialsEvent, cached, type LoadContext } from '../../src/credentials/cached.js'
import { ConfigurationError, ServiceError } from '../../src/errors.js'
import type { OciCredentials } from '../../src/types.js'
import { providerContract } from '../contract/provider.js'
import { handClock, START } from '../fixtures/clock.js'
import { HOUR, MINUTE, madeUpCredentials } from '../fixtures/sessions.js'

type Load = (context: LoadContext<OciCredentials>) => Promise<OciCredentials>

/** A cache over a source that counts, fails and waits as it is told. */
function subject(options: CacheOptions<OciCredentials> & { load?: Load; lifeMs?: number } = {}) {
  const clock = handClock()
  const events: CredentialsEvent[] = []
  const source = { loads: 0, broken: false, contexts: [] as LoadContext<OciCredentials>[] }
  const { lifeMs = HOUR, load, ...rest } = options
  const provider = cached<OciCredentials>(
    async (context) => {
      source.loads += 1
      source.contexts.push(context)
      if (source.broken) throw new ServiceError('SERVICE_UNREACHABLE', 'The source is broken.')
      return load === undefined ? madeUpCredentials(clock.now(), lifeMs) : load(context)
    },
    { clock: clock.now, random: () => 0.5, onEvent: (event) => events.push(event), ...rest },
  )
  return { provider, clock, events, source }
}

/** A load whose answers are released by hand. */
function deferred() {
  const waiting: { resolve(credentials: OciCredentials): void; reject(error: unknown): void }[] = []
  const load: Load = () => new Promise((resolve, reject) => waiting.push({ resolve, reject }))
  return { load, waiting }
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))

providerContract('cached', async () => {
  const { provider, clock, source } = subject()
  return {
    provider,
    clock,
    lifeMs: HOUR,
    loads: () => source.loads,
    setBroken: (broken) => {
      source.broken = broken
    },
    secrets: ({ token = '' }) => [token],
  }
})

describe('when it refreshes', () => {
  it.each([
    ['at the early end of the jitter', 0, 0.475],
    ['in the middle', 0.5, 0.5],
    ['at the late end of the jitter', 1, 0.525],
  ])('starts behind its callers %s', async (_, random, fraction) => {
    const { provider, clock, source } = subject({ random: () => random })
    await provider()
    clock.advance(HOUR * fraction - 1)
    await provider()
    expect(source.loads).toBe(1)
    clock.advance(1)
    await provider()
    expect(source.loads).toBe(2)
  })

  it('uses credentials with exactly the minimum life left, and waits for newer ones below it', async () => {
    const { provider, clock, source } = subject({ refreshAt: 1, random: () => 1 })
    const old = await provider()
    clock.advance(HOUR - MINUTE)
    expect(await provider()).toBe(old)
    clock.advance(1)
    expect(await provider()).not.toBe(old)
    expect(source.loads).toBe(2)
  })

  it('leaves a short life its last fifth as margin', async () => {
    const { provider, clock } = subject({ lifeMs: 100_000, refreshAt: 1, random: () => 1 })
    const old = await provider()
    clock.advance(80_000)
    expect(await provider()).toBe(old)
    clock.advance(1)
    expect(await provider()).not.toBe(old)
  })

  it('counts from the arrival when the service hands out a token that it issued earlier', async () => {
    const { provider, clock, source } = subject({ load: async () => madeUpCredentials(START - 40 * MINUTE, HOUR) })
    await provider()
    clock.advance(9 * MINUTE)
    await provider()
    expect(source.loads).toBe(1)
    clock.advance(2 * MINUTE)
    await provider()
    expect(source.loads).toBe(2)
  })

  it('does not ask again and again for a token that comes with less than its margin left', async () => {
    const { provider, clock, source } = subject({ load: async () => madeUpCredentials(START - 59.5 * MINUTE, HOUR) })
    for (let call = 0; call < 10; call++) await provider()
    expect(source.loads).toBe(1)
    clock.advance(1_000)
    await provider()
    expect(source.loads).toBe(2)
  })

  it.each([HOUR, 2 * HOUR])('refuses what had expired when it came, issued %i milliseconds ago', async (age) => {
    const { provider } = subject({ load: async () => madeUpCredentials(START - age, HOUR) })
    await expect(provider()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED', message: expect.stringContaining('clock') })
  })

  it('gives credentials without an expiry to those who wait, and keeps them for nobody', async () => {
    const { expiresAt: _, ...undated } = madeUpCredentials(START, HOUR)
    const { provider, source } = subject({ load: async () => ({ ...undated }) })
    const [one, other] = await Promise.all([provider(), provider()])
    expect(one).toBe(other)
    expect(provider.current()).toBeUndefined()
    await provider()
    expect(source.loads).toBe(2)
  })

  it('keeps credentials without an expiry when told so', async () => {
    const { expiresAt: _, ...undated } = madeUpCredentials(START, HOUR)
    const { provider, source, clock } = subject({ load: async () => ({ ...undated }), undated: 'keep' })
    await provider()
    clock.advance(1000 * HOUR)
    await provider()
    expect(source.loads).toBe(1)
  })

  it('tries for newer credentials first once it was invalidated, and goes on with the old ones if there are none', async () => {
    const { provider, source, clock } = subject()
    const old = await provider()
    source.broken = true
    provider.invalidate()
    expect(await provider()).toBe(old)
    source.broken = false
    clock.advance(1_000)
    expect(await provider()).not.toBe(old)
    expect(source.loads).toBe(3)
  })

  it.each([
    [{ refreshAt: 0 }, 'refreshAt'],
    [{ refreshAt: 1.5 }, 'refreshAt'],
    [{ refreshAt: Number.NaN }, 'refreshAt'],
    [{ minimumLifeMs: -1 }, 'minimumLifeMs'],
  ])('refuses %j', (options, name) => {
    expect(() => subject(options)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(name) }),
    )
  })
})

describe('when loads fail', () => {
  it('lets a later call load again: a failed load blocks nobody for good', async () => {
    const { provider, source, clock } = subject()
    source.broken = true
    await expect(Promise.all([provider(), provider()])).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
    source.broken = false
    clock.advance(1_000)
    await provider()
    expect(source.loads).toBe(2)
  })

  it('answers from memory for a second, so that a burst of calls does not hammer the source', async () => {
    const { provider, source, clock } = subject()
    source.broken = true
    for (let call = 0; call < 20; call++) {
      await expect(provider()).rejects.toMatchObject({ code: 'SERVICE_UNREACHABLE' })
      clock.advance(49)
    }
    expect(source.loads).toBe(1)
  })

  it('pauses longer and longer between background refreshes, never more than half a minute', async () => {
    const { provider, source, clock } = subject()
    await provider()
    source.broken = true
    clock.advance(31 * MINUTE)
    for (let second = 0; second < 20 * 60; second++) {
      await provider()
      await settle()
      clock.advance(1_000)
    }
    expect(source.loads - 1).toBeGreaterThanOrEqual(40)
    expect(source.loads - 1).toBeLessThanOrEqual(46)
  })

  it('says when it serves credentials near their end because newer ones could not be had', async () => {
    const { provider, source, clock, events } = subject()
    await provider()
    source.broken = true
    clock.advance(HOUR - 30_000)
    await provider()
    expect(events.map(({ type }) => type)).toEqual(['refreshed', 'refresh-failed', 'stale-served'])
    expect(events[1]).toMatchObject({ at: clock.now(), forced: false, expiresAt: START + HOUR })
    expect(events[2]).toMatchObject({ remainingMs: 30_000, expiresAt: START + HOUR })
  })

  it('goes on when an observer throws', async () => {
    const onEvent = (): void => {
      throw new Error('observer')
    }
    const { provider } = subject({ onEvent })
    await expect(provider()).resolves.toBeDefined()
  })

  it('ends a load that hangs at the deadline, even if the load does not listen', async () => {
    const { load } = deferred()
    const { provider } = subject({ load, loadTimeoutMs: 5 })
    await expect(provider()).rejects.toMatchObject({ code: 'TIMEOUT', retryable: true })
  })

  it.each([0, -1, Number.NaN])('refuses a deadline of %s milliseconds', (loadTimeoutMs) => {
    expect(() => subject({ loadTimeoutMs })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })

  it.each([Number.POSITIVE_INFINITY, 3e9])('waits as long as a timer can when told %s milliseconds', async (time) => {
    const load: Load = async () => {
      await new Promise((resolve) => setTimeout(resolve, 20))
      return madeUpCredentials(START, HOUR)
    }
    await expect(subject({ loadTimeoutMs: time, load }).provider()).resolves.toBeDefined()
  })

  it('takes a load that throws at once for a failed one', async () => {
    const provider = cached<OciCredentials>(() => {
      throw new ServiceError('SERVICE_ERROR', 'at once')
    })
    await expect(provider()).rejects.toMatchObject({ code: 'SERVICE_ERROR' })
  })
})

describe('when answers overlap', () => {
  it('never lets a late answer replace a newer one', async () => {
    const { load, waiting } = deferred()
    const { provider, clock } = subject({ load, sharesPromises: false })
    const [early, late] = [provider(), provider()]
    const [older, newer] = [madeUpCredentials(START, HOUR), madeUpCredentials(START, HOUR)]
    await settle()
    waiting[1]?.resolve(newer)
    expect(await late).toBe(newer)
    waiting[0]?.resolve(older)
    expect(await early).toBe(newer)
    clock.advance(1)
    expect(await provider()).toBe(newer)
  })

  it('joins a refresh under way when credentials are refused, since what comes is newer', async () => {
    const { load, waiting } = deferred()
    const { provider, clock, source } = subject({ load })
    const first = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    const refused = await first
    clock.advance(31 * MINUTE)
    await provider()
    const renewed = provider({ forceRefresh: refused })
    await settle()
    waiting[1]?.resolve(madeUpCredentials(clock.now(), HOUR))
    expect(await renewed).not.toBe(refused)
    expect(source.loads).toBe(2)
  })

  it('asks by force when the refresh under way brings the refused credentials back', async () => {
    const { load, waiting } = deferred()
    const { provider, clock, source } = subject({ load })
    const first = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    const refused = await first
    clock.advance(31 * MINUTE)
    await provider()
    const renewed = Promise.all([provider({ forceRefresh: refused }), provider({ forceRefresh: refused })])
    await settle()
    waiting[1]?.resolve({ ...refused })
    await settle()
    waiting[2]?.resolve(madeUpCredentials(clock.now(), HOUR))
    const [one, other] = await renewed
    expect(one).toBe(other)
    expect(one.token).not.toBe(refused.token)
    expect(source.contexts.map(({ forced }) => forced)).toEqual([false, false, true])
  })

  it('ends the load when every caller has left, and starts another for the next one', async () => {
    const { load, waiting } = deferred()
    const { provider, source, events } = subject({ load })
    const controller = new AbortController()
    const callers = [provider({ signal: controller.signal }), provider({ signal: controller.signal })]
    await settle()
    controller.abort(new Error('all leave'))
    for (const caller of callers) await expect(caller).rejects.toThrow('all leave')
    expect(source.contexts[0]?.signal.aborted).toBe(true)
    const next = provider()
    await settle()
    waiting[1]?.resolve(madeUpCredentials(START, HOUR))
    await expect(next).resolves.toBeDefined()
    expect(events.map(({ type }) => type)).toEqual(['refreshed'])
  })

  it('lets a background refresh live on when the caller that caused it leaves', async () => {
    const { provider, clock, source } = subject()
    const old = await provider()
    clock.advance(31 * MINUTE)
    const controller = new AbortController()
    await provider({ signal: controller.signal })
    controller.abort()
    await settle()
    expect(await provider()).not.toBe(old)
    expect(source.contexts[1]?.signal.aborted).toBe(false)
  })

  it('lets a background refresh live on when a caller that joined it leaves', async () => {
    const { load, waiting } = deferred()
    const { provider, clock, source } = subject({ load })
    const first = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    const old = await first
    clock.advance(31 * MINUTE)
    await provider()
    const controller = new AbortController()
    const joining = provider({ forceRefresh: old, signal: controller.signal })
    await settle()
    controller.abort(new Error('leaves'))
    await expect(joining).rejects.toThrow('leaves')
    expect(source.contexts[1]?.signal.aborted).toBe(false)
  })

  it('tells a caller who left while it waited for newer credentials so, and serves it no old ones', async () => {
    const { load, waiting } = deferred()
    const { provider, clock } = subject({ load })
    const first = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    await first
    clock.advance(59.5 * MINUTE)
    const controller = new AbortController()
    const refreshing = provider({ signal: controller.signal })
    await settle()
    controller.abort(new Error('leaves'))
    await expect(refreshing).rejects.toThrow('leaves')
  })

  it('joins the load that began after it was invalidated, also when the one before has ended', async () => {
    const { load, waiting } = deferred()
    const { provider, source } = subject({ load })
    const before = provider()
    await settle()
    provider.invalidate()
    const after = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    await before
    const joining = provider()
    await settle()
    expect(source.loads).toBe(2)
    waiting[1]?.resolve(madeUpCredentials(START, HOUR))
    expect(await joining).toBe(await after)
  })

  it('gives what a source changed to, although a load of what was there before is under way', async () => {
    const { load, waiting } = deferred()
    const { provider } = subject({ load })
    const before = provider()
    await settle()
    provider.invalidate()
    const after = provider()
    await settle()
    const [older, newer] = [madeUpCredentials(START, HOUR), madeUpCredentials(START, HOUR)]
    waiting[1]?.resolve(newer)
    expect(await after).toBe(newer)
    waiting[0]?.resolve(older)
    await before
    expect(await provider()).toBe(newer)
  })

  it('takes what a load gives that began before it was invalidated for due at once', async () => {
    const { load, waiting } = deferred()
    const { provider } = subject({ load })
    const before = provider()
    await settle()
    provider.invalidate()
    const older = madeUpCredentials(START, HOUR)
    waiting[0]?.resolve(older)
    expect(await before).toBe(older)
    const after = provider()
    await settle()
    const newer = madeUpCredentials(START, HOUR)
    waiting[1]?.resolve(newer)
    expect(await after).toBe(newer)
    expect(await provider()).toBe(newer)
  })
})

describe('by whose clock it measures', () => {
  it('measures lives by the clock of the service, once it is told', async () => {
    const { provider, clock, source } = subject({
      load: async ({ learnServerTime, now }) => {
        learnServerTime(clock.now() - 10 * MINUTE)
        return madeUpCredentials(now(), 20 * MINUTE)
      },
    })
    await provider()
    clock.advance(9 * MINUTE)
    await provider()
    expect(source.loads).toBe(1)
    clock.advance(2 * MINUTE)
    await provider()
    expect(source.loads).toBe(2)
  })

  it('learns from a token of the future that this machine is slow', async () => {
    const { provider, clock, source } = subject({
      load: async () => madeUpCredentials(clock.now() + 30 * MINUTE, 20 * MINUTE),
    })
    await provider()
    clock.advance(11 * MINUTE)
    await provider()
    expect(source.loads).toBe(2)
  })

  it('forgets what it learned once the machine has been set right, where all would be expired else', async () => {
    const machine = { offset: -HOUR }
    const time = handClock()
    const load: Load = async () => madeUpCredentials(time.now(), 20 * MINUTE)
    const provider = cached(load, { clock: () => time.now() + machine.offset, random: () => 0.5 })
    await provider()
    machine.offset = 0
    time.advance(MINUTE)
    const credentials = await provider()
    expect(credentials.issuedAt).toBe(time.now())
    expect(await provider()).toBe(credentials)
  })

  it.each(['TOKEN_EXPIRED', 'SESSION_EXPIRED'] as const)(
    'does the same when a load finds %s by that clock',
    async (code) => {
      const machine = { offset: -HOUR }
      const time = handClock()
      const provider = cached<OciCredentials>(
        async ({ now }) => {
          // What is exchanged lives for half an hour, and is renewed by somebody else in time.
          if (now() > time.now() + 30 * MINUTE) throw new ConfigurationError(code, 'It has expired.')
          return madeUpCredentials(time.now(), 20 * MINUTE)
        },
        { clock: () => time.now() + machine.offset, random: () => 0.5 },
      )
      await provider()
      machine.offset = 0
      time.advance(MINUTE)
      expect((await provider()).issuedAt).toBe(time.now())
    },
  )

  it('believes the service that has just told the time, and a machine that is still slow not', async () => {
    const told = subject({
      load: async ({ learnServerTime }) => {
        learnServerTime(START + HOUR)
        return madeUpCredentials(START, 20 * MINUTE)
      },
    })
    await expect(told.provider()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
    const late = madeUpCredentials(START + HOUR, 20 * MINUTE)
    const slow = subject({ load: async () => late })
    await slow.provider()
    slow.clock.advance(30 * MINUTE)
    await expect(slow.provider()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })

  it('takes a difference within two seconds for the time that the answer took', async () => {
    const { source, provider } = subject({
      load: async ({ learnServerTime }) => {
        learnServerTime(START - 1_500)
        return madeUpCredentials(START, HOUR)
      },
    })
    await provider()
    expect(source.contexts[0]?.now()).toBe(START)
  })
})

describe('where a promise belongs to one request', () => {
  it('shares the value and never the promise', async () => {
    const { load, waiting } = deferred()
    const { provider, source } = subject({ load, sharesPromises: false })
    const calls = [provider(), provider(), provider()]
    await settle()
    expect(source.loads).toBe(3)
    for (const { resolve } of waiting) resolve(madeUpCredentials(START, HOUR))
    await Promise.all(calls)
    await provider()
    expect(source.loads).toBe(3)
  })

  it('hands the background refresh to waitUntil', async () => {
    const waitUntil = vi.fn<(promise: Promise<unknown>) => void>()
    const { provider, clock, source } = subject({ sharesPromises: false, waitUntil })
    const old = await provider()
    clock.advance(31 * MINUTE)
    expect(await Promise.all([provider(), provider()])).toEqual([old, old])
    expect(waitUntil).toHaveBeenCalledTimes(1)
    await waitUntil.mock.calls[0]?.[0]
    expect(await provider()).not.toBe(old)
    expect(source.loads).toBe(2)
  })

  it('never rejects what it hands to waitUntil', async () => {
    const waitUntil = vi.fn<(promise: Promise<unknown>) => void>()
    const { provider, clock, source } = subject({ sharesPromises: false, waitUntil })
    await provider()
    source.broken = true
    clock.advance(31 * MINUTE)
    await provider()
    await expect(waitUntil.mock.calls[0]?.[0]).resolves.toBeUndefined()
  })

  it('lets one request refresh for itself without waitUntil, and the others go on', async () => {
    const { load, waiting } = deferred()
    const { provider, clock, source } = subject({ load, sharesPromises: false })
    const first = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    const old = await first
    clock.advance(31 * MINUTE)
    const refreshing = provider()
    expect(await provider()).toBe(old)
    await settle()
    waiting[1]?.resolve(madeUpCredentials(clock.now(), HOUR))
    expect(await refreshing).not.toBe(old)
    expect(source.loads).toBe(2)
  })

  it('lets another request refresh once the one that began has failed and the pause is over', async () => {
    const { load, waiting } = deferred()
    const { provider, clock, source } = subject({ load, sharesPromises: false })
    const first = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    const old = await first
    clock.advance(31 * MINUTE)
    const refreshing = provider()
    await settle()
    waiting[1]?.reject(new Error('down'))
    expect(await refreshing).toBe(old)
    clock.advance(1000)
    void provider()
    await settle()
    expect(source.loads).toBe(3)
  })

  it('lets another request refresh when the one that began was cut off', async () => {
    const { load, waiting } = deferred()
    const { provider, clock, source } = subject({ load, sharesPromises: false })
    const first = provider()
    await settle()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    await first
    clock.advance(31 * MINUTE)
    void provider()
    clock.advance(10_000)
    void provider()
    expect(source.loads).toBe(3)
  })
})

describe('when it is disposed of', () => {
  it('ends the load under way, forgets the credentials and refuses later calls', async () => {
    const { load } = deferred()
    const { provider, source } = subject({ load })
    const loading = provider()
    await settle()
    provider.dispose()
    await expect(loading).rejects.toMatchObject({ code: 'DISPOSED' })
    expect(source.contexts[0]?.signal.aborted).toBe(true)
    expect(provider.current()).toBeUndefined()
    await expect(provider()).rejects.toMatchObject({ code: 'DISPOSED' })
  })

  it('keeps nothing of a load that no promise is shared of', async () => {
    const { load, waiting } = deferred()
    const { provider, events } = subject({ load, sharesPromises: false })
    const loading = provider()
    await settle()
    provider.dispose()
    waiting[0]?.resolve(madeUpCredentials(START, HOUR))
    await expect(loading).rejects.toMatchObject({ code: 'DISPOSED' })
    expect(events.map(({ type }) => type)).not.toContain('refreshed')
  })

  it('is disposed of by its symbol too', async () => {
    const { provider } = subject()
    await provider()
    provider[Symbol.dispose]()
    await expect(provider()).rejects.toMatchObject({ code: 'DISPOSED' })
  })
})
