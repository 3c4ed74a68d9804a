import { runtime as defaultRuntime } from '#runtime'
import { encodeBase64 } from '../../encoding/base64.js'
import { utf8 } from '../../encoding/bytes.js'
import { readJson, serviceCall } from '../../http/service-call.js'
import type { Runtime } from '../../runtime/types.js'
import { SUBJECT_TOKEN_RETRY, type SubjectTokenSource, tokenMember } from './source.js'

/** A client of another identity provider. */
export interface ClientCredentialsOptions {
  /** The token endpoint of the identity provider that the trust names. */
  readonly tokenUrl: string
  readonly clientId: string
  readonly clientSecret: string
  readonly scope?: string
  /** What some providers (Auth0) take in place of a scope. */
  readonly audience?: string
  /** @defaultValue the runtime's own `fetch` */
  readonly fetch?: typeof fetch
  readonly runtime?: Pick<Runtime, 'fetch'>
}

/**
 * An access token of another identity provider by the client credentials grant, asked for anew for each exchange. The
 * provider must issue JWTs whose keys it publishes.
 *
 * Rejects with ServiceError when the provider refuses or answers without `access_token`.
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
  const { runtime = defaultRuntime } = options
  return async ({ signal } = {}) => {
    const call = { fetch: options.fetch ?? runtime.fetch, retry: SUBJECT_TOKEN_RETRY, timeoutMs: 10_000, signal }
    const response = await serviceCall(() => grantRequest(options), call)
    return tokenMember(await readJson(response, 'the token endpoint'), 'access_token', 'the token endpoint')
  }
}

function grantRequest({ tokenUrl, clientId, clientSecret, scope, audience }: ClientCredentialsOptions): Request {
  const form = new URLSearchParams({ grant_type: 'client_credentials' })
  if (scope !== undefined) form.set('scope', scope)
  if (audience !== undefined) form.set('audience', audience)
  // RFC 6749 section 2.3.1 form-encodes both parts before joining them.
  const pair = `${formEncode(clientId)}:${formEncode(clientSecret)}`
  const headers = { accept: 'application/json', authorization: `Basic ${encodeBase64(utf8(pair))}` }
  return new Request(tokenUrl, { method: 'POST', headers, body: form })
}

function formEncode(value: string): string {
  return new URLSearchParams([['', value]]).toString().slice(1)
}
