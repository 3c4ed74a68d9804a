import type { FixturePaths } from './fixture-files.js'
import type { Identities } from './identities.js'

/** Which identity a program started in this environment is to have. */
export type EmulatedPrincipal =
  | 'api-key'
  | 'session-token'
  | 'instance-principal'
  | 'delegation-token'
  | 'resource-principal-1.1'
  | 'resource-principal-2.1'
  | 'resource-principal-2.1.1'
  | 'resource-principal-2.1.2'
  | 'resource-principal-2.2'
  | 'resource-principal-3.0'
  | 'oke-workload-identity'

/** Where a served emulator is. */
export interface ServedAt {
  /** Its HTTP origin, such as `http://127.0.0.1:8080`. */
  readonly http: string
  /** Its HTTPS origin. */
  readonly https: string
  /** The HTTPS origin of the OKE token endpoint. */
  readonly oke: string
  readonly paths: FixturePaths
  readonly identities: Identities
  /** Fingerprint of the emulated user's API key. */
  readonly fingerprint: string
}

type Variables = Readonly<Record<string, string>>
type VariablesOf = (served: ServedAt) => Variables

const RP = 'OCI_RESOURCE_PRINCIPAL_'

/** Variables by principal, as the official SDKs and the OCI CLI read them. */
const PRINCIPALS: Readonly<Record<EmulatedPrincipal, VariablesOf>> = {
  'api-key': ({ identities, paths, fingerprint }) => ({
    OCI_CLI_AUTH: 'api_key',
    OCI_CLI_USER: identities.user,
    OCI_CLI_TENANCY: identities.tenancy,
    OCI_CLI_FINGERPRINT: fingerprint,
    OCI_CLI_KEY_FILE: paths.apiKey,
    OCI_CLI_REGION: identities.region.id,
  }),
  'session-token': () => ({ OCI_CLI_AUTH: 'security_token', OCI_CLI_PROFILE: 'SESSION' }),
  'instance-principal': instancePrincipal,
  'delegation-token': (served) => ({
    ...instancePrincipal(served),
    OCI_CLI_AUTH: 'instance_obo_user',
    OCI_CLI_PROFILE: 'DELEGATION',
    OCI_CLI_DELEGATION_TOKEN_FILE: served.paths.delegationToken,
  }),
  'resource-principal-1.1': (served) => ({
    ...instancePrincipal(served),
    ...resourcePrincipal('1.1', served, {
      RPT_ENDPOINT: served.http,
      RPST_ENDPOINT: served.http,
    }),
  }),
  'resource-principal-2.1': (served) => resourcePrincipal('2.1', served, ownKey(served)),
  'resource-principal-2.1.1': (served) => resourcePrincipal('2.1.1', served, ownKey(served)),
  'resource-principal-2.1.2': (served) =>
    // The Python SDK fails without a context, although it is optional.
    resourcePrincipal('2.1.2', served, { ...ownKey(served), SECURITY_CONTEXT: 'emulated-context' }),
  'resource-principal-2.2': (served) => resourcePrincipal('2.2', served, injected(served)),
  'resource-principal-3.0': (served) => ({
    [`${RP}VERSION`]: '3.0',
    // The root path is the first parent's: recent versions of the Python SDK take no path here.
    [`${RP}RPT_URL_FOR_PARENT_RESOURCE`]: served.http,
    [`${RP}RPST_ENDPOINT_FOR_PARENT_RESOURCE`]: served.http,
    ...withSuffix('_FOR_LEAF_RESOURCE', resourcePrincipal('2.2', served, injected(served))),
    OCI_CLI_AUTH: 'resource_principal',
  }),
  'oke-workload-identity': ({ oke, paths, identities }) => ({
    OCI_CLI_AUTH: 'oke_workload_identity',
    KUBERNETES_SERVICE_HOST: new URL(oke).hostname.replace(/^\[|\]$/g, ''),
    KUBERNETES_SERVICE_PORT_PROXYMUX: new URL(oke).port || '443',
    OCI_KUBERNETES_SERVICE_ACCOUNT_CERT_PATH: paths.authority,
    OCI_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH: paths.serviceAccountToken,
    [`${RP}VERSION`]: '2.2',
    [`${RP}REGION`]: identities.region.id,
  }),
}

/** The names of every principal there is an environment for. */
export const emulatedPrincipals: readonly EmulatedPrincipal[] = Object.keys(PRINCIPALS) as EmulatedPrincipal[]

/**
 * Variables that point our library, the official SDKs and the OCI CLI at a served emulator. With a principal: exactly
 * what a program with that identity would find. Without: those that do not choose an identity.
 *
 * @example
 * ```ts
 * import { emulatorEnvironment, type ServedAt } from 'countersign/testing'
 *
 * declare const served: ServedAt
 * const variables = emulatorEnvironment(served, 'resource-principal-2.2')
 * ```
 */
export function emulatorEnvironment(served: ServedAt, principal?: EmulatedPrincipal): Variables {
  const { region } = served.identities
  return {
    OCI_CLI_CONFIG_FILE: served.paths.config,
    OCI_CONFIG_FILE: served.paths.config,
    OCI_CLI_ENDPOINT: served.http,
    OCI_CLI_CERT_BUNDLE: served.paths.authority,
    OCI_REGION: region.id,
    OCI_REGION_METADATA: JSON.stringify({
      realmKey: region.realm,
      realmDomainComponent: region.secondLevelDomain,
      regionKey: (region.key ?? region.id).toUpperCase(),
      regionIdentifier: region.id,
    }),
    NODE_EXTRA_CA_CERTS: served.paths.authority,
    ...(principal === undefined ? metadataService(served) : PRINCIPALS[principal](served)),
  }
}

/**
 * Variables that send a program's requests through a served emulator, whatever host they name. For clients that have the
 * token service's name built in; the certificate that they are shown is the emulator's.
 */
export function emulatorProxyEnvironment({ http, paths }: ServedAt): Variables {
  return {
    HTTP_PROXY: http,
    HTTPS_PROXY: http,
    NO_PROXY: '127.0.0.1,localhost',
    REQUESTS_CA_BUNDLE: paths.authority,
    SSL_CERT_FILE: paths.authority,
    NODE_EXTRA_CA_CERTS: paths.authority,
  }
}

function metadataService({ http }: ServedAt): Variables {
  return {
    OCI_METADATA_BASE_URL: `${http}/opc/v2`,
    OCI_CLI_FEDERATION_ENDPOINT: `${http}/v1/x509`,
    OCI_SDK_AUTH_CLIENT_REGION_URL: http,
  }
}

function instancePrincipal(served: ServedAt): Variables {
  return { OCI_CLI_AUTH: 'instance_principal', ...metadataService(served) }
}

function resourcePrincipal(version: string, { identities }: ServedAt, members: Variables): Variables {
  const all = { VERSION: version, REGION: identities.region.id, ...members }
  return {
    OCI_CLI_AUTH: 'resource_principal',
    ...Object.fromEntries(Object.entries(all).map(([name, value]) => [`${RP}${name}`, value])),
  }
}

function ownKey({ http, paths, identities }: ServedAt): Variables {
  return {
    RPT_ENDPOINT: http,
    RPST_ENDPOINT: http,
    RESOURCE_ID: identities.resource,
    TENANCY_ID: identities.tenancy,
    PRIVATE_PEM: paths.resourceKey,
  }
}

function injected({ paths }: ServedAt): Variables {
  return { RPST: paths.resourceToken, PRIVATE_PEM: paths.resourceSessionKey }
}

function withSuffix(suffix: string, variables: Variables): Variables {
  return Object.fromEntries(
    Object.entries(variables)
      .filter(([name]) => name.startsWith(RP))
      .map(([name, value]) => [`${name}${suffix}`, value]),
  )
}
