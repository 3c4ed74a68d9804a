/**
 * A subject or issuer name: one entry for each relative distinguished name, in the order of the certificate. An entry
 * with several values is a multi-valued one. Types are short names such as `CN`, `O` and `OU`, or dotted identifiers.
 *
 * @example
 * ```ts
 * import type { DistinguishedName } from 'countersign/certificates'
 *
 * const name: DistinguishedName = [{ CN: ['web'] }, { OU: ['opc-tenant:ocid1.tenancy.oc1..a', 'opc-certtype:instance'] }]
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc5280#section-4.1.2.4
 */
export type DistinguishedName = readonly Readonly<Record<string, readonly string[]>>[]

/** A certificate as the text it came in and as the bytes that were signed. */
export interface CertificateText {
  readonly pem: string
  readonly der: Uint8Array<ArrayBuffer>
}

/** What goes into a certificate of one's own. */
export interface BuildCertificateOptions {
  readonly subject: DistinguishedName
  /** The key the certificate is about. */
  readonly publicKey: CryptoKey
  /** The issuer's private key; for a self-signed certificate the one that belongs to `publicKey`. */
  readonly signingKey: CryptoKey
  /** The issuer's certificate, as PEM or DER. Absent: self-signed. */
  readonly issuer?: string | Uint8Array<ArrayBuffer>
  /** Start of validity in epoch milliseconds. */
  readonly notBefore: number
  /** End of validity in epoch milliseconds. */
  readonly notAfter: number
  /** Hexadecimal; random by default. */
  readonly serialNumber?: string
  /** True: it may issue certificates. A number also limits how many intermediates may follow. */
  readonly authority?: boolean | number
  /** DNS names and IP addresses of the server that will show the certificate. */
  readonly serverNames?: readonly string[]
}

/** What a certificate says, for people: nothing here has been verified. */
export interface CertificateDetails {
  readonly subject: string
  readonly issuer: string
  /** Hexadecimal. */
  readonly serialNumber: string
  /** Epoch milliseconds. */
  readonly notBefore: number
  /** Epoch milliseconds. */
  readonly notAfter: number
  readonly signatureAlgorithm: string
  readonly publicKey: { readonly algorithm: string; readonly bits?: number }
  readonly authority: boolean
  readonly selfIssued: boolean
  readonly serverNames: readonly string[]
  /** Colon-separated lower-case hex of the digests over the DER. */
  readonly fingerprints: { readonly sha1: string; readonly sha256: string }
}
