import type { WorkloadIdentityFederationOptions } from 'countersign/credentials/workload-identity-federation'
import { identityDomain } from 'countersign/testing/identity-domain'
import { identityProvider } from 'countersign/testing/identity-provider'
import { USER_EXTENSION } from 'countersign/testing/scim-types'
import type { Stage } from './stage.js'

const subject = 'repo:example/app:ref:refs/heads/main'

/** Sets up what an administrator sets up once: an application, a service user and a trust in the issuer. */
export function trustedPipeline({
  emulator,
}: Stage): Pick<WorkloadIdentityFederationOptions, 'domain' | 'client' | 'subjectToken'> {
  const domain = emulator.of(identityDomain)
  const provider = emulator.of(identityProvider)
  const app = domain.create('Apps', { displayName: 'exchange', basedOnTemplate: {}, active: true, isOAuthClient: true })
  const user = domain.create('Users', { userName: 'pipeline', [USER_EXTENSION]: { serviceUser: true } })
  domain.create('IdentityPropagationTrusts', {
    name: 'pipeline',
    type: 'JWT',
    issuer: provider.issuer,
    publicKeyEndpoint: provider.jwksUri,
    active: true,
    allowImpersonation: true,
    subjectType: 'User',
    oauthClients: [app['name']],
    impersonationServiceUsers: [{ rule: `sub eq ${subject}`, value: user.id }],
  })
  return {
    domain: 'https://idcs-emulated.identity.oraclecloud.com',
    client: { id: String(app['name']), secret: String(app['clientSecret']) },
    subjectToken: () => provider.issue({ sub: subject }),
  }
}
