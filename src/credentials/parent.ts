import { ServiceError } from '../errors.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'

/**
 * Does something with the credentials of another principal; when they are refused, once more with newer ones.
 *
 * @example
 * ```ts
 * import type { CredentialsProvider, OciCredentials } from 'countersign'
 * import { withParent } from 'countersign/credentials/parent'
 *
 * declare const instance: CredentialsProvider<OciCredentials>
 * declare const requestToken: (signer: OciCredentials) => Promise<string>
 * const { signal } = new AbortController()
 * const token = await withParent(instance, { signal }, requestToken)
 * ```
 */
export async function withParent<T>(
  parent: CredentialsProvider<OciCredentials>,
  { signal }: { readonly signal: AbortSignal },
  use: (signer: OciCredentials) => Promise<T>,
): Promise<T> {
  const signer = await parent({ signal })
  try {
    return await use(signer)
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 401) throw error
    const fresh = await parent({ forceRefresh: signer, signal })
    // Some have nothing newer to give, an API key for one: the same once more would be refused again.
    if (fresh === signer) throw error
    return await use(fresh)
  }
}
