import { ConfigurationError, ServiceError, UsageError } from '../errors.js'
import { type SignedCallOptions, signedCall } from '../http/signed-call.js'
import type { OciCredentials } from '../types.js'
import { readTokenAnswer } from './token-answer.js'

/**
 * Asks for a new token of the same session, for the same key. It works while the current token is valid and the session,
 * which lasts for up to a day, is not over.
 *
 * @param endpoint the token service, such as `https://auth.eu-frankfurt-1.oraclecloud.com`
 * @throws UsageError `OPTION_INVALID` for credentials without a token.
 * @throws ConfigurationError `SESSION_EXPIRED` when the service refuses: whoever owns the session must log in again.
 * @throws ServiceError when the service cannot be reached or answers with something else.
 * @example
 * ```ts
 * import type { OciCredentials } from 'countersign'
 * import { refreshSession } from 'countersign/federation/session-refresh'
 *
 * declare const credentials: OciCredentials
 * const token = await refreshSession(credentials, 'https://auth.eu-frankfurt-1.oraclecloud.com', { fetch })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/SDKDocs/clitoken.htm
 */
export async function refreshSession(
  credentials: OciCredentials,
  endpoint: string,
  options: SignedCallOptions,
): Promise<string> {
  if (credentials.token === undefined) throw noSession()
  const url = `${endpoint.replace(/\/$/, '')}/v1/authentication/refresh`
  const body = JSON.stringify({ currentToken: credentials.token })
  try {
    return await readTokenAnswer(await signedCall({ method: 'POST', url, body }, credentials, options))
  } catch (error) {
    throw error instanceof ServiceError && error.status === 401 ? sessionOver(error) : error
  }
}

function noSession(): UsageError {
  return new UsageError(
    'OPTION_INVALID',
    'Expected the credentials of a session to prolong, got credentials without a token.',
  )
}

function sessionOver(cause: ServiceError): ConfigurationError {
  const message = `Expected the session to be prolonged, the token service refused (401); ${LOG_IN_AGAIN}`
  return new ConfigurationError('SESSION_EXPIRED', message, { cause })
}

/** What is left to do when a session is over. */
export const LOG_IN_AGAIN = 'log in again, for instance with "oci session authenticate".'
