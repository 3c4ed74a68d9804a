import { type Bytes, utf8 } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'
import { signingString } from '../signers/oci-signing-string.js'
import { type Clock, systemClock } from '../types.js'
import { type ParsedAuthorization, parseAuthorization } from './authorization.js'
import { coveredBody } from './body.js'
import { type CoverageRules, signedValues } from './coverage.js'
import { type ReceivedRequest, received, singleValue, type WireRequest } from './received.js'
import { type TimeWindow, timeOf } from './time-window.js'
import { assertSignature, type PublicKeySource, verificationKey } from './verification-key.js'

/** What to insist on, whoever signed. */
export interface SignatureRules extends CoverageRules, TimeWindow {
  /**
   * The authorities this service answers to, such as `api.example.com` or `localhost:8080`, ports as clients send them;
   * or a function that knows them. A request signed for another host was meant for another service.
   */
  readonly hosts: readonly string[] | ((host: string) => boolean)
  readonly clock?: Clock | undefined
  /** Longer bodies are refused. Default: 16 MiB. */
  readonly maxBodyBytes?: number | undefined
  /** WARNING: keys below 2048 bits can be broken. Lower it for published test keys only. */
  readonly minimumKeyBits?: number | undefined
}

/** What a signature covers, once it is good. */
export interface VerifiedSignature {
  readonly method: string
  /** Path and query as signed. */
  readonly target: string
  /** When it was signed, in epoch milliseconds. */
  readonly time: number
  readonly signedHeaders: readonly string[]
  /** The signed headers, and no others: those anyone on the way could have added. */
  readonly headers: { readonly get: (name: string) => string | undefined; readonly has: (name: string) => boolean }
  /** The bytes that the signature covers: use these, and not the request's. Absent when the body is not covered. */
  readonly body?: Bytes
  readonly signingString: string
}

/**
 * Verifies that the holder of one key signed a request. Whose key it is, you must know already: the key id is not looked
 * at. Where principals call, use `verifyOci`.
 *
 * @throws VerificationError with the reason, for your log; UsageError `BODY_NOT_REPLAYABLE` for a body that was read.
 * @example
 * ```ts
 * import { verifySignature } from 'countersign/verify/signature'
 *
 * declare const request: Request
 * declare const publicKey: CryptoKey
 * const { headers, body } = await verifySignature(request, publicKey, { hosts: ['api.example.com'] })
 * ```
 */
export async function verifySignature(
  request: Request | WireRequest,
  key: PublicKeySource,
  rules: SignatureRules,
): Promise<VerifiedSignature> {
  const { signature } = await checkedSignature(request, rules, async () => ({
    key: await verificationKey(key, rules.minimumKeyBits),
  }))
  return signature
}

interface Checked<Found> {
  readonly signature: VerifiedSignature
  readonly signatureBytes: Bytes
  readonly found: Found
}

/** The checks in their order, cheap ones first; the key is looked for when the request is otherwise in order. */
export async function checkedSignature<Found extends { readonly key: CryptoKey }>(
  request: Request | WireRequest,
  rules: SignatureRules,
  find: (keyId: string, now: number) => Promise<Found>,
): Promise<Checked<Found>> {
  const { clock = systemClock, maxBodyBytes = 2 ** 24 } = rules
  const now = clock()
  const sent = received(request, maxBodyBytes)
  const authorization = authorizationOf(sent)
  const values = await signedValues(sent, authorization.headers, rules)
  assertHost(sent, rules)
  const time = timeOf(values, now, rules)
  const found = await find(authorization.keyId, now)
  const signedHeaders = authorization.headers.map((name) => name.toLowerCase())
  const text = signingString(signedHeaders, values)
  await assertSignature(found.key, authorization.signature, utf8(text))
  const body = await coveredBody(sent, values, rules)
  const { method, target } = sent
  const covered = {
    method,
    target,
    time,
    signedHeaders,
    headers: onlySigned(values),
    ...(body && { body }),
    signingString: text,
  }
  return { signature: covered, signatureBytes: authorization.signature, found }
}

function authorizationOf(request: ReceivedRequest): ParsedAuthorization {
  const { length = 0 } = request.headers.get('authorization') ?? []
  if (length > 1)
    throw new VerificationError('AUTHORIZATION_MALFORMED', `Expected one Authorization header, found ${length}.`)
  const value = singleValue(request, 'authorization')
  if (value !== undefined) return parseAuthorization(value)
  throw new VerificationError('AUTHORIZATION_MISSING', 'Expected an Authorization header, found none.')
}

function assertHost(request: ReceivedRequest, { hosts }: SignatureRules): void {
  const host = (singleValue(request, 'host') ?? '').toLowerCase()
  // To the letter: a promise, which the types do not allow here, would count as a yes.
  const known = typeof hosts === 'function' ? hosts(host) === true : hosts.some((own) => own.toLowerCase() === host)
  if (!known)
    throw new VerificationError(
      'HOST_REFUSED',
      'Expected a request signed for a host of this service, found another host.',
    )
}

function onlySigned(values: Readonly<Record<string, string>>): VerifiedSignature['headers'] {
  const get = (name: string): string | undefined => values[name.toLowerCase()]
  return { get, has: (name) => get(name) !== undefined }
}
