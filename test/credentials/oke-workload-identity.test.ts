import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type OkeWorkloadIdentityOptions, okeWorkloadIdentity } from '../../src/credentials/oke-workload-identity.js'
import { proxymuxBody, proxymuxUrl, readProxymuxAnswer } from '../../src/federation/proxymux.js'
import { resourceFacts } from '../../src/federation/resource-claims.js'
import { runtime as browser } from '../../src/runtime/browser.js'
import { runtime as workers } from '../../src/runtime/workers.js'
import { TOKEN_LIFE_MS } from '../../src/testing/claims.js'
import { issueServiceAccountToken } from '../../src/testing/service-account.js'
import { providerContract } from '../contract/provider.js'
import { jwtOf } from '../fixtures/sessions.js'
import { belongTogether, type EmulatedMachine, emulatedMachine } from './emulated.js'

const P = 'OCI_KUBERNETES_SERVICE_ACCOUNT_'

async function pod(options: OkeWorkloadIdentityOptions = {}, env: Readonly<Record<string, string>> = {}) {
  const machine = await emulatedMachine('oke-workload-identity', { env })
  return { ...machine, provider: okeWorkloadIdentity({ ...machine.settings, ...options }) }
}

/** Kubernetes replaces the token, valid from now on. */
async function replaceToken({ emulator, runtime, paths }: EmulatedMachine, lifeMs?: number): Promise<void> {
  const token = await issueServiceAccountToken(emulator, lifeMs === undefined ? {} : { lifeMs })
  runtime.put(paths.serviceAccountToken, `${token}\n`)
}

for (const nodeCaching of [false, true]) {
  providerContract(nodeCaching ? 'okeWorkloadIdentity with the key of the node' : 'okeWorkloadIdentity', async () => {
    const machine = await emulatedMachine('oke-workload-identity')
    const { emulator, settings, clock, runtime, paths } = machine
    // One that outlives the contract's days, as Kubernetes keeps replacing it.
    await replaceToken(machine, 100 * TOKEN_LIFE_MS.workload)
    const account = String(runtime.contents.get(paths.serviceAccountToken)).trim()
    let mend = (): void => {}
    return {
      provider: okeWorkloadIdentity({ ...settings, nodeCaching }),
      clock,
      lifeMs: TOKEN_LIFE_MS.workload,
      loads: () => emulator.counters.snapshot().requests['oke'] ?? 0,
      setBroken(broken) {
        mend()
        mend = broken
          ? emulator.faults.add({ surface: 'oke', effect: 'status', status: 503, times: 0 })
          : (): void => {}
      },
      secrets: ({ token = '' }) => [token, account.slice(-60)],
      belongTogether,
    }
  })
}

describe('proxymuxUrl', () => {
  it.each([
    ['10.96.0.1', 12250, false, 'https://10.96.0.1:12250/resourcePrincipalSessionTokens'],
    ['fd00::1', 12250, false, 'https://[fd00::1]:12250/resourcePrincipalSessionTokens'],
    ['[fd00::1]', '1', true, 'https://[fd00::1]:1/resourcePrincipalSessionTokensWithCaching'],
  ])('makes of %s and %s (node caching: %s) the address %s', (host, port, nodeCaching, expected) => {
    expect(proxymuxUrl({ host, port, nodeCaching })).toBe(expected)
  })

  it.each([
    ['host/path', 1],
    ['user@host', 1],
    ['host?query', 1],
    ['host', 'port'],
    ['host', 99999],
  ])('refuses %s and %s', (host, port) => {
    const make = (): string => proxymuxUrl({ host, port, nodeCaching: false })
    expect(make).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }))
  })
})

describe('readProxymuxAnswer', () => {
  const envelope = (value: unknown): string => btoa(JSON.stringify(value))

  it('opens the envelope with and without its quotes, and with white space', () => {
    const answer = { token: 'ST$x' }
    for (const text of [
      JSON.stringify(envelope(answer)),
      envelope(answer),
      `\n${JSON.stringify(envelope(answer))}\n`,
    ]) {
      expect(readProxymuxAnswer(text)).toEqual(answer)
    }
  })

  it('opens the key that a node made', () => {
    const wrapped = btoa('PEM').replace(/../g, '$&\n')
    expect(readProxymuxAnswer(envelope({ token: 't', privateKey: wrapped }))).toMatchObject({ privateKey: 'PEM' })
    expect(readProxymuxAnswer(envelope({ token: 't', privateKey: btoa('PEM') }))).toEqual({
      token: 't',
      privateKey: 'PEM',
    })
    expect(proxymuxBody(undefined)).toBe('{}')
  })

  it.each([
    ['an empty answer', ''],
    ['HTML', '<html>secret</html>'],
    ['a number in quotes of JSON', '7'],
    ['base64 of text', btoa('secret')],
    ['base64 of null', btoa('null')],
    ['an envelope without a token', envelope({ secret: 'x' })],
    ['an envelope with a token that is no text', envelope({ token: 7 })],
    ['a key that is not base64', envelope({ token: 't', privateKey: 'secret!' })],
  ])('refuses %s and repeats nothing of it', (_, answer) => {
    expect(() => readProxymuxAnswer(answer)).toThrow(expect.objectContaining({ code: 'SERVICE_RESPONSE_INVALID' }))
    expect(() => readProxymuxAnswer(answer)).not.toThrow(/secret/)
  })

  it('misses the key where the node makes it', () => {
    const answer = btoa(JSON.stringify({ token: 'secret' }))
    expect(readProxymuxAnswer(answer)).toEqual({ token: 'secret' })
    expect(() => readProxymuxAnswer(answer, true)).toThrow(
      expect.objectContaining({ code: 'SERVICE_RESPONSE_INVALID', message: expect.stringContaining('no private key') }),
    )
  })
})

describe('okeWorkloadIdentity', () => {
  it('signs as the workload, which tells its cluster', async () => {
    const { provider, whoami, emulator } = await pod()
    const { principal } = await (await whoami(provider)).json()
    const credentials = await provider()
    expect(principal.claims).toMatchObject({ var_service_account: emulator.identities.serviceAccount })
    expect(credentials).toMatchObject({ source: 'oke-workload-identity', region: 'us-phoenix-1' })
    expect(resourceFacts(credentials).type).toBe('workload')
  })

  it('reads the token and the authority anew each time, because Kubernetes replaces them', async () => {
    const connections: (string | undefined)[] = []
    const machine = await pod()
    const runtime = {
      ...machine.runtime,
      connect: async ({ ca }: { readonly ca?: string }) => {
        connections.push(ca)
        return machine.runtime.fetch
      },
    }
    const provider = okeWorkloadIdentity({ ...machine.settings, runtime })
    const first = await provider()
    const second = await provider({ forceRefresh: first })
    machine.clock.advance(50 * 60_000)
    await replaceToken(machine)
    machine.runtime.put(machine.paths.authority, 'another authority')
    await provider({ forceRefresh: second })
    expect(connections).toEqual([expect.stringContaining('CERTIFICATE'), 'another authority'])
  })

  it.each([
    ['as text', { [`${P}TOKEN_STRING`]: 'TOKEN' }, {}],
    ['in a file', { [`${P}TOKEN_PATH`]: '/elsewhere/token' }, {}],
    ['in the option', {}, { serviceAccountToken: async () => 'TOKEN' }],
  ])('takes the token of the service account %s', async (_, env, options) => {
    const { emulator } = await pod()
    const token = await issueServiceAccountToken(emulator)
    const filled = Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace('TOKEN', token)]))
    const given = 'serviceAccountToken' in options ? { serviceAccountToken: async () => token } : {}
    const machine = await pod(given, filled)
    machine.runtime.put('/elsewhere/token', token)
    machine.runtime.contents.delete(machine.paths.serviceAccountToken)
    expect(await belongTogether(await machine.provider())).toBe(true)
  })

  it('goes to the port of the option, of the environment, or 12250', async () => {
    const asked = async (
      options: OkeWorkloadIdentityOptions,
      env: Readonly<Record<string, string>>,
    ): Promise<string> => {
      const endpoints: string[] = []
      const onRequest = ({ endpoint }: { endpoint: string }): void => void endpoints.push(endpoint)
      await (await pod({ ...options, onRequest }, env)).provider()
      return new URL(endpoints[0] ?? '').port
    }
    expect(await asked({ port: 7 }, {})).toBe('7')
    expect(await asked({}, { KUBERNETES_SERVICE_PORT_PROXYMUX: '8' })).toBe('8')
    expect(await asked({}, { KUBERNETES_SERVICE_PORT_PROXYMUX: '' })).toBe('12250')
  })

  it('is not configured outside a cluster, so that a chain goes on', async () => {
    const { provider } = await pod({}, { KUBERNETES_SERVICE_HOST: '' })
    await expect(provider()).rejects.toMatchObject({ code: 'NOT_CONFIGURED' })
  })

  it('says that the token of the service account has expired, and asks nobody', async () => {
    const machine = await pod()
    await replaceToken(machine, 60_000)
    machine.clock.advance(120_000)
    await expect(machine.provider()).rejects.toMatchObject({
      code: 'TOKEN_EXPIRED',
      message: expect.stringContaining(machine.paths.serviceAccountToken),
    })
    expect(machine.emulator.counters.snapshot().tokenCalls).toBe(0)
  })

  it.each([
    ['does not expire', jwtOf({ sub: 'x' })],
    ['is no JWT', 'hello'],
    ['is empty', ''],
  ])('refuses a token of the service account that %s', async (_, serviceAccountToken) => {
    const { provider } = await pod({ serviceAccountToken })
    await expect(provider()).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
  })

  it('says what a refusal with 403 means', async () => {
    const { provider, emulator } = await pod()
    emulator.faults.add({ surface: 'oke', effect: 'status', status: 403 })
    await expect(provider()).rejects.toMatchObject({ status: 403, message: expect.stringContaining('"enhanced"') })
  })

  it('tries eight times while the service fails, and shows nothing of the token', async () => {
    const { provider, emulator, runtime, paths } = await pod()
    emulator.faults.add({ surface: 'oke', effect: 'status', status: 500, times: 0 })
    const error = await provider().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ status: 500, attempts: 8 })
    expect(inspect(error, { depth: 9 })).not.toContain(
      String(runtime.contents.get(paths.serviceAccountToken)).slice(-40),
    )
  })

  it.each([
    ['a browser', browser],
    ['a worker', workers],
  ])('says that %s can trust no private authority', async (_, runtime) => {
    const { emulator } = await pod()
    const serviceAccountToken = await issueServiceAccountToken(emulator, { lifeMs: 1e13 })
    const provider = okeWorkloadIdentity({ runtime, host: '10.96.0.1', ca: 'PEM', serviceAccountToken })
    await expect(provider()).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
  })
})

describe('the answers that the cluster may give', () => {
  it.each([
    [true, true],
    [true, false],
    [false, true],
    [false, false],
  ])('are read with quotes (%s) and with ST$ before the token (%s)', async (proxymuxQuotes, proxymuxTokenPrefix) => {
    const { provider, emulator } = await pod()
    Object.assign(emulator.settings, { proxymuxQuotes, proxymuxTokenPrefix })
    const credentials = await provider()
    expect(credentials.keyId).toBe(`ST$${credentials.token}`)
    expect(credentials.token).not.toContain('ST$')
  })
})
