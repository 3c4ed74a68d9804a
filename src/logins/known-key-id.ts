import { type ParsedKeyId, parseKeyId } from '../verify/key-id.js'

/** The parts of a key id, or `undefined` for a form that nobody knows: to the signer, that is no verifier's matter. */
export function knownKeyId(keyId: string): ParsedKeyId | undefined {
  try {
    return parseKeyId(keyId)
  } catch {
    return undefined
  }
}
