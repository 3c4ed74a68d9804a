import type { FailoverOptions } from '../federation/alibaba-failover.js'
import type { SecretSource, SecretValue } from '../federation/alibaba-secret.js'
import type { AlibabaCredentials, ProvideOptions } from '../types.js'
import type { ManagedMessage } from './alibaba-managed-messages.js'
import type { ManagedIntervals } from './alibaba-managed-schedule.js'
import type { ManagedConfiguration } from './alibaba-managed-settings.js'
import type { AlibabaSurroundings } from './alibaba-options.js'
import type { CachedProvider, CacheOptions } from './cache-options.js'

/** An access key that KMS rotates, and when it is to be fetched again. */
export interface ManagedAlibabaCredentials extends AlibabaCredentials {
  readonly secretName: string
  /** When the access key was fetched, in epoch milliseconds. */
  readonly issuedAt: number
  /** From when on it is fetched in the background, and from when on it is fetched before it is used. */
  readonly refreshFrom: number
  readonly refreshBy: number
}

/** A source of secrets, and the schedule that its configuration asks for. */
export type ConfiguredSecrets = SecretSource & { readonly intervals?: () => Promise<ManagedIntervals> }

/** How all secrets of an application are fetched. */
export interface ManagedSourceOptions extends AlibabaSurroundings, FailoverOptions {
  /** Fetches secrets, in place of what the configuration says. */
  readonly secrets?: ConfiguredSecrets | undefined
  /** Default: `managed_credentials_providers.properties` in the working directory, and the environment. */
  readonly configuration?: ManagedConfiguration | undefined
}

type EngineOptions = Pick<
  CacheOptions<ManagedAlibabaCredentials>,
  'clock' | 'onEvent' | 'waitUntil' | 'sharesPromises' | 'store' | 'loadTimeoutMs'
>

/** How a managed access key is kept. Everything but the secret's name has a default. */
export interface AlibabaManagedOptions extends ManagedSourceOptions, ManagedIntervals, EngineOptions {
  /** The secret's name, or its ARN when it belongs to another account. */
  readonly secretName: string
  /** Makes the real name of a secret from the one in `secretName`. */
  readonly resolveName?: ((secretName: string) => string | Promise<string>) | undefined
  /** Gives a secret when no region of KMS can be reached; `undefined` leaves it at that. */
  readonly recover?: ((secretName: string, error: unknown) => Promise<SecretValue | undefined>) | undefined
  /** Sees what goes wrong, without a secret. What it throws is ignored. */
  readonly onMessage?: ((message: ManagedMessage) => void) | undefined
  /** How long a call waits for a newer access key while the one it has may still do, in milliseconds. Default: 30 000. */
  readonly refreshTimeoutMs?: number | undefined
  /** Runs something later, and gives a function that prevents it. Default: a timer that keeps no process alive. */
  readonly later?: ((ms: number, run: () => void) => () => void) | undefined
}

/** Gives the access key that a secret holds now. It can stand wherever a provider of Alibaba Cloud credentials is wanted. */
export type ManagedAlibabaProvider = Pick<
  CachedProvider<ManagedAlibabaCredentials>,
  'current' | 'invalidate' | 'dispose' | typeof Symbol.dispose
> & {
  (request?: ProvideOptions<AlibabaCredentials>): Promise<ManagedAlibabaCredentials>
  readonly secretName: string
  /** Fetches the secret, whatever the schedule and the limits say. False when that failed; it never throws. */
  refreshNow(): Promise<boolean>
  /**
   * Calls the listener with each new access key, for clients that hold one. While somebody listens, the secret is fetched
   * by a timer; otherwise calls alone drive it. The function that comes back ends it.
   *
   * @throws UsageError `DISPOSED` after `shutdown`.
   */
  subscribe(listener: (credentials: ManagedAlibabaCredentials) => void): () => void
  /** Forgets the access key, ends timers and loads. Later calls fail with `DISPOSED`; other secrets go on. */
  shutdown(): Promise<void>
  [Symbol.asyncDispose](): Promise<void>
}
