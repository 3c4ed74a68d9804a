import { describe, expect, it } from 'vitest'
import { type DefaultProviderOptions, defaultProvider } from '../src/auto.js'
import { runtime as browser } from '../src/runtime/browser.js'
import { runtime as workers } from '../src/runtime/workers.js'
import { type EmulatedPrincipal, emulatedPrincipals } from '../src/testing/environment.js'
import { emulatedMachine, type MachineOptions } from './credentials/emulated.js'
import { HOME, memoryRuntime } from './fixtures/memory-runtime.js'

/** What `OCI_CLI_AUTH` and the file's variables would decide stays out, so that the chain has to find its way. */
const UNDECIDED = {
  OCI_CLI_AUTH: '',
  OCI_CLI_CONFIG_FILE: '',
  OCI_CONFIG_FILE: '',
  OCI_CLI_PROFILE: '',
}

async function chainOn(
  principal: EmulatedPrincipal | undefined,
  machine: MachineOptions = {},
  options: DefaultProviderOptions = {},
) {
  const env = { ...UNDECIDED, ...machine.env }
  const emulated = await emulatedMachine(principal, { ...machine, env })
  const runtime = { ...emulated.runtime, hasMetadataService: true }
  return { ...emulated, runtime, provider: defaultProvider({ ...emulated.settings, runtime, ...options }) }
}

const errorOf = async (promise: Promise<unknown>): Promise<Error & { code?: string }> =>
  promise.then(
    () => new Error('no error'),
    (error: Error) => error,
  )

describe('defaultProvider', () => {
  it.each([
    ['api-key', 'api-key', []],
    ['oke-workload-identity', 'oke-workload-identity', ['environment', 'workload-identity-federation']],
    [
      'resource-principal-2.2',
      'resource-principal-2.2',
      ['environment', 'workload-identity-federation', 'oke-workload-identity'],
    ],
    [
      'resource-principal-1.1',
      'resource-principal-1.1',
      ['environment', 'workload-identity-federation', 'oke-workload-identity'],
    ],
  ] as const)('finds %s by itself, and tells what it tried', async (principal, source, tried) => {
    const { provider, whoami } = await chainOn(principal)
    const credentials = await provider()
    expect(credentials.source).toBe(source)
    expect(credentials.tried.map(({ name }) => name)).toEqual(tried)
    expect((await whoami(provider)).status).toBe(200)
  })

  it('is never who another place of this code left in the store', async () => {
    const elsewhere = await chainOn('resource-principal-1.1')
    const stored = await elsewhere.provider()
    const kept: unknown[] = []
    const store = {
      get: async () => stored,
      set: async (credentials: unknown) => void kept.push(credentials),
      lease: async () => true,
    }
    const { provider, whoami } = await chainOn('oke-workload-identity', {}, { store })
    const credentials = await provider()
    expect(credentials.source).toBe('oke-workload-identity')
    expect(kept).toMatchObject([{ source: 'oke-workload-identity' }])
    expect((await whoami(provider)).status).toBe(200)
    const back = await chainOn('resource-principal-1.1', {}, { store })
    expect((await back.provider()).token).toBe(stored.token)
  })

  it('finds the configuration file', async () => {
    const { runtime, paths, provider } = await chainOn(undefined)
    runtime.put(`${HOME}/.oci/config`, String(runtime.contents.get(paths.config)))
    expect((await provider()).source).toBe('api-key')
  })

  it('takes the instance last, after a look at its metadata service', async () => {
    const { provider, emulator } = await chainOn('instance-principal')
    const { source, tried, region } = await provider()
    expect([source, region, tried.length]).toEqual(['instance-principal', 'us-phoenix-1', 5])
    expect(emulator.counters.snapshot().metadataReads).toBe(4)
  })

  it('takes the variables of an API key before anything else there is', async () => {
    const key = await emulatedMachine('api-key')
    const names = ['OCI_CLI_USER', 'OCI_CLI_TENANCY', 'OCI_CLI_FINGERPRINT', 'OCI_CLI_KEY_FILE']
    const env = Object.fromEntries(names.map((name) => [name, key.runtime.env(name) ?? '']))
    expect((await (await chainOn('resource-principal-2.2', { env })).provider()).source).toBe('api-key')
  })

  it('takes a function for a function though it runs in a cluster', async () => {
    const env = { KUBERNETES_SERVICE_HOST: '10.96.0.1' }
    expect((await (await chainOn('resource-principal-2.2', { env })).provider()).source).toBe('resource-principal-2.2')
  })

  it('takes a pod without a region for one only when told so', async () => {
    const env = { OCI_RESOURCE_PRINCIPAL_REGION: '', OCI_RESOURCE_PRINCIPAL_VERSION: '' }
    const shy = await chainOn('oke-workload-identity', { env }, { skip: ['instance-principal'] })
    expect((await errorOf(shy.provider())).message).toContain('okeWorkloadIdentity')
    const told = await chainOn('oke-workload-identity', { env }, { okeWorkloadIdentity: true })
    expect((await told.provider()).source).toBe('oke-workload-identity')
  })

  it.each([
    ['api_key', 'api-key', 'api-key'],
    ['security_token', 'session-token', 'session-token'],
    ['instance_principal', 'instance-principal', 'instance-principal'],
    ['INSTANCE_OBO_USER', 'delegation-token', 'instance-principal'],
    ['resource_principal', 'resource-principal-2.2', 'resource-principal-2.2'],
    ['oke_workload_identity', 'oke-workload-identity', 'oke-workload-identity'],
  ] as const)('does what OCI_CLI_AUTH=%s says', async (auth, principal, source) => {
    const { runtime, settings, whoami } = await emulatedMachine(principal, { env: { OCI_CLI_AUTH: auth } })
    const provider = defaultProvider({ ...settings, runtime })
    expect((await provider()).source).toBe(source)
    expect((await whoami(provider)).status).toBe(200)
  })

  it('does not look anywhere else when OCI_CLI_AUTH names what is not there', async () => {
    const { provider } = await chainOn('instance-principal', { env: { OCI_CLI_AUTH: 'resource_principal' } })
    const error = await errorOf(provider())
    expect(error).toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('OCI_CLI_AUTH=resource_principal'),
    })
  })

  it.each(['magic', 'constructor', '__proto__'])('refuses an OCI_CLI_AUTH that it does not know: %s', async (auth) => {
    const { provider } = await chainOn(undefined, { env: { OCI_CLI_AUTH: auth } })
    expect(await errorOf(provider())).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('api_key'),
    })
  })

  it.each(emulatedPrincipals)('signs as %s with the whole environment of that principal', async (principal) => {
    const { runtime, settings, whoami } = await emulatedMachine(principal)
    expect((await whoami(defaultProvider({ ...settings, runtime }))).status).toBe(200)
  })

  it('stops at what is there and broken, and never signs as somebody else', async () => {
    const { provider, runtime, paths, emulator } = await chainOn('resource-principal-2.2')
    runtime.contents.delete(paths.resourceToken)
    expect(await errorOf(provider())).toMatchObject({ code: 'CONFIG_MISSING' })
    expect(emulator.counters.snapshot().metadataReads).toBe(0)
  })

  it('says of every place why it was passed over, when there is none', async () => {
    const runtime = { ...memoryRuntime(), hasMetadataService: true }
    const error = await errorOf(defaultProvider({ runtime, probeTimeoutMs: 100 })())
    expect(error.code).toBe('NOT_CONFIGURED')
    for (const part of [
      'environment:',
      'COUNTERSIGN_DOMAIN_URL',
      'KUBERNETES_SERVICE_HOST',
      'OCI_RESOURCE_PRINCIPAL_VERSION',
      'config-file:',
      'instance-principal: No metadata service',
    ]) {
      expect(error.message).toContain(part)
    }
  })

  it('waits no longer than told for a metadata service that is silent', async () => {
    const fetch = ((_: unknown, init?: RequestInit) =>
      new Promise((__, reject) =>
        init?.signal?.addEventListener('abort', () => reject(init.signal?.reason)),
      )) as typeof globalThis.fetch
    const runtime = { ...memoryRuntime({ fetch }), hasMetadataService: true }
    const started = performance.now()
    expect(await errorOf(defaultProvider({ runtime, probeTimeoutMs: 60 })())).toMatchObject({ code: 'NOT_CONFIGURED' })
    expect(performance.now() - started).toBeLessThan(5_000)
  })

  it.each([0, Number.NaN])('refuses to wait %s milliseconds', async (probeTimeoutMs) => {
    const runtime = { ...memoryRuntime(), hasMetadataService: true }
    expect(await errorOf(defaultProvider({ runtime, probeTimeoutMs })())).toMatchObject({ code: 'OPTION_INVALID' })
  })

  it('probes again on the next call, in case the service was only slow', async () => {
    const { provider, emulator, clock } = await chainOn('instance-principal')
    emulator.faults.add({ surface: 'instance-metadata', effect: 'disconnect' })
    expect(await errorOf(provider())).toMatchObject({ code: 'NOT_CONFIGURED' })
    clock.advance(2_000)
    expect((await provider()).source).toBe('instance-principal')
  })

  it.each([
    ['a browser', browser],
    ['a worker', workers],
  ])('asks no metadata service in %s', async (_, runtime) => {
    const asked: unknown[] = []
    const fetch = (async (input: unknown) => {
      asked.push(input)
      throw new TypeError('no network')
    }) as typeof globalThis.fetch
    const error = await errorOf(defaultProvider({ runtime, fetch })())
    expect(error).toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('reaches no metadata service'),
    })
    expect(asked).toEqual([])
  })

  it('says that workload identity federation is only half configured', async () => {
    const { provider } = await chainOn(undefined, { env: { COUNTERSIGN_DOMAIN_URL: 'https://idcs.example' } })
    expect(await errorOf(provider())).toMatchObject({ code: 'CONFIG_MISSING' })
  })

  it('leaves out the places it is told to', async () => {
    const { provider } = await chainOn(
      'resource-principal-2.2',
      {},
      { skip: ['resource-principal', 'instance-principal'] },
    )
    const error = await errorOf(provider())
    expect(error.message).not.toContain('resource-principal')
  })

  it('refreshes through the chain when credentials are refused', async () => {
    const { provider, emulator } = await chainOn('instance-principal')
    const first = await provider()
    expect((await provider({ forceRefresh: first })).token).not.toBe(first.token)
    expect(emulator.counters.snapshot().tokenCalls).toBe(2)
  })
})
