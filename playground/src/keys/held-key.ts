import { apiKey } from 'countersign'
import { writePem } from 'countersign/encoding/pem'
import { fingerprint } from 'countersign/keys/fingerprint'
import { importPrivateKey } from 'countersign/keys/import-private-key'
import { generateSessionKey } from 'countersign/keys/session-key'

/** A key in the page's memory, not stored. */
export interface HeldKey {
  readonly privateKey: CryptoKey
  readonly publicKey: Uint8Array<ArrayBuffer>
  readonly fingerprint: string
  readonly bits: number
  /** The private half as text, for a key that was made here: to be saved by hand, once. */
  readonly privateKeyPem?: string
}

export async function makeKey(bits: 2048 | 3072 | 4096): Promise<HeldKey> {
  const { privateKey, publicKey } = await generateSessionKey({ bits, extractable: true })
  const der = new Uint8Array(await crypto.subtle.exportKey('pkcs8', privateKey))
  const sealed = await crypto.subtle.importKey('pkcs8', der, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, false, [
    'sign',
  ])
  return {
    privateKey: sealed,
    publicKey,
    fingerprint: fingerprint(publicKey),
    bits,
    privateKeyPem: writePem('PRIVATE KEY', der),
  }
}

export async function readKey(pem: string, passphrase: string): Promise<HeldKey> {
  const {
    key,
    publicKey,
    fingerprint: print,
    bits,
  } = await importPrivateKey(pem, passphrase === '' ? {} : { passphrase })
  if (publicKey === undefined || print === undefined || bits === undefined)
    throw new Error('The key does not tell its public half.')
  return { privateKey: key, publicKey: Uint8Array.from(publicKey), fingerprint: print, bits }
}

/**
 * The key id with which a user signs, once the public half is uploaded.
 *
 * @throws ConfigurationError `CONFIG_INVALID` for OCIDs that are none.
 */
export async function keyIdFor(
  { privateKey, fingerprint: print }: HeldKey,
  owner: { readonly tenancy: string; readonly user: string },
): Promise<string> {
  return (await apiKey({ ...owner, privateKey, fingerprint: print })()).keyId
}

/** What to upload to OCI. */
export function publicKeyPem({ publicKey }: HeldKey): string {
  return writePem('PUBLIC KEY', publicKey)
}

/** A profile for `~/.oci/config`, with the two OCIDs left to fill in. */
export function configSnippet({ fingerprint: print }: HeldKey): string {
  return [
    '[DEFAULT]',
    'user=ocid1.user.oc1..',
    `fingerprint=${print}`,
    'tenancy=ocid1.tenancy.oc1..',
    'region=eu-frankfurt-1',
    'key_file=~/.oci/oci_api_key.pem',
  ].join('\n')
}
