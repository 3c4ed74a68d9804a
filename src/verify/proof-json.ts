import { text } from '../encoding/bytes.js'
import { asJsonObject, type JsonObject, readJsonText } from '../encoding/json.js'
import { VerificationError } from '../errors.js'
import { CHALLENGE_HEADER } from './challenge.js'
import { BODY_HEADERS } from './coverage.js'
import { received } from './received.js'

const MAX_BYTES = 65_536

/** The fields of a proof that came as JSON. @throws VerificationError `HEADERS_MALFORMED` for no object. */
export function proofFields(proof: unknown): JsonObject {
  const fields = asJsonObject(proof)
  if (fields !== undefined) return fields
  throw new VerificationError(
    'HEADERS_MALFORMED',
    'Expected the proof to be a JSON object with "region" and "headers".',
  )
}

/** The fields of the proof in a request's body. @throws VerificationError `HEADERS_MALFORMED`, `BODY_TOO_LARGE` */
export async function proofFieldsOf(request: Request): Promise<JsonObject> {
  return proofFields(readJsonText(text(await received(request, MAX_BYTES).body())))
}

/** Headers as they come in JSON. @throws VerificationError `HEADERS_MALFORMED` for anything but a few short texts. */
export function headersFromJson(value: unknown): readonly (readonly [string, string])[] {
  const entries = Object.entries(asJsonObject(value) ?? {})
  const isSmall = entries.length > 0 && entries.length <= 20
  if (isSmall && entries.every((entry): entry is [string, string] => typeof entry[1] === 'string')) return entries
  throw new VerificationError('HEADERS_MALFORMED', 'Expected "headers" to be an object of up to twenty texts.')
}

const PROOF_HEADERS = ['(request-target)', 'host', 'date', 'x-date', 'authorization', CHALLENGE_HEADER, ...BODY_HEADERS]

/**
 * Makes sure that a proof signs what proofs sign and no more: what is signed is sent on to OCI, where another header
 * could steer the connection, or have somebody else act on the signer's behalf.
 *
 * @throws VerificationError `HEADERS_MALFORMED`
 */
export function assertProofHeaders(signed: Readonly<Record<string, string>>): void {
  const other = Object.keys(signed).find((name) => !PROOF_HEADERS.includes(name))
  if (other === undefined) return
  throw new VerificationError(
    'HEADERS_MALFORMED',
    `Expected a proof to sign no other headers, found "${other}" signed.`,
  )
}
