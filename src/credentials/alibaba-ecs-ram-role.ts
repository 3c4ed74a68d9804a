import { ConfigurationError } from '../errors.js'
import { readEcsRamRole } from '../http/alibaba-metadata.js'
import type { AlibabaCredentials } from '../types.js'
import { type AlibabaProviderOptions, alibabaCalls, runtimeOf } from './alibaba-options.js'
import type { CachedProvider } from './cache-options.js'
import { cached } from './cached.js'

export interface AlibabaEcsRamRoleOptions extends AlibabaProviderOptions {
  /** The instance's RAM role. Default: `ALIBABA_CLOUD_ECS_METADATA`, or the one that the metadata service names. */
  readonly roleName?: string | undefined
  /** Whether to do without a metadata token. Default: true, unless `ALIBABA_CLOUD_IMDSV1_DISABLED` is `true`. */
  readonly allowV1?: boolean | undefined
  /** Default: `http://100.100.100.200`. */
  readonly metadataEndpoint?: string | undefined
}

/**
 * Signs as the RAM role of the ECS instance, or of the ACK node, that this runs on. The metadata service hands out
 * temporary credentials; they are refreshed well before they end.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` where there is no metadata service, or `ALIBABA_CLOUD_ECS_METADATA_DISABLED`
 * says so; ServiceError as the metadata service fails.
 * @example
 * ```ts
 * import { alibabaEcsRamRole } from 'countersign/credentials/alibaba-ecs-ram-role'
 *
 * const credentials = alibabaEcsRamRole()
 * ```
 * @see https://www.alibabacloud.com/help/en/ecs/user-guide/attach-an-instance-ram-role
 */
export function alibabaEcsRamRole(options: AlibabaEcsRamRoleOptions = {}): CachedProvider<AlibabaCredentials> {
  return cached<AlibabaCredentials>(async (context) => {
    const runtime = runtimeOf(options)
    const isOn = (name: string): boolean => runtime.env(name)?.toLowerCase() === 'true'
    if (!runtime.hasMetadataService || isOn('ALIBABA_CLOUD_ECS_METADATA_DISABLED')) throw unavailable()
    const { fetch, onRequest, random, sleep, clock } = alibabaCalls(options, context)
    const credentials = await readEcsRamRole({
      fetch,
      onRequest,
      random,
      sleep,
      clock,
      signal: context.signal,
      // Not those of other services: this one is a hop away, or not there at all.
      retry: options.retry,
      timeoutMs: options.timeoutMs,
      roleName: options.roleName ?? (runtime.env('ALIBABA_CLOUD_ECS_METADATA') || undefined),
      allowV1: options.allowV1 ?? !isOn('ALIBABA_CLOUD_IMDSV1_DISABLED'),
      endpoint: options.metadataEndpoint,
    })
    return { ...credentials, source: 'alibaba-ecs-ram-role' }
  }, options)
}

function unavailable(): ConfigurationError {
  return new ConfigurationError(
    'NOT_CONFIGURED',
    'Expected an ECS instance with its metadata service; this runtime has none, or ALIBABA_CLOUD_ECS_METADATA_DISABLED is set.',
  )
}
