import { encodeBase64 } from '../encoding/base64.js'
import { utf8 } from '../encoding/bytes.js'
import { asJsonObject } from '../encoding/json.js'
import { ServiceError, UsageError } from '../errors.js'
import { RETRY, type RetryPolicy } from '../http/retry.js'
import { readJson, type ServiceCallOptions, serviceCall } from '../http/service-call.js'
import { type OciSignOptions, signOci } from '../signers/oci.js'
import type { Clock, CredentialsProvider, OciCredentials } from '../types.js'
import { identityDomain } from './identity-domain.js'
import { namesOf } from './token-answer.js'
import { explainExchangeFailure } from './token-exchange-failure.js'

/** How the caller of an exchange proves that the domain knows it. */
export type ExchangeClient = ConfidentialClient | SigningClient

/** A confidential application's id (its `name` in the domain) and secret. */
export interface ConfidentialClient {
  readonly id: string
  readonly secret: string
  /**
   * Where the two go: `header` is HTTP Basic, `body` two form fields.
   * @defaultValue `header`
   */
  readonly placement?: 'header' | 'body'
}

/** OCI credentials that sign the exchange in place of a secret, such as an instance principal's. */
export interface SigningClient {
  readonly credentials: CredentialsProvider<OciCredentials>
}

/** How an exchange is made, and with which domain. */
export interface TokenExchangeOptions extends ServiceCallOptions {
  /** The identity domain's URL, as {@link identityDomain} takes it. */
  readonly domain: string
  readonly client: ExchangeClient
  /** @defaultValue three attempts, for no answer, 429 and 5xx */
  readonly retry?: RetryPolicy | false | undefined
}

/** Refusals stay refusals; the waits begin at 2 and 4 seconds, as those of Go's client do. */
export const EXCHANGE_RETRY: RetryPolicy = {
  ...RETRY.FEDERATION,
  baseMs: 2000,
  retryOn: (status) => status === undefined || status === 429 || status >= 500,
}

/**
 * Sends a form of `tokenExchangeForm` to the identity domain and answers with the session token.
 *
 * @throws ServiceError `SERVICE_ERROR` whose message names the cause and the claims of the subject token that matter,
 * `SERVICE_RESPONSE_INVALID` for an answer without a token, `SERVICE_UNREACHABLE`, `TIMEOUT`.
 * @throws UsageError `URL_INVALID` for a domain that is none, `OPTION_INVALID` for an empty client id or secret.
 * @example
 * ```ts
 * import { exchangeToken } from 'countersign/federation/token-exchange'
 * import { tokenExchangeForm } from 'countersign/federation/token-exchange-form'
 * import { generateSessionKey } from 'countersign/keys/session-key'
 *
 * declare const jwt: string
 * declare const secret: string
 * const { publicKeyBase64 } = await generateSessionKey()
 * const domain = 'https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com'
 * const token = await exchangeToken(tokenExchangeForm(jwt, publicKeyBase64), { domain, client: { id: 'app', secret }, fetch })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/api-getstarted/json_web_token_exchange.htm
 */
export async function exchangeToken(form: URLSearchParams, options: TokenExchangeOptions): Promise<string> {
  const { domain, client, retry = EXCHANGE_RETRY, timeoutMs = 10_000, ...call } = options
  const url = tokenUrl(domain)
  requireClient(client)
  const request = (): Promise<Request> => exchangeRequest(url, form, client, call)
  try {
    const response = await serviceCall(request, { ...call, retry, timeoutMs })
    return readExchangeResponse(await readJson(response, 'the token exchange'))
  } catch (error) {
    throw explainExchangeFailure(error, form)
  }
}

/** The token in the answer of an exchange, which holds nothing else. @throws ServiceError `SERVICE_RESPONSE_INVALID` */
export function readExchangeResponse(body: unknown): string {
  const answer = asJsonObject(body)
  const token = answer?.['token']
  if (typeof token === 'string' && token.trim() !== '') return token.trim()
  const found = answer === undefined ? 'no JSON object' : `one with ${namesOf(answer)}`
  throw new ServiceError(
    'SERVICE_RESPONSE_INVALID',
    `Expected the token exchange to answer with an object like {"token": "…"}, found ${found}.`,
  )
}

/** The URL at which an identity domain exchanges tokens. */
export function tokenUrl(domain: string): string {
  return `${identityDomain(domain)}/oauth2/v1/token`
}

/** @throws UsageError `OPTION_INVALID` for a client without id or secret. */
export function requireClient(client: ExchangeClient): void {
  if ('credentials' in client || (client.id !== '' && client.secret !== '')) return
  throw new UsageError('OPTION_INVALID', 'Expected the client id and the client secret of the application to be set.')
}

interface CallContext {
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

async function exchangeRequest(
  url: string,
  form: URLSearchParams,
  client: ExchangeClient,
  context: CallContext,
): Promise<Request> {
  if ('credentials' in client) return signedForm(url, form, client.credentials, context)
  if (client.placement !== 'body') {
    // Neither part is form-encoded first, as RFC 6749 would have it: the domain compares them as they are.
    return formRequest(url, form, { authorization: `Basic ${encodeBase64(utf8(`${client.id}:${client.secret}`))}` })
  }
  const fields = new URLSearchParams(form)
  fields.set('client_id', client.id)
  fields.set('client_secret', client.secret)
  return formRequest(url, fields)
}

/** A form that is signed with OCI credentials instead of being accompanied by a secret. */
export async function signedForm(
  url: string,
  form: URLSearchParams,
  credentials: CredentialsProvider<OciCredentials>,
  { clock, signal }: CallContext = {},
): Promise<Request> {
  const options: OciSignOptions = clock === undefined ? {} : { clock }
  return signOci(formRequest(url, form), await credentials(signal && { signal }), options)
}

function formRequest(url: string, form: URLSearchParams, headers: Readonly<Record<string, string>> = {}): Request {
  const contentType = 'application/x-www-form-urlencoded'
  const all = { accept: 'application/json', 'content-type': contentType, ...headers }
  return new Request(url, { method: 'POST', headers: all, body: form.toString() })
}
