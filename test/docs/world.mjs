// @ts-check
// Loaded before each snippet of the documentation: the network is the emulator, the home directory has a configuration
// file, and the names that snippets declare are there.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { importPrivateKey } from 'countersign'
import { createEmulator } from 'countersign/testing'
import { identityProvider } from 'countersign/testing/identity-provider'
import { issueDelegationToken, issueSessionToken } from 'countersign/testing/session-fixtures'

const emulator = createEmulator()
globalThis.fetch = emulator.fetch

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

Object.assign(globalThis, {
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
