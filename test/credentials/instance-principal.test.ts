import { inspect } from 'node:util'
import { describe, expect, it, vi } from 'vitest'
import { type InstancePrincipalOptions, instancePrincipal } from '../../src/credentials/instance-principal.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { runtime as browser } from '../../src/runtime/browser.js'
import { runtime as workers } from '../../src/runtime/workers.js'
import { certificateAuthority } from '../../src/testing/certificate-authority.js'
import { TOKEN_LIFE_MS } from '../../src/testing/claims.js'
import { providerContract } from '../contract/provider.js'
import { belongTogether, ECHO, type EmulatedMachine, emulatedMachine } from './emulated.js'

const MINUTE = 60_000

async function instance(options: InstancePrincipalOptions = {}) {
  const machine = await emulatedMachine('instance-principal')
  return { ...machine, provider: instancePrincipal({ ...machine.settings, ...options }) }
}

/** The service that a fault is about refuses or fails at once until further notice. */
function breaker({ emulator }: Pick<EmulatedMachine, 'emulator'>, surface: string): (broken: boolean) => void {
  let mend = (): void => {}
  return (broken) => {
    mend()
    mend = broken ? emulator.faults.add({ surface, effect: 'status', status: 503, times: 0 }) : (): void => {}
  }
}

providerContract('instancePrincipal', async () => {
  const { provider, clock, emulator } = await instance()
  const { privateKeyPem } = await emulator.of(certificateAuthority).current()
  return {
    provider,
    clock,
    lifeMs: TOKEN_LIFE_MS.instance,
    loads: () => emulator.counters.snapshot().tokenCalls,
    setBroken: breaker({ emulator }, 'x509'),
    secrets: ({ token = '' }) => [token, privateKeyPem.slice(100, 160)],
    belongTogether,
  }
})

describe('instancePrincipal', () => {
  it('signs as the instance it runs on, in its tenancy and region', async () => {
    const { provider, whoami, emulator } = await instance()
    const { principal } = await (await whoami(provider)).json()
    expect(principal.subject).toBe(emulator.identities.instance)
    expect(await provider()).toMatchObject({
      tenancy: emulator.identities.tenancy,
      region: 'us-phoenix-1',
      source: 'instance-principal',
      claims: { ptype: 'instance' },
    })
  })

  it('answers a hundred first requests with one key, one token call and four reads of metadata', async () => {
    const { provider, emulator, settings } = await instance()
    const generated = vi.spyOn(crypto.subtle, 'generateKey')
    const fetch = createSignedFetch({ credentials: provider, fetch: emulator.fetch, clock: settings.clock })
    await emulator.of(certificateAuthority).current()
    await emulator.tokens.key()
    generated.mockClear()
    const answers = await Promise.all(Array.from({ length: 100 }, () => fetch(ECHO)))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(emulator.counters.snapshot()).toMatchObject({ tokenCalls: 1, metadataReads: 4, sessionKeys: 1, refused: 0 })
    expect(generated).toHaveBeenCalledTimes(1)
    generated.mockRestore()
  })

  it('reads the region once and the certificates for every token', async () => {
    const { provider, emulator } = await instance()
    await provider({ forceRefresh: await provider() })
    expect(emulator.counters.snapshot()).toMatchObject({ tokenCalls: 2, metadataReads: 7, sessionKeys: 2 })
  })

  it('takes a region and an endpoint that are given, and reads no metadata for them', async () => {
    const { provider, emulator } = await instance({ region: 'fra', federationEndpoint: 'https://auth.example' })
    expect((await provider()).region).toBe('eu-frankfurt-1')
    expect(emulator.counters.snapshot().metadataReads).toBe(3)
    expect(emulator.log.entries().some((entry) => JSON.stringify(entry).includes('auth.example'))).toBe(true)
  })

  it('finds the token service of a region that is not built in by what the instance tells', async () => {
    const machine = await emulatedMachine(undefined, {
      env: { OCI_CLI_FEDERATION_ENDPOINT: '', OCI_SDK_AUTH_CLIENT_REGION_URL: '' },
    })
    const called: string[] = []
    const regionInfo = {
      realmKey: 'oc77',
      realmDomainComponent: 'oraclecloud77.com',
      regionKey: 'XYZ',
      regionIdentifier: 'xx-new-1',
    }
    machine.emulator.faults.add({ path: '/instance/regionInfo', effect: 'body', body: JSON.stringify(regionInfo) })
    const onRequest = ({ endpoint }: { endpoint: string }): void => void called.push(endpoint)
    expect((await instancePrincipal({ ...machine.settings, onRequest })()).region).toBe('xx-new-1')
    expect(called).toContain('https://auth.xx-new-1.oraclecloud77.com/v1/x509')
  })

  it('never signs with a key of another token while it refreshes under load', async () => {
    const { provider, emulator, settings, clock } = await instance()
    emulator.settings.tokenLifeMs = 10 * MINUTE
    const fetch = createSignedFetch({
      credentials: provider,
      fetch: emulator.fetch,
      clock: settings.clock,
      retry: false,
    })
    emulator.faults.add({ surface: 'x509', effect: 'delay', ms: 5, times: 0 })
    for (let round = 0; round < 8; round++) {
      clock.advance(4 * MINUTE)
      const answers = await Promise.all(Array.from({ length: 10 }, () => fetch(ECHO)))
      expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    }
    expect(emulator.counters.snapshot().refused).toBe(0)
  })

  it('answers a storm of refusals with one refresh, after a revocation', async () => {
    const { provider, emulator, settings, clock } = await instance()
    const fetch = createSignedFetch({
      credentials: provider,
      fetch: emulator.fetch,
      clock: settings.clock,
      retry: false,
    })
    await fetch(ECHO)
    clock.advance(MINUTE)
    emulator.tokens.revoke()
    const answers = await Promise.all(Array.from({ length: 50 }, () => fetch(ECHO, { method: 'POST', body: 'x' })))
    expect(answers.every(({ ok }) => ok)).toBe(true)
    expect(emulator.counters.snapshot().tokenCalls).toBe(2)
  })

  it.each([
    ['certificate', 'certificate'],
    ['key', 'key'],
  ] as const)('reads the pair again when the instance rotates right after the %s was read', async (_, part) => {
    const { provider, emulator } = await instance()
    emulator.settings.rotateAfterRead = part
    expect(await belongTogether(await provider())).toBe(true)
  })

  it('goes on after a rotation between two tokens', async () => {
    const { provider, emulator } = await instance()
    const first = await provider()
    await emulator.of(certificateAuthority).rotate()
    const second = await provider({ forceRefresh: first })
    expect(second.tenancy).toBe(first.tenancy)
    expect(await belongTogether(second)).toBe(true)
  })

  it('refuses to become an instance of another tenancy, and goes on with the token it has', async () => {
    const { provider, emulator, clock } = await instance()
    const first = await provider()
    await emulator.of(certificateAuthority).rotate({ tenancy: 'ocid1.tenancy.oc1..another' })
    await expect(provider({ forceRefresh: first })).rejects.toMatchObject({ code: 'TENANCY_CHANGED' })
    clock.advance(2_000)
    expect(await provider()).toBe(first)
  })

  it.each([10, -10])('signs by the clock of the service when that is %i minutes off', async (minutes) => {
    const { provider, emulator, whoami } = await instance()
    emulator.settings.clockSkewMs = minutes * MINUTE
    expect((await whoami(provider)).status).toBe(200)
    expect(emulator.counters.snapshot().tokenCalls).toBeLessThanOrEqual(2)
  })

  it('uses a token without an end for the callers who wait, and asks again afterwards', async () => {
    const { provider, emulator } = await instance()
    emulator.tokens.spoilNext('no-exp', 'no-exp')
    const [first, second] = await Promise.all([provider(), provider()])
    expect(first).toBe(second)
    await provider()
    expect(emulator.counters.snapshot().tokenCalls).toBe(2)
  })

  it.each([
    ['has expired already', 'expired', /TOKEN_EXPIRED|TOKEN_INVALID/],
    ['is for another key', 'other-key', /TOKEN_KEY_MISMATCH/],
    ['is no JWT', 'not-a-jwt', /TOKEN_INVALID/],
  ] as const)('never signs with a token that %s', async (_, flaw, code) => {
    const { provider, emulator, clock } = await instance()
    emulator.tokens.spoilNext(flaw)
    await expect(provider()).rejects.toMatchObject({ code: expect.stringMatching(code) })
    clock.advance(2_000)
    expect(await belongTogether(await provider())).toBe(true)
  })

  it.each([
    ['HTML with status 200', { effect: 'html', status: 200 }, 'CERTIFICATE_INVALID'],
    ['half of the certificate', { effect: 'truncate' }, 'PEM_INVALID'],
  ] as const)('says what is wrong when the metadata service keeps answering %s', async (_, fault, code) => {
    const { provider, emulator } = await instance()
    emulator.faults.add({ path: 'cert.pem', times: 0, ...fault })
    const error = await provider().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code })
    expect(inspect(error, { depth: 9 })).not.toContain('Bad Gateway')
  })

  it('reads again what was half written once', async () => {
    const { provider, emulator } = await instance()
    emulator.faults.add({ path: 'cert.pem', effect: 'truncate' })
    expect(await belongTogether(await provider())).toBe(true)
  })

  it('waits for an instance that is still starting', async () => {
    const { provider, emulator } = await instance()
    emulator.faults.add({ surface: 'instance-metadata', path: 'identity', effect: 'status', status: 404, times: 6 })
    expect(await belongTogether(await provider())).toBe(true)
  })

  it('ends a metadata service that never answers by a deadline', async () => {
    const { provider, emulator } = await instance({ metadataRetry: false, timeoutMs: 30 })
    emulator.faults.add({ surface: 'instance-metadata', effect: 'hang', times: 0 })
    await expect(provider()).rejects.toMatchObject({ code: 'TIMEOUT' })
    emulator.close()
  })

  it('ends a token service that never answers by a deadline', async () => {
    const { provider, emulator } = await instance({ loadTimeoutMs: 200, timeoutMs: 10_000 })
    emulator.faults.add({ surface: 'x509', effect: 'hang', times: 0 })
    await expect(provider()).rejects.toMatchObject({ code: 'TIMEOUT' })
    emulator.close()
  })

  it('lets a caller leave during a load, and the load serve the others', async () => {
    const { provider, emulator } = await instance()
    const controller = new AbortController()
    const leaving = provider({ signal: controller.signal })
    const staying = provider()
    controller.abort(new Error('left'))
    await expect(leaving).rejects.toThrow('left')
    expect(await belongTogether(await staying)).toBe(true)
    expect(emulator.counters.snapshot().tokenCalls).toBe(1)
  })

  it.each([
    ['a browser', browser],
    ['a worker', workers],
  ])('says that %s has no metadata service', async (_, runtime) => {
    await expect(instancePrincipal({ runtime })()).rejects.toMatchObject({
      code: 'UNSUPPORTED_RUNTIME',
      message: expect.stringContaining('link-local'),
    })
  })

  it('tells of every attempt of every call, and of the refresh, without a secret', async () => {
    const told: unknown[] = []
    const tell = (event: unknown): void => void told.push(event)
    const { provider } = await instance({ onRequest: tell, onEvent: tell })
    const { token = '' } = await provider()
    expect(told).toHaveLength(6)
    expect(inspect(told, { depth: 9 })).not.toContain(token.slice(-40))
  })
})
