import { type CredentialsProvider, createSignedFetch, type OciCredentials } from 'countersign'
import { runtime } from 'countersign/runtime/browser'
import type { Runtime } from 'countersign/runtime/types'
import type { Stage } from './stage.js'

/** A flow that is running: it can call a service, and that is all the tab knows of it. */
export interface Running {
  call(): Promise<Response>
}

export interface Flow {
  readonly id: string
  readonly title: string
  /** What happens, in a sentence or two. */
  readonly lead: string
  /** The emulator's name for the place that hands out the token, to make it fail. */
  readonly tokenSurface: string
  /** Whether what signs is a token of OCI, which can be revoked. */
  readonly isRevocable: boolean
  /** A key change that the platform makes by itself, where there is one. */
  readonly rotate?: { readonly title: string; readonly act: (stage: Stage) => Promise<unknown> }
  readonly start: (stage: Stage) => Promise<Running>
}

const noWait = async (): Promise<void> => undefined

export const flows: readonly Flow[] = [
  {
    id: 'instance-principal',
    title: 'Instance principal',
    lead: 'The instance reads its certificate from the metadata service, makes a session key, and swaps both for a token that is bound to the key.',
    tokenSurface: 'x509',
    isRevocable: true,
    rotate: { title: 'Rotate the certificate', act: rotateCertificate },
    start: async (stage) => {
      const { instancePrincipal } = await import('countersign/credentials/instance-principal')
      return signedCalls(
        stage,
        instancePrincipal({ ...settings(stage), metadataBaseUrl: 'http://169.254.169.254/opc/v2' }),
      )
    },
  },
  {
    id: 'resource-principal',
    title: 'Resource principal',
    lead: 'A service vouches for the resource with two tokens, which are exchanged for one that the resource signs with.',
    tokenSurface: 'resource-principal-session',
    isRevocable: true,
    start: async (stage) => {
      const { resourcePrincipal } = await import('countersign/credentials/resource-principal')
      const variables = {
        OCI_RESOURCE_PRINCIPAL_VERSION: '1.1',
        OCI_RESOURCE_PRINCIPAL_RPT_ENDPOINT: 'https://database.us-phoenix-1.oraclecloud.com',
      }
      const options = { ...settings(stage, variables), metadataBaseUrl: 'http://169.254.169.254/opc/v2' }
      return signedCalls(stage, resourcePrincipal(options))
    },
  },
  {
    id: 'workload-identity-federation',
    title: 'Workload identity federation',
    lead: 'A pipeline outside OCI shows the token of its own identity provider; the identity domain trusts that issuer, and answers with a token for a service user.',
    tokenSurface: 'identity-domain-token',
    isRevocable: true,
    start: async (stage) => {
      const [{ workloadIdentityFederation }, { trustedPipeline }] = await Promise.all([
        import('countersign/credentials/workload-identity-federation'),
        import('./pipeline.js'),
      ])
      return signedCalls(stage, workloadIdentityFederation({ ...settings(stage), ...trustedPipeline(stage) }))
    },
  },
  {
    id: 'alibaba-managed',
    title: 'Alibaba managed credential',
    lead: 'The application knows the name of a secret. The role of its ECS instance opens KMS, which hands out the access key that it rotates; a key that is refused is fetched anew, once for all calls.',
    tokenSurface: 'alibaba-kms',
    isRevocable: false,
    rotate: { title: 'Emergency rotation', act: rotateAccessKey },
    start: async (stage) => (await import('./alibaba.js')).managedCalls(stage, settings(stage)),
  },
]

/** What the providers of a flow are told about the machine that the page plays. */
export interface FlowSettings {
  readonly runtime: Runtime
  readonly fetch: typeof fetch
  readonly clock: Stage['clock']
  readonly onEvent: Stage['onEvent']
  readonly sleep: typeof noWait
}

function settings(stage: Stage, variables: Readonly<Record<string, string>> = {}): FlowSettings {
  const { fetch } = stage.emulator
  // The page plays a machine in the cloud: one with variables and a metadata service, both of them the emulator's.
  const machine: Runtime = { ...runtime, env: (name) => variables[name], fetch, hasMetadataService: true }
  return { runtime: machine, fetch, clock: stage.clock, onEvent: stage.onEvent, sleep: noWait }
}

function signedCalls(stage: Stage, credentials: CredentialsProvider<OciCredentials>): Running {
  const { fetch } = stage.emulator
  const signed = createSignedFetch({ credentials, fetch, clock: stage.clock, retry: false })
  const { region } = stage.emulator.identities
  return { call: () => signed(`https://identity.${region.id}.oraclecloud.com/20160918/regions`) }
}

async function rotateCertificate({ emulator }: Stage): Promise<void> {
  const { certificateAuthority } = await import('countersign/testing/certificate-authority')
  await emulator.of(certificateAuthority).rotate()
}

async function rotateAccessKey({ emulator }: Stage): Promise<void> {
  const { alibabaAccount } = await import('countersign/testing/alibaba-account')
  emulator.of(alibabaAccount).rotate()
}
