import { encodeBase64 } from '../../encoding/base64.js'
import { utf8 } from '../../encoding/bytes.js'
import { serviceUrl } from '../../http/service-url.js'
import type { SubjectTokenSource } from './source.js'
import { type TokenCallConnection, tokenCall, tokenInJson } from './token-call.js'

/** A client of another identity provider. */
export interface ClientCredentialsOptions extends TokenCallConnection {
  /** The token endpoint of the identity provider that the trust names. */
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
  /** What some providers (Auth0) take in place of a scope. */
  readonly audience?: string
}

/**
 * An access token of another identity provider by the client credentials grant, asked for anew for each exchange. The
 * provider must issue JWTs whose keys it publishes.
 *
 * Rejects with ServiceError when the provider refuses or answers without `access_token`, UsageError `URL_INVALID` for a
 * `tokenUrl` that is none.
 * @example
 * ```ts
 * import { clientCredentials } from 'countersign/federation/subject-tokens/client-credentials'
 *
 * declare const clientSecret: string
 * const subjectToken = clientCredentials({ tokenUrl: 'https://idp.example.com/token', clientId: 'ci', clientSecret })
 * ```
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-4.4
 */
export function clientCredentials(options: ClientCredentialsOptions): SubjectTokenSource {
  return async (context = {}) => {
    const response = await tokenCall(() => grantRequest(options), options, context)
    return tokenInJson(response, 'access_token', 'the token endpoint')
  }
}

function grantRequest({ tokenUrl, clientId, clientSecret, scope, audience }: ClientCredentialsOptions): Request {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) form.set('scope', scope)
  if (audience !== undefined) form.set('audience', audience)
  // RFC 6749 section 2.3.1 form-encodes both parts before joining them.
  const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`
  const headers = { accept: 'application/json', authorization: `Basic ${encodeBase64(utf8(pair))}` }
  return new Request(serviceUrl(tokenUrl, 'tokenUrl'), { method: 'POST', headers, body: form })
}

function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}
