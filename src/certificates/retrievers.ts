import { runtime as defaultRuntime } from '#runtime'
import { ConfigurationError, UsageError } from '../errors.js'
import type { RetryPolicy } from '../http/retry.js'
import { type ServiceCallAttempt, serviceCall } from '../http/service-call.js'
import type { Passphrase } from '../keys/import-private-key.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { type CertificatePair, type PairSource, readPair } from './pair.js'

/** Where a certificate and its key come from. Certificate and key are always of one reading. */
export interface CertificateRetriever {
  /** The pair as last read; reads it when nobody has yet. */
  read(options?: { readonly signal?: AbortSignal }): Promise<CertificatePair>
  /** Reads the pair again. When that fails, the last pair stays. */
  refresh(options?: { readonly signal?: AbortSignal }): Promise<CertificatePair>
}

export interface PemCertificateOptions {
  /** The certificate as PEM: the leaf, then any that certify it. Text around the blocks is passed over. */
  readonly certificate: string
  /** Its private key as PEM, PKCS#1 or PKCS#8. */
  readonly privateKey?: string | undefined
  readonly passphrase?: Passphrase | undefined
}

/**
 * A certificate that is given as text. Refreshing it gives the same pair.
 *
 * @example
 * ```ts
 * import { pemCertificate } from 'countersign/certificates'
 *
 * declare const certificate: string
 * declare const privateKey: string
 * const leaf = pemCertificate({ certificate, privateKey })
 * const { subject } = (await leaf.read()).certificate
 * ```
 */
export function pemCertificate(options: PemCertificateOptions): CertificateRetriever {
  let pair: CertificatePair | undefined
  const read = async (): Promise<CertificatePair> => {
    pair ??= await readPair({ ...options, from: 'the given text' })
    return pair
  }
  return { read, refresh: read }
}

export interface FileCertificateOptions {
  readonly certificatePath: string
  readonly privateKeyPath?: string | undefined
  readonly passphrase?: Passphrase | undefined
  /** A file whose first line is the passphrase. */
  readonly passphrasePath?: string | undefined
  readonly runtime?: Runtime | undefined
}

/**
 * A certificate in a file, its key in another; a leading `~` is the home directory. Refreshing reads both again.
 *
 * @example
 * ```ts
 * import { fileCertificate } from 'countersign/certificates'
 *
 * const leaf = fileCertificate({ certificatePath: '~/leaf.pem', privateKeyPath: '~/leaf-key.pem' })
 * ```
 * @throws ConfigurationError `CONFIG_MISSING`, `CONFIG_INVALID`, and what `readPair` throws; all of them when it reads.
 */
export function fileCertificate(options: FileCertificateOptions): CertificateRetriever {
  const { certificatePath, privateKeyPath, passphrase, passphrasePath, runtime = defaultRuntime } = options
  const readOptional = async (path: string | undefined, what: string): Promise<string | undefined> =>
    path === undefined ? undefined : readTextFile(path, what, runtime)
  return certificateRetriever(async () => ({
    certificate: await readTextFile(certificatePath, 'the certificate', runtime),
    privateKey: await readOptional(privateKeyPath, 'its private key'),
    passphrase: passphrase ?? firstLine(await readOptional(passphrasePath, 'the passphrase')),
    from: certificatePath,
  }))
}

const firstLine = (text: string | undefined): string | undefined => text?.replace(/^\uFEFF/, '').split(/[\r\n]/, 1)[0]

export interface UrlCertificateOptions {
  readonly certificateUrl: string | URL
  readonly privateKeyUrl?: string | URL | undefined
  readonly passphrase?: Passphrase | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly fetch?: typeof fetch | undefined
  /** @defaultValue `false`: one attempt */
  readonly retry?: RetryPolicy | false | undefined
  /** For each attempt, in milliseconds. */
  readonly timeoutMs?: number | undefined
  /** Told of every attempt, without a secret. */
  readonly onRequest?: ((attempt: ServiceCallAttempt) => void) | undefined
}

/**
 * A certificate behind a URL, its key behind another. Refreshing reads both again, as one unit.
 *
 * @example
 * ```ts
 * import { urlCertificate } from 'countersign/certificates'
 *
 * const leaf = urlCertificate({
 *   certificateUrl: 'http://169.254.169.254/opc/v2/identity/cert.pem',
 *   privateKeyUrl: 'http://169.254.169.254/opc/v2/identity/key.pem',
 *   headers: { authorization: 'Bearer Oracle' },
 * })
 * ```
 * @throws UsageError `URL_INVALID`, and what `serviceCall` and `readPair` throw; all of them when it reads.
 */
export function urlCertificate(options: UrlCertificateOptions): CertificateRetriever {
  const { certificateUrl, privateKeyUrl, passphrase, headers = {}, retry = false, timeoutMs, onRequest } = options
  const { fetch = defaultRuntime.fetch } = options
  const download = async (url: string | URL, signal?: AbortSignal): Promise<string> => {
    const request = (): Request => new Request(addressOf(url), { headers })
    return (await serviceCall(request, { fetch, retry, timeoutMs, onRequest, signal })).text()
  }
  return certificateRetriever(async (signal) => {
    const [certificate, privateKey] = await Promise.all([
      download(certificateUrl, signal),
      privateKeyUrl === undefined ? undefined : download(privateKeyUrl, signal),
    ])
    const { origin, pathname } = new URL(certificateUrl)
    return { certificate, privateKey, passphrase, from: origin + pathname }
  })
}

// Not left to `Request`, whose own error repeats the URL with its password.
function addressOf(url: string | URL): URL {
  const parsed = URL.canParse(String(url)) ? new URL(url) : undefined
  if (parsed && !parsed.username && !parsed.password) return parsed
  throw new UsageError(
    'URL_INVALID',
    'Expected absolute URLs of certificate and key, found one that is none or has userinfo in it; pass credentials in headers.',
  )
}

/**
 * Makes a retriever of a function that reads certificate and key from a place of your own. It keeps the last pair, and
 * replaces it only by one that was read whole.
 *
 * @example
 * ```ts
 * import { certificateRetriever } from 'countersign/certificates'
 *
 * declare const secrets: { get(name: string): Promise<string> }
 * const leaf = certificateRetriever(async () => ({
 *   certificate: await secrets.get('leaf'),
 *   privateKey: await secrets.get('leaf-key'),
 *   from: 'the vault',
 * }))
 * ```
 */
export function certificateRetriever(source: (signal?: AbortSignal) => Promise<PairSource>): CertificateRetriever {
  let pair: CertificatePair | undefined
  const refresh: CertificateRetriever['refresh'] = async ({ signal } = {}) => {
    pair = await readTwice(async () => readPair(await source(signal)))
    return pair
  }
  return { refresh, read: async (options) => pair ?? refresh(options) }
}

// Whoever rotates a pair replaces its two halves one after the other, so a first look may see half of each.
async function readTwice(read: () => Promise<CertificatePair>): Promise<CertificatePair> {
  try {
    return await read()
  } catch (error) {
    if (!(error instanceof ConfigurationError) || !SEEN_DURING_ROTATION.has(error.code)) throw error
    return read()
  }
}

const SEEN_DURING_ROTATION: ReadonlySet<string> = new Set([
  'CERTIFICATE_INVALID',
  'CERTIFICATE_KEY_MISMATCH',
  'KEY_CORRUPT',
  'KEY_NOT_PEM',
  'PEM_INVALID',
])
