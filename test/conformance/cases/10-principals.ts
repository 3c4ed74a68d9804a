import { createSignedFetch, type OciCredentials } from 'countersign'
import { defaultProvider } from 'countersign/auto'
import { pemCertificate } from 'countersign/certificates'
import { withDelegation } from 'countersign/credentials/delegation-token'
import { instancePrincipal } from 'countersign/credentials/instance-principal'
import { okeWorkloadIdentity } from 'countersign/credentials/oke-workload-identity'
import { resourcePrincipal } from 'countersign/credentials/resource-principal'
import { scopedToken } from 'countersign/credentials/scoped-token'
import { x509Federation } from 'countersign/federation/x509'
import { runtime } from '#runtime'
import { equal, failsWith } from '../assert.js'
import type { Capability, World } from '../capability.js'

type Provider = (options?: { readonly forceRefresh?: OciCredentials }) => Promise<OciCredentials>

const NO_METADATA = 'the instance metadata service answers only on an OCI instance, at a link-local address'
const NO_AUTHORITY =
  "the cluster's token service shows a certificate of the cluster's own authority, which cannot be trusted here"
const NO_FILES = 'there are no files; pass token and key as text'

/** This runtime, with the variables of a program that has one of the emulated identities. */
function runtimeAs(world: World, principal: string, change: Readonly<Record<string, string>> = {}): typeof runtime {
  const variables = { ...world.environments[principal], ...change }
  return { ...runtime, env: (name) => variables[name] }
}

/** The text of the one fixture whose path ends like this. */
function fixture(world: World, end: string): string {
  return Object.entries(world.files).find(([path]) => path.endsWith(end))?.[1] ?? ''
}

/** What a variable names, as text. */
function textBehind(world: World, principal: string, name: string): string {
  return world.files[world.environments[principal]?.[name] ?? ''] ?? ''
}

/** A service that verifies signatures accepts three requests: at first, at once again, and after a refresh. */
async function isAccepted(world: World, provider: Provider): Promise<OciCredentials> {
  const fetch = createSignedFetch({ credentials: provider })
  const send = async (): Promise<void> => {
    const response = await fetch(`${world.http}/echo`, { method: 'POST', body: '{"a":1}' })
    equal(response.status, 200, `the status: ${response.headers.get('x-emulator-reason')}`)
  }
  await Promise.all([send(), send()])
  return provider()
}

async function survivesRefresh(world: World, provider: Provider): Promise<void> {
  const first = await isAccepted(world, provider)
  const second = await provider({ forceRefresh: first })
  equal(second.token === first.token, false, 'the same token after a refresh')
  await isAccepted(world, provider)
}

export const instance: Capability = {
  name: 'instance principal',
  absent: { workers: NO_METADATA, browser: NO_METADATA },
  whereAbsent: {
    'says so': async () => failsWith('UNSUPPORTED_RUNTIME', instancePrincipal()(), 'an instance principal'),
  },
  cases: {
    'is accepted, and after a refresh': async (world) =>
      survivesRefresh(world, instancePrincipal({ runtime: runtimeAs(world, 'instance-principal') })),
  },
}

/** A certificate and its key in the form of text, and where their token service is. */
function federationOf(world: World): Provider {
  const text = (end: string): string => fixture(world, end)
  return x509Federation({
    region: world.region,
    federationEndpoint: world.http,
    leaf: pemCertificate({ certificate: text('instance/cert.pem'), privateKey: text('instance/key.pem') }),
    intermediates: [pemCertificate({ certificate: text('instance/intermediate.pem') })],
  })
}

export const x509: Capability = {
  name: 'X.509 federation with a certificate of your own',
  cases: { 'is accepted, and after a refresh': async (world) => survivesRefresh(world, federationOf(world)) },
}

export const delegation: Capability = {
  name: 'delegation token over any principal',
  cases: {
    'is accepted, and covered by the signature': async (world) => {
      const token = fixture(world, '/delegation-token')
      const { signedHeaders } = await isAccepted(world, withDelegation(federationOf(world), token))
      equal(Object.keys(signedHeaders ?? {}), ['opc-obo-token'], 'the signed headers')
    },
  },
}

export const federatedResource: Capability = {
  name: 'resource principal 1.1',
  absent: { workers: NO_METADATA, browser: NO_METADATA },
  whereAbsent: {
    'says so': async (world) => {
      const change = { OCI_METADATA_BASE_URL: '' }
      const provider = resourcePrincipal({ runtime: runtimeAs(world, 'resource-principal-1.1', change) })
      await failsWith('UNSUPPORTED_RUNTIME', provider(), 'a resource principal 1.1')
    },
  },
  cases: {
    'is accepted, and after a refresh': async (world) =>
      survivesRefresh(world, resourcePrincipal({ runtime: runtimeAs(world, 'resource-principal-1.1') })),
  },
}

const KEY = 'OCI_RESOURCE_PRINCIPAL_PRIVATE_PEM'
const TOKEN = 'OCI_RESOURCE_PRINCIPAL_RPST'
const LEAF = '_FOR_LEAF_RESOURCE'

export const keyPairResource: Capability = {
  name: 'resource principal 2.1, 2.1.1, 2.1.2',
  cases: Object.fromEntries(
    ['2.1', '2.1.1', '2.1.2'].map((version) => [
      `${version} is accepted, and after a refresh`,
      async (world: World): Promise<void> => {
        const name = `resource-principal-${version}`
        const change = { [KEY]: textBehind(world, name, KEY) }
        await survivesRefresh(world, resourcePrincipal({ runtime: runtimeAs(world, name, change) }))
      },
    ]),
  ),
}

export const injectedResource: Capability = {
  name: 'resource principal 2.2, as text',
  cases: {
    'is accepted': async (world) => {
      const name = 'resource-principal-2.2'
      const change = { [KEY]: textBehind(world, name, KEY), [TOKEN]: textBehind(world, name, TOKEN) }
      await isAccepted(world, resourcePrincipal({ runtime: runtimeAs(world, name, change) }))
    },
  },
}

export const injectedFiles: Capability = {
  name: 'resource principal 2.2, as files that the platform replaces',
  absent: { workers: NO_FILES, browser: NO_FILES },
  whereAbsent: {
    'says so': async (world) => {
      const provider = resourcePrincipal({ runtime: runtimeAs(world, 'resource-principal-2.2') })
      await failsWith('UNSUPPORTED_RUNTIME', provider(), 'files')
    },
  },
  cases: {
    'is accepted': async (world) => {
      await isAccepted(world, resourcePrincipal({ runtime: runtimeAs(world, 'resource-principal-2.2') }))
    },
  },
}

export const nestedResource: Capability = {
  name: 'resource principal 3.0, nested',
  cases: {
    'is accepted, and after a refresh': async (world) => {
      const name = 'resource-principal-3.0'
      const change = {
        [KEY + LEAF]: textBehind(world, name, KEY + LEAF),
        [TOKEN + LEAF]: textBehind(world, name, TOKEN + LEAF),
      }
      await survivesRefresh(world, resourcePrincipal({ runtime: runtimeAs(world, name, change) }))
    },
  },
}

export const workload: Capability = {
  name: 'OKE workload identity',
  absent: { workers: NO_AUTHORITY, browser: NO_AUTHORITY },
  whereAbsent: {
    'says so': async (world) => {
      const name = 'oke-workload-identity'
      const provider = okeWorkloadIdentity({
        runtime: runtimeAs(world, name),
        ca: world.authority,
        serviceAccountToken: textBehind(world, name, 'OCI_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH'),
      })
      await failsWith('UNSUPPORTED_RUNTIME', provider(), 'a private authority')
    },
  },
  cases: {
    'is accepted, and after a refresh': async (world) =>
      survivesRefresh(world, okeWorkloadIdentity({ runtime: runtimeAs(world, 'oke-workload-identity') })),
    'trusts no other authority': async (world) => {
      const change = { OCI_KUBERNETES_SERVICE_ACCOUNT_CERT_PATH: otherAuthority(world) }
      const provider = okeWorkloadIdentity({ runtime: runtimeAs(world, 'oke-workload-identity', change), retry: false })
      await failsWith('SERVICE_UNREACHABLE', provider(), 'the server of another authority')
    },
  },
}

function otherAuthority(world: World): string {
  return Object.keys(world.files).find((path) => path.endsWith('instance/root.pem')) ?? ''
}

export const scoped: Capability = {
  name: 'scoped token',
  cases: {
    'is accepted, and after a refresh': async (world) => {
      const credentials = federationOf(world)
      await survivesRefresh(world, scopedToken({ credentials, scope: 'urn:example', endpoint: world.http }))
    },
  },
}

export const automatic: Capability = {
  name: 'default chain',
  cases: {
    'finds who it is, and tells what it tried': async (world) => {
      const name = 'resource-principal-2.2'
      const change = { [KEY]: textBehind(world, name, KEY), [TOKEN]: textBehind(world, name, TOKEN), OCI_CLI_AUTH: '' }
      const provider = defaultProvider({ runtime: runtimeAs(world, name, change) })
      await isAccepted(world, provider as Provider)
      const { source, tried } = await provider()
      const names = tried.map(({ name }) => name)
      equal(source, name, 'the source')
      equal(names, ['environment', 'workload-identity-federation', 'oke-workload-identity'], 'what was tried')
    },
  },
}
