import { decodeBase64 } from '../encoding/base64.js'
import type { Bytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'

/** What an `Authorization` header of a signed request says. Nothing of it is proved yet. */
export interface ParsedAuthorization {
  readonly keyId: string
  /** The signed headers in the order of their lines, spelled as the sender spelled them. */
  readonly headers: readonly string[]
  readonly signature: Bytes
}

const MAX_LENGTH = 16_384
const MAX_HEADERS = 50
const REQUIRED = ['version', 'keyid', 'algorithm', 'headers', 'signature'] as const
const PARAMETER = /^([A-Za-z]+) *= *"([^"\\]*)"$/

type Parameters = Readonly<Record<(typeof REQUIRED)[number], string>>

/**
 * Reads the value of an `Authorization` header strictly: the scheme, then `name="value"` parameters with commas between,
 * each of the five exactly once. Nothing is implied that is not there. Spaces may stand around commas and equals signs.
 *
 * @throws VerificationError `AUTHORIZATION_MALFORMED`, `AUTHORIZATION_TOO_LARGE`, `ALGORITHM_REFUSED`, `VERSION_REFUSED`, `HEADERS_MALFORMED`
 * @example
 * ```ts
 * import { parseAuthorization } from 'countersign/verify/authorization'
 *
 * declare const request: Request
 * const { keyId, headers } = parseAuthorization(request.headers.get('authorization') ?? '')
 * ```
 * @see https://datatracker.ietf.org/doc/html/draft-cavage-http-signatures-08#section-2.1
 */
export function parseAuthorization(value: string): ParsedAuthorization {
  if (value.length > MAX_LENGTH) {
    throw new VerificationError(
      'AUTHORIZATION_TOO_LARGE',
      `Expected at most ${MAX_LENGTH} characters, found ${value.length}.`,
    )
  }
  const { version, algorithm, keyid, headers, signature } = parametersOf(value)
  if (version !== '1')
    throw new VerificationError('VERSION_REFUSED', `Expected version "1", found "${version.slice(0, 16)}".`)
  // A constant, never a choice: what is verified with is not for the sender to say.
  if (algorithm !== 'rsa-sha256') {
    throw new VerificationError(
      'ALGORITHM_REFUSED',
      `Expected the algorithm "rsa-sha256", found "${algorithm.slice(0, 16)}".`,
    )
  }
  return { keyId: keyid, headers: namesOf(headers), signature: bytesOf(signature) }
}

function parametersOf(value: string): Parameters {
  const [, rest] =
    /^Signature +(.*)$/i.exec(value) ?? malformed('the scheme "Signature" and its parameters', 'another scheme')
  const parameters = new Map<string, string>()
  // No value that is accepted holds a comma, so the commas of the list are all there are.
  for (const part of (rest ?? '').split(',')) {
    const [, name = '', text = ''] =
      PARAMETER.exec(part.trim()) ?? malformed('parameters as name="value", commas between', 'something else')
    const key = name.toLowerCase()
    if (parameters.has(key)) malformed('each parameter once', `${name.slice(0, 16)} twice`)
    parameters.set(key, text)
  }
  const missing = REQUIRED.find((name) => !parameters.get(name))
  if (missing) malformed(`the parameter ${missing}`, 'none, or an empty one')
  return Object.fromEntries(parameters) as Parameters
}

function namesOf(headers: string): readonly string[] {
  const names = headers.split(' ')
  if (
    names.length <= MAX_HEADERS &&
    names.every((name) => /^(\(request-target\)|[\w!#$%&'*+.^`|~-]{1,100})$/i.test(name))
  )
    return names
  throw new VerificationError(
    'HEADERS_MALFORMED',
    `Expected up to ${MAX_HEADERS} header names of at most 100 characters with one space between, found another list.`,
  )
}

function bytesOf(signature: string): Bytes {
  return decodeBase64(signature) ?? malformed('the signature in padded base64', 'something else')
}

function malformed(expected: string, found: string): never {
  throw new VerificationError(
    'AUTHORIZATION_MALFORMED',
    `Expected ${expected} in the Authorization header, found ${found}.`,
  )
}
