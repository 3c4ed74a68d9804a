import { describe, expect, it } from 'vitest'
import type { Lifetime } from '../../src/credentials/lifetime.js'
import { resourcePrincipal } from '../../src/credentials/resource-principal.js'
import { resourceFacts } from '../../src/federation/resource-claims.js'
import { TOKEN_LIFE_MS } from '../../src/testing/claims.js'
import type { EmulatedPrincipal } from '../../src/testing/environment.js'
import { emulatedIdentities } from '../../src/testing/identities.js'
import type { OciCredentials } from '../../src/types.js'
import { providerContract } from '../contract/provider.js'
import { belongTogether, emulatedMachine, ORIGIN } from './emulated.js'

const VERSIONS = ['1.1', '2.1', '2.1.1', '2.1.2', '2.2', '3.0'] as const
const RENEWED_BY_SERVICES = ['1.1', '2.1', '2.1.1', '2.1.2', '3.0'] as const
const P = 'OCI_RESOURCE_PRINCIPAL_'

const machineOf = (version: string, env: Readonly<Record<string, string>> = {}) =>
  emulatedMachine(`resource-principal-${version}` as EmulatedPrincipal, { env })

/** A leaf with a key of its own, which can be renewed for ever. */
const KEY_PAIR_LEAF = {
  VERSION: '2.1.1',
  RPT_ENDPOINT: ORIGIN,
  RPST_ENDPOINT: ORIGIN,
  RESOURCE_ID: emulatedIdentities().resource,
  TENANCY_ID: emulatedIdentities().tenancy,
  PRIVATE_PEM: '/fixtures/resource-principal/resource-key.pem',
}
const keyPairLeaf = Object.fromEntries(
  Object.entries(KEY_PAIR_LEAF).map(([name, value]) => [`${P}${name}_FOR_LEAF_RESOURCE`, value]),
)

const PARENT = `${ORIGIN}/20180711/resourcePrincipalToken/parents/1`

for (const version of RENEWED_BY_SERVICES) {
  providerContract(`resourcePrincipal ${version}`, async () => {
    const env = version === '3.0' ? { ...keyPairLeaf, [`${P}RPT_URL_FOR_PARENT_RESOURCE`]: PARENT } : {}
    const { emulator, settings, clock, runtime, paths } = await machineOf(version, env)
    let mend = (): void => {}
    let loads = 0
    const firstStep = version === '3.0' ? PARENT : '/20180711/'
    const onRequest = ({ endpoint }: { readonly endpoint: string }): void => {
      if (endpoint.includes(firstStep)) loads += 1
    }
    const surface = 'resource-principal-session'
    return {
      provider: resourcePrincipal({ ...settings, onRequest }),
      clock,
      lifeMs: TOKEN_LIFE_MS.resource,
      loads: () => loads,
      setBroken(broken) {
        mend()
        mend = broken ? emulator.faults.add({ surface, effect: 'status', status: 503, times: 0 }) : (): void => {}
      },
      secrets: ({ token = '' }) => [token, String(runtime.contents.get(paths.resourceKey)).slice(100, 160)],
      belongTogether,
    }
  })
}

describe('resourcePrincipal', () => {
  it.each(['1.1', '3.0'])(
    'applies a schedule to the tokens of version %s, not to those they are had by',
    async (version) => {
      const { settings } = await machineOf(version, version === '3.0' ? keyPairLeaf : {})
      const scheduled: (string | undefined)[] = []
      const lifetime = ({ source, expiresAt = 0 }: OciCredentials): Lifetime => {
        scheduled.push(source)
        return { refreshFrom: expiresAt, refreshBy: expiresAt, expiresAt }
      }
      await resourcePrincipal({ ...settings, lifetime })()
      expect(scheduled).toEqual([`resource-principal-${version}`])
    },
  )

  it.each(VERSIONS)('signs as the resource of version %s, which tells what it is and where', async (version) => {
    const { settings, whoami, emulator } = await machineOf(version)
    const provider = resourcePrincipal(settings)
    const credentials = await provider()
    const { principal } = await (await whoami(provider)).json()
    const { tenancy, compartment } = emulator.identities
    expect(credentials).toMatchObject({ source: `resource-principal-${version}`, region: 'us-phoenix-1', tenancy })
    expect(resourceFacts(credentials)).toMatchObject({ tenancy, compartment, id: principal.subject })
    expect(await belongTogether(credentials)).toBe(true)
  })

  it('is not configured without a version, so that a chain goes on', async () => {
    const { settings } = await emulatedMachine()
    await expect(resourcePrincipal(settings)()).rejects.toMatchObject({
      code: 'NOT_CONFIGURED',
      message: expect.stringContaining('OCI_RESOURCE_PRINCIPAL_VERSION'),
    })
  })

  it.each(['4.0', '2', 'toString'])('refuses the version %s', async (version) => {
    const { settings } = await machineOf('2.2', { [`${P}VERSION`]: version })
    await expect(resourcePrincipal(settings)()).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('1.1, 2.1, 2.1.1, 2.1.2, 2.2, 3.0'),
    })
  })

  it.each([
    ['1.1', ['RPT_ENDPOINT']],
    ['2.1', ['RPT_ENDPOINT', 'RPST_ENDPOINT', 'RESOURCE_ID', 'PRIVATE_PEM']],
    ['2.1.1', ['RPT_ENDPOINT', 'RPST_ENDPOINT', 'RESOURCE_ID', 'PRIVATE_PEM', 'TENANCY_ID']],
    ['2.1.2', ['RPT_ENDPOINT', 'RPST_ENDPOINT', 'RESOURCE_ID', 'PRIVATE_PEM', 'TENANCY_ID']],
    ['2.2', ['RPST', 'PRIVATE_PEM']],
  ])('names every variable that version %s needs and does not find', async (version, names) => {
    const { settings } = await emulatedMachine(undefined, { env: { [`${P}VERSION`]: version } })
    const error = await resourcePrincipal(settings)().catch((caught: Error) => caught)
    expect(error).toMatchObject({ code: 'CONFIG_MISSING' })
    for (const name of names) expect((error as Error).message).toContain(P + name)
  })

  it('names the variables of the leaf and of the parent of a nested one', async () => {
    const { settings } = await emulatedMachine(undefined, { env: { [`${P}VERSION`]: '3.0' } })
    await expect(resourcePrincipal(settings)()).rejects.toThrow(`${P}VERSION_FOR_LEAF_RESOURCE`)
    const { settings: leafed } = await machineOf('3.0', { [`${P}RPT_URL_FOR_PARENT_RESOURCE`]: '' })
    await expect(resourcePrincipal(leafed)()).rejects.toThrow(`${P}RPT_URL_FOR_PARENT_RESOURCE`)
    const { settings: nested } = await machineOf('3.0', { [`${P}VERSION_FOR_LEAF_RESOURCE`]: '3.0' })
    await expect(resourcePrincipal(nested)()).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })

  it('forgets everything when it is disposed of, even before it was used', async () => {
    const { settings } = await machineOf('2.2')
    const provider = resourcePrincipal(settings)
    expect(provider.current()).toBeUndefined()
    provider.dispose()
    await expect(provider()).rejects.toMatchObject({ code: 'DISPOSED' })
  })
})

describe('resourcePrincipal 1.1', () => {
  it('reads the template and the id from the environment, and then asks the metadata service for neither', async () => {
    const { emulator, settings } = await machineOf('1.1')
    const env = {
      [`${P}RPT_PATH`]: '/20180711/resourcePrincipalToken/{id}',
      [`${P}RPT_ID`]: emulator.identities.resource,
    }
    const machine = await machineOf('1.1', env)
    await resourcePrincipal(machine.settings)()
    const asked = machine.emulator.log.entries().map((entry) => JSON.stringify(entry))
    expect(asked.some((entry) => entry.includes('/instance/id'))).toBe(false)
    expect(asked.some((entry) => entry.includes(`resourcePrincipalToken/${emulator.identities.resource}`))).toBe(true)
    await resourcePrincipal(settings)()
    expect(emulator.log.entries().some((entry) => JSON.stringify(entry).includes('/instance/id'))).toBe(true)
  })

  it('takes a path from a function of the caller', async () => {
    const { emulator, settings } = await machineOf('1.1')
    const path = async (): Promise<string> => `/20180711/resourcePrincipalToken/${emulator.identities.resource}`
    expect(await belongTogether(await resourcePrincipal({ ...settings, path })())).toBe(true)
  })

  it('asks for a newer token of the instance when that one is refused, once', async () => {
    const { emulator, settings, clock } = await machineOf('1.1')
    const provider = resourcePrincipal(settings)
    const first = await provider()
    clock.advance(60_000)
    emulator.tokens.revoke()
    expect(await belongTogether(await provider({ forceRefresh: first }))).toBe(true)
    expect(emulator.counters.snapshot().requests['x509']).toBe(2)
  })

  it('repeats nothing of an answer that is not what it should be', async () => {
    const { emulator, settings } = await machineOf('1.1')
    emulator.faults.add({
      surface: 'resource-principal-token',
      effect: 'body',
      body: '{"resourcePrincipalToken":"secret-rpt"}',
    })
    const error = await resourcePrincipal(settings)().catch((caught: unknown) => caught)
    expect(error).toMatchObject({
      code: 'SERVICE_RESPONSE_INVALID',
      message: expect.stringContaining('servicePrincipalSessionToken'),
    })
    expect(String(error)).not.toContain('secret-rpt')
  })
})

describe('resourcePrincipal 2.1', () => {
  it('takes the key as text, and opens it with a passphrase as text or in a file', async () => {
    const { runtime, paths, settings } = await machineOf('2.1')
    const pem = String(runtime.contents.get(paths.resourceKey))
    const inline = { ...runtime, env: (name: string) => (name === `${P}PRIVATE_PEM` ? pem : runtime.env(name)) }
    expect(await belongTogether(await resourcePrincipal({ ...settings, runtime: inline })())).toBe(true)
  })

  it('reads the key again for every token', async () => {
    const { emulator, runtime, settings, paths } = await machineOf('2.1.1')
    const provider = resourcePrincipal(settings)
    await provider({ forceRefresh: await provider() })
    expect(runtime.log.filter((entry) => entry === `read ${paths.resourceKey}`).length).toBe(2)
    expect(emulator.counters.snapshot().refused).toBe(0)
  })

  it('sends the security context of 2.1.2, and 2.1.1 does not', async () => {
    const env = { [`${P}SECURITY_CONTEXT`]: 'opaque' }
    const machine = await machineOf('2.1.2', env)
    machine.emulator.settings.securityContext = 'opaque'
    expect(await belongTogether(await resourcePrincipal(machine.settings)())).toBe(true)
    const older = await machineOf('2.1.1', env)
    older.emulator.settings.securityContext = 'opaque'
    await expect(resourcePrincipal(older.settings)()).rejects.toMatchObject({ status: 401 })
  })

  it.each([
    ['/custom/{}', '/custom/ID'],
    ['/custom', '/custom/ID'],
    ['/custom/', '/custom/ID'],
    ['', '/20180711/resourcePrincipalTokenV212/ID'],
  ])('asks 2.1.2 with the path "%s" at %s', async (path, expected) => {
    const machine = await machineOf('2.1.2', { [`${P}RPT_PATH`]: path })
    const asked: string[] = []
    const onRequest = ({ endpoint }: { endpoint: string }): void => void asked.push(endpoint)
    await resourcePrincipal({ ...machine.settings, onRequest, retry: false })().catch(() => undefined)
    expect(asked[0]).toContain(expected.replace('ID', machine.emulator.identities.resource))
  })
})

describe('resourcePrincipal 3.0', () => {
  it.each([1, 2, 5, 10])('climbs %i levels', async (levels) => {
    const { emulator, settings } = await machineOf('3.0')
    emulator.settings.parentLevels = levels
    const credentials = await resourcePrincipal(settings)()
    expect(String(credentials.claims?.['sub'])).toContain(`emulatedparent${levels}a`)
    expect(await belongTogether(credentials)).toBe(true)
  })

  it('uses one session key for all levels', async () => {
    const { emulator, settings } = await machineOf('3.0')
    emulator.settings.parentLevels = 4
    await resourcePrincipal(settings)()
    expect(emulator.counters.snapshot()).toMatchObject({ sessionKeys: 1, publicKeyRepeats: 3 })
  })

  it('refuses an eleventh level', async () => {
    const { emulator, settings } = await machineOf('3.0')
    emulator.settings.parentLevels = 11
    await expect(resourcePrincipal(settings)()).rejects.toMatchObject({ code: 'NESTING_LIMIT' })
  })

  it('ends where a level names itself as its parent', async () => {
    const { emulator, settings } = await machineOf('3.0')
    emulator.settings.parentCycle = true
    expect(await belongTogether(await resourcePrincipal(settings)())).toBe(true)
  })
})
