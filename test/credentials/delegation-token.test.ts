import { inspect } from 'node:util'
import { describe, expect, it } from 'vitest'
import { type DelegationTokenRequest, withDelegation } from '../../src/credentials/delegation-token.js'
import { instancePrincipal } from '../../src/credentials/instance-principal.js'
import { resourcePrincipal } from '../../src/credentials/resource-principal.js'
import { TOKEN_LIFE_MS } from '../../src/testing/claims.js'
import { issueDelegationToken } from '../../src/testing/session-fixtures.js'
import type { OciCredentials } from '../../src/types.js'
import { providerContract } from '../contract/provider.js'
import { belongTogether, emulatedMachine } from './emulated.js'

providerContract('withDelegation', async () => {
  const { emulator, settings, clock } = await emulatedMachine('delegation-token')
  const token = await issueDelegationToken(emulator)
  let mend = (): void => {}
  return {
    provider: withDelegation(instancePrincipal(settings), token),
    clock,
    lifeMs: TOKEN_LIFE_MS.instance,
    loads: () => emulator.counters.snapshot().tokenCalls,
    setBroken(broken) {
      mend()
      mend = broken ? emulator.faults.add({ surface: 'x509', effect: 'status', status: 503, times: 0 }) : (): void => {}
    },
    secrets: (credentials) => [credentials.token ?? '', token],
    belongTogether,
  }
})

const plain: OciCredentials = { keyId: 'a/b/c', key: async () => new Uint8Array(), signedHeaders: { 'x-extra': '1' } }

describe('withDelegation', () => {
  it('signs for a user over an instance principal, and tells nobody but the services', async () => {
    const machine = await emulatedMachine('delegation-token')
    const provider = withDelegation(
      instancePrincipal(machine.settings),
      { file: machine.paths.delegationToken },
      machine.settings,
    )
    const seen = await (await machine.whoami(provider)).json()
    expect(seen.principal.onBehalfOf).toBe(machine.emulator.identities.user)
    expect(seen.signedHeaders).toContain('opc-obo-token')
    const carriers = machine.emulator.log.entries().filter((entry) => JSON.stringify(entry).includes('opc-obo-token'))
    expect(carriers).toHaveLength(1)
  })

  it.each(['resource-principal-1.1', 'resource-principal-2.2'] as const)(
    'signs for a user over %s',
    async (principal) => {
      const machine = await emulatedMachine(principal)
      const provider = withDelegation(
        resourcePrincipal(machine.settings),
        { file: machine.paths.delegationToken },
        machine.settings,
      )
      const { principal: seen } = await (await machine.whoami(provider)).json()
      expect(seen).toMatchObject({ onBehalfOf: machine.emulator.identities.user, claims: { ptype: 'resource' } })
    },
  )

  it('is refused when the token is not one of the service', async () => {
    const machine = await emulatedMachine('instance-principal')
    const response = await machine.whoami(withDelegation(instancePrincipal(machine.settings), 'made-up'))
    expect(response.status).toBe(401)
  })

  it('keeps the other signed headers of the credentials', async () => {
    const { signedHeaders } = await withDelegation(async () => plain, 'obo')()
    expect(signedHeaders).toEqual({ 'x-extra': '1', 'opc-obo-token': 'obo' })
  })

  it('joins a token that was broken into lines', async () => {
    const { signedHeaders } = await withDelegation(async () => plain, 'aa\r\nbb\ncc\n')()
    expect(signedHeaders?.['opc-obo-token']).toBe('aabbcc')
  })

  it('asks a function before every request, and tells it of a refusal', async () => {
    const asked: DelegationTokenRequest[] = []
    const provider = withDelegation(
      async () => plain,
      async (request) => {
        asked.push(request)
        return `token-${asked.length}`
      },
    )
    const first = await provider()
    const { signal } = new AbortController()
    const second = await provider({ forceRefresh: first, signal })
    expect(second.signedHeaders?.['opc-obo-token']).toBe('token-2')
    expect(asked).toEqual([{ refused: false }, { refused: true, signal }])
  })

  it('reads a file again when it changes and when the token is refused, and not otherwise', async () => {
    const { runtime, clock, settings } = await emulatedMachine()
    runtime.put('/home/opc/obo', 'first')
    const provider = withDelegation(async () => plain, { file: '~/obo' }, settings)
    const tokenNow = async (refused?: OciCredentials): Promise<string | undefined> =>
      (await provider(refused && { forceRefresh: refused })).signedHeaders?.['opc-obo-token']
    expect(await tokenNow()).toBe('first')
    clock.advance(5_000)
    expect(await tokenNow()).toBe('first')
    const reads = (): number => runtime.log.filter((entry) => entry === 'read /home/opc/obo').length
    expect(reads()).toBe(1)
    runtime.put('/home/opc/obo', 'second\n')
    clock.advance(5_000)
    expect(await tokenNow()).toBe('second')
    await tokenNow(await provider())
    expect(reads()).toBe(3)
  })

  it('does not go on with the token of a file that is gone, and takes up the one that comes back', async () => {
    const { runtime, clock, settings } = await emulatedMachine()
    runtime.put('/home/opc/obo', 'first')
    const provider = withDelegation(async () => plain, { file: '~/obo' }, settings)
    await provider()
    await runtime.files.remove('/home/opc/obo')
    clock.advance(5_000)
    await expect(provider()).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
    await expect(provider()).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
    runtime.put('/home/opc/obo', 'second')
    expect((await provider()).signedHeaders?.['opc-obo-token']).toBe('second')
  })

  it('signs with the new token of a file that was replaced after the service refused the old one', async () => {
    const machine = await emulatedMachine('delegation-token')
    const provider = withDelegation(
      instancePrincipal(machine.settings),
      { file: machine.paths.delegationToken },
      machine.settings,
    )
    expect((await machine.whoami(provider)).status).toBe(200)
    machine.clock.advance(60_000)
    machine.emulator.tokens.revoke()
    machine.runtime.put(machine.paths.delegationToken, await issueDelegationToken(machine.emulator))
    expect((await machine.whoami(provider)).status).toBe(200)
  })

  it.each([
    ['nothing', ''],
    ['white space', ' \n '],
    ['what cannot stand in a header', 'a b'],
    ['letters beyond ASCII', 'tökén'],
  ])('refuses %s for a token, and does not repeat it', async (_, token) => {
    const error = await withDelegation(async () => plain, token)().catch((caught: unknown) => caught)
    expect(error).toMatchObject({ code: 'TOKEN_INVALID' })
    expect(inspect(error)).not.toContain('tökén')
  })

  it('says that the file is not there', async () => {
    const { settings } = await emulatedMachine()
    await expect(withDelegation(async () => plain, { file: '/nowhere' }, settings)()).rejects.toMatchObject({
      code: 'CONFIG_MISSING',
    })
  })
})
