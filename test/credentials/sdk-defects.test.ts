/**
 * What goes wrong with credentials in Oracle's SDKs and must not go wrong here. The issues are public; the others were
 * found by reading or running oci-common 2.142.1, the Python SDK 2.182.1 and the OCI CLI.
 */
import { describe, expect, it, vi } from 'vitest'
import { configFile } from '../../src/credentials/config-file.js'
import { instancePrincipal } from '../../src/credentials/instance-principal.js'
import { okeWorkloadIdentity } from '../../src/credentials/oke-workload-identity.js'
import { sessionToken } from '../../src/credentials/session-token.js'
import { certificateAuthority } from '../../src/testing/certificate-authority.js'
import { HOME } from '../fixtures/memory-runtime.js'
import { MINUTE } from '../fixtures/sessions.js'
import { belongTogether, emulatedMachine } from './emulated.js'

const instance = async () => {
  const machine = await emulatedMachine('instance-principal')
  const provider = instancePrincipal({ ...machine.settings, retry: false })
  return { ...machine, provider, failTokenCalls: (times: number) => fail(times) }
  function fail(times: number): void {
    machine.emulator.faults.add({ surface: 'x509', effect: 'status', status: 500, times })
  }
}

describe('refresh', () => {
  // oci-common replaces the session key before the token arrives, and has no lock around the two.
  it('never pairs a token with the key of another while refreshes overlap and answers come out of order', async () => {
    const { provider, emulator, whoami } = await instance()
    let credentials = await provider()
    for (let round = 0; round < 3; round++) {
      emulator.faults.add({ surface: 'x509', effect: 'delay', ms: 5 * (round % 2) })
      const refused = credentials
      const all = await Promise.all([
        provider({ forceRefresh: refused }),
        provider(),
        provider({ forceRefresh: refused }),
        provider(),
      ])
      for (const each of all) expect(await belongTogether(each)).toBe(true)
      credentials = await provider()
      expect((await whoami(provider)).status).toBe(200)
    }
  })

  // https://github.com/oracle/oci-typescript-sdk/issues/337; the Python SDK signs with the new key for the old token.
  it('goes on with the old token and its own key when a forced refresh fails', async () => {
    const { provider, failTokenCalls, whoami, clock } = await instance()
    const old = await provider()
    failTokenCalls(1)
    await expect(provider({ forceRefresh: old })).rejects.toMatchObject({ code: 'SERVICE_ERROR' })
    clock.advance(2_000)
    expect(await provider()).toBe(old)
    expect(await belongTogether(old)).toBe(true)
    expect((await whoami(provider)).status).toBe(200)
  })

  // https://github.com/oracle/oci-java-sdk/issues/788: one failure, and every client waits for ever.
  it('is not stuck after a failed refresh', async () => {
    const { provider, failTokenCalls, clock } = await instance()
    failTokenCalls(1)
    await expect(Promise.all([provider(), provider()])).rejects.toMatchObject({ code: 'SERVICE_ERROR' })
    clock.advance(1_000)
    await expect(provider()).resolves.toBeDefined()
  })

  // Callers of the Python SDK that wait for a refresh each refresh again.
  it('refreshes once for all who were refused together', async () => {
    const { provider, emulator } = await instance()
    const refused = await provider()
    await Promise.all(Array.from({ length: 20 }, () => provider({ forceRefresh: refused })))
    expect(emulator.counters.snapshot().tokenCalls).toBe(2)
  })

  // oci-common uses a token until the second it expires.
  it('does not use a token with a few seconds left when it can have another', async () => {
    const { provider, clock } = await instance()
    const old = await provider()
    clock.set((old.expiresAt ?? 0) - 5_000)
    expect(await provider()).not.toBe(old)
  })

  // https://github.com/oracle/oci-python-sdk/issues/388: signers that are used with an HTTP client of one's own expire.
  it('refreshes without a 401 to tell it to', async () => {
    const { provider, clock, whoami, emulator } = await instance()
    const tokens = new Set<string | undefined>()
    for (let hour = 0; hour < 24; hour += 5) {
      expect((await whoami(provider)).status).toBe(200)
      // The emulator forgets a certificate that is replaced, so the refresh behind this call is let finish first.
      await vi.waitFor(async () => expect((await provider()).expiresAt).toBeGreaterThan(clock.now() + 180 * MINUTE), {
        timeout: 10_000,
      })
      tokens.add((await provider()).token)
      clock.advance(5 * 60 * MINUTE)
      await emulator.of(certificateAuthority).rotate()
    }
    expect(tokens.size).toBeGreaterThan(2)
    expect(emulator.counters.snapshot().refused).toBe(0)
  })

  // oci-common's OKE client counts its retries over the whole life of the process.
  it('retries as patiently the fifth time as the first', async () => {
    const { settings, emulator } = await emulatedMachine('oke-workload-identity')
    const provider = okeWorkloadIdentity(settings)
    let credentials = await provider()
    for (let round = 0; round < 5; round++) {
      emulator.faults.add({ surface: 'oke', effect: 'status', status: 503, times: 2 })
      credentials = await provider({ forceRefresh: credentials })
    }
    expect(await belongTogether(credentials)).toBe(true)
  })

  // https://github.com/oracle/oci-cli/issues/998: a long upload dies when the token it read first expires.
  it('prolongs a session under a program that runs longer than its token lives', async () => {
    const { settings, paths, clock, whoami } = await emulatedMachine('session-token')
    const { sessionToken: token, sessionKey: key } = paths
    const provider = sessionToken({ ...settings, token: { file: token }, privateKey: { file: key }, region: 'phx' })
    for (let part = 0; part < 4; part++) {
      const before = await provider()
      expect((await whoami(provider)).status).toBe(200)
      clock.advance(31 * MINUTE)
      await provider()
      await vi.waitFor(() => expect(provider.current()).not.toBe(before), { timeout: 10_000 })
    }
  })
})

describe('configuration', () => {
  // The Python SDK imports a function for it that does not exist; oci-common signs with an empty key.
  it('can be told to sign as a resource principal', async () => {
    const machine = await emulatedMachine('resource-principal-2.2')
    machine.runtime.put('/config', '[DEFAULT]\nauthentication_type=resource_principal\n')
    const provider = configFile({ ...machine.settings, path: '/config', profile: 'DEFAULT' })
    expect((await machine.whoami(provider)).status).toBe(200)
  })

  it('refuses a way to sign that it does not know, in place of signing with nothing', async () => {
    const { settings, runtime } = await emulatedMachine()
    runtime.put('/config', '[DEFAULT]\nauthentication_type=oauth_user\n')
    await expect(configFile({ ...settings, path: '/config' })()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('line 2'),
    })
  })

  // oci-common looks for a directory called "~".
  it('finds a delegation token in the home directory, broken into lines as it may be', async () => {
    const machine = await emulatedMachine('delegation-token')
    const token = (await machine.runtime.files.readText(machine.paths.delegationToken)) ?? ''
    machine.runtime.put(`${HOME}/delegation`, token.trim().replace(/.{60}/g, '$&\n'))
    machine.runtime.put(
      '/config',
      '[DEFAULT]\nauthentication_type=instance_principal\ndelegation_token_file=~/delegation\n',
    )
    const provider = configFile({ ...machine.settings, path: '/config', profile: 'DEFAULT' })
    expect((await machine.whoami(provider)).status).toBe(200)
  })
})
