import { describe, expect, it, vi } from 'vitest'
import type { CredentialsEvent } from '../../src/credentials/cached.js'
import { configFile } from '../../src/credentials/config-file.js'
import { fromEnvironment } from '../../src/credentials/environment.js'
import { sessionToken } from '../../src/credentials/session-token.js'
import { MINUTE } from '../fixtures/sessions.js'
import { belongTogether, emulatedMachine } from './emulated.js'

describe('profiles in an emulated cloud', () => {
  it.each([
    ['DEFAULT', 'api-key'],
    ['SESSION', 'session-token'],
    ['DELEGATION', 'instance-principal'],
  ])('signs as profile %s', async (profile, source) => {
    const machine = await emulatedMachine('delegation-token')
    const credentials = configFile({ ...machine.settings, path: machine.paths.config, profile })
    expect((await credentials()).source).toBe(source)
    expect((await machine.whoami(credentials)).status).toBe(200)
  })

  it('acts on behalf of the user of a delegation profile, whose token is covered by the signature', async () => {
    const machine = await emulatedMachine('delegation-token')
    const credentials = configFile({ ...machine.settings, path: machine.paths.config, profile: 'DELEGATION' })
    expect(Object.keys((await credentials()).signedHeaders ?? {})).toEqual(['opc-obo-token'])
  })

  it('stops when the profile asks for a principal that is not there', async () => {
    const machine = await emulatedMachine('api-key')
    machine.runtime.put('/config', '[DEFAULT]\nauthentication_type=resource_principal\n')
    const credentials = configFile({ ...machine.settings, path: '/config' })
    await expect(credentials()).rejects.toMatchObject({ code: 'CONFIG_MISSING' })
  })

  it('signs as the environment of an API key says', async () => {
    const machine = await emulatedMachine('api-key')
    expect((await machine.whoami(fromEnvironment(machine.settings))).status).toBe(200)
  })
})

describe('a session in an emulated cloud', () => {
  const session = async (onEvent?: (event: CredentialsEvent) => void) => {
    const machine = await emulatedMachine('session-token')
    const { sessionToken: token, sessionKey: privateKey } = machine.paths
    const provider = sessionToken({
      ...machine.settings,
      token: { file: token },
      privateKey: { file: privateKey },
      region: 'us-phoenix-1',
      autoRefresh: 'write-back',
      onEvent,
    })
    return { ...machine, provider }
  }

  it('outlives its first token by many, until the session itself is over', async () => {
    const events: CredentialsEvent[] = []
    const { provider, clock, whoami } = await session((event) => events.push(event))
    let accepted = 0
    let end: unknown
    while (end === undefined && accepted < 100) {
      end = await whoami(provider).catch((error: unknown) => error)
      if (end instanceof Response && end.status === 200) {
        end = undefined
        accepted += 1
        // Every call but the first finds a token in the second half of its life, and has it refreshed behind its back.
        await vi.waitFor(() => expect(events.length).toBeGreaterThanOrEqual(accepted), { timeout: 10_000 })
        clock.advance(30 * MINUTE)
      }
    }
    expect(accepted).toBeGreaterThan(40)
    expect(end).toMatchObject({ code: 'SESSION_EXPIRED' })
  })

  it('prolongs a revoked token never, and says that the session is over', async () => {
    const { provider, emulator, clock } = await session()
    const refused = await provider()
    clock.advance(5_000)
    emulator.tokens.revoke()
    await expect(provider({ forceRefresh: refused })).rejects.toMatchObject({ code: 'SESSION_EXPIRED' })
  })

  it('keeps token and key together through every refresh', async () => {
    const { provider } = await session()
    let credentials = await provider()
    for (let round = 0; round < 5; round++) {
      credentials = await provider({ forceRefresh: credentials })
      expect(await belongTogether(credentials)).toBe(true)
    }
  })
})
