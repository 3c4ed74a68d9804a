import type { Bytes } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'
import type { Claims } from '../types.js'
import { type ApiKeyId, type CertificateKeyId, type ParsedKeyId, parseKeyId, type ResourceKeyId } from './key-id.js'
import { principalOf } from './principal.js'
import type { WireRequest } from './received.js'
import { claimSignature, type ReplayStore } from './replay.js'
import { checkedSignature, type SignatureRules, type VerifiedSignature } from './signature.js'
import { type TokenRules, verifiedToken } from './token.js'
import { assertFingerprint, type PublicKeySource, verificationKey } from './verification-key.js'

export { type ParsedAuthorization, parseAuthorization } from './authorization.js'
export { type ParsedKeyId, parseKeyId } from './key-id.js'
export type { WireRequest } from './received.js'
export { memoryReplayStore, type ReplayStore } from './replay.js'

/** Whom to believe, and what to insist on. */
export interface VerifyOciOptions extends SignatureRules, TokenRules {
  /** The public key behind a key id that is no token, or `undefined` when it is unknown or no longer active. */
  readonly resolveKey?: KeyResolver | undefined
  /** Tenancies whose principals may call; any by default. */
  readonly tenancies?: readonly string[] | undefined
  /** The last word: whether this principal may call. */
  readonly authorize?: ((request: VerifiedOciRequest) => boolean | Promise<boolean>) | undefined
  /**
   * Refuses what was seen before. For log-ins and the like only: times have a resolution of one second, so two honest,
   * equal requests in the same second have the same signature.
   */
  readonly replayStore?: ReplayStore | undefined
}

/**
 * Finds public keys. Look a key up by everything that the key id says, not by its fingerprint alone: no signature covers
 * the key id, and whoever has a key of yours can write another user's or tenancy's name before its fingerprint.
 */
export type KeyResolver = (
  keyId: ApiKeyId | ResourceKeyId | CertificateKeyId,
) => PublicKeySource | undefined | Promise<PublicKeySource | undefined>

/** Who signed what. */
export interface VerifiedOciRequest extends VerifiedSignature {
  readonly keyId: ParsedKeyId
  /** The user, the token's subject, the resource, or the fingerprint of a certificate. */
  readonly subject: string
  /** Undefined when the key id names none. */
  readonly tenancy?: string
  /** The token's claims, verified. */
  readonly claims?: Claims
}

/**
 * Verifies a request that was signed with OCI request signature version 1, offline, and tells who sent it. The body of a
 * `Request` is read; go on with the one in the result.
 *
 * @throws VerificationError with the reason, for your log: answer with one generic 401, which tells an attacker nothing.
 * UsageError `BODY_NOT_REPLAYABLE` for a `Request` whose body was read already.
 * @example
 * ```ts
 * import { verifyOci } from 'countersign/verify/oci'
 *
 * declare const request: Request
 * declare const publicKeys: ReadonlyMap<string, Uint8Array<ArrayBuffer>>
 * const { subject, tenancy } = await verifyOci(request, {
 *   hosts: ['api.example.com'],
 *   resolveKey: (keyId) =>
 *     keyId.kind === 'api-key' ? publicKeys.get(`${keyId.tenancy}/${keyId.user}/${keyId.fingerprint}`) : undefined,
 *   tenancies: ['ocid1.tenancy.oc1..a'],
 * })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export async function verifyOci(
  request: Request | WireRequest,
  options: VerifyOciOptions,
): Promise<VerifiedOciRequest> {
  const { signature, signatureBytes, found } = await checkedSignature(request, options, (keyId, now) =>
    findKey(keyId, options, now),
  )
  const { keyId, claims } = found
  const verified = { ...signature, keyId, ...principalOf(keyId, claims), ...(claims && { claims }) }
  await assertWelcome(verified, signatureBytes, options)
  return verified
}

interface FoundKey {
  readonly keyId: ParsedKeyId
  readonly key: CryptoKey
  readonly claims?: Claims
}

async function findKey(text: string, options: VerifyOciOptions, now: number): Promise<FoundKey> {
  const { minimumKeyBits: minimumBits = 2048, resolveKey } = options
  const keyId = parseKeyId(text)
  if (keyId.kind === 'token') return { keyId, ...(await verifiedToken(keyId.token, options, { now, minimumBits })) }
  const source = await resolveKey?.(keyId)
  if (!source) throw new VerificationError('KEY_NOT_FOUND', 'Expected a key id that resolveKey knows, found another.')
  const key = await verificationKey(source, minimumBits)
  if (keyId.kind === 'api-key') await assertFingerprint(key, keyId.fingerprint)
  return { keyId, key }
}

/** Replay comes last, so that a refused request does not use up a signature. */
async function assertWelcome(request: VerifiedOciRequest, signature: Bytes, options: VerifyOciOptions): Promise<void> {
  const { tenancies, authorize } = options
  const { tenancy, time } = request
  if (tenancies && !(tenancy && tenancies.includes(tenancy))) throw principalRefused()
  if (authorize && !(await authorize(request))) throw principalRefused()
  await claimSignature(signature, time, options)
}

function principalRefused(): VerificationError {
  return new VerificationError('PRINCIPAL_REFUSED', 'Expected a principal that may call this service, found another.')
}
