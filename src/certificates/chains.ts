import { ConfigurationError, UsageError } from '../errors.js'

type PkiJs = typeof import('pkijs')

export interface ValidateChainOptions {
  /** DER of the certificate in question. */
  readonly leaf: Uint8Array<ArrayBuffer>
  /** DER of certificates that may lie between the leaf and a root, in any order. */
  readonly intermediates?: readonly Uint8Array<ArrayBuffer>[]
  /** DER of the certificates that are trusted. */
  readonly roots: readonly Uint8Array<ArrayBuffer>[]
  /** The moment to judge, in epoch milliseconds. */
  readonly at: number
}

/** Whether the leaf can be trusted, and why not. */
export type ChainVerdict =
  | { readonly trusted: true; readonly length: number }
  | { readonly trusted: false; readonly reason: string }

/**
 * Tells whether a certificate leads to a trusted root at a given moment: signatures, dates, and who may issue. Loads a
 * large library: for verifiers and diagnosis, never needed to sign.
 *
 * @example
 * ```ts
 * import { readCertificates, validateChain } from 'countersign/certificates'
 *
 * declare const bundle: string
 * declare const rootPem: string
 * const [leaf, ...intermediates] = readCertificates(bundle, 'the bundle').map(({ der }) => der)
 * const roots = readCertificates(rootPem, 'the root').map(({ der }) => der)
 * if (leaf !== undefined) {
 *   const verdict = await validateChain({ leaf, intermediates, roots, at: Date.now() })
 *   if (!verdict.trusted) console.error(verdict.reason)
 * }
 * ```
 * @throws ConfigurationError `CERTIFICATE_INVALID` when one of them is no certificate.
 * @throws UsageError `OPTION_INVALID` when `at` is no moment.
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-6
 */
export async function validateChain(options: ValidateChainOptions): Promise<ChainVerdict> {
  const { leaf, intermediates = [], roots, at } = options
  // The engine would take a date that is none for one at which everything is valid.
  if (Number.isNaN(new Date(at).getTime())) throw new UsageError('OPTION_INVALID', MOMENT)
  const pkijs = await import('pkijs')
  const parse = (der: Uint8Array<ArrayBuffer>) => parseCertificate(pkijs, der)
  // The engine takes the last of `certs` for the one in question.
  const engine = new pkijs.CertificateChainValidationEngine({
    trustedCerts: roots.map(parse),
    certs: [...intermediates.map(parse), parse(leaf)],
    checkDate: new Date(at),
  })
  const { result, resultMessage, certificatePath = [] } = await engine.verify()
  return result
    ? { trusted: true, length: certificatePath.length }
    : { trusted: false, reason: resultMessage || 'no path leads from the certificate to a trusted root' }
}

const MOMENT = 'Expected "at" as a moment in epoch milliseconds, found another value; pass Date.now().'

function parseCertificate(pkijs: PkiJs, der: Uint8Array<ArrayBuffer>): InstanceType<PkiJs['Certificate']> {
  try {
    return pkijs.Certificate.fromBER(der)
  } catch {
    throw new ConfigurationError('CERTIFICATE_INVALID', 'Expected an X.509 certificate as DER, found something else.')
  }
}
