import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError, ServiceError } from '../errors.js'
import { type ProxymuxAnswer, proxymuxBody, proxymuxUrl, readProxymuxAnswer } from '../federation/proxymux.js'
import { tokenCredentials } from '../federation/security-token.js'
import { newRequestId } from '../http/request-id.js'
import { serviceCall } from '../http/service-call.js'
import { importPrivateKey } from '../keys/import-private-key.js'
import { generateSessionKey, type SessionKey } from '../keys/session-key.js'
import { resolveRegion } from '../regions/regions.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import type { OciCredentials } from '../types.js'
import type { CachedProvider, LoadContext } from './cache-options.js'
import { cached } from './cached.js'
import { type PrincipalOptions, unsignedCallOptions } from './principal-options.js'
import { type ServiceAccountTokenSource, serviceAccountToken } from './service-account-token.js'

export interface OkeWorkloadIdentityOptions extends PrincipalOptions {
  /**
   * The service account's token, a function that gives it, or its file. Default: the variables
   * `OCI_KUBERNETES_SERVICE_ACCOUNT_TOKEN_STRING` and `…_TOKEN_PATH`, or else the file that Kubernetes mounts.
   */
  readonly serviceAccountToken?: ServiceAccountTokenSource | undefined
  /**
   * PEM certificates that the cluster's token service is checked against, and nothing else. Default: those in the file
   * of `OCI_KUBERNETES_SERVICE_ACCOUNT_CERT_PATH`, or else in the one that Kubernetes mounts.
   */
  readonly ca?: string | undefined
  /** Default: `KUBERNETES_SERVICE_HOST`. */
  readonly host?: string | undefined
  /** Default: `KUBERNETES_SERVICE_PORT_PROXYMUX`, or else 12250. */
  readonly port?: number | undefined
  /** Identifier or short code. Default: `OCI_RESOURCE_PRINCIPAL_REGION`. */
  readonly region?: string | undefined
  /**
   * Lets the node make the key and share it, with its token, among the pods of one service account. The private key then
   * crosses the network between pod and node. Default: false.
   */
  readonly nodeCaching?: boolean | undefined
}

const MOUNTED_CA = '/var/run/secrets/kubernetes.io/serviceaccount/ca.crt'

/**
 * Signs as the workload of an OKE pod: its service account's token is exchanged, in the cluster, for tokens of the
 * workload. Token and certificates are read anew each time, because Kubernetes replaces them. With `fetch`, that one
 * makes the call, and whom it trusts is its own affair.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` outside a cluster, `CONFIG_MISSING`, `TOKEN_INVALID`, `TOKEN_EXPIRED` for
 * the service account's token (all on first use).
 * @throws UsageError `UNSUPPORTED_RUNTIME` where a private certificate authority cannot be trusted: browsers, Workers.
 * @throws ServiceError when the cluster's token service cannot be reached, shows another certificate, or refuses.
 * @example
 * ```ts
 * import { createSignedFetch } from 'countersign'
 * import { okeWorkloadIdentity } from 'countersign/credentials/oke-workload-identity'
 *
 * const fetch = createSignedFetch({ credentials: okeWorkloadIdentity() })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/ContEng/Tasks/contenggrantingworkloadaccesstoresources.htm
 */
export function okeWorkloadIdentity(options: OkeWorkloadIdentityOptions = {}): CachedProvider<OciCredentials> {
  const { runtime = defaultRuntime, nodeCaching = false } = options
  const trusted = trustedFetch(options, runtime)
  return cached(async (context) => {
    const url = proxymuxUrl({ ...addressOf(options, runtime), nodeCaching })
    const token = await serviceAccountToken(options.serviceAccountToken, runtime, context)
    const sessionKey = nodeCaching ? undefined : await generateSessionKey()
    const answer = await exchange(
      { url, token, podKey: sessionKey?.publicKeyBase64 },
      { ...options, fetch: await trusted() },
      context,
    )
    return credentialsOf(answer, sessionKey, options.region ?? runtime.env('OCI_RESOURCE_PRINCIPAL_REGION'))
  }, options)
}

function addressOf(options: OkeWorkloadIdentityOptions, runtime: Runtime): { host: string; port: number | string } {
  const host = options.host ?? runtime.env('KUBERNETES_SERVICE_HOST')?.trim()
  if (host) return { host, port: options.port ?? (runtime.env('KUBERNETES_SERVICE_PORT_PROXYMUX')?.trim() || 12250) }
  throw new ConfigurationError(
    'NOT_CONFIGURED',
    'Expected KUBERNETES_SERVICE_HOST to be set, as it is in every pod; it is not. Does this code run in a cluster?',
  )
}

/** A `fetch` that trusts the cluster's authority alone, connected anew when the authority's certificates change. */
function trustedFetch(options: OkeWorkloadIdentityOptions, runtime: Runtime): () => Promise<typeof fetch> {
  let connection: { readonly ca: string; readonly fetch: typeof fetch } | undefined
  return async () => {
    if (options.fetch !== undefined) return options.fetch
    const path = runtime.env('OCI_KUBERNETES_SERVICE_ACCOUNT_CERT_PATH')?.trim() || MOUNTED_CA
    const ca = options.ca ?? (await readTextFile(path, "the certificates of the cluster's authority", runtime))
    if (connection?.ca !== ca) connection = { ca, fetch: await runtime.connect({ ca }) }
    return connection.fetch
  }
}

interface Exchange {
  readonly url: string
  /** The service account's. */
  readonly token: string
  readonly podKey: string | undefined
}

async function exchange(
  { url, token, podKey }: Exchange,
  options: OkeWorkloadIdentityOptions,
  { signal }: LoadContext<OciCredentials>,
): Promise<ProxymuxAnswer> {
  const request = (): Request =>
    new Request(url, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        'opc-request-id': newRequestId(),
      },
      body: proxymuxBody(podKey),
    })
  const response = await serviceCall(request, unsignedCallOptions(options, signal)).catch((error: unknown) => {
    throw error instanceof ServiceError && error.status === 403 ? notEnhanced(error) : error
  })
  return readProxymuxAnswer(await response.text(), podKey === undefined)
}

async function credentialsOf(
  answer: ProxymuxAnswer,
  sessionKey: SessionKey | undefined,
  region: string | undefined,
): Promise<OciCredentials> {
  const key = sessionKey ?? (await importPrivateKey(answer.privateKey ?? ''))
  const id = region?.trim() ? resolveRegion(region).id : undefined
  return tokenCredentials({ token: answer.token, key, region: id, source: 'oke-workload-identity' })
}

function notEnhanced(error: ServiceError): ServiceError {
  const message = `${error.message} Workload identity needs a cluster of the type "enhanced", and a policy for the workload.`
  return new ServiceError(error.code, message, error)
}
