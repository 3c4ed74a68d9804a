// @ts-check
// Loaded before each snippet of the documentation: the network is the emulator, the home directory has a configuration
// file, and the names that snippets declare are there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importPrivateKey } from 'countersign'
import { createEmulator } from 'countersign/testing'
import { alibabaAccount } from 'countersign/testing/alibaba-account'
import { groupMembers } from 'countersign/testing/authenticate-client'
import { identityDomain } from 'countersign/testing/identity-domain'
import { identityProvider } from 'countersign/testing/identity-provider'
import { infisicalState } from 'countersign/testing/infisical-state'
import { USER_EXTENSION } from 'countersign/testing/scim-types'
import { issueDelegationToken, issueSessionToken } from 'countersign/testing/session-fixtures'
import { vaultState } from 'countersign/testing/vault'
import { newChallenge } from 'countersign/verify/challenge'

const emulator = createEmulator()
globalThis.fetch = emulator.fetch

emulator.of(alibabaAccount).rotate({ secretName: 'my-ram-secret' })

const { tenancy, user } = emulator.identities
const { privateKeyPem: privateKey, fingerprint } = await emulator.keys.get('user')
const { key } = await importPrivateKey(privateKey)

const keyId = `${tenancy}/${user}/${fingerprint}`

const home = mkdtempSync(join(tmpdir(), 'countersign-snippet-'))
process.env['HOME'] = home
process.on('exit', () => rmSync(home, { recursive: true, force: true }))
mkdirSync(join(home, '.oci'))
writeFileSync(join(home, '.oci/key.pem'), privateKey, { mode: 0o600 })
const settings = { user, tenancy, fingerprint, region: 'us-phoenix-1', key_file: '~/.oci/key.pem' }
const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}`)
writeFileSync(join(home, '.oci/config'), ['[DEFAULT]', ...lines, ''].join('\n'))

Object.assign(globalThis, federation(), logins(), {
  tenancy,
  user,
  privateKey,
  fingerprint,
  credentials: { keyId, key },
  token: await issueSessionToken(emulator),
  delegationToken: await issueDelegationToken(emulator),
  emulator,
  fromMyVault: async () => ({ keyId, key }),
  subjectToken: () => emulator.of(identityProvider).issue({ sub: 'somebody' }),
  redis: { get: async () => null, set: async () => 'OK' },
  sealingKey: crypto.getRandomValues(new Uint8Array(32)),
  context: { waitUntil: () => undefined },
})

/** A domain that trusts the jobs of one repository, and such a job. */
function federation() {
  const domain = emulator.of(identityDomain)
  const { issuer, jwksUri, actions } = emulator.of(identityProvider)
  Object.assign(process.env, {
    ACTIONS_ID_TOKEN_REQUEST_URL: actions.requestUrl,
    ACTIONS_ID_TOKEN_REQUEST_TOKEN: actions.requestToken,
  })
  const app = domain.create('Apps', { displayName: 'ci', basedOnTemplate: {}, active: true, isOAuthClient: true })
  const serviceUser = domain.create('Users', { userName: 'ci', [USER_EXTENSION]: { serviceUser: true } })
  domain.create('IdentityPropagationTrusts', {
    name: 'ci',
    type: 'JWT',
    issuer,
    publicKeyEndpoint: jwksUri,
    active: true,
    allowImpersonation: true,
    subjectType: 'User',
    oauthClients: [app['name']],
    impersonationServiceUsers: [{ rule: 'sub eq repo:octo-org/app:*', value: serviceUser.id }],
  })
  return { domain: domain.url, clientId: app['name'], clientSecret: app['clientSecret'], challenge: newChallenge() }
}

/** An Infisical and a Vault that let the emulated user in. */
function logins() {
  const infisical = emulator.of(infisicalState)
  const [newIdentityId = ''] = infisical.identities.keys()
  const identityId = crypto.randomUUID()
  infisical.identities.set(identityId, {
    id: crypto.randomUUID(),
    identityId,
    type: 'iam',
    tenancyOcid: tenancy,
    allowedUsernames: null,
    accessTokenTTL: 3600,
    accessTokenMaxTTL: 3600,
    accessTokenNumUsesLimit: 0,
    accessTokenTrustedIps: [],
  })
  const vault = emulator.of(vaultState)
  vault.homeTenancyId = tenancy
  vault.roles.set('ci', { ocid_list: ['ocid1.group.oc1..ci'] })
  emulator.of(groupMembers).set('ocid1.group.oc1..ci', new Set([user]))
  return { identityId, newIdentityId, adminToken: infisical.adminToken, rootToken: vault.rootToken }
}
