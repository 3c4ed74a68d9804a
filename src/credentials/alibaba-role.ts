import { type AssumedRole, assumeRole, type StsEndpoint } from '../federation/alibaba-sts.js'
import { renewedCall } from '../http/alibaba-renewal.js'
import type { AlibabaCredentials, CredentialsProvider } from '../types.js'
import { type AlibabaProviderOptions, alibabaCalls } from './alibaba-options.js'
import type { CachedProvider } from './cache-options.js'
import { cached } from './cached.js'

export interface AlibabaRoleOptions extends AlibabaProviderOptions, Omit<AssumedRole, 'roleSessionName'> {
  /** Names the session in audit logs. Default: `countersign`. */
  readonly roleSessionName?: string | undefined
  /** Who takes the role on. */
  readonly credentials: CredentialsProvider<AlibabaCredentials>
  /** Where the Security Token Service is. */
  readonly sts?: StsEndpoint | undefined
  /** What the role's trust policy may ask for. */
  readonly externalId?: string | undefined
}

/**
 * Signs as a RAM role, with temporary credentials that the Security Token Service gives to whoever may take the role on.
 * When the caller's access key has expired, it is refreshed, and the call is made once more if it changed.
 *
 * @throws UsageError `OPTION_INVALID`; ServiceError as STS fails; what the caller's provider throws.
 * @example
 * ```ts
 * import { alibabaEcsRamRole } from 'countersign/credentials/alibaba-ecs-ram-role'
 * import { alibabaRole } from 'countersign/credentials/alibaba-role'
 *
 * const credentials = alibabaRole({ roleArn: 'acs:ram::1234567890123456:role/reader', credentials: alibabaEcsRamRole() })
 * ```
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
export function alibabaRole(options: AlibabaRoleOptions): CachedProvider<AlibabaCredentials> {
  const { roleArn, roleSessionName = 'countersign', durationSeconds, policy, externalId } = options
  const role = { roleArn, roleSessionName, durationSeconds, policy, externalId, ...options.sts }
  return cached<AlibabaCredentials>(async (context) => {
    const { signal } = context
    const calls = alibabaCalls(options, context)
    const taken = await renewedCall(options.credentials, (caller) => assumeRole(role, caller, calls), { signal })
    return { ...taken, source: 'alibaba-role' }
  }, options)
}
