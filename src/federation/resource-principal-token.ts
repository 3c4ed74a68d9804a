import { UsageError } from '../errors.js'
import { type SignedCallOptions, signedCall } from '../http/signed-call.js'
import type { OciCredentials } from '../types.js'
import { readJsonObject, readTokenAnswer, requireText } from './token-answer.js'

/** What a service gives for one of its resources: two opaque texts, good for one exchange. Both are secrets. */
export interface ResourcePrincipalTokens {
  readonly resourcePrincipalToken: string
  readonly servicePrincipalSessionToken: string
  /** Where the token of the resource's own parent is to be had, when it has one. */
  readonly parentUrl?: string
}

/**
 * The address of a path at an endpoint, whatever slashes either has at the seam.
 *
 * @throws UsageError `URL_INVALID` when the endpoint is no http or https address, or carries a user, a query or a fragment.
 */
export function urlAt(endpoint: string, path: string): string {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    !url.username &&
    !url.password &&
    !url.search &&
    !url.hash
  ) {
    return `${url.href.replace(/\/+$/, '')}/${path.replace(/^\/+/, '')}`
  }
  throw new UsageError(
    'URL_INVALID',
    'Expected the endpoint of a resource principal to be an https address without user, query or fragment.',
  )
}

/** The body of the exchange for a session token. */
export function sessionTokenBody(tokens: ResourcePrincipalTokens, sessionPublicKey: string): string {
  const { resourcePrincipalToken, servicePrincipalSessionToken } = tokens
  return JSON.stringify({ resourcePrincipalToken, servicePrincipalSessionToken, sessionPublicKey })
}

/** The first step: asks the service that a resource belongs to for the resource's tokens. */
export async function requestResourcePrincipalToken(
  url: string,
  signer: OciCredentials,
  call: SignedCallOptions,
  headers: Readonly<Record<string, string>> = {},
): Promise<ResourcePrincipalTokens> {
  const response = await signedCall({ method: 'GET', url, headers }, signer, call)
  const answer = await readJsonObject(response)
  const parentUrl = response.headers.get('opc-parent-rpt-url')?.trim()
  return {
    resourcePrincipalToken: requireText(answer, 'resourcePrincipalToken', response),
    servicePrincipalSessionToken: requireText(answer, 'servicePrincipalSessionToken', response),
    ...(parentUrl && { parentUrl }),
  }
}

export interface SessionTokenRequest {
  /** Where `/v1/resourcePrincipalSessionToken` is. */
  readonly endpoint: string
  readonly tokens: ResourcePrincipalTokens
  /** Base64 of the SubjectPublicKeyInfo of the key that will sign with the session token. */
  readonly sessionPublicKey: string
}

/** The second step: exchanges the two tokens for a session token. */
export async function requestSessionToken(
  { endpoint, tokens, sessionPublicKey }: SessionTokenRequest,
  signer: OciCredentials,
  call: SignedCallOptions,
): Promise<string> {
  const url = urlAt(endpoint, '/v1/resourcePrincipalSessionToken')
  const body = sessionTokenBody(tokens, sessionPublicKey)
  return readTokenAnswer(await signedCall({ method: 'POST', url, body }, signer, call))
}
