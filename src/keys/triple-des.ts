import type { Bytes } from '../encoding/bytes.js'
import { withoutPadding } from './cbc-padding.js'

/**
 * Decrypts DES-EDE3-CBC; `undefined` when the padding is not in order, the sign of a wrong key. WebCrypto has no DES, and
 * few keys still need it, so the library is loaded when one is met.
 */
export async function decryptTripleDes(
  ciphertext: Bytes,
  { key, iv }: { readonly key: Bytes; readonly iv: Bytes },
): Promise<Bytes | undefined> {
  if (ciphertext.length === 0 || ciphertext.length % 8 !== 0) return undefined
  const { CBC, EDE } = commonJs(await import('des.js'))
  const cipher = CBC.instantiate(EDE).create({ type: 'decrypt', key, iv, padding: false })
  return withoutPadding(Uint8Array.from([...cipher.update(ciphertext), ...cipher.final()]), 8)
}

type DesLibrary = typeof import('des.js')

// Some loaders give a CommonJS module as the default export alone.
function commonJs(module: DesLibrary & { readonly default?: DesLibrary }): DesLibrary {
  return module.default ?? module
}
