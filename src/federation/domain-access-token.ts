import { asJsonObject } from '../encoding/json.js'
import { ServiceError, UsageError } from '../errors.js'
import { readJson, serviceCall } from '../http/service-call.js'
import { type Clock, type CredentialsProvider, type OciCredentials, systemClock } from '../types.js'
import { signedForm, tokenUrl } from './token-exchange.js'

/** Whose access token is wanted, and what for. */
export interface DomainAccessTokenOptions {
  /** The identity domain's URL. */
  readonly domain: string
  /** What the token is for, such as `urn:opc:idm:__myscopes__`. */
  readonly scope: string
  /** Any OCI credentials that the domain knows: an API key, a session, an instance principal. */
  readonly credentials: CredentialsProvider<OciCredentials>
  readonly fetch: typeof fetch
  readonly clock?: Clock | undefined
  readonly signal?: AbortSignal | undefined
}

/** An OAuth access token of an identity domain, to be sent as `Authorization: Bearer`. */
export interface DomainAccessToken {
  readonly accessToken: string
  /** Epoch milliseconds; absent when the domain does not say. */
  readonly expiresAt?: number
}

/**
 * Turns OCI credentials into an OAuth access token of an identity domain, for the applications behind it.
 *
 * @throws ServiceError when the domain refuses or answers without a token; UsageError for a domain or scope that is none.
 * @example
 * ```ts
 * import type { CredentialsProvider, OciCredentials } from 'countersign'
 * import { domainAccessToken } from 'countersign/federation/domain-access-token'
 *
 * declare const credentials: CredentialsProvider<OciCredentials>
 * const domain = 'https://idcs-0123456789abcdef0123456789abcdef.identity.oraclecloud.com'
 * const { accessToken } = await domainAccessToken({ domain, scope: 'urn:opc:idm:__myscopes__', credentials, fetch })
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/Identity/api-getstarted/token_exchange_grant_type_two_legged.htm
 */
export async function domainAccessToken(options: DomainAccessTokenOptions): Promise<DomainAccessToken> {
  const { domain, scope, credentials, fetch, clock = systemClock, signal } = options
  if (scope.trim() === '') throw new UsageError('OPTION_INVALID', 'Expected a scope for the access token.')
  const url = tokenUrl(domain)
  const request = (): Promise<Request> => signedForm(url, accessTokenForm(scope), credentials, { clock, signal })
  const response = await serviceCall(request, { fetch, timeoutMs: 10_000, signal, clock })
  return readAccessToken(await readJson(response, 'the identity domain'), clock())
}

function accessTokenForm(scope: string): URLSearchParams {
  return new URLSearchParams({
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    requested_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    scope,
  })
}

function readAccessToken(body: unknown, now: number): DomainAccessToken {
  const seconds = asJsonObject(body)?.['expires_in']
  const accessToken = accessTokenIn(body)
  return { accessToken, ...(typeof seconds === 'number' && seconds > 0 && { expiresAt: now + seconds * 1000 }) }
}

/** The access token in a domain's answer. @throws ServiceError `SERVICE_RESPONSE_INVALID` */
export function accessTokenIn(body: unknown): string {
  const accessToken = asJsonObject(body)?.['access_token']
  if (typeof accessToken === 'string' && accessToken !== '') return accessToken
  throw new ServiceError('SERVICE_RESPONSE_INVALID', 'Expected "access_token" in the answer of the identity domain.')
}
