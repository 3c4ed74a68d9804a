import { apiKey, createSignedFetch } from 'countersign'
import { workloadIdentityFederation } from 'countersign/credentials/workload-identity-federation'
import { clientCredentials } from 'countersign/federation/subject-tokens/client-credentials'
import { kubernetes } from 'countersign/federation/subject-tokens/kubernetes'
import { planWifSetup } from 'countersign/federation/wif-setup/run-setup'
import { scimClient } from 'countersign/federation/wif-setup/scim-client'
import { equal, failsWith, ok } from '../assert.js'
import type { Capability, World } from '../capability.js'

const NO_FILES = 'there are no files; give a function that gets the subject token'

interface Client {
  readonly id: string
  readonly secret: string
}

/** Another identity provider's token for this workload: the emulated one gives it for a client's secret. */
function subjectToken({ http }: World) {
  return clientCredentials({
    tokenUrl: `${http}/idp/token`,
    clientId: 'emulated-client',
    clientSecret: 'emulated-client-secret',
  })
}

/** Sets the domain up with the administrator's API key, or finds it set up. */
async function federatedClient(world: World): Promise<Client> {
  const fetch = createSignedFetch({ credentials: apiKey(world.apiKey) })
  const issuer = 'https://idp.emulated.example'
  const plan = await planWifSetup({
    scim: scimClient({ domain: world.http, fetch }),
    setup: {
      domain: world.http,
      issuer,
      publicKeyEndpoint: `${issuer}/idp/jwks`,
      trustName: 'conformance',
      appName: 'conformance',
      principal: { type: 'user', userName: 'conformance', rules: ['sub eq emulated-client'] },
    },
  })
  const { clientId: id = '', clientSecret: secret = '' } = await plan.apply()
  return { id, secret }
}

async function signsWith(world: World, credentials: ReturnType<typeof workloadIdentityFederation>): Promise<void> {
  const send = createSignedFetch({ credentials })
  const responses = await Promise.all(
    [0, 1, 2].map(() => send(`${world.http}/echo`, { method: 'POST', body: '{"a":1}' })),
  )
  for (const { status, headers } of responses) equal(status, 200, `the status: ${headers.get('x-emulator-reason')}`)
  const first = await credentials()
  equal(first.source, 'workload-identity-federation', 'the source')
  ok((await credentials({ forceRefresh: first })).token !== first.token, 'another token after a refresh')
}

export const federation: Capability = {
  name: 'workload identity federation, set-up included',
  cases: {
    'exchanges a token of another provider and signs with the session': async (world) => {
      const client = await federatedClient(world)
      await signsWith(
        world,
        workloadIdentityFederation({ domain: world.http, client, subjectToken: subjectToken(world) }),
      )
    },
    'exchanges through a back end that adds the secret': async (world) => {
      const { id, secret } = await federatedClient(world)
      const exchange = async (form: URLSearchParams): Promise<unknown> => {
        const headers = { authorization: `Basic ${btoa(`${id}:${secret}`)}` }
        return (await fetch(`${world.http}/oauth2/v1/token`, { method: 'POST', headers, body: form })).json()
      }
      await signsWith(world, workloadIdentityFederation({ exchange, subjectToken: subjectToken(world) }))
    },
    'tells why the domain refuses': async (world) => {
      await federatedClient(world)
      const client = { id: 'nobody', secret: 'nothing' }
      const provider = workloadIdentityFederation({ domain: world.http, client, subjectToken: subjectToken(world) })
      await failsWith('SERVICE_ERROR', provider(), 'an exchange by an unknown client')
    },
  },
}

export const tokenFiles: Capability = {
  name: 'subject tokens from files',
  absent: { workers: NO_FILES, browser: NO_FILES },
  whereAbsent: {
    'says so': async () => failsWith('UNSUPPORTED_RUNTIME', kubernetes()(), 'a token file'),
  },
  cases: {
    'tells a missing file': async () =>
      failsWith('NOT_CONFIGURED', kubernetes({ path: '/nowhere' })(), 'no token file'),
  },
}
