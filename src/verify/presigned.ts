import { UsageError, VerificationError } from '../errors.js'
import { type Clock, systemClock } from '../types.js'
import { parseAuthorization } from './authorization.js'
import { coveredBody } from './body.js'
import { type CoverageRules, signedValues } from './coverage.js'
import { type ParsedKeyId, parseKeyId } from './key-id.js'
import { received, singleValue, type WireRequest } from './received.js'
import { claimSignature, type ReplayStore } from './replay.js'
import { type TimeWindow, timeOf } from './time-window.js'

/** Rules for a request whose signature OCI itself will check: all that can be said without the key. */
export interface PresignedRules extends Pick<CoverageRules, 'requiredHeaders' | 'allowMixedCaseNames'>, TimeWindow {
  readonly clock?: Clock | undefined
  /** Longer bodies are refused. Default: 64 KiB. */
  readonly maxBodyBytes?: number | undefined
  /** Refuses what was seen before. Logins should have one, or a challenge. */
  readonly replayStore?: ReplayStore | undefined
}

/** A request in order but for its signature, which nobody has checked yet. */
export interface Presigned {
  readonly keyId: ParsedKeyId
  /** The signed headers alone, and `authorization`: nothing else may be sent on. */
  readonly headers: Readonly<Record<string, string>>
  /** Epoch milliseconds. */
  readonly time: number
  /** Whether this is the first time; to be asked when all else is in order. */
  readonly claim: () => Promise<void>
}

const MAX_BODY_BYTES = 65_536

/**
 * Checks everything about a signed request that needs no key: form, coverage, time, digest.
 *
 * @throws VerificationError as `verifyOci` does.
 */
export async function checkPresigned(request: WireRequest | Request, rules: PresignedRules): Promise<Presigned> {
  const { clock = systemClock, requiredHeaders, allowMixedCaseNames, maxBodyBytes = MAX_BODY_BYTES } = rules
  const coverage = { requiredHeaders, allowMixedCaseNames }
  const sent = received(request, maxBodyBytes)
  const text = singleValue(sent, 'authorization')
  if (text === undefined) throw new VerificationError('AUTHORIZATION_MISSING', 'Expected an Authorization header.')
  const authorization = parseAuthorization(text)
  const values = await signedValues(sent, authorization.headers, coverage)
  const time = timeOf(values, clock(), rules)
  await coveredBody(sent, values, coverage)
  return {
    keyId: parseKeyId(authorization.keyId),
    headers: { ...values, authorization: text },
    time,
    claim: () => claimSignature(authorization.signature, time, rules),
  }
}

/** Tenancies must be named: OCI knows the users of all of them. @throws UsageError `OPTION_INVALID` for none. */
export function requireTenancies(tenancies: readonly string[]): void {
  if (tenancies.length > 0) return
  throw new UsageError('OPTION_INVALID', 'Expected at least one tenancy whose principals may call.')
}

/** What is refused about a principal, in words for the log. */
export function principalRefused(because: string): VerificationError {
  return new VerificationError('PRINCIPAL_REFUSED', `Expected a principal that may call this service, but ${because}.`)
}
