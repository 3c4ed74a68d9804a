import type { Emulator } from '../../src/testing/emulator.js'
import { createEmulator } from '../../src/testing/emulator.js'
import { type IdentityDomain, identityDomain } from '../../src/testing/identity-domain.js'
import { type IdentityProvider, identityProvider } from '../../src/testing/identity-provider.js'
import { type ScimRecord, USER_EXTENSION } from '../../src/testing/scim-types.js'
import type { StateOptions } from '../../src/testing/state.js'

/** An emulated domain that trusts the emulated identity provider: what set-up leaves behind, made by hand. */
export interface FederatedWorld {
  readonly emulator: Emulator
  readonly domain: IdentityDomain
  readonly provider: IdentityProvider
  readonly app: ScimRecord
  readonly user: ScimRecord
  readonly trust: ScimRecord
  /** Options of an exchange that works. */
  readonly client: { readonly id: string; readonly secret: string }
}

export const SUBJECT = 'repo:octo-org/app:ref:refs/heads/main'

export function federatedWorld(
  options: StateOptions = {},
  emulator: Emulator = createEmulator(options),
): FederatedWorld {
  const domain = emulator.of(identityDomain)
  const provider = emulator.of(identityProvider)
  const app = domain.create('Apps', { displayName: 'exchange', basedOnTemplate: {}, active: true, isOAuthClient: true })
  const user = domain.create('Users', { userName: 'ci', [USER_EXTENSION]: { serviceUser: true } })
  const trust = domain.create('IdentityPropagationTrusts', {
    name: 'ci',
    type: 'JWT',
    issuer: provider.issuer,
    publicKeyEndpoint: provider.jwksUri,
    active: true,
    allowImpersonation: true,
    subjectType: 'User',
    oauthClients: [app['name']],
    impersonationServiceUsers: [{ rule: `sub eq ${SUBJECT}`, value: user.id }],
  })
  const client = { id: String(app['name']), secret: String(app['clientSecret']) }
  return { emulator, domain, provider, app, user, trust, client }
}
