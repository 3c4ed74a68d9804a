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
