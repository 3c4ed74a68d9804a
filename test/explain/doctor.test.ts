import { beforeEach, describe, expect, it } from 'vitest'
import { doctor } from '../../src/explain/doctor.js'
import type { Examination } from '../../src/explain/examination.js'
import type { Runtime } from '../../src/runtime/types.js'
import { makeWorld, NOON, type World } from './world.js'

const clock = (): number => NOON
let world: World
beforeEach(async () => {
  world = await makeWorld()
})

/** A machine with these files and variables, and the emulator for a network. */
function machine(files: Readonly<Record<string, string>>, env: Readonly<Record<string, string>> = {}): Runtime {
  const read = async (path: string): Promise<string | undefined> => files[path]
  return {
    name: 'node',
    env: (name) => env[name],
    files: {
      readText: read,
      read: async (path) => (files[path] === undefined ? undefined : new TextEncoder().encode(files[path])),
      modifiedAt: async (path) => (files[path] === undefined ? undefined : 1),
      writeAtomic: async () => undefined,
      makeDirectory: async () => undefined,
      remove: async () => undefined,
    },
    homeDirectory: () => '/home/me',
    fetch: world.emulator.fetch,
    connect: async () => world.emulator.fetch,
    sha256: () => {
      throw new Error('No stream is hashed here.')
    },
    sharesPromises: true,
    hasMetadataService: false,
  }
}

function profile(changes: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  const { tenancy, user, fingerprint, region, privateKey } = world.setUp
  const settings = { tenancy, user, fingerprint, region, key_file: '~/.oci/key.pem', ...changes }
  const lines = Object.entries(settings).map(([key, value]) => `${key}=${value}`)
  return { '/home/me/.oci/config': ['[DEFAULT]', ...lines].join('\n'), '/home/me/.oci/key.pem': privateKey }
}

const part = (examinations: readonly Examination[], name: string): Examination | undefined =>
  examinations.find((examination) => examination.name === name)

describe('doctor', () => {
  it('finds a good set-up healthy, and tells who signs', async () => {
    const { healthy, examinations } = await doctor({ runtime: machine(profile()), clock })
    expect(examinations.map(({ name, state }) => [name, state])).toEqual([
      ['configuration file', 'good'],
      ['environment', 'absent'],
      ['credentials', 'good'],
    ])
    expect(part(examinations, 'credentials')?.says.join('\n')).toContain(world.setUp.user)
    expect(healthy).toBe(true)
  })

  it('makes a signed call when it is asked to, and sees it accepted', async () => {
    const { healthy, examinations } = await doctor({ runtime: machine(profile()), clock, probe: true })
    expect(part(examinations, 'service')).toMatchObject({ state: 'good' })
    expect(healthy).toBe(true)
  })

  it('names the cause when the signed call is refused', async () => {
    world.emulator.registry.remove(world.apiKey.keyId)
    const { healthy, examinations } = await doctor({ runtime: machine(profile()), clock, probe: true })
    expect(part(examinations, 'service')?.causes?.[0]?.code).toBe('KEY_NOT_REGISTERED')
    expect(healthy).toBe(false)
  })

  it('says by how much this clock is off', async () => {
    world.emulator.settings.clockSkewMs = 600_000
    const { examinations } = await doctor({ runtime: machine(profile()), clock, probe: true })
    expect(part(examinations, 'service')?.says.join()).toContain('10 min 0 s behind')
    expect(part(examinations, 'service')?.causes?.[0]?.code).toBe('CLOCK_SKEW')
  })

  it('finds a wrong fingerprint without a call', async () => {
    const spoiled = world.setUp.fingerprint.replace(/^../u, (pair) => (pair === '00' ? '11' : '00'))
    const { healthy, examinations } = await doctor({ runtime: machine(profile({ fingerprint: spoiled })), clock })
    expect(part(examinations, 'configuration file')?.causes?.[0]?.code).toBe('FINGERPRINT_MISMATCH')
    expect(healthy).toBe(false)
  })

  it('names a key file that is not there', async () => {
    const { examinations } = await doctor({ runtime: machine(profile({ key_file: '/gone.pem' })), clock })
    expect(part(examinations, 'configuration file')?.says.join()).toContain('no readable file /gone.pem')
  })

  it('names the broken line of the configuration file', async () => {
    const files = { '/home/me/.oci/config': '[DEFAULT]\nregion=eu-frankfurt-1\nnonsense' }
    const { examinations } = await doctor({ runtime: machine(files), clock })
    expect(part(examinations, 'configuration file')?.causes?.[0]?.evidence.join()).toContain('line 3')
  })

  it('lists what was tried when there is nothing at all', async () => {
    const { healthy, examinations } = await doctor({ runtime: machine({}), clock })
    expect(part(examinations, 'credentials')).toMatchObject({ state: 'faulty' })
    expect(part(examinations, 'credentials')?.says.join()).toContain('config-file')
    expect(healthy).toBe(false)
  })

  it('calls nobody without a probe, whatever OCI_CLI_AUTH says', async () => {
    const asked: unknown[] = []
    const fetch = (async (input: unknown) => {
      asked.push(input)
      throw new TypeError('no network')
    }) as typeof globalThis.fetch
    const env = { OCI_CLI_AUTH: 'instance_principal' }
    const runtime = { ...machine(profile(), env), fetch, connect: async () => fetch, hasMetadataService: true }
    const { examinations } = await doctor({ runtime, clock })
    expect(asked).toEqual([])
    const says = part(examinations, 'credentials')?.says.join()
    expect(says).toContain('without a probe none is made. Pass probe (--probe on the command line) to allow it.')
  })

  it('says which places take a probe, when nothing else was found', async () => {
    const { examinations } = await doctor({ runtime: machine({}), clock })
    expect(part(examinations, 'credentials')?.says.join()).toMatch(/not asked without a probe: .*instance-principal/)
  })

  it('looks at the credentials of the profile that is named, not of the variables', async () => {
    const files = profile()
    const named = { '/elsewhere': String(files['/home/me/.oci/config']).replace('[DEFAULT]', '[OTHER]'), ...files }
    const env = {
      OCI_CLI_USER: 'ocid1.user.oc1..somebodyelse',
      OCI_CLI_TENANCY: world.setUp.tenancy,
      OCI_CLI_KEY_CONTENT: world.setUp.privateKey,
    }
    const runtime = machine({ ...named, '/home/me/.oci/config': '[DEFAULT]' }, env)
    const { examinations } = await doctor({ runtime, clock, path: '/elsewhere', profile: 'OTHER' })
    expect(part(examinations, 'credentials')?.says.join()).toContain(world.setUp.user)
  })

  it('tells no secret', async () => {
    const env = { OCI_CLI_PASSPHRASE: 'hunter2', OCI_CLI_KEY_CONTENT: world.setUp.privateKey }
    const diagnosis = await doctor({ runtime: machine(profile(), env), clock, probe: true })
    const text = JSON.stringify(diagnosis)
    expect(text).not.toContain('hunter2')
    expect(text).not.toContain(world.setUp.privateKey.slice(40, 80))
  })
})
