import { toHex } from '../encoding/bytes.js'
import { md5 } from './md5.js'

/**
 * The fingerprint by which OCI knows an API key: MD5 over the SubjectPublicKeyInfo, sixteen lower-case pairs of digits
 * with colons between. It names the key and protects nothing; WebCrypto has no MD5.
 *
 * @example
 * ```ts
 * import { fingerprint } from 'countersign/keys/fingerprint'
 * import { importPrivateKey } from 'countersign/keys/import-private-key'
 *
 * declare const pem: string
 * const { publicKey } = await importPrivateKey(pem)
 * if (publicKey) console.log(fingerprint(publicKey)) // 20:3b:97:13:55:1c:5b:0d:d3:37:d8:50:4e:c5:3a:34
 * ```
 * @see https://docs.oracle.com/iaas/Content/API/Concepts/apisigningkey.htm#four
 */
export function fingerprint(spkiDer: Uint8Array): string {
  return withColons(md5(spkiDer))
}

/**
 * The fingerprint of a certificate: a hash over its DER in lower-case pairs of digits with colons between. Instance
 * principals send SHA-256 ones to the token service; SHA-1 is what older services expect.
 *
 * @example
 * ```ts
 * import { certificateFingerprint } from 'countersign/keys/fingerprint'
 *
 * declare const der: Uint8Array<ArrayBuffer>
 * console.log(await certificateFingerprint(der, 'SHA-256')) // ab:12:…, 32 pairs
 * ```
 * @see https://docs.oracle.com/iaas/Content/Identity/Tasks/callingservicesfrominstances.htm
 */
export async function certificateFingerprint(
  der: Uint8Array<ArrayBuffer>,
  algorithm: 'SHA-256' | 'SHA-1',
): Promise<string> {
  return withColons(new Uint8Array(await crypto.subtle.digest(algorithm, der)))
}

function withColons(hash: Uint8Array): string {
  return toHex(hash).replace(/..(?!$)/g, '$&:')
}
