import { ConfigurationError } from '../errors.js'
import type { AlibabaCredentials, CredentialsProvider } from '../types.js'
import { type AlibabaSurroundings, runtimeOf } from './alibaba-options.js'

/** An access key, with the security token where it is a temporary one. */
export interface AlibabaAccessKeyOptions {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** The security token of temporary credentials. */
  readonly securityToken?: string | undefined
  /** When a temporary access key ends, in epoch milliseconds. */
  readonly expiresAt?: number | undefined
}

const ID = 'ALIBABA_CLOUD_ACCESS_KEY_ID'
const SECRET = 'ALIBABA_CLOUD_ACCESS_KEY_SECRET'
const TOKEN = 'ALIBABA_CLOUD_SECURITY_TOKEN'

/**
 * Signs with an access key that you hold: of a RAM user, or a temporary one with its security token. Where you can, hold
 * none: name a secret (`alibabaManaged`), or have the machine's own role (`alibabaEcsRamRole`).
 *
 * @throws ConfigurationError `CONFIG_INVALID` for an empty id or secret.
 * @example
 * ```ts
 * import { alibabaAccessKey } from 'countersign/credentials/alibaba-access-key'
 *
 * const credentials = alibabaAccessKey({ accessKeyId: 'LTAI…', accessKeySecret: '…' })
 * ```
 * @see https://www.alibabacloud.com/help/en/ram/user-guide/create-an-accesskey-pair
 */
export function alibabaAccessKey(options: AlibabaAccessKeyOptions): CredentialsProvider<AlibabaCredentials> {
  const credentials = accessKeyOf(options, 'alibaba-access-key')
  return async ({ signal } = {}) => {
    signal?.throwIfAborted()
    return credentials
  }
}

/**
 * Signs with the access key in `ALIBABA_CLOUD_ACCESS_KEY_ID` and `ALIBABA_CLOUD_ACCESS_KEY_SECRET`, and with
 * `ALIBABA_CLOUD_SECURITY_TOKEN` where that is set. The variables are read by each call.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` when one of the two is missing.
 * @example
 * ```ts
 * import { alibabaEnvironment } from 'countersign/credentials/alibaba-access-key'
 *
 * const credentials = alibabaEnvironment()
 * ```
 */
export function alibabaEnvironment(options: AlibabaSurroundings = {}): CredentialsProvider<AlibabaCredentials> {
  let known: AlibabaCredentials | undefined
  return async ({ signal } = {}) => {
    signal?.throwIfAborted()
    const { env } = runtimeOf(options)
    const [accessKeyId, accessKeySecret] = [env(ID)?.trim(), env(SECRET)?.trim()]
    if (!accessKeyId || !accessKeySecret) throw notSet(accessKeyId ? [SECRET] : accessKeySecret ? [ID] : [ID, SECRET])
    const securityToken = env(TOKEN)?.trim() || undefined
    const found = accessKeyOf({ accessKeyId, accessKeySecret, securityToken }, 'alibaba-environment')
    // The same object while nothing changes: signers keep derived keys by it.
    if (known === undefined || !isSame(known, found)) known = found
    return known
  }
}

function accessKeyOf(options: AlibabaAccessKeyOptions, source: string): AlibabaCredentials {
  const { accessKeyId, accessKeySecret, securityToken, expiresAt } = options
  for (const [name, value] of Object.entries({ accessKeyId, accessKeySecret })) {
    if (typeof value === 'string' && value.trim() !== '') continue
    const found = typeof value === 'string' ? 'an empty one' : `a value of type ${typeof value}`
    throw new ConfigurationError('CONFIG_INVALID', `Expected a non-empty ${name}, found ${found}.`)
  }
  const token = securityToken?.trim()
  return Object.freeze({
    accessKeyId: accessKeyId.trim(),
    accessKeySecret: accessKeySecret.trim(),
    ...(token && { securityToken: token }),
    ...(expiresAt !== undefined && { expiresAt }),
    source,
  })
}

const isSame = (one: AlibabaCredentials, other: AlibabaCredentials): boolean =>
  one.accessKeyId === other.accessKeyId &&
  one.accessKeySecret === other.accessKeySecret &&
  one.securityToken === other.securityToken

function notSet(names: readonly string[]): ConfigurationError {
  return new ConfigurationError('NOT_CONFIGURED', `Expected ${names.join(' and ')} to be set, found nothing.`)
}
