import type { Bytes } from '../encoding/bytes.js'
import { withoutPadding } from './cbc-padding.js'

/** A cipher in CBC mode with PKCS#7 padding, as key files use it. */
export interface BlockCipher {
  /** Lengths in bytes. */
  readonly keyLength: number
  readonly blockLength: number
  /** The plain text, or `undefined` when the padding is not in order: the sign of a wrong key. */
  readonly decrypt: (key: Bytes, iv: Bytes, data: Bytes) => Promise<Bytes | undefined>
}

/** The ciphers a key file may name, by the names of OpenSSL and RFC 1423. */
export const blockCiphers: Readonly<Record<string, BlockCipher>> = {
  'AES-128-CBC': { keyLength: 16, blockLength: 16, decrypt: decryptAes },
  'AES-192-CBC': { keyLength: 24, blockLength: 16, decrypt: decryptAes192 },
  'AES-256-CBC': { keyLength: 32, blockLength: 16, decrypt: decryptAes },
  'DES-EDE3-CBC': { keyLength: 24, blockLength: 8, decrypt: decryptEde3 },
}

async function decryptAes(key: Bytes, iv: Bytes, data: Bytes): Promise<Bytes | undefined> {
  const cryptoKey = await crypto.subtle.importKey('raw', key, 'AES-CBC', false, ['decrypt'])
  return crypto.subtle.decrypt({ name: 'AES-CBC', iv }, cryptoKey, data).then(
    (plain) => new Uint8Array(plain),
    () => undefined,
  )
}

// Chromium's WebCrypto has no AES-192; one path for every runtime is easier to trust than a fallback.
async function decryptAes192(key: Bytes, iv: Bytes, data: Bytes): Promise<Bytes | undefined> {
  const { cbc } = await import('@noble/ciphers/aes.js')
  return withoutPadding(cbc(key, iv, { disablePadding: true }).decrypt(data) as Bytes, 16)
}

async function decryptEde3(key: Bytes, iv: Bytes, data: Bytes): Promise<Bytes | undefined> {
  const { decryptTripleDes } = await import('./triple-des.js')
  return decryptTripleDes(data, { key, iv })
}
