import { VerificationError } from '../errors.js'
import { REQUEST_TARGET, requestTarget } from '../signers/oci-signing-string.js'
import { type ReceivedRequest, singleValue } from './received.js'

/** What a signature must cover. */
export interface CoverageRules {
  /** Headers that must be signed beyond those that every OCI request signs. */
  readonly requiredHeaders?: readonly string[] | undefined
  /** WARNING: accepts header names in another case than lower case, as `oci-common` for Node lists them. */
  readonly allowMixedCaseNames?: boolean | undefined
  /** WARNING: a request signed for another host passes. Only for the token service, whose own SDKs leave `host` out. */
  readonly allowUnsignedHost?: boolean | undefined
  /** WARNING: the body can be replaced on the way. Only for the routes of streamed uploads. */
  readonly allowUnsignedBody?: boolean | undefined
  /** WARNING: nobody hashes the body. Only where headers are judged without it, and whoever has it compares its digest. */
  readonly allowAbsentBody?: boolean | undefined
}

/** What describes a body, and is signed with it. */
export const BODY_HEADERS: readonly string[] = ['content-length', 'content-type', 'x-content-sha256']
const METHODS_WITH_BODY = ['POST', 'PUT', 'PATCH']
// A joined field looks like one with a comma; none of these has one in earnest.
const NEVER_WITH_COMMA = new Set(['host', ...BODY_HEADERS])

/**
 * The signed lines by name, in the order of the signature, once it is clear that they are enough.
 *
 * @throws VerificationError `HEADERS_MALFORMED`, `HEADER_NOT_SIGNED`, `HEADER_DUPLICATED`
 */
export async function signedValues(
  request: ReceivedRequest,
  listed: readonly string[],
  rules: CoverageRules,
): Promise<Readonly<Record<string, string>>> {
  const names = listed.map((name) => canonicalName(name, rules))
  if (new Set(names).size < names.length) throw malformed('each header once in the list', 'one twice')
  const missing = requiredNames(request, rules).find((name) => !names.includes(name))
  if (missing) throw notSigned(missing)
  if (!names.includes('x-date') && !names.includes('date')) throw notSigned('x-date')
  const values: Record<string, string> = Object.create(null)
  for (const name of names) values[name] = await lineOf(request, name)
  return values
}

function canonicalName(name: string, { allowMixedCaseNames }: CoverageRules): string {
  const canonical = name.toLowerCase()
  if (canonical !== name && !allowMixedCaseNames) throw malformed('header names in lower case', `"${name}"`)
  return canonical
}

function requiredNames({ method, headers }: ReceivedRequest, rules: CoverageRules): readonly string[] {
  const { requiredHeaders = [], allowUnsignedHost, allowUnsignedBody } = rules
  const body = METHODS_WITH_BODY.includes(method.toUpperCase()) && !allowUnsignedBody
  return [
    REQUEST_TARGET,
    ...(allowUnsignedHost ? [] : ['host']),
    ...(body ? BODY_HEADERS : []),
    ...(headers.has('opc-obo-token') ? ['opc-obo-token'] : []),
    ...requiredHeaders.map((name) => name.toLowerCase()),
  ]
}

async function lineOf(request: ReceivedRequest, name: string): Promise<string> {
  if (name === REQUEST_TARGET) return requestTarget(request.method, request.target)
  const value = singleValue(request, name) ?? (await derived(request, name))
  if (value === undefined) throw malformed(`the signed header "${name}" in the request`, 'none')
  if (request.merged && NEVER_WITH_COMMA.has(name) && value.includes(',')) {
    throw new VerificationError(
      'HEADER_DUPLICATED',
      `Expected the header "${name}" once, found values joined by a comma.`,
    )
  }
  return value
}

/** Runtimes keep `content-length` from whoever makes a `Request`; the bytes themselves tell it. */
async function derived(request: ReceivedRequest, name: string): Promise<string | undefined> {
  return request.merged && name === 'content-length' ? String((await request.body()).length) : undefined
}

function malformed(expected: string, found: string): VerificationError {
  return new VerificationError('HEADERS_MALFORMED', `Expected ${expected}, found ${found}.`)
}

/** A signature that leaves a header out. */
export function notSigned(name: string): VerificationError {
  return new VerificationError(
    'HEADER_NOT_SIGNED',
    `Expected the signature to cover "${name}", found it missing from the list.`,
  )
}
