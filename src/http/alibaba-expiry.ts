import type { AlibabaFailure } from './alibaba-failure.js'

/** Tells whether a failure means that the access key has expired or was removed: the reason to fetch a new one. */
export type JudgeExpiry = (failure: AlibabaFailure) => boolean

/** The codes that every client takes for an access key that is gone. */
export const EXPIRED_ACCESS_KEY_CODES: readonly string[] = ['InvalidAccessKeyId.NotFound', 'InvalidAccessKeyId']

/**
 * Judges by the code of the failure, which must match exactly.
 *
 * @param codes Default: {@link EXPIRED_ACCESS_KEY_CODES}. Some gateways say `Unauthorized`, a disabled access key is
 * answered with `InvalidAccessKeyId.Inactive`, and temporary credentials with `InvalidSecurityToken.Expired` or, by OSS,
 * `SecurityTokenExpired`; name them to have them judged the same way.
 * @example
 * ```ts
 * import { EXPIRED_ACCESS_KEY_CODES, expiredAccessKey } from 'countersign/http/alibaba-expiry'
 *
 * const judge = expiredAccessKey([...EXPIRED_ACCESS_KEY_CODES, 'Unauthorized'])
 * ```
 */
export function expiredAccessKey(codes: string | readonly string[] = EXPIRED_ACCESS_KEY_CODES): JudgeExpiry {
  const known = new Set(typeof codes === 'string' ? [codes] : codes)
  return ({ code }) => known.has(code)
}
