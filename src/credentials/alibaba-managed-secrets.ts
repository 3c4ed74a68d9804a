import { ConfigurationError, UsageError } from '../errors.js'
import { dkmsSecrets } from '../federation/alibaba-dkms.js'
import { secretFailover } from '../federation/alibaba-failover.js'
import { kmsSecrets } from '../federation/alibaba-kms.js'
import type { SecretSource } from '../federation/alibaba-secret.js'
import type { AlibabaCallOptions } from '../http/alibaba-call.js'
import { readTextFile } from '../runtime/text-file.js'
import type { AlibabaCredentials } from '../types.js'
import { instanceClientKey } from './alibaba-client-key-source.js'
import { type AccessSurroundings, openAccess } from './alibaba-managed-access.js'
import type { ConfiguredSecrets, ManagedSourceOptions } from './alibaba-managed-options.js'
import type { ManagedIntervals } from './alibaba-managed-schedule.js'
import { type ManagedSettings, millisecondsOf, readManagedSettings } from './alibaba-managed-settings.js'
import { runtimeOf } from './alibaba-options.js'
import type { Settings } from './alibaba-properties.js'
import type { CacheOptions } from './cache-options.js'

type SecretsOptions = ManagedSourceOptions &
  Pick<CacheOptions<AlibabaCredentials>, 'clock' | 'sharesPromises' | 'waitUntil'>

/**
 * Fetches secrets as the configuration says: from dedicated KMS instances if it names any, else from the regions' shared
 * gateways. It is read when the first secret is fetched, and again if that failed.
 *
 * @throws what `alibabaManaged` throws for its configuration and for KMS.
 * @example
 * ```ts
 * import { managedSecrets } from 'countersign/credentials/alibaba-managed-secrets'
 *
 * const secrets = managedSecrets({ configuration: { file: './config/managed.properties' } })
 * ```
 */
export function managedSecrets(options: SecretsOptions): ConfiguredSecrets {
  let opened: Opened | undefined
  const once = async (): Promise<Opened> => {
    const found = opened ?? (await open(options))
    // Of several that were opened at a time the first stays, so that all secrets share what its access keeps.
    opened ??= found
    return opened
  }
  const fetchSecret: SecretSource = async (secretName, request) => (await once()).secrets(secretName, request)
  return Object.assign(fetchSecret, { intervals: async () => (await once()).intervals })
}

interface Opened {
  readonly secrets: SecretSource
  readonly intervals: ManagedIntervals
}

async function open(options: SecretsOptions): Promise<Opened> {
  const configured = await readManagedSettings(runtimeOf(options), options.configuration)
  const sources =
    configured.instances.length > 0 ? await instances(configured, options) : await regions(configured, options)
  const { settings } = configured
  const refreshIntervalMs = millisecondsOf(settings, 'rotation_interval')
  const rotationDelayMs = millisecondsOf(settings, 'delay_interval')
  return { secrets: secretFailover(sources, options), intervals: { refreshIntervalMs, rotationDelayMs } }
}

async function instances(
  { instances: items, settings }: ManagedSettings,
  options: SecretsOptions,
): Promise<SecretSource[]> {
  return Promise.all(
    items.map(async (item) => {
      const runtime = runtimeOf(options)
      const endpoint = item.required('endpoint')
      item.required('regionId')
      const clientKey = await instanceClientKey(item, settings, runtime)
      const caFile = item.get('caFilePath')
      const fetch = await transport(options, {
        caFile,
        ignoreSslCerts: isOn(item, 'ignoreSslCerts') || isOn(item, 'ignoreSSL'),
      })
      return dkmsSecrets({ ...callsOf(options, fetch), endpoint, clientKey })
    }),
  )
}

async function regions({ regions: list, settings }: ManagedSettings, options: SecretsOptions): Promise<SecretSource[]> {
  if (list.length === 0) {
    throw new ConfigurationError(
      'CONFIG_INVALID',
      'Expected regions in cache_client_region_id, such as [{"regionId":"cn-hangzhou"}], found none.',
    )
  }
  const access = await openAccess(settings, surroundingsOf(options))
  return Promise.all(
    list.map(async ({ regionId, endpoint, vpc, caFilePath: caFile }) => {
      const fetch = await transport(options, { caFile, ignoreSslCerts: false })
      return kmsSecrets({ ...callsOf(options, fetch), region: regionId, endpoint, vpc, access })
    }),
  )
}

/** Named one by one: the store and the watchers of the managed access key are not those of who asks for it. */
function surroundingsOf(options: SecretsOptions): AccessSurroundings {
  const { fetch, retry, timeoutMs, onRequest, sleep, random, clock, sharesPromises, waitUntil } = options
  const runtime = runtimeOf(options)
  return { runtime, fetch, retry, timeoutMs, onRequest, sleep, random, clock, sharesPromises, waitUntil }
}

function callsOf(
  { timeoutMs, onRequest, sleep, random, clock }: SecretsOptions,
  fetch: typeof globalThis.fetch,
): AlibabaCallOptions {
  return { fetch, timeoutMs, onRequest, sleep, random, clock }
}

/** A `fetch` that trusts whom the configuration says. What a runtime cannot do is an error, never left out. */
async function transport(
  options: SecretsOptions,
  { caFile, ignoreSslCerts }: { readonly caFile: string | undefined; readonly ignoreSslCerts: boolean },
): Promise<typeof fetch> {
  if (options.fetch !== undefined) return options.fetch
  const runtime = runtimeOf(options)
  if (ignoreSslCerts) {
    throw new UsageError(
      'UNSUPPORTED_RUNTIME',
      'Expected certificates to be checked, found ignoreSslCerts; name the authority in caFilePath, or pass a fetch that checks as you want.',
    )
  }
  return caFile === undefined
    ? runtime.fetch
    : runtime.connect({ ca: await readTextFile(caFile, 'the authority of KMS', runtime) })
}

const isOn = (item: Settings, name: string): boolean => item.get(name)?.toLowerCase() === 'true'
