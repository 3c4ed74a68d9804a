import { describe, expect, test } from 'vitest'
import { createEmulator } from '../../src/testing/emulator.js'
import { federate, readMetadata } from './clients.js'

const emulator = createEmulator()

function command(
  method: string,
  path: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Response> {
  const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) }
  return emulator.fetch(`http://127.0.0.1/_emulator${path}`, init)
}

describe('the control endpoint', () => {
  test('lists its commands', async () => {
    const { commands } = (await (await command('GET', '')).json()) as { commands: string[] }
    expect(commands).toContain('POST /faults')
  })

  test('tells who exists', async () => {
    expect(await (await command('GET', '/identities')).json()).toMatchObject({ tenancy: emulator.identities.tenancy })
  })

  test('injects faults, lists and clears them', async () => {
    expect((await command('POST', '/faults', { effect: 'status', status: 503, times: 0 })).status).toBe(204)
    expect((await readMetadata(emulator, 'instance/id')).status).toBe(503)
    expect((await readMetadata(emulator, 'instance/id')).status).toBe(503)
    expect(await (await command('GET', '/faults')).json()).toMatchObject([{ effect: 'status' }])
    await command('DELETE', '/faults')
    expect((await readMetadata(emulator, 'instance/id')).status).toBe(200)
  })

  test.each([[{ effect: 'explode' }], [{ effect: 'status' }], [{ effect: 'delay', ms: 'long' }], [[]], ['text']])(
    'refuses the fault %j',
    async (fault) => {
      expect((await command('POST', '/faults', fault)).status).toBe(400)
    },
  )

  test('changes settings, and puts them back for null', async () => {
    await command('PATCH', '/settings', { tokenLifeMs: 60_000 })
    expect(emulator.settings.tokenLifeMs).toBe(60_000)
    await command('PATCH', '/settings', { tokenLifeMs: null })
    expect(emulator.settings.tokenLifeMs).toBeUndefined()
  })

  test('refuses a setting that there is not', async () => {
    expect((await command('PATCH', '/settings', { __proto__x: 1 })).status).toBe(400)
  })

  test('rotates certificates, spoils and revokes tokens', async () => {
    const before = await (await readMetadata(emulator, 'identity/cert.pem')).text()
    expect(await (await command('POST', '/certificates/rotate', { lineBreak: 'crlf' })).json()).toEqual({
      generation: 1,
    })
    expect(await (await readMetadata(emulator, 'identity/cert.pem')).text()).not.toBe(before)
    await command('POST', '/tokens/spoil', { flaws: ['not-a-jwt'] })
    expect(await (await federate(emulator)).json()).toEqual({ token: 'this-is-not-a-token' })
    expect((await command('POST', '/tokens/spoil', { flaws: ['bad'] })).status).toBe(400)
    expect((await command('POST', '/tokens/revoke')).status).toBe(204)
    expect((await command('POST', '/tokens/revoke', { issuedBefore: 0 })).status).toBe(204)
    expect((await command('POST', '/tokens/revoke', { issuedBefore: 'now' })).status).toBe(400)
  })

  test('shows and resets counters and the log', async () => {
    await command('DELETE', '/counters')
    await command('DELETE', '/requests')
    await readMetadata(emulator, 'instance/id')
    expect(await (await command('GET', '/counters')).json()).toMatchObject({ metadataReads: 1 })
    expect(await (await command('GET', '/requests')).json()).toContainEqual(
      expect.objectContaining({ surface: 'instance-metadata', path: '/opc/v2/instance/id' }),
    )
  })

  test('is closed to pages', async () => {
    expect((await command('GET', '/identities', undefined, { origin: 'https://page.example' })).status).toBe(403)
  })

  test('does not know other commands', async () => {
    expect((await command('POST', '/identities')).status).toBe(404)
  })

  test('meets no fault itself', async () => {
    emulator.faults.add({ effect: 'status', status: 500 })
    expect((await command('GET', '/counters')).status).toBe(200)
    emulator.faults.clear()
  })
})
