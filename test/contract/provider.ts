/**
 * The suite that every provider runs. A provider's test makes a harness around a source it controls and says:
 *
 *   import { providerContract } from '../contract/provider.js'
 *
 *   providerContract('instancePrincipal', async () => ({ provider, clock, lifeMs, loads, setBroken, secrets, … }))
 *
 * See test/credentials/cached.test.ts for the shortest harness, and test/credentials/session-token.test.ts for a real one.
 */
import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { CountersignError } from '../../src/errors.js'
import type { CredentialsProvider, Expiring } from '../../src/types.js'
import type { HandClock } from '../fixtures/clock.js'

/** One provider, new, with everything around it under control. */
export interface ProviderHarness<C extends Expiring> {
  readonly provider: CredentialsProvider<C>
  /** The clock that the provider was given. */
  readonly clock: HandClock
  /** How long the credentials that the source gives live, in milliseconds. */
  readonly lifeMs: number
  /** How often the source was asked for new credentials so far. */
  loads(): number
  /** While broken, the source fails, and says so at once (no waits between retries). */
  setBroken(broken: boolean): void
  /** Everything that must never be seen in messages: tokens, keys, passphrases of these credentials and of the source. */
  secrets(credentials: C): readonly string[]
  /** Whether token and key are of one generation; by default not checked. */
  readonly belongTogether?: (credentials: C) => boolean | Promise<boolean>
}

export type MakeHarness<C extends Expiring> = () => Promise<ProviderHarness<C>>

const BURST = 100
/** Past the time for which a failure is remembered. */
const AFTER_FAILURE_MS = 61_000

export interface ContractOptions {
  /** False for credentials without an end, which run the part that applies to them. */
  readonly expires?: boolean
  /** False where first callers load for themselves, and wait for nobody else's load. */
  readonly sharesLoads?: boolean
}

/** Runs the suite. */
export function providerContract<C extends Expiring>(
  name: string,
  make: MakeHarness<C>,
  { expires = true, sharesLoads = true }: ContractOptions = {},
): void {
  describe(`${name}, as every provider`, () => {
    everyProvider(make)
    if (sharesLoads) sharingProvider(make)
    if (expires) expiringProvider(make)
  })
}

function everyProvider<C extends Expiring>(make: MakeHarness<C>): void {
  it('asks for nothing before it is called', async () => {
    const { loads } = await make()
    expect(loads()).toBe(0)
  })

  it('gives a burst of first callers the same credentials, and loads no more for those who follow', async () => {
    const { provider, loads, belongTogether } = await make()
    const all = await Promise.all(Array.from({ length: BURST }, () => provider()))
    const loaded = loads()
    expect(new Set([...all, await provider()]).size).toBe(1)
    expect(loads()).toBe(loaded)
    expect((await belongTogether?.(all[0] as C)) ?? true).toBe(true)
  })

  it('gives the same frozen object again while it is fresh', async () => {
    const { provider, loads } = await make()
    const credentials = await provider()
    expect(await provider()).toBe(credentials)
    expect(Object.isFrozen(credentials)).toBe(true)
    expect(loads()).toBe(1)
  })

  it('refuses an aborted caller with its own reason, and loads nothing for it', async () => {
    const { provider, loads } = await make()
    const reason = new Error('no longer wanted')
    await expect(provider({ signal: AbortSignal.abort(reason) })).rejects.toBe(reason)
    expect(loads()).toBe(0)
  })

  it('keeps loading for others when one caller aborts', async () => {
    const { provider } = await make()
    const controller = new AbortController()
    const reason = new Error('this caller left')
    const leaving = provider({ signal: controller.signal })
    const staying = provider({ signal: new AbortController().signal })
    controller.abort(reason)
    await expect(Promise.race([leaving, staying.then(() => leaving)])).rejects.toBe(reason)
    expect(await provider()).toBe(await staying)
  })

  it('shows no secret when it is inspected, printed or turned into JSON', async () => {
    const { provider, secrets } = await make()
    const hidden = secrets(await provider())
    expect(hidden.length).toBeGreaterThan(0)
    const shown = [inspect(provider, { depth: 20, showHidden: true }), JSON.stringify(provider) ?? '', String(provider)]
    for (const secret of hidden) expect(shown.some((text) => text.includes(secret))).toBe(false)
  })
}

function sharingProvider<C extends Expiring>(make: MakeHarness<C>): void {
  it('loads once for a burst of first callers', async () => {
    const { provider, loads } = await make()
    await Promise.all(Array.from({ length: BURST }, () => provider()))
    expect(loads()).toBe(1)
  })

  it('loads once for all when one caller aborts', async () => {
    const { provider, loads } = await make()
    const controller = new AbortController()
    const leaving = provider({ signal: controller.signal }).catch(() => undefined)
    const staying = provider()
    controller.abort()
    await Promise.all([leaving, staying])
    expect(loads()).toBe(1)
  })
}

function expiringProvider<C extends Expiring>(make: MakeHarness<C>): void {
  const test = (title: string, run: (harness: ProviderHarness<C>) => Promise<void>): void =>
    it(title, async () => run(await make()))

  test('gives newer credentials than those named as refused', async ({ provider, loads, belongTogether }) => {
    const refused = await provider()
    const renewed = await provider({ forceRefresh: refused })
    expect(renewed).not.toBe(refused)
    expect(await provider()).toBe(renewed)
    expect(loads()).toBe(2)
    expect((await belongTogether?.(renewed)) ?? true).toBe(true)
  })

  test('gives the newer credentials it already holds to whoever names older ones', async ({ provider, loads }) => {
    const refused = await provider()
    const renewed = await provider({ forceRefresh: refused })
    expect(await provider({ forceRefresh: refused })).toBe(renewed)
    expect(loads()).toBe(2)
  })

  test('knows the refused credentials in a copy that a decorator made', async ({ provider, loads }) => {
    const refused = await provider()
    await provider({ forceRefresh: { ...refused, source: 'decorated' } })
    expect(loads()).toBe(2)
  })

  test('answers a storm of refusals with one load', async ({ provider, loads }) => {
    const refused = await provider()
    const renewed = await Promise.all(Array.from({ length: BURST }, () => provider({ forceRefresh: refused })))
    expect(new Set(renewed).size).toBe(1)
    expect(renewed[0]).not.toBe(refused)
    expect(loads()).toBe(2)
  })

  test('refreshes behind its callers in the second half of the life', async ({ provider, clock, lifeMs, loads }) => {
    const old = await provider()
    clock.advance(lifeMs * 0.6)
    const served = await Promise.all(Array.from({ length: BURST }, () => provider()))
    expect(new Set(served)).toEqual(new Set([old]))
    await vi.waitFor(async () => expect(await provider()).not.toBe(old), { timeout: 10_000 })
    expect(loads()).toBe(2)
  })

  test('goes on with valid credentials while the source is broken', async ({ provider, clock, lifeMs, setBroken }) => {
    const old = await provider()
    setBroken(true)
    for (const part of [0.6, 0.35, 0.04]) {
      clock.advance(lifeMs * part)
      expect(await provider()).toBe(old)
    }
  })

  test('never gives credentials that have expired', async ({ provider, clock, lifeMs, setBroken, secrets }) => {
    const old = await provider()
    setBroken(true)
    clock.advance(lifeMs + 1)
    const error: unknown = await provider().catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(CountersignError)
    for (const secret of secrets(old)) expect(inspect(error, { depth: 20, showHidden: true })).not.toContain(secret)
  })

  test('recovers once the source does', async ({ provider, clock, lifeMs, setBroken, belongTogether }) => {
    const old = await provider()
    setBroken(true)
    clock.advance(lifeMs + 1)
    await expect(provider()).rejects.toThrow()
    setBroken(false)
    clock.advance(AFTER_FAILURE_MS)
    const renewed = await provider()
    expect(renewed).not.toBe(old)
    expect((await belongTogether?.(renewed)) ?? true).toBe(true)
  })

  test('keeps the old credentials when a forced refresh fails', async ({
    provider,
    setBroken,
    clock,
    belongTogether,
  }) => {
    const old = await provider()
    setBroken(true)
    await expect(provider({ forceRefresh: old })).rejects.toThrow()
    clock.advance(AFTER_FAILURE_MS)
    expect(await provider()).toBe(old)
    expect((await belongTogether?.(old)) ?? true).toBe(true)
  })
}
