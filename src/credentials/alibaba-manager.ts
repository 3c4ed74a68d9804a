import { type AlibabaManagedOptions, alibabaManaged, type ManagedAlibabaProvider } from './alibaba-managed.js'
import { managedSecrets } from './alibaba-managed-secrets.js'
import { readManagedSettings } from './alibaba-managed-settings.js'
import { runtimeOf } from './alibaba-options.js'
import { ASYNC_DISPOSE, DISPOSE } from './disposal.js'

/** The managed access keys of an application. */
export interface AlibabaManager {
  /** The provider of a secret: the same one each time, until it is shut down. */
  credentials(secretName: string): ManagedAlibabaProvider
  /** Fetches the secrets of `secret_names` ahead of their first use, and tells which of them could not be had. */
  prefetch(): Promise<readonly string[]>
  /** Shuts every provider down. A secret that is asked for later begins anew. */
  shutdown(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}

/**
 * Keeps the access keys of several secrets, fetched by the same configuration. They do not depend on each other.
 *
 * @example
 * ```ts
 * import { alibabaManager } from 'countersign/credentials/alibaba-manager'
 *
 * const manager = alibabaManager()
 * const storage = manager.credentials('storage-secret')
 * const compute = manager.credentials('compute-secret')
 * ```
 */
export function alibabaManager(options: Omit<AlibabaManagedOptions, 'secretName' | 'store'> = {}): AlibabaManager {
  const secrets = options.secrets ?? managedSecrets(options)
  const providers = new Map<string, ManagedAlibabaProvider>()
  const credentials = (secretName: string): ManagedAlibabaProvider => {
    const known = providers.get(secretName)
    if (known) return known
    const provider = alibabaManaged({ ...options, secrets, secretName })
    providers.set(secretName, provider)
    return whenShutDown(provider, () => void (providers.get(secretName) === provider && providers.delete(secretName)))
  }
  const shutdown = async (): Promise<void> => {
    const running = [...providers.values()]
    providers.clear()
    await Promise.all(running.map((provider) => provider.shutdown()))
  }
  return {
    credentials,
    shutdown,
    async prefetch() {
      const { secretNames } = await readManagedSettings(runtimeOf(options), options.configuration)
      const outcomes = await Promise.allSettled(secretNames.map((name) => credentials(name)()))
      return secretNames.filter((_, index) => outcomes[index]?.status === 'rejected')
    },
    [ASYNC_DISPOSE]: shutdown,
  }
}

/** Has the provider say so when somebody shuts it down alone. */
function whenShutDown(provider: ManagedAlibabaProvider, tell: () => void): ManagedAlibabaProvider {
  const { shutdown: end } = provider
  const shutdown = (): Promise<void> => {
    tell()
    return end()
  }
  const dispose = (): void => void shutdown()
  return Object.assign(provider, { shutdown, dispose, [DISPOSE]: dispose, [ASYNC_DISPOSE]: shutdown })
}
