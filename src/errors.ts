/** What the caller passed cannot be used. */
export type UsageCode =
  | 'BODY_NOT_ALLOWED'
  | 'BODY_NOT_REPLAYABLE'
  | 'BODY_LENGTH_UNKNOWN'
  | 'BODY_UNSUPPORTED'
  | 'DISPOSED'
  | 'HEADER_INVALID'
  | 'KEY_ID_INVALID'
  | 'METHOD_INVALID'
  | 'OPTION_INVALID'
  | 'UNSUPPORTED_RUNTIME'
  | 'URL_INVALID'

/** The credentials' set-up cannot be used, or is not there. */
export type ConfigurationCode =
  | 'CERTIFICATE_INVALID'
  | 'CERTIFICATE_KEY_MISMATCH'
  | 'COMMAND_FAILED'
  | 'CONFIG_INVALID'
  | 'CONFIG_MISSING'
  | 'FINGERPRINT_MISMATCH'
  | 'KEY_CORRUPT'
  | 'KEY_IS_CERTIFICATE'
  | 'KEY_IS_PATH'
  | 'KEY_IS_PUBLIC'
  | 'KEY_NOT_PEM'
  | 'KEY_NOT_RSA'
  | 'KEY_PASSPHRASE_REQUIRED'
  | 'KEY_PASSPHRASE_WRONG'
  | 'KEY_TOO_SMALL'
  | 'KEY_UNSUPPORTED'
  | 'NESTING_LIMIT'
  | 'NOT_CONFIGURED'
  | 'PEM_INVALID'
  | 'PROFILE_MISSING'
  | 'SESSION_EXPIRED'
  | 'TENANCY_CHANGED'
  | 'TOKEN_EXPIRED'
  | 'TOKEN_INVALID'
  | 'TOKEN_KEY_MISMATCH'

/** A remote service answered with an error, with nonsense, or not at all. */
export type ServiceCode =
  | 'SERVICE_ERROR'
  | 'SERVICE_UNREACHABLE'
  | 'SERVICE_RESPONSE_INVALID'
  | 'TIMEOUT'
  | 'REDIRECT_REFUSED'

/** A signature was not accepted by the verifier. */
export type VerificationCode =
  | 'AUTHORIZATION_MALFORMED'
  | 'AUTHORIZATION_MISSING'
  | 'AUTHORIZATION_TOO_LARGE'
  | 'ALGORITHM_REFUSED'
  | 'BODY_DIGEST_MISMATCH'
  | 'BODY_TOO_LARGE'
  | 'DATE_INVALID'
  | 'DATE_OUT_OF_WINDOW'
  | 'HEADERS_MALFORMED'
  | 'HEADER_DUPLICATED'
  | 'HEADER_NOT_SIGNED'
  | 'HOST_REFUSED'
  | 'KEY_NOT_FOUND'
  | 'KEY_REFUSED'
  | 'PRINCIPAL_REFUSED'
  | 'REPLAYED'
  | 'SIGNATURE_MISMATCH'
  | 'TOKEN_REFUSED'
  | 'TOKEN_UNVERIFIED'
  | 'VERSION_REFUSED'

/** Every code an error of this library can carry. Codes are stable; messages are not. */
export type ErrorCode = UsageCode | ConfigurationCode | ServiceCode | VerificationCode

/** The base of every error this library throws. Its message holds no secret, token or key. */
export class CountersignError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name: string = 'CountersignError'
  readonly code: Code

  constructor(code: Code, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}

/** The caller must change what it passes. */
export class UsageError extends CountersignError<UsageCode> {
  override readonly name = 'UsageError'
}

/** Whoever set up the credentials must change the set-up. `NOT_CONFIGURED` lets a chain go on; every other code stops it. */
export class ConfigurationError extends CountersignError<ConfigurationCode> {
  override readonly name = 'ConfigurationError'
}

/** What is known of a remote service's failure. A `ServiceError` is one too, for a new error that says more. */
export interface ServiceFailure extends ErrorOptions {
  /** HTTP status, when there was an answer. */
  readonly status?: number | undefined
  /** The service's own error code, such as `NotAuthenticated`. */
  readonly serviceCode?: string | undefined
  /** The request id to give to the provider's support. */
  readonly requestId?: string | undefined
  /** Origin and path of what was called; never a query. */
  readonly endpoint?: string | undefined
  /** Whether the same request may succeed later. */
  readonly retryable?: boolean | undefined
  /** How many times it was tried. */
  readonly attempts?: number | undefined
}

/** The remote service must be looked at, or tried again. */
export class ServiceError extends CountersignError<ServiceCode> {
  override readonly name = 'ServiceError'
  readonly status: number | undefined
  readonly serviceCode: string | undefined
  readonly requestId: string | undefined
  readonly endpoint: string | undefined
  readonly retryable: boolean
  readonly attempts: number | undefined

  constructor(code: ServiceCode, message: string, failure: ServiceFailure = {}) {
    super(code, message, failure)
    this.status = failure.status
    this.serviceCode = failure.serviceCode
    this.requestId = failure.requestId
    this.endpoint = failure.endpoint
    this.retryable = failure.retryable ?? false
    this.attempts = failure.attempts
  }
}

/** The sender of the request must be refused. The code is for your log: answer outside with one generic error. */
export class VerificationError extends CountersignError<VerificationCode> {
  override readonly name = 'VerificationError'
}
