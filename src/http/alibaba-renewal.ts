import { ServiceError } from '../errors.js'
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

/**
 * Makes a call with credentials of the provider, by an SDK or by this library. When it fails because the access key has
 * expired, the credentials are refreshed, and the call is made once more if the key changed.
 *
 * @throws what the call throws: the second time, or the first where there was no second.
 * @example
 * ```ts
 * import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
 * import { renewedCall } from 'countersign/http/alibaba-sdk'
 *
 * declare const ecs: { describeRegions(): Promise<object> }
 * const credentials = alibabaManaged({ secretName: 'my-ram-secret' })
 * const regions = () => renewedCall(credentials, () => ecs.describeRegions())
 * ```
 */
export async function renewedCall<T>(
  provider: CredentialsProvider<AlibabaCredentials>,
  call: (credentials: AlibabaCredentials) => Promise<T>,
  options: RenewalOptions = {},
): Promise<T> {
  const refused = await provider(options.signal && { signal: options.signal })
  try {
    return await call(refused)
  } catch (error) {
    const failure = failureOf(error)
    const renewed = failure && (await renewedCredentials(provider, refused, failure, options))
    if (renewed === undefined) throw final(error)
    return call(renewed).catch((second: unknown) => {
      throw final(second)
    })
  }
}

// A client's methods call each other; the outer one must not try again what the inner one has tried again.
const finalErrors = new WeakSet<object>()

function final(error: unknown): unknown {
  if (typeof error === 'object' && error !== null) finalErrors.add(error)
  return error
}

/** The failure of a service in what an SDK or this library throws. */
function failureOf(error: unknown): AlibabaFailure | undefined {
  if (typeof error !== 'object' || error === null || finalErrors.has(error)) return undefined
  const { code, status, statusCode, message } = error as Readonly<Record<string, unknown>>
  const serviceCode = error instanceof ServiceError ? error.serviceCode : code
  if (typeof serviceCode !== 'string') return undefined
  return {
    code: serviceCode,
    status: Number(status ?? statusCode ?? 0),
    ...(typeof message === 'string' && { message }),
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
