import type { ServiceError } from '../errors.js'
import { refusal } from './answers.js'
import type { EmulatorState } from './state.js'

/** What can be wrong with a signed request. */
export type AlibabaProblem =
  | 'access-key'
  | 'body-digest'
  | 'expired-url'
  | 'incomplete'
  | 'missing'
  | 'nonce'
  | 'signature'
  | 'time'
  | 'time-format'
  | 'token'
  | 'token-expired'
  | 'token-missing'
  | 'url'

/** How a family of services says so. */
export type AlibabaRefusals = Readonly<Record<AlibabaProblem, readonly [status: number, code: string, message: string]>>

const INCOMPLETE = 'The request signature does not conform to Aliyun standards.'

/** @see https://www.alibabacloud.com/help/en/sdk/developer-reference/troubleshoot-common-errors */
export const OPEN_API_REFUSALS: AlibabaRefusals = {
  'access-key': [404, 'InvalidAccessKeyId.NotFound', 'Specified access key is not found.'],
  'body-digest': [400, 'ContentSHA256Mismatch', 'The hash of the body is not that in x-acs-content-sha256.'],
  'expired-url': [400, 'InvalidTimeStamp.Expired', 'Specified time stamp or date value is expired.'],
  incomplete: [400, 'IncompleteSignature', INCOMPLETE],
  missing: [400, 'MissingSignature', 'The request is not signed.'],
  nonce: [400, 'SignatureNonceUsed', 'Specified signature nonce was used already.'],
  signature: [400, 'SignatureDoesNotMatch', 'Specified signature is not matched with our calculation.'],
  time: [400, 'IllegalTimestamp', 'The time of the request is more than fifteen minutes from that of the server.'],
  'time-format': [400, 'InvalidTimeStamp.Format', 'Specified time stamp or date value is not well formatted.'],
  token: [400, 'InvalidSecurityToken.MismatchWithAccessKey', 'Specified SecurityToken mismatch with the AccessKey.'],
  'token-expired': [400, 'InvalidSecurityToken.Expired', 'Specified SecurityToken is expired.'],
  'token-missing': [400, 'MissingSecurityToken', 'SecurityToken is mandatory for this action.'],
  url: [400, 'InvalidParameter', 'The specified URL is not well formatted.'],
}

/** @see https://www.alibabacloud.com/help/en/oss/support/error-codes */
export const OSS_REFUSALS: AlibabaRefusals = {
  'access-key': [403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided does not exist in our records.'],
  'body-digest': [400, 'InvalidDigest', 'The Content-MD5 you specified was invalid.'],
  'expired-url': [403, 'AccessDenied', 'Request has expired.'],
  incomplete: [400, 'InvalidArgument', 'Authorization header is invalid.'],
  missing: [403, 'AccessDenied', 'You have no right to access this object because of bucket acl.'],
  nonce: [403, 'AccessDenied', 'The request was received before.'],
  signature: [
    403,
    'SignatureDoesNotMatch',
    'The request signature we calculated does not match the signature you provided. Check your key and signing method.',
  ],
  time: [403, 'RequestTimeTooSkewed', 'The difference between the request time and the current time is too large.'],
  'time-format': [403, 'AccessDenied', 'OSS authentication requires a valid Date.'],
  token: [403, 'InvalidAccessKeyId', 'The OSS Access Key Id you provided does not exist in our records.'],
  'token-expired': [403, 'SecurityTokenExpired', 'The security token you provided has expired.'],
  'token-missing': [403, 'InvalidSecurityToken', 'The security token you provided is invalid.'],
  url: [400, 'InvalidURI', 'The specified URI could not be parsed.'],
}

/** What a check throws: counted as refused, and worded as the service words it. The detail is the emulator's own. */
export function refused(
  problem: AlibabaProblem,
  { state, refusals, detail }: { state: EmulatorState; refusals: AlibabaRefusals; detail?: string },
): ServiceError {
  const [status, code, message] = refusals[problem]
  state.counters.refused()
  return refusal(status, code, detail === undefined ? message : `${message} (${detail})`)
}
