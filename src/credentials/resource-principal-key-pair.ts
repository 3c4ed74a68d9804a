import { runtime as defaultRuntime } from '#runtime'
import { encodeBase64 } from '../encoding/base64.js'
import type { Bytes } from '../encoding/bytes.js'
import { UsageError } from '../errors.js'
import { requestResourcePrincipalToken, requestSessionToken, urlAt } from '../federation/resource-principal-token.js'
import { tokenCredentials } from '../federation/security-token.js'
import { importPrivateKey, type PrivateKey, type PrivateKeySource } from '../keys/import-private-key.js'
import { resolveRegion } from '../regions/regions.js'
import { readTextFile } from '../runtime/text-file.js'
import type { OciCredentials } from '../types.js'
import type { CachedProvider, LoadContext } from './cache-options.js'
import { cached } from './cached.js'
import { type PassphraseSource, passphraseOf } from './passphrase-source.js'
import { callOptions, type PrincipalOptions } from './principal-options.js'
import { type FileSource, isFile } from './session-source.js'

/** The versions of resource principals that are a key pair of the resource's own. */
export type KeyPairVersion = '2.1' | '2.1.1' | '2.1.2'

export interface KeyPairResourcePrincipalOptions extends PrincipalOptions {
  /** What the service that the resource belongs to speaks. */
  readonly version: KeyPairVersion
  /** The OCID of the resource. */
  readonly resource: string
  /** The OCID of its tenancy. Needed for 2.1.1 and 2.1.2. */
  readonly tenancy?: string | undefined
  /** The resource's private key, or the file that holds it, which is read again for every token. */
  readonly privateKey: PrivateKeySource | FileSource
  readonly passphrase?: PassphraseSource | undefined
  /** The service that the resource belongs to. */
  readonly resourcePrincipalTokenEndpoint: string
  readonly sessionTokenEndpoint: string
  /** 2.1.2: the path at the service; `{}` at its end stands for the resource, which is otherwise appended. */
  readonly path?: string | undefined
  /** 2.1.2: sent along with the request for the resource's tokens, as it is. */
  readonly securityContext?: string | undefined
  readonly region?: string | undefined
}

interface VersionFacts {
  readonly needsTenancy: boolean
  keyId(options: KeyPairResourcePrincipalOptions): string
  path(options: KeyPairResourcePrincipalOptions): string
}

/** What differs between the versions. */
const VERSIONS: Readonly<Record<KeyPairVersion, VersionFacts>> = {
  '2.1': {
    needsTenancy: false,
    keyId: ({ resource }) => `resource/v2.1/${resource}`,
    path: ({ resource }) => `/20180711/resourcePrincipalTokenV2/${resource}`,
  },
  '2.1.1': {
    needsTenancy: true,
    keyId: ({ resource, tenancy }) => `resource/v2.1.1/${tenancy}/${resource}`,
    path: ({ resource }) => `/20180711/resourcePrincipalTokenV2/${resource}`,
  },
  '2.1.2': {
    needsTenancy: true,
    keyId: ({ resource, tenancy }) => `resource/v2.1.2/${tenancy}/${resource}`,
    path: ({ resource, path = '/20180711/resourcePrincipalTokenV212/{}' }) =>
      path.endsWith('{}') ? path.slice(0, -2) + resource : `${path.replace(/\/+$/, '')}/${resource}`,
  },
}

/**
 * Signs as a resource that has a key pair of its own (resource principal versions 2.1, 2.1.1 and 2.1.2). The tokens are
 * bound to that key.
 *
 * @throws UsageError `OPTION_INVALID` when the version needs a tenancy and there is none.
 * @throws ConfigurationError the codes of `importPrivateKey`, `CONFIG_MISSING`, `TOKEN_KEY_MISMATCH`.
 * @throws ServiceError when one of the services cannot be reached, or refuses.
 * @example
 * ```ts
 * import { keyPairResourcePrincipal } from 'countersign/credentials/resource-principal-key-pair'
 *
 * const credentials = keyPairResourcePrincipal({
 *   version: '2.1.1',
 *   resource: 'ocid1.autonomousdatabase.oc1.eu-frankfurt-1.aaaa',
 *   tenancy: 'ocid1.tenancy.oc1..aaaa',
 *   privateKey: { file: '/etc/resource/private.pem' },
 *   resourcePrincipalTokenEndpoint: 'https://database.eu-frankfurt-1.oraclecloud.com',
 *   sessionTokenEndpoint: 'https://auth.eu-frankfurt-1.oraclecloud.com',
 * })
 * ```
 */
export function keyPairResourcePrincipal(options: KeyPairResourcePrincipalOptions): CachedProvider<OciCredentials> {
  const { version, tenancy } = options
  if (VERSIONS[version].needsTenancy && !tenancy) throw tenancyMissing(version)
  return cached((context) => exchange(options, context), options)
}

async function exchange(
  options: KeyPairResourcePrincipalOptions,
  context: LoadContext<OciCredentials>,
): Promise<OciCredentials> {
  const { version, resourcePrincipalTokenEndpoint, sessionTokenEndpoint: endpoint } = options
  const call = callOptions(options, context)
  const key = await readKey(options)
  const signer: OciCredentials = { keyId: VERSIONS[version].keyId(options), key: key.key }
  const url = urlAt(resourcePrincipalTokenEndpoint, VERSIONS[version].path(options))
  const tokens = await requestResourcePrincipalToken(url, signer, call, contextHeader(options))
  const sessionPublicKey = encodeBase64(key.publicKey)
  const token = await requestSessionToken({ endpoint, tokens, sessionPublicKey }, signer, call)
  const region = options.region === undefined ? undefined : resolveRegion(options.region).id
  return tokenCredentials({ token, key, region, source: `resource-principal-${version}` })
}

async function readKey(options: KeyPairResourcePrincipalOptions): Promise<PrivateKey & { readonly publicKey: Bytes }> {
  const { privateKey: source, runtime = defaultRuntime } = options
  const text = isFile(source) ? await readTextFile(source.file, "the resource's private key", runtime) : source
  const key = await importPrivateKey(text, { passphrase: passphraseOf(options.passphrase, runtime) })
  const { publicKey } = key
  if (publicKey === undefined) throw notReadable()
  return { ...key, publicKey }
}

function contextHeader({ version, securityContext }: KeyPairResourcePrincipalOptions): Record<string, string> {
  return version === '2.1.2' && securityContext !== undefined ? { 'security-context': securityContext } : {}
}

function tenancyMissing(version: KeyPairVersion): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    `Expected a tenancy for a resource principal of version ${version}, got none.`,
  )
}

function notReadable(): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    'Expected a private key whose public half can be told to the token service, got a CryptoKey that cannot be exported.',
  )
}
