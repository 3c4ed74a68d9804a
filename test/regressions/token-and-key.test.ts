// What other SDKs were seen to get wrong about tokens and the keys they are bound to: each test names the behaviour
// that holds here. See oracle/oci-typescript-sdk lib/common/lib/auth and oracle/oci-python-sdk src/oci/auth.
import { describe, expect, it } from 'vitest'
import { instancePrincipal } from '../../src/credentials/instance-principal.js'
import { resourcePrincipal } from '../../src/credentials/resource-principal.js'
import { resourceFacts } from '../../src/federation/resource-claims.js'
import { createSignedFetch } from '../../src/http/signed-fetch.js'
import { rotateResourceFiles } from '../../src/testing/resource-file-rotation.js'
import { belongTogether, ECHO, type EmulatedMachine, emulatedMachine } from '../credentials/emulated.js'

const MINUTE = 60_000

async function onInstance() {
  const machine = await emulatedMachine('instance-principal')
  const provider = instancePrincipal(machine.settings)
  const { fetch: send } = machine.emulator
  const fetch = createSignedFetch({ credentials: provider, fetch: send, clock: machine.clock.now, retry: false })
  return { ...machine, provider, fetch }
}

async function rotate({ emulator, runtime, paths }: EmulatedMachine, compartment?: string): Promise<void> {
  const { resourceToken: tokenPath, resourceSessionKey: keyPath } = paths
  const moved = compartment === undefined ? {} : { compartment }
  for await (const { path, content } of rotateResourceFiles(emulator, {
    tokenPath,
    keyPath,
    trailingLineBreak: true,
    ...moved,
  })) {
    runtime.put(path, content)
  }
}

describe('a token and its key', () => {
  it('are replaced after a 401, and the request is sent again', async () => {
    const { fetch, emulator, clock } = await onInstance()
    await fetch(ECHO)
    clock.advance(MINUTE)
    emulator.tokens.revoke()
    expect((await fetch(ECHO, { method: 'POST', body: 'again' })).status).toBe(200)
  })

  it('stay together when a second caller comes while the token is on its way', async () => {
    const { provider, fetch, emulator } = await onInstance()
    emulator.faults.add({ surface: 'x509', effect: 'delay', ms: 20 })
    const first = provider()
    await new Promise((resolve) => setTimeout(resolve, 5))
    const [, response] = await Promise.all([first, fetch(ECHO)])
    expect(response.status).toBe(200)
    expect(emulator.counters.snapshot()).toMatchObject({ sessionKeys: 1, tokenCalls: 1 })
  })

  it('stay together after a forced refresh that failed', async () => {
    const { provider, fetch, emulator, clock } = await onInstance()
    const first = await provider()
    const mend = emulator.faults.add({ surface: 'x509', effect: 'status', status: 500, times: 0 })
    await expect(provider({ forceRefresh: first })).rejects.toMatchObject({ status: 500 })
    expect((await fetch(ECHO)).status).toBe(200)
    mend()
    clock.advance(2_000)
    expect(await provider()).toBe(first)
  })

  it('are refreshed once for callers who wait, not by each of them', async () => {
    const { provider, emulator } = await onInstance()
    const first = await provider()
    await Promise.all(Array.from({ length: 20 }, () => provider({ forceRefresh: first })))
    expect(emulator.counters.snapshot().tokenCalls).toBe(2)
  })

  it('are not used with a second left', async () => {
    const { provider, clock } = await onInstance()
    const { expiresAt = 0, token } = await provider()
    clock.set(expiresAt - 1_000)
    expect((await provider()).token).not.toBe(token)
  })

  it('are renewed after half of their life, before anything is refused', async () => {
    const { provider, clock, emulator } = await onInstance()
    const { issuedAt = 0, expiresAt = 0 } = await provider()
    clock.set(issuedAt + (expiresAt - issuedAt) * 0.55)
    await provider()
    await expect.poll(() => emulator.counters.snapshot().tokenCalls).toBe(2)
  })
})

describe('a resource principal 2.2', () => {
  it('is read again without a 401, when it is used without a client of its own', async () => {
    const machine = await emulatedMachine('resource-principal-2.2')
    const provider = resourcePrincipal(machine.settings)
    const first = await provider()
    machine.clock.advance(19.5 * MINUTE)
    await rotate(machine)
    machine.clock.advance(2_000)
    expect((await provider()).token).not.toBe(first.token)
  })

  it('refuses to sign with a token that has expired', async () => {
    const machine = await emulatedMachine('resource-principal-2.2')
    machine.clock.advance(30 * MINUTE)
    await expect(resourcePrincipal(machine.settings)()).rejects.toMatchObject({ code: 'TOKEN_EXPIRED' })
  })

  it('takes files that end with a line break', async () => {
    const machine = await emulatedMachine('resource-principal-2.2')
    await rotate(machine)
    expect((await machine.whoami(resourcePrincipal(machine.settings))).status).toBe(200)
  })

  it('does without a region', async () => {
    const machine = await emulatedMachine('resource-principal-2.2', { env: { OCI_RESOURCE_PRINCIPAL_REGION: '' } })
    const { region, token } = await resourcePrincipal(machine.settings)()
    expect([region, typeof token]).toEqual([undefined, 'string'])
  })

  it('tells the compartment that the resource was moved to, without reading its files for every question', async () => {
    const machine = await emulatedMachine('resource-principal-2.2')
    const provider = resourcePrincipal(machine.settings)
    await provider()
    const reads = machine.runtime.log.length
    expect(resourceFacts(await provider()).compartment).toBe(machine.emulator.identities.compartment)
    expect(machine.runtime.log.length).toBe(reads)
    await rotate(machine, 'ocid1.compartment.oc1..moved')
    machine.clock.advance(2_000)
    expect(resourceFacts(await provider()).compartment).toBe('ocid1.compartment.oc1..moved')
  })

  it('answers a question about a claim that is not there with nothing', () => {
    expect(resourceFacts({ keyId: 'x', key: async () => new Uint8Array() })).toEqual({})
    const odd = { keyId: 'x', key: async () => new Uint8Array(), claims: { res_tenant: 7 } }
    expect(resourceFacts(odd)).toEqual({})
  })
})

describe('the claims', () => {
  it.each(['1.1', '2.1', '2.2', '3.0'] as const)('of version %s can be read', async (version) => {
    const { settings } = await emulatedMachine(`resource-principal-${version}`)
    const { claims, key } = await resourcePrincipal(settings)()
    expect(claims).toMatchObject({ ptype: 'resource', res_tenant: expect.any(String) })
    expect(key).toBeDefined()
  })

  it('of a token belong to the key beside them', async () => {
    const { settings } = await emulatedMachine('resource-principal-1.1')
    expect(await belongTogether(await resourcePrincipal(settings)())).toBe(true)
  })
})
