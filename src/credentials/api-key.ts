import type { ConfigurationError } from '../errors.js'
import { type ImportPrivateKeyOptions, importPrivateKey, type PrivateKeySource } from '../keys/import-private-key.js'
import type { CredentialsProvider, OciCredentials, SignFunction } from '../types.js'

export interface ApiKeyOptions {
  /** The OCID of the tenancy. */
  readonly tenancy: string
  /** The OCID of the user whom the key belongs to. */
  readonly user: string
  /** Checked against the key, or computed when absent. A key that does not let itself be read needs it. */
  readonly fingerprint?: string | undefined
  /** PEM text, base64, DER bytes, a JWK, a `CryptoKey`, or a function that signs with a key kept elsewhere. */
  readonly privateKey: PrivateKeySource | SignFunction
  /** Opens an encrypted private key; ignored when it is not encrypted. */
  readonly passphrase?: ImportPrivateKeyOptions['passphrase']
  readonly region?: string | undefined
}

/**
 * Signs as a user with an API key. The key is checked and imported on first use, and kept. Calls that come before that
 * is done import it for themselves: on Workers, waiting for what another request started could have no end.
 *
 * @throws ConfigurationError `CONFIG_INVALID` for an OCID or a fingerprint of the wrong form, `FINGERPRINT_MISMATCH`
 * with both values, and the codes of `importPrivateKey` (all of them on first use).
 * @example
 * ```ts
 * import { apiKey, createSignedFetch } from 'countersign'
 *
 * declare const pem: string
 * const [tenancy, user] = ['ocid1.tenancy.oc1..aaaa', 'ocid1.user.oc1..aaaa']
 * const fetch = createSignedFetch({ credentials: apiKey({ tenancy, user, privateKey: pem }) })
 * ```
 * @see https://docs.oracle.com/iaas/Content/API/Concepts/apisigningkey.htm
 */
export function apiKey(options: ApiKeyOptions): CredentialsProvider<OciCredentials> {
  let ready: OciCredentials | undefined
  return async ({ signal } = {}) => {
    signal?.throwIfAborted()
    const made = ready ?? (await credentialsOf(options))
    signal?.throwIfAborted()
    ready ??= made
    return ready
  }
}

async function credentialsOf(options: ApiKeyOptions): Promise<OciCredentials> {
  const { tenancy, user, region, privateKey, passphrase } = options
  const configured = options.fingerprint?.toLowerCase()
  const isWellFormed =
    ocid('tenancy').test(tenancy) &&
    ocid('user').test(user) &&
    (configured === undefined || FINGERPRINT.test(configured))
  if (!isWellFormed) throw await diagnosis(options)
  const { key, fingerprint = configured } =
    typeof privateKey === 'function' ? { key: privateKey } : await importPrivateKey(privateKey, { passphrase })
  if (!fingerprint || (configured && configured !== fingerprint)) throw await diagnosis(options, fingerprint)
  return Object.freeze({
    keyId: `${tenancy}/${user}/${fingerprint}`,
    key,
    tenancy,
    source: 'api-key',
    ...(region && { region }),
  })
}

const FINGERPRINT = /^([0-9a-f]{2}:){15}[0-9a-f]{2}$/

/** `ocid1.user.oc1..…` and the older `ocidv1:user:oc1:…`. */
function ocid(kind: string): RegExp {
  return new RegExp(`^ocid\\w*[.:]${kind}[.:]([\\w-]*[.:]){2,}[\\w-]+$`)
}

// What exactly is wrong takes many words to say and is rarely needed: it stays out of the main bundle.
async function diagnosis(options: ApiKeyOptions, computed?: string): Promise<ConfigurationError> {
  const { diagnoseApiKey } = await import('./api-key-diagnosis.js')
  return diagnoseApiKey(options, computed)
}
