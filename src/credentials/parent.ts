import { ServiceError } from '../errors.js'
import type { CredentialsProvider, OciCredentials } from '../types.js'

/**
 * Does something with the credentials of another principal; when they are refused, once more with newer ones.
 *
 * @example
 * const token = await withParent(instance, { signal }, (signer) => requestToken(signer))
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
    return await use(await parent({ forceRefresh: signer, signal }))
  }
}
