import { shortBase64 } from '../encoding/short.js'
import type { OciCredentials } from '../types.js'
import { refuse } from './oci-refuse.js'

// What stands between quotes, and is not escaped by anyone.
const QUOTABLE = /^[ !#-[\]-~]+$/

/**
 * The value of the `Authorization` header, with its parameters in the order of the provider's own examples.
 *
 * @throws UsageError `KEY_ID_INVALID`
 * @throws ConfigurationError `KEY_UNSUPPORTED`
 */
export async function authorization(
  { keyId, key }: OciCredentials,
  names: readonly string[],
  text: string,
): Promise<string> {
  if (!QUOTABLE.test(keyId)) return refuse('KEY_ID_INVALID')
  const signature =
    shortBase64(await signed(new TextEncoder().encode(text), key)) || (await refuse('SIGNATURE_MISSING'))
  return `Signature version="1",headers="${names.join(' ')}",keyId="${keyId}",algorithm="rsa-sha256",signature="${signature}"`
}

async function signed(bytes: Uint8Array<ArrayBuffer>, key: OciCredentials['key']): Promise<Uint8Array> {
  if (typeof key === 'function') return new Uint8Array(await key(bytes))
  if (!isUsable(key)) return refuse('KEY_UNSUPPORTED')
  return new Uint8Array(await crypto.subtle.sign('RSASSA-PKCS1-v1_5', key, bytes))
}

// A key for another hash would sign without complaint, and be refused by the service.
function isUsable(key: CryptoKey | undefined): boolean {
  const { name, hash } = (key?.algorithm ?? {}) as Partial<RsaHashedKeyAlgorithm>
  return name === 'RSASSA-PKCS1-v1_5' && hash?.name === 'SHA-256' && key?.type === 'private'
}
