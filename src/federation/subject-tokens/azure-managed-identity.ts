import type { SubjectTokenSource } from './source.js'
import { type TokenCallConnection, tokenCall, tokenInJson } from './token-call.js'

/** Which identity, and what its token is for. */
export interface AzureManagedIdentityOptions extends TokenCallConnection {
  /** The application id (URI) the token is for; it becomes the token's `aud`. */
  readonly resource: string
  /** The client id of a user-assigned identity. Left out: the system-assigned one. */
  readonly clientId?: string
}

const ENDPOINT = 'http://169.254.169.254/metadata/identity/oauth2/token'

/**
 * The token of an Azure virtual machine's managed identity. In the trust, name `appid` as the client claim.
 *
 * Rejects with ServiceError when the metadata service does not answer with a token.
 * @example
 * ```ts
 * import { azureManagedIdentity } from 'countersign/federation/subject-tokens/azure-managed-identity'
 *
 * const subjectToken = azureManagedIdentity({ resource: 'api://oci' })
 * ```
 * @see https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token
 */
export function azureManagedIdentity(options: AzureManagedIdentityOptions): SubjectTokenSource {
  return async (context = {}) => {
    const response = await tokenCall(() => metadataRequest(options), options, context, { timeoutMs: 5_000 })
    return tokenInJson(response, 'access_token', 'the Azure metadata service')
  }
}

function metadataRequest({ resource, clientId }: AzureManagedIdentityOptions): Request {
  const url = new URL(ENDPOINT)
  url.searchParams.set('api-version', '2018-02-01')
  url.searchParams.set('resource', resource)
  if (clientId !== undefined) url.searchParams.set('client_id', clientId)
  return new Request(url, { headers: { metadata: 'true' } })
}
