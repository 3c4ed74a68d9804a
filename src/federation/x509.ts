import { runtime as defaultRuntime } from '#runtime'
import type { CertificatePair } from '../certificates/pair.js'
import type { CertificateRetriever } from '../certificates/retrievers.js'
import type { CachedProvider, LoadContext } from '../credentials/cache-options.js'
import { cached } from '../credentials/cached.js'
import { callOptions, connectedFetch, type PrincipalOptions } from '../credentials/principal-options.js'
import { ConfigurationError, UsageError } from '../errors.js'
import { RETRY } from '../http/retry.js'
import { signedCall } from '../http/signed-call.js'
import type { OciCredentials } from '../types.js'
import { tokenCredentials } from './security-token.js'
import { newSessionKey, type SessionKeySource } from './session-key-source.js'
import { readTokenAnswer } from './token-answer.js'
import { FINGERPRINT_FORMS, type FingerprintAlgorithm, x509Endpoint, x509KeyId, x509TokenBody } from './x509-request.js'

/** What the token service is shown, and how. */
export interface X509Identity {
  /** The certificate that says who this is, with its private key. Read again for every token. */
  readonly leaf: CertificateRetriever
  /** The certificates between the leaf and the root. Read again for every token. */
  readonly intermediates?: readonly CertificateRetriever[] | undefined
  /** The tenancy to insist on. Default: the one that the first leaf names. */
  readonly tenancy?: string | undefined
  /** Another purpose than the usual one, such as `SERVICE_PRINCIPAL`. The tenancy may then change. */
  readonly purpose?: string | undefined
  /** @defaultValue `SHA256` */
  readonly fingerprintAlgorithm?: FingerprintAlgorithm | undefined
  /** The time header of the token request. Oracle's SDKs sign `date` there, which browsers let nobody set. Default: `x-date`. */
  readonly dateHeader?: 'x-date' | 'date' | undefined
  /** @defaultValue a new key of 2048 bits for every token */
  readonly sessionKey?: SessionKeySource | undefined
}

/** Where the token service is, and what it is called in messages and credentials. */
export interface X509Place {
  readonly endpoint: string | URL
  readonly region?: string | undefined
  readonly source: string
}

export interface X509FederationOptions extends X509Identity, PrincipalOptions {
  /** The token service; `/v1/x509` is added to an address without a path. Default: the one of `region`. */
  readonly federationEndpoint?: string | URL | undefined
  /** Identifier or short code. */
  readonly region?: string | undefined
  /** PEM certificates to trust in place of the system's when calling the token service. */
  readonly ca?: string | undefined
}

/**
 * Signs as whoever a certificate says, by tokens that the regional token service gives for it. Instance principals are
 * built on this; use it for service principals, and wherever the certificate comes from another place.
 *
 * @throws ConfigurationError `CERTIFICATE_INVALID`, `CERTIFICATE_KEY_MISMATCH`, `TENANCY_CHANGED`, `TOKEN_KEY_MISMATCH`
 * @throws ServiceError when the token service refuses or cannot be reached
 * @example
 * ```ts
 * import { pemCertificate } from 'countersign/certificates'
 * import { x509Federation } from 'countersign/federation/x509'
 *
 * declare const pem: Readonly<Record<'leaf' | 'leafKey' | 'intermediate', string>>
 * const credentials = x509Federation({
 *   region: 'eu-frankfurt-1',
 *   leaf: pemCertificate({ certificate: pem.leaf, privateKey: pem.leafKey }),
 *   intermediates: [pemCertificate({ certificate: pem.intermediate })],
 * })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/Tasks/callingservicesfrominstances.htm
 */
export function x509Federation(options: X509FederationOptions): CachedProvider<OciCredentials> {
  if (options.federationEndpoint === undefined && options.region === undefined) throw placeMissing()
  const connect = connectedFetch(options)
  const place = (): Promise<X509Place> => placeOf(options)
  return cached(
    async (context) => requestX509Token(options, place, { ...options, fetch: await connect() }, context),
    options,
  )
}

async function placeOf(options: X509FederationOptions): Promise<X509Place> {
  const { federationEndpoint, region: name, runtime = defaultRuntime } = options
  const source = 'x509-federation'
  if (name === undefined) return { endpoint: federationEndpoint ?? '', source }
  const { configuredRegion } = await import('../regions/configured-region.js')
  const region = await configuredRegion(name, runtime)
  if (federationEndpoint !== undefined) return { endpoint: federationEndpoint, region: region.id, source }
  const { authEndpoint } = await import('../regions/endpoints.js')
  return { endpoint: authEndpoint(region), region: region.id, source }
}

/** One token: certificates read anew, a new session key, and the exchange of the two for a token. */
export async function requestX509Token(
  identity: X509Identity,
  findPlace: () => Promise<X509Place>,
  options: PrincipalOptions,
  context: LoadContext<OciCredentials>,
): Promise<OciCredentials> {
  const { intermediates = [], purpose, fingerprintAlgorithm = 'SHA256' } = identity
  const { signal } = context
  // None of these needs another, and reading the certificates takes as long as making the key.
  const [place, leaf, chain, sessionKey] = await Promise.all([
    findPlace(),
    identity.leaf.refresh({ signal }),
    Promise.all(intermediates.map((retriever) => retriever.refresh({ signal }))),
    newSessionKey(identity.sessionKey),
  ])
  const tenancy = await knownTenancy(identity, leaf, context.previous)
  const body = x509TokenBody({
    certificate: leaf.der,
    publicKey: sessionKey.publicKeyBase64,
    intermediateCertificates: intermediatesOf(leaf, chain),
    purpose,
    fingerprintAlgorithm,
  })
  const { certificateFingerprint } = await import('../keys/fingerprint.js')
  const fingerprint = await certificateFingerprint(leaf.der, FINGERPRINT_FORMS[fingerprintAlgorithm].digest)
  const signer = { keyId: x509KeyId(tenancy, fingerprint, fingerprintAlgorithm), key: signingKey(leaf) }
  const { dateHeader = 'x-date' } = identity
  const call = { ...callOptions(options, context), retry: options.retry ?? RETRY.FEDERATION, sign: { dateHeader } }
  const response = await signedCall({ method: 'POST', url: x509Endpoint(place.endpoint), body }, signer, call)
  const token = await readTokenAnswer(response)
  return tokenCredentials({ token, key: sessionKey, tenancy, region: place.region, source: place.source })
}

// A bundle may hold what certifies the leaf behind the leaf itself.
function intermediatesOf(leaf: CertificatePair, chain: readonly CertificatePair[]): Uint8Array<ArrayBuffer>[] {
  return [...leaf.certificates.slice(1), ...chain.flatMap(({ certificates }) => certificates)].map(({ der }) => der)
}

async function knownTenancy(
  identity: X509Identity,
  leaf: CertificatePair,
  previous: OciCredentials | undefined,
): Promise<string> {
  const { tenancy: insisted, purpose } = identity
  if (insisted !== undefined && purpose !== undefined) return insisted
  const { tenancyOf } = await import('../certificates/leaf.js')
  const tenancy = tenancyOf(leaf.certificate)
  const known = insisted ?? previous?.tenancy
  if (purpose !== undefined || known === undefined || known === tenancy) return tenancy
  throw new ConfigurationError(
    'TENANCY_CHANGED',
    `Expected a certificate of the tenancy ${known}, got one of ${tenancy}. If that is meant, make a new provider.`,
  )
}

function signingKey({ privateKey }: CertificatePair): CryptoKey {
  if (privateKey !== undefined) return privateKey
  throw new UsageError(
    'OPTION_INVALID',
    'Expected the leaf certificate to come with its private key, found no key; pass one.',
  )
}

function placeMissing(): UsageError {
  return new UsageError('OPTION_INVALID', 'Expected a region or a federationEndpoint, got neither.')
}
