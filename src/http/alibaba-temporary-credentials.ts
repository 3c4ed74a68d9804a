import { asJsonObject, readJsonText } from '../encoding/json.js'
import { ServiceError } from '../errors.js'

/** What the metadata service and STS hand out. */
export interface TemporaryCredentials {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken: string
  /** Epoch milliseconds. */
  readonly expiresAt: number
}

/**
 * Reads `{"AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration"}`, and checks `Code` where it must have a value.
 *
 * @throws ServiceError `SERVICE_RESPONSE_INVALID`, without the answer in its message.
 */
export function temporaryCredentials(
  answer: unknown,
  source: string,
  expected: { readonly code?: string } = {},
): TemporaryCredentials {
  const fields = asJsonObject(typeof answer === 'string' ? readJsonText(answer) : answer) ?? {}
  const { AccessKeyId, AccessKeySecret, SecurityToken, Expiration, Code } = fields
  const expiresAt = typeof Expiration === 'string' ? Date.parse(Expiration) : Number.NaN
  if (expected.code !== undefined && Code !== expected.code) throw invalid(source, `"Code": "${expected.code}"`)
  if (!isText(AccessKeyId) || !isText(AccessKeySecret) || !isText(SecurityToken)) {
    throw invalid(source, '"AccessKeyId", "AccessKeySecret" and "SecurityToken"')
  }
  if (Number.isNaN(expiresAt)) throw invalid(source, 'a time in "Expiration"')
  return { accessKeyId: AccessKeyId, accessKeySecret: AccessKeySecret, securityToken: SecurityToken, expiresAt }
}

function invalid(source: string, expected: string): ServiceError {
  return new ServiceError(
    'SERVICE_RESPONSE_INVALID',
    `Expected ${expected} in the answer of ${source}, found something else.`,
  )
}

const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
