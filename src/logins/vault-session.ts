import { type CachedProvider, type CacheOptions, cached } from '../credentials/cached.js'
import { type VaultLoginOptions, type VaultToken, vaultLogin } from './vault.js'

/**
 * Keeps a login to Vault alive by logging in again after half of the token's life: tokens of OCI auth cannot be renewed.
 *
 * The provider rejects as `vaultLogin` does.
 * @example
 * ```ts
 * import { instancePrincipal } from 'countersign/credentials/instance-principal'
 * import { vaultSession } from 'countersign/logins/vault-session'
 *
 * const session = vaultSession({ address: 'https://vault.example.com', role: 'ci', credentials: instancePrincipal() })
 * const { clientToken } = await session()
 * ```
 */
export function vaultSession(options: VaultLoginOptions & CacheOptions<VaultToken>): CachedProvider<VaultToken> {
  return cached(({ signal }) => vaultLogin({ ...options, signal }), { ...options, undated: 'keep' })
}
