import { encodeBase64 } from '../encoding/base64.js'
import type { Bytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'
import { BODY_HEADERS, type CoverageRules, notSigned } from './coverage.js'
import type { ReceivedRequest } from './received.js'

/**
 * The body, when the signature covers it: the bytes that were hashed here are those to go on with.
 *
 * @throws VerificationError `BODY_DIGEST_MISMATCH`, `BODY_TOO_LARGE`, `HEADER_NOT_SIGNED`
 */
export async function coveredBody(
  request: ReceivedRequest,
  values: Readonly<Record<string, string>>,
  rules: CoverageRules,
): Promise<Bytes | undefined> {
  const digest = values['x-content-sha256']
  if (digest === undefined && rules.allowUnsignedBody) return undefined
  const body = await request.body()
  if (rules.allowAbsentBody && body.length === 0) return undefined
  // Whatever the method: a body that came is a body that must be signed, with its type and length.
  const missing = BODY_HEADERS.find((name) => values[name] === undefined)
  if (body.length > 0 && missing && !rules.allowUnsignedBody) throw notSigned(missing)
  if (digest === undefined) return body
  const length = values['content-length']
  if (length !== undefined && length !== String(body.length)) throw mismatch(`${length} bytes`, `${body.length}`)
  if (encodeBase64(new Uint8Array(await crypto.subtle.digest('SHA-256', body))) === digest) return body
  throw mismatch('the body that was signed', 'another')
}

function mismatch(expected: string, found: string): VerificationError {
  return new VerificationError(
    'BODY_DIGEST_MISMATCH',
    `Expected ${expected}, found ${found}; verify the bytes as received, before decompression.`,
  )
}
