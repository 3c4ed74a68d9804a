import { writePem } from '../encoding/pem.js'
import { UsageError } from '../errors.js'
import { type SignedCallOptions, signedCall } from '../http/signed-call.js'
import type { OciCredentials } from '../types.js'
import { tokenCredentials } from './security-token.js'
import { newSessionKey, type SessionKeySource } from './session-key-source.js'
import { readTokenAnswer } from './token-answer.js'

export interface GenerateSessionOptions extends SignedCallOptions {
  /** The token service, such as `https://auth.eu-frankfurt-1.oraclecloud.com`. */
  readonly endpoint: string
  /** How long the token lives, in minutes from 5 to 60. Default: 60. */
  readonly minutes?: number | undefined
  /** Default: a new key of 2048 bits, which cannot be exported. Ask for `extractable` to write the session to files. */
  readonly sessionKey?: SessionKeySource | undefined
}

/**
 * Begins a session of the user who signs with an API key or another session: what `oci session authenticate
 * --no-browser` does. The new token has a key of its own, and can be prolonged with `refreshSession`.
 *
 * @throws UsageError `OPTION_INVALID` for a life outside 5 to 60 minutes.
 * @throws ServiceError when the token service refuses or cannot be reached.
 * @throws ConfigurationError `TOKEN_INVALID`, `TOKEN_KEY_MISMATCH` when its answer does not fit.
 * @example
 * ```ts
 * import { apiKey } from 'countersign'
 * import { generateSession } from 'countersign/federation/session-generation'
 *
 * declare const privateKey: string
 * const user = apiKey({ tenancy: 'ocid1.tenancy.oc1..aaaa', user: 'ocid1.user.oc1..aaaa', privateKey })
 * const endpoint = 'https://auth.eu-frankfurt-1.oraclecloud.com'
 * const session = await generateSession(await user(), { endpoint, minutes: 15, fetch })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/SDKDocs/clitoken.htm
 */
export async function generateSession(user: OciCredentials, options: GenerateSessionOptions): Promise<OciCredentials> {
  const { endpoint, minutes = 60 } = options
  if (!(Number.isInteger(minutes) && minutes >= 5 && minutes <= 60)) {
    throw new UsageError('OPTION_INVALID', `Expected minutes to be a whole number from 5 to 60, got ${minutes}.`)
  }
  const key = await newSessionKey(options.sessionKey)
  const url = `${endpoint.replace(/\/$/, '')}/v1/token/upst/actions/GenerateUpst`
  const body = JSON.stringify({
    publicKey: writePem('PUBLIC KEY', key.publicKey),
    sessionExpirationInMinutes: minutes,
  })
  const token = await readTokenAnswer(await signedCall({ method: 'POST', url, body }, user, options))
  return tokenCredentials({ token, key, source: 'session-token', region: user.region, tenancy: user.tenancy })
}
