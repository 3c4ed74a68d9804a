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
    expect(await (await command('GET', '/faults')).json()).toEqual([
      { effect: 'status', status: 503, times: 0, skip: 0 },
    ])
    await command('DELETE', '/faults')
    expect((await readMetadata(emulator, 'instance/id')).status).toBe(200)
  })

  test.each<[unknown, string]>([
    [{}, 'effect'],
    [{ effect: 'explode' }, 'effect'],
    [{ effect: 'constructor' }, 'effect'],
    [{ effect: ['status'], status: 500 }, 'effect'],
    [{ effect: 'status' }, 'status'],
    [{ effect: 'status', status: '503' }, 'status'],
    [{ effect: 'status', status: 42 }, 'status'],
    [{ effect: 'html', status: 700 }, 'status'],
    [{ effect: 'status', status: 503, retryAfterSeconds: 'soon' }, 'retryAfterSeconds'],
    [{ effect: 'status', status: 503, code: { a: 1 } }, 'code'],
    [{ effect: 'body' }, 'body'],
    [{ effect: 'body', body: 'x', contentType: 'a\nb' }, 'contentType'],
    [{ effect: 'delay', ms: 'long' }, 'ms'],
    [{ effect: 'delay', ms: 2 ** 31 }, 'ms'],
    [{ effect: 'hang', times: 'often' }, 'times'],
    [{ effect: 'hang', times: -1 }, 'times'],
    [{ effect: 'hang', skip: 0.5 }, 'skip'],
    [{ effect: 'hang', surface: 5 }, 'surface'],
    [{ effect: 'hang', surface: 'x50' }, 'instance-metadata, x509'],
    [{ effect: 'hang', surface: 'x50' }, 'got "x50"'],
    [{ effect: 'hang', surface: ['x509'] }, 'surface'],
    [{ effect: 'hang', time: 2 }, 'times'],
    [[], 'JSON object'],
    ['text', 'JSON object'],
  ])('refuses the fault %j, and says what is wrong with it', async (fault, named) => {
    const response = await command('POST', '/faults', fault)
    expect([response.status, await response.json()]).toEqual([400, expect.anything()])
    expect(response.headers.get('x-emulator-reason')).toContain(named)
    expect(emulator.faults.list()).toEqual([])
  })

  test('changes settings, and puts them back for null', async () => {
    await command('PATCH', '/settings', { tokenLifeMs: 60_000 })
    expect(emulator.settings.tokenLifeMs).toBe(60_000)
    await command('PATCH', '/settings', { tokenLifeMs: null })
    expect(emulator.settings.tokenLifeMs).toBeUndefined()
  })

  test('refuses settings that there are not, or values that they cannot have, and changes none of them', async () => {
    const before = { ...emulator.settings }
    const refused = [
      '{"__proto__":{"parentCycle":true}}',
      '{"constructor":1}',
      '{"toString":null}',
      '{"parentCycle":true,"unknown":1}',
      '{"clockSkewMs":"5"}',
      '{"clockSkewMs":5,"tokenLifeMs":"long"}',
      '{"parentLevels":1.5}',
      '{"rotateAfterRead":"both"}',
      '{"metadataRegion":""}',
      '{"securityContext":1}',
      '{"proxymuxQuotes":0}',
    ]
    for (const body of refused) {
      const response = await emulator.fetch('http://127.0.0.1/_emulator/settings', { method: 'PATCH', body })
      expect([body, response.status]).toEqual([body, 400])
    }
    expect({ ...emulator.settings }).toEqual(before)
    expect(Object.getPrototypeOf(emulator.settings)).toBe(Object.prototype)
  })

  test('takes every setting with the value that it has', async () => {
    const settings = JSON.stringify(emulator.settings)
    expect((await command('PATCH', '/settings', JSON.parse(settings))).status).toBe(200)
    expect(JSON.stringify(emulator.settings)).toBe(settings)
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

  test('does not know other commands, and says where those are that it knows', async () => {
    const response = await command('POST', '/identities')
    expect(response.status).toBe(404)
    expect(await response.json()).toMatchObject({
      message: expect.stringContaining('GET /_emulator lists the commands'),
    })
  })

  test('names the settings that there are, when one is not', async () => {
    const response = await command('PATCH', '/settings', { tokenLife: 60_000 })
    expect(await response.json()).toMatchObject({ message: expect.stringMatching(/tokenLifeMs.*"tokenLife"/) })
  })

  test('meets no fault itself', async () => {
    emulator.faults.add({ effect: 'status', status: 500 })
    expect((await command('GET', '/counters')).status).toBe(200)
    emulator.faults.clear()
  })
})
