import { decodeBase64 } from '../encoding/base64.js'
import { invalidParameter } from './answers.js'

/** A public key that a client sent to have it put into a token. */
export interface SubmittedKey {
  /** Base64 of the SubjectPublicKeyInfo: the same text for the same key, however it was sent. */
  readonly base64: string
  readonly jwk: { readonly n: string; readonly e: string }
  readonly bits: number
}

const ARMOUR = /-----(?:BEGIN|END) [A-Z ]+-----|\s/g
const CANONICAL_BASE64 = /^[A-Za-z0-9+/]+={0,2}$/

/**
 * Reads a public key as the token endpoints want it: base64 of a SubjectPublicKeyInfo on one line, no armour.
 * @throws ServiceError 400 for anything but an RSA key of 2048 bits or more in that form.
 */
export async function readSubmittedKey(value: string, name: string): Promise<SubmittedKey> {
  if (!CANONICAL_BASE64.test(value)) {
    throw invalidParameter(`Expected "${name}" to be one line of base64 without armour or white space.`)
  }
  const der = decodeBase64(value)
  if (der === undefined) throw invalidParameter(`Expected "${name}" to be base64.`)
  const jwk = await importRsa(der, name)
  const bits = modulusBits(jwk.n)
  if (bits < 2048) throw invalidParameter(`Expected "${name}" to have at least 2048 bits, received ${bits}.`)
  return { base64: value, jwk, bits }
}

/** The same for endpoints that also take a whole PEM block. */
export function readArmouredKey(value: string, name: string): Promise<SubmittedKey> {
  return readSubmittedKey(value.replace(ARMOUR, ''), name)
}

async function importRsa(der: Uint8Array<ArrayBuffer>, name: string): Promise<{ n: string; e: string }> {
  try {
    const key = await crypto.subtle.importKey('spki', der, { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, true, [
      'verify',
    ])
    const { n = '', e = '' } = await crypto.subtle.exportKey('jwk', key)
    return { n, e }
  } catch {
    throw invalidParameter(`Expected "${name}" to be the SubjectPublicKeyInfo of an RSA key.`)
  }
}

function modulusBits(n: string): number {
  return Math.floor((n.length * 6) / 8) * 8
}
