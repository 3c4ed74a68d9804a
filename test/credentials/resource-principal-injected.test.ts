import { describe, expect, it } from 'vitest'
import {
  type InjectedResourcePrincipalOptions,
  injectedResourcePrincipal,
} from '../../src/credentials/resource-principal-injected.js'
import { resourceFacts } from '../../src/federation/resource-claims.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { runtime as workers } from '../../src/runtime/workers.js'
import { TOKEN_LIFE_MS } from '../../src/testing/claims.js'
import { rotateResourceFiles } from '../../src/testing/resource-file-rotation.js'
import { issueResourceToken } from '../../src/testing/session-fixtures.js'
import { providerContract } from '../contract/provider.js'
import { openssl } from '../fixtures/openssl-keys.js'
import { belongTogether, ECHO, type EmulatedMachine, emulatedMachine } from './emulated.js'

const MINUTE = 60_000

async function injected(options: Partial<InjectedResourcePrincipalOptions> = {}) {
  const machine = await emulatedMachine('resource-principal-2.2')
  const { resourceToken, resourceSessionKey } = machine.paths
  const files = { token: { file: resourceToken }, privateKey: { file: resourceSessionKey } }
  const provider = injectedResourcePrincipal({ ...machine.settings, ...files, ...options })
  const text = (path: string): string => String(machine.runtime.contents.get(path))
  return { ...machine, provider, token: text(resourceToken), keyPem: text(resourceSessionKey) }
}

/** Replaces both files, and does something after each write. */
async function rotate(
  machine: EmulatedMachine,
  options: { halfWritten?: boolean; compartment?: string } = {},
  between = async () => {},
) {
  const { resourceToken: tokenPath, resourceSessionKey: keyPath } = machine.paths
  const steps = rotateResourceFiles(machine.emulator, { tokenPath, keyPath, trailingLineBreak: true, ...options })
  for await (const { path, content } of steps) {
    machine.runtime.put(path, content)
    await between()
  }
}

providerContract('injectedResourcePrincipal', async () => {
  const { emulator, runtime, settings, clock, paths } = await emulatedMachine('resource-principal-2.2')
  const { resourceToken, resourceSessionKey } = paths
  let reads = 0
  let isBroken = false
  let token = ''
  // The platform replaces the token between two loads; each load looks at it twice.
  const readText = async (path: string): Promise<string | undefined> => {
    if (isBroken) throw new Error('the disk is gone')
    if (path !== resourceToken) return runtime.files.readText(path)
    if (reads++ % 2 === 0) token = await issueResourceToken(emulator)
    return token
  }
  const files = { ...runtime.files, readText }
  return {
    provider: injectedResourcePrincipal({
      ...settings,
      runtime: { ...runtime, files },
      token: { file: resourceToken },
      privateKey: { file: resourceSessionKey },
    }),
    clock,
    lifeMs: TOKEN_LIFE_MS.resource,
    loads: () => reads / 2,
    setBroken(broken) {
      isBroken = broken
    },
    secrets: (credentials) => [
      credentials.token ?? '',
      String(runtime.contents.get(resourceSessionKey)).slice(100, 160),
    ],
    belongTogether,
  }
})

describe('injectedResourcePrincipal from files', () => {
  it('gives the same credentials while the files stay the same', async () => {
    const { provider, clock } = await injected()
    const first = await provider()
    clock.advance(2_000)
    expect(await provider()).toBe(first)
  })

  it('is the resource of the files, not one that somebody left in a store', async () => {
    const { provider: other } = await injected()
    const stored = await other()
    const set: unknown[] = []
    const store = { get: async () => stored, set: async (credentials: unknown) => void set.push(credentials) }
    const { provider, token } = await injected({ store })
    expect((await provider()).token).toBe(token.trim())
    expect(set).toEqual([])
  })

  it('reads the files again when they change, long before the token ages', async () => {
    const machine = await injected()
    const first = await machine.provider()
    await rotate(machine, { compartment: 'ocid1.compartment.oc1..moved' })
    machine.clock.advance(2_000)
    const second = await machine.provider()
    expect(second.token).not.toBe(first.token)
    expect(resourceFacts(second).compartment).toBe('ocid1.compartment.oc1..moved')
    expect(await belongTogether(second)).toBe(true)
  })

  it('reads the files again when the token is refused', async () => {
    const machine = await injected()
    const first = await machine.provider()
    await rotate(machine)
    const second = await machine.provider({ forceRefresh: first })
    expect(second.token).not.toBe(first.token)
    expect(await belongTogether(second)).toBe(true)
  })

  it('says so when the platform still gives the token that was refused, and goes on with it', async () => {
    const { provider, clock } = await injected()
    const first = await provider()
    await expect(provider({ forceRefresh: first })).rejects.toMatchObject({ code: 'TOKEN_INVALID' })
    clock.advance(2_000)
    expect(await provider()).toBe(first)
  })

  it.each([true, false])('never signs with half of a rotation (files seen half written: %s)', async (halfWritten) => {
    const machine = await injected()
    const fetch = createSignedFetch({
      credentials: machine.provider,
      fetch: machine.emulator.fetch,
      clock: machine.settings.clock,
      retry: false,
    })
    expect((await fetch(ECHO)).status).toBe(200)
    for (let round = 0; round < 3; round++) {
      await rotate(machine, { halfWritten }, async () => {
        machine.clock.advance(2_000)
        expect((await fetch(ECHO)).status).toBe(200)
      })
    }
    expect(machine.emulator.counters.snapshot().refused).toBe(0)
  })

  it('waits a moment for the second file when a reader comes between', async () => {
    const machine = await emulatedMachine('resource-principal-2.2')
    const { resourceToken: tokenPath, resourceSessionKey: keyPath } = machine.paths
    const steps = rotateResourceFiles(machine.emulator, { tokenPath, keyPath })
    const { value } = await steps.next()
    if (value) machine.runtime.put(value.path, value.content)
    const waits: number[] = []
    const sleep = async (ms: number): Promise<void> => {
      waits.push(ms)
      if (waits.length < 3) return
      for await (const { path, content } of steps) machine.runtime.put(path, content)
    }
    const provider = injectedResourcePrincipal({
      ...machine.settings,
      sleep,
      token: { file: tokenPath },
      privateKey: { file: keyPath },
    })
    expect(await belongTogether(await provider())).toBe(true)
    expect(waits).toEqual([50, 50, 50])
  })

  it('gives up after four looks when token and key do not belong together', async () => {
    const machine = await injected()
    machine.runtime.put(machine.paths.resourceSessionKey, String(machine.runtime.contents.get(machine.paths.apiKey)))
    await expect(machine.provider()).rejects.toMatchObject({ code: 'TOKEN_KEY_MISMATCH' })
  })

  it('never signs with a token after its end, and recovers when the platform does', async () => {
    const machine = await injected()
    await machine.provider()
    machine.clock.advance(21 * MINUTE)
    await expect(machine.provider()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
    await rotate(machine)
    machine.clock.advance(2 * MINUTE)
    expect(await belongTogether(await machine.provider())).toBe(true)
  })

  it('says which file is missing', async () => {
    const machine = await injected()
    machine.runtime.contents.delete(machine.paths.resourceToken)
    await expect(machine.provider()).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
      message: expect.stringContaining(machine.paths.resourceToken),
    })
  })

  it('opens an encrypted key with the first line of a file', async () => {
    const { keyPem, runtime, settings, paths } = await injected()
    const sealed = openssl(
      ['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:correct horse'],
      keyPem,
    ).toString()
    runtime.put('/sealed.pem', sealed)
    runtime.put('/passphrase', 'correct horse\r\n')
    const provider = injectedResourcePrincipal({
      ...settings,
      token: { file: paths.resourceToken },
      privateKey: { file: '/sealed.pem' },
      passphrase: { file: '/passphrase' },
    })
    expect(await belongTogether(await provider())).toBe(true)
  })

  it('has no files in a worker', async () => {
    const { provider } = await injected({ runtime: workers })
    await expect(provider()).rejects.toMatchObject({ code: 'UNSUPPORTED_RUNTIME' })
  })
})

describe('injectedResourcePrincipal from text', () => {
  it('signs in a worker, with white space around what it was given', async () => {
    const { token, keyPem } = await injected()
    const { provider } = await injected({
      runtime: workers,
      token: `\n${token}\n`,
      privateKey: `\n${keyPem}\n`,
      region: 'phx',
    })
    const credentials = await provider()
    expect(credentials.region).toBe('us-phoenix-1')
    expect(await belongTogether(credentials)).toBe(true)
  })

  it('refuses to sign once the token has expired, before anything is sent', async () => {
    const { token, keyPem } = await injected()
    const { provider, clock, emulator, settings } = await injected({ token, privateKey: keyPem })
    const fetch = createSignedFetch({ credentials: provider, fetch: emulator.fetch, clock: settings.clock })
    clock.advance(21 * MINUTE)
    await expect(fetch(ECHO)).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
    expect(emulator.counters.snapshot().requests['echo']).toBeUndefined()
  })

  it.each([
    ['a file path without the file form', '/var/run/rpst', 'TOKEN_INVALID'],
    ['nothing', '', 'TOKEN_INVALID'],
    ['two parts of a JWT', 'a.b', 'TOKEN_INVALID'],
  ])('refuses %s for the token at once', async (_, token, code) => {
    const { keyPem } = await injected()
    const waits: number[] = []
    const { provider } = await injected({ token, privateKey: keyPem, sleep: async (ms) => void waits.push(ms) })
    await expect(provider()).rejects.toMatchObject({ code })
    expect(waits).toEqual([])
  })
})
