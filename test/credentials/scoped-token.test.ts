import { describe, expect, it } from 'vitest'
import { instancePrincipal } from '../../src/credentials/instance-principal.js'
import { type ScopedTokenOptions, scopedToken } from '../../src/credentials/scoped-token.js'
import { scopedTokenCall } from '../../src/federation/scoped-token-request.js'
import { TOKEN_LIFE_MS } from '../../src/testing/claims.js'
import { providerContract } from '../contract/provider.js'
import { belongTogether, emulatedMachine } from './emulated.js'

const SCOPE = 'service_use_urn-ocid1.compartment.oc1..a:type'
const COMPARTMENT = 'ocid1.compartment.oc1..a'

async function scoped(options: Partial<ScopedTokenOptions> = {}) {
  const machine = await emulatedMachine('instance-principal')
  const credentials = instancePrincipal(machine.settings)
  return {
    ...machine,
    credentials,
    provider: scopedToken({ ...machine.settings, credentials, scope: SCOPE, ...options }),
  }
}

for (const targetCompartment of [undefined, COMPARTMENT]) {
  providerContract(targetCompartment ? 'scopedToken for a compartment' : 'scopedToken', async () => {
    const { provider, clock, emulator } = await scoped({ targetCompartment })
    let mend = (): void => {}
    return {
      provider,
      clock,
      lifeMs: TOKEN_LIFE_MS.scoped,
      loads: () => emulator.counters.snapshot().requests['scoped-token'] ?? 0,
      setBroken(broken) {
        mend()
        const fault = { surface: 'scoped-token', effect: 'status', status: 503, times: 0 } as const
        mend = broken ? emulator.faults.add(fault) : (): void => {}
      },
      secrets: ({ token = '' }) => [token],
      belongTogether,
    }
  })
}

describe('scopedToken', () => {
  it('makes the call that knows no compartment, or the exchange for one', () => {
    expect(scopedTokenCall({ scope: 's', publicKey: 'k' })).toEqual({
      path: '/v1/actions/generateScopedAccessToken',
      body: '{"scope":"s","publicKey":"k"}',
    })
    expect(scopedTokenCall({ scope: 's', publicKey: 'k', targetCompartment: 'c' })).toEqual({
      path: '/v1/oauth2/scoped',
      body: '{"scope":"s","public_key":"k","target_compartment":"c"}',
    })
  })

  it('tells the region by its identifier', async () => {
    const { provider } = await scoped({ region: 'PHX' })
    expect((await provider()).region).toBe('us-phoenix-1')
  })

  it('does not ask again as somebody who has nothing newer to show', async () => {
    const { credentials, settings, emulator } = await scoped()
    const fixed = await credentials()
    emulator.faults.add({ surface: 'scoped-token', effect: 'status', status: 401, times: 0 })
    const provider = scopedToken({ ...settings, credentials: async () => fixed, scope: SCOPE })
    await expect(provider()).rejects.toMatchObject({ status: 401 })
    expect(emulator.counters.snapshot().requests['scoped-token']).toBe(1)
  })

  it('gives a token of its scope, in the region and tenancy of whoever asked', async () => {
    const { provider, credentials } = await scoped({ targetCompartment: COMPARTMENT })
    const { region, tenancy } = await credentials()
    expect(await provider()).toMatchObject({
      claims: { scope: SCOPE, target_compartment: COMPARTMENT },
      source: 'scoped-token',
      region,
      tenancy,
    })
  })

  it('asks again with a newer token of the principal when that one is refused', async () => {
    const { provider, emulator, clock } = await scoped()
    const first = await provider()
    clock.advance(60_000)
    emulator.tokens.revoke()
    expect(await belongTogether(await provider({ forceRefresh: first }))).toBe(true)
    expect(emulator.counters.snapshot().requests['x509']).toBe(2)
  })

  it('wants to know where the token service is', async () => {
    const credentials = async () => ({ keyId: 'a/b/c', key: async () => new Uint8Array() })
    await expect(scopedToken({ credentials, scope: 's' })()).rejects.toMatchObject({ code: 'OPTION_INVALID' })
  })
})
