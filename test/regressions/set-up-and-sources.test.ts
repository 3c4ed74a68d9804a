// What other SDKs were seen to get wrong about where identities come from: each test names the behaviour that holds
// here. See oracle/oci-typescript-sdk, oracle/oci-python-sdk, oracle/oci-go-sdk and oracle/oci-java-sdk.
import { describe, expect, it, vi } from 'vitest'
import { tenancyOf } from '../../src/certificates/leaf.js'
import { configFile } from '../../src/credentials/config-file.js'
import { withDelegation } from '../../src/credentials/delegation-token.js'
import { instancePrincipal } from '../../src/credentials/instance-principal.js'
import { okeWorkloadIdentity } from '../../src/credentials/oke-workload-identity.js'
import { resourcePrincipal } from '../../src/credentials/resource-principal.js'
import { requestSessionToken } from '../../src/federation/resource-principal-token.js'
import { RETRY } from '../../src/http/retry.js'
import { issueServiceAccountToken } from '../../src/testing/service-account.js'
import { belongTogether, emulatedMachine, ORIGIN } from '../credentials/emulated.js'
import { openssl } from '../fixtures/openssl-keys.js'

const P = 'OCI_RESOURCE_PRINCIPAL_'

describe('the metadata service', () => {
  it('is asked again when it fails, for certificate and key too', async () => {
    const { settings, emulator } = await emulatedMachine('instance-principal')
    for (const path of ['cert.pem', 'key.pem', 'intermediate.pem', 'regionInfo']) {
      emulator.faults.add({ path, effect: 'status', status: 500, times: 2 })
    }
    expect(await belongTogether(await instancePrincipal(settings)())).toBe(true)
  })

  it('may answer with an error page, which nobody takes for a certificate', async () => {
    const { settings, emulator } = await emulatedMachine('instance-principal')
    emulator.faults.add({ path: 'cert.pem', effect: 'html', status: 502, times: 0 })
    const provider = instancePrincipal({ ...settings, metadataRetry: false })
    await expect(provider()).rejects.toMatchObject({ code: 'SERVICE_ERROR', status: 502 })
  })

  it('has three minutes in all, not ten', () => {
    expect(RETRY.METADATA.totalMs).toBe(180_000)
  })

  it('may tell the region as a short code with a line break behind it', async () => {
    const { settings, emulator } = await emulatedMachine('instance-principal')
    emulator.faults.add({ path: 'regionInfo', effect: 'status', status: 404 })
    emulator.faults.add({ path: '/instance/region', effect: 'body', body: 'PHX\n', contentType: 'text/plain' })
    expect((await instancePrincipal(settings)()).region).toBe('us-phoenix-1')
  })

  it('may tell a short code that only OCI_REGION_METADATA knows', async () => {
    const region = {
      realmKey: 'oc77',
      realmDomainComponent: 'oc77.example',
      regionKey: 'XYZ',
      regionIdentifier: 'xx-new-1',
    }
    const { settings, emulator } = await emulatedMachine('instance-principal', {
      env: { OCI_REGION_METADATA: JSON.stringify(region) },
    })
    emulator.faults.add({ path: 'regionInfo', effect: 'status', status: 404 })
    emulator.faults.add({ path: '/instance/region', effect: 'body', body: 'xyz', contentType: 'text/plain' })
    expect((await instancePrincipal(settings)()).region).toBe('xx-new-1')
  })
})

describe('a certificate', () => {
  it('may name its tenancy as a service does', () => {
    const subject = [{ type: '2.5.4.10', value: 'opc-identity:ocid1.tenancy.oc1..service' }]
    const certificate = { subject, notBefore: 0, notAfter: 1, publicKey: new Uint8Array() }
    expect(tenancyOf(certificate)).toBe('ocid1.tenancy.oc1..service')
  })
})

describe('an OKE pod', () => {
  it('needs no variable for the port, sends a request id, and finds a token that was replaced', async () => {
    const machine = await emulatedMachine('oke-workload-identity', { env: { KUBERNETES_SERVICE_PORT_PROXYMUX: '' } })
    const ids: (string | null)[] = []
    const fetch = ((input: RequestInfo | URL, init?: RequestInit) => {
      const request = new Request(input, init)
      ids.push(request.headers.get('opc-request-id'))
      return machine.emulator.fetch(request)
    }) as typeof globalThis.fetch
    const provider = okeWorkloadIdentity({ ...machine.settings, fetch })
    const first = await provider()
    machine.clock.advance(2 * 3_600_000)
    machine.runtime.put(machine.paths.serviceAccountToken, await issueServiceAccountToken(machine.emulator))
    expect((await provider()).token).not.toBe(first.token)
    expect(ids).toEqual([expect.stringMatching(/^\w{32}\/\w{32}\/\w{32}$/), expect.any(String)])
  })
})

describe('a resource principal', () => {
  it('opens its key with a passphrase in a file, and with one in the variable', async () => {
    const plain = await emulatedMachine('resource-principal-2.1.1')
    const pem = String(plain.runtime.contents.get(plain.paths.resourceKey))
    const sealed = openssl(['pkcs8', '-topk8', '-v2', 'aes-256-cbc', '-passout', 'pass:correct horse'], pem).toString()
    for (const [key, passphrase] of [
      ['/sealed.pem', '/passphrase'],
      [sealed, 'correct horse'],
    ] as const) {
      const env = { [`${P}PRIVATE_PEM`]: key, [`${P}PRIVATE_PEM_PASSPHRASE`]: passphrase }
      const machine = await emulatedMachine('resource-principal-2.1.1', { env })
      machine.runtime.put('/sealed.pem', sealed)
      machine.runtime.put('/passphrase', 'correct horse\n')
      const provider = resourcePrincipal(machine.settings)
      // The second read finds as much as the first.
      expect(await belongTogether(await provider({ forceRefresh: await provider() }))).toBe(true)
    }
  })

  it('of version 2.1.2 does without a security context', async () => {
    const { settings } = await emulatedMachine('resource-principal-2.1.2')
    expect(await belongTogether(await resourcePrincipal(settings)())).toBe(true)
  })

  it('of version 3.0 may have a leaf with a key of its own', async () => {
    const { emulator, paths } = await emulatedMachine()
    const leaf = {
      VERSION: '2.1.1',
      RPT_ENDPOINT: ORIGIN,
      RPST_ENDPOINT: ORIGIN,
      RESOURCE_ID: emulator.identities.resource,
      TENANCY_ID: emulator.identities.tenancy,
      PRIVATE_PEM: paths.resourceKey,
    }
    const env = Object.fromEntries(
      Object.entries(leaf).map(([name, value]) => [`${P}${name}_FOR_LEAF_RESOURCE`, value]),
    )
    const { settings } = await emulatedMachine('resource-principal-3.0', { env })
    expect(await belongTogether(await resourcePrincipal(settings)())).toBe(true)
  })

  it('of version 3.0 may have more than two parents', async () => {
    const { settings, emulator } = await emulatedMachine('resource-principal-3.0')
    emulator.settings.parentLevels = 5
    expect((await resourcePrincipal(settings)()).claims?.['sub']).toContain('emulatedparent5')
  })

  it('of version 3.0 finds where tokens are exchanged by the region of its leaf', async () => {
    const env = { [`${P}RPST_ENDPOINT_FOR_PARENT_RESOURCE`]: '' }
    const { settings } = await emulatedMachine('resource-principal-3.0', { env })
    const called: string[] = []
    const onRequest = ({ endpoint }: { endpoint: string }): void => void called.push(endpoint)
    await resourcePrincipal({ ...settings, onRequest })()
    expect(called).toContain('https://auth.us-phoenix-1.oraclecloud.com/v1/resourcePrincipalSessionToken')
  })

  it('of version 1.1 asks no metadata service for an id that the environment tells', async () => {
    const { emulator } = await emulatedMachine()
    const env = {
      [`${P}RPT_ID`]: emulator.identities.resource,
      [`${P}RPT_PATH`]: '/20180711/resourcePrincipalToken/{id}',
    }
    const machine = await emulatedMachine('resource-principal-1.1', { env })
    machine.emulator.faults.add({ path: '/instance/id', effect: 'status', status: 500, times: 0 })
    expect(await belongTogether(await resourcePrincipal(machine.settings)())).toBe(true)
  })

  it('keeps the path of the endpoint where its tokens are exchanged', async () => {
    const asked: string[] = []
    const fetch = (async (input: RequestInfo | URL) => {
      asked.push(new Request(input).url)
      return new Response('', { status: 400 })
    }) as typeof globalThis.fetch
    const tokens = { resourcePrincipalToken: 'a', servicePrincipalSessionToken: 'b' }
    const signer = { keyId: 'resource/v2.1/x', key: async () => new Uint8Array(256) }
    const request = { endpoint: 'https://gateway.example/auth/', tokens, sessionPublicKey: 'k' }
    await requestSessionToken(request, signer, { fetch }).catch(() => undefined)
    expect(asked).toEqual(['https://gateway.example/auth/v1/resourcePrincipalSessionToken'])
  })
})

describe('a configuration file', () => {
  it('may ask for a resource principal', async () => {
    const { settings, runtime, whoami } = await emulatedMachine('resource-principal-2.2')
    runtime.put('/config', '[DEFAULT]\nauthentication_type=resource_principal\n')
    expect((await whoami(configFile({ ...settings, path: '/config' }))).status).toBe(200)
  })

  it('may name a delegation token below the home directory', async () => {
    const { settings, runtime, whoami, paths } = await emulatedMachine('instance-principal')
    runtime.put('/home/opc/obo', String(runtime.contents.get(paths.delegationToken)))
    runtime.put('/config', '[DEFAULT]\nauthentication_type=instance_principal\ndelegation_token_file=~/obo\n')
    const response = await whoami(configFile({ ...settings, path: '/config' }))
    expect((await response.json()).principal.onBehalfOf).toBeDefined()
    expect((await whoami(withDelegation(instancePrincipal(settings), { file: '~/obo' }, settings))).status).toBe(200)
  })

  it('is refused with a kind of authentication that nobody knows', async () => {
    const { settings, runtime } = await emulatedMachine()
    runtime.put('/config', '[DEFAULT]\nauthentication_type=magic\n')
    await expect(configFile({ ...settings, path: '/config' })()).rejects.toMatchObject({ code: 'CONFIG_INVALID' })
  })
})

describe('the library', () => {
  it('prints nothing, whatever happens', async () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => vi.spyOn(console, name))
    const out = vi.spyOn(process.stdout, 'write')
    const { settings, emulator } = await emulatedMachine('resource-principal-1.1')
    const provider = resourcePrincipal({ ...settings, onRequest: () => {}, onEvent: () => {} })
    await provider()
    emulator.faults.add({ surface: 'x509', effect: 'status', status: 401, times: 0 })
    await provider({ forceRefresh: await provider() }).catch(() => undefined)
    expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([])
    expect(out).not.toHaveBeenCalled()
    for (const spy of [...spies, out]) spy.mockRestore()
  })
})
