import { certificateAuthority } from './certificate-authority.js'
import { issueServerCertificate } from './server-certificate.js'
import { issueServiceAccountToken } from './service-account.js'
import { issueDelegationToken, issueResourceToken, issueSessionToken } from './session-fixtures.js'
import type { EmulatorState } from './state.js'

/** Where each fixture is. Paths are absolute when the directory is. */
export interface FixturePaths {
  readonly directory: string
  /** The instance's certificate, its key, and the two certificates above it. */
  readonly leafCertificate: string
  readonly leafKey: string
  readonly intermediateCertificate: string
  readonly rootCertificate: string
  /** What a client must trust to reach the emulator over HTTPS. */
  readonly authority: string
  readonly apiKey: string
  readonly apiKeyPublic: string
  /** An OCI configuration file with the profiles `DEFAULT`, `SESSION` and `DELEGATION`. */
  readonly config: string
  readonly sessionToken: string
  readonly sessionKey: string
  /** The two files of a resource principal 2.2, and the key of the 2.1 versions. */
  readonly resourceToken: string
  readonly resourceSessionKey: string
  readonly resourceKey: string
  readonly serviceAccountToken: string
  readonly delegationToken: string
}

/** A file to be written. `mode` is what its owner may do: everything here is secret or beside a secret. */
export interface FixtureFile {
  readonly path: string
  readonly content: string
  readonly mode: 0o600
}

/** Every file that a client of the emulated cloud could find on its disk, for whoever can write files. */
export interface FixtureFiles {
  readonly paths: FixturePaths
  readonly directories: readonly string[]
  readonly files: readonly FixtureFile[]
}

/** Where the fixtures of a directory lie. */
export function fixturePaths(directory: string): FixturePaths {
  const at = (name: string): string => `${directory}/${name}`
  return {
    directory,
    leafCertificate: at('instance/cert.pem'),
    leafKey: at('instance/key.pem'),
    intermediateCertificate: at('instance/intermediate.pem'),
    rootCertificate: at('instance/root.pem'),
    authority: at('ca.pem'),
    apiKey: at('api-key.pem'),
    apiKeyPublic: at('api-key-public.pem'),
    config: at('config'),
    sessionToken: at('session/token'),
    sessionKey: at('session/oci_api_key.pem'),
    resourceToken: at('resource-principal/rpst'),
    resourceSessionKey: at('resource-principal/private.pem'),
    resourceKey: at('resource-principal/resource-key.pem'),
    serviceAccountToken: at('service-account/token'),
    delegationToken: at('delegation-token'),
  }
}

/** Makes the content of every fixture. Nothing is written: a listener, a test or a fake file system does that. */
export async function fixtureFiles(state: EmulatorState, directory: string): Promise<FixtureFiles> {
  const paths = fixturePaths(directory)
  const [instance, user, session, resourceSession, resource, server] = await Promise.all([
    state.of(certificateAuthority).current(),
    state.keys.get('user'),
    state.keys.get('session'),
    state.keys.get('resource-session'),
    state.keys.get('resource'),
    issueServerCertificate(state),
  ])
  const contents: readonly (readonly [path: string, content: string])[] = [
    [paths.leafCertificate, instance.certificate.pem],
    [paths.leafKey, instance.privateKeyPem],
    [paths.intermediateCertificate, instance.intermediate.pem],
    [paths.rootCertificate, instance.root.pem],
    [paths.authority, server.authorityPem],
    // The label that downloaded keys end with: the OCI CLI asks for it.
    [paths.apiKey, `${user.privateKeyPem}OCI_API_KEY\n`],
    [paths.apiKeyPublic, user.publicKeyPem],
    [paths.config, configFile(state, paths, user.fingerprint)],
    [paths.sessionToken, await issueSessionToken(state)],
    [paths.sessionKey, session.privateKeyPem],
    [paths.resourceToken, await issueResourceToken(state)],
    [paths.resourceSessionKey, resourceSession.privateKeyPem],
    [paths.resourceKey, resource.privateKeyPem],
    [paths.serviceAccountToken, await issueServiceAccountToken(state)],
    [paths.delegationToken, await issueDelegationToken(state)],
  ]
  return {
    paths,
    directories: [...new Set(contents.map(([path]) => path.slice(0, path.lastIndexOf('/'))))].sort(),
    files: contents.map(([path, content]) => ({ path, content, mode: 0o600 })),
  }
}

function configFile({ identities }: EmulatorState, paths: FixturePaths, fingerprint: string): string {
  const region = identities.region.id
  return [
    '[DEFAULT]',
    `user=${identities.user}`,
    `fingerprint=${fingerprint}`,
    `tenancy=${identities.tenancy}`,
    `region=${region}`,
    `key_file=${paths.apiKey}`,
    '',
    '[SESSION]',
    `tenancy=${identities.tenancy}`,
    `region=${region}`,
    `key_file=${paths.sessionKey}`,
    `security_token_file=${paths.sessionToken}`,
    '',
    '[DELEGATION]',
    `tenancy=${identities.tenancy}`,
    `region=${region}`,
    'authentication_type=instance_principal',
    `delegation_token_file=${paths.delegationToken}`,
    '',
  ].join('\n')
}
