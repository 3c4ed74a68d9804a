import type { AlibabaCredentials, CredentialsProvider } from '../types.js'
import { expiredAccessKey, type JudgeExpiry } from './alibaba-expiry.js'
import type { AlibabaFailure } from './alibaba-failure.js'

/** How a call finds out that its access key has expired. */
export interface RenewalOptions {
  /** Default: `expiredAccessKey()`. One that throws counts as saying no. */
  readonly expired?: JudgeExpiry | undefined
  /** Told when a judge throws. */
  readonly onJudgeError?: ((error: unknown) => void) | undefined
  readonly signal?: AbortSignal | undefined
}

/**
 * The credentials to try a failed call with once more, or `undefined` when it is not worth it: the failure has another
 * reason, newer credentials cannot be had, or they carry the same access key.
 */
export async function renewedCredentials(
  provider: CredentialsProvider<AlibabaCredentials>,
  refused: AlibabaCredentials,
  failure: AlibabaFailure,
  options: RenewalOptions = {},
): Promise<AlibabaCredentials | undefined> {
  if (!judged(failure, options)) return undefined
  const { signal } = options
  try {
    const renewed = await provider({ forceRefresh: refused, ...(signal && { signal }) })
    return sameAccessKey(renewed, refused) ? undefined : renewed
  } catch (error) {
    if (signal?.aborted) throw error
    // The caller learns of the first failure, which is the one that matters to it.
    return undefined
  }
}

function judged(failure: AlibabaFailure, { expired = expiredAccessKey(), onJudgeError }: RenewalOptions): boolean {
  try {
    return expired(failure)
  } catch (error) {
    onJudgeError?.(error)
    return false
  }
}

const sameAccessKey = (one: AlibabaCredentials, other: AlibabaCredentials): boolean =>
  one.accessKeyId === other.accessKeyId && one.securityToken === other.securityToken
