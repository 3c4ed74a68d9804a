import { ConfigurationError } from '../errors.js'
import { type AssumedRole, assumeRoleWithOidc, type StsEndpoint } from '../federation/alibaba-sts.js'
import { readTextFile } from '../runtime/text-file.js'
import type { AlibabaCredentials } from '../types.js'
import { type AlibabaProviderOptions, alibabaCalls, runtimeOf } from './alibaba-options.js'
import type { CachedProvider } from './cache-options.js'
import { cached } from './cached.js'

export interface AlibabaOidcRoleOptions extends AlibabaProviderOptions, Partial<AssumedRole> {
  /** Default: `ALIBABA_CLOUD_OIDC_PROVIDER_ARN`. */
  readonly oidcProviderArn?: string | undefined
  /** The token of the OIDC provider, asked for each time. Default: the file in `ALIBABA_CLOUD_OIDC_TOKEN_FILE`. */
  readonly oidcToken?: ((options: { readonly signal: AbortSignal }) => string | Promise<string>) | undefined
  /** Where the Security Token Service is. Default: `ALIBABA_CLOUD_STS_REGION`, `ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED`. */
  readonly sts?: StsEndpoint | undefined
}

/**
 * Signs as a RAM role that trusts an OIDC provider: a Kubernetes workload with RRSA, a CI job. No key is held anywhere;
 * the token is read anew each time, because its issuer replaces it.
 *
 * @throws ConfigurationError `NOT_CONFIGURED` when role, provider or token are not told; ServiceError as STS fails.
 * @example
 * ```ts
 * import { alibabaOidcRole } from 'countersign/credentials/alibaba-oidc-role'
 *
 * // In a pod with RRSA, everything is in the environment.
 * const credentials = alibabaOidcRole()
 * ```
 * @see https://www.alibabacloud.com/help/en/ack/ack-managed-and-ack-dedicated/user-guide/use-rrsa-to-authorize-pods-to-access-different-cloud-services
 */
export function alibabaOidcRole(options: AlibabaOidcRoleOptions = {}): CachedProvider<AlibabaCredentials> {
  return cached<AlibabaCredentials>(async (context) => {
    const { env } = runtimeOf(options)
    const required = (value: string | undefined, name: string): string => value || env(name) || fail(name)
    const { durationSeconds, policy } = options
    const role = {
      roleArn: required(options.roleArn, 'ALIBABA_CLOUD_ROLE_ARN'),
      roleSessionName: options.roleSessionName ?? (env('ALIBABA_CLOUD_ROLE_SESSION_NAME') || 'countersign'),
      oidcProviderArn: required(options.oidcProviderArn, 'ALIBABA_CLOUD_OIDC_PROVIDER_ARN'),
      oidcToken: await oidcToken(options, context.signal),
      durationSeconds,
      policy,
      ...(options.sts ?? stsOf(env)),
    }
    return { ...(await assumeRoleWithOidc(role, alibabaCalls(options, context))), source: 'alibaba-oidc-role' }
  }, options)
}

async function oidcToken(options: AlibabaOidcRoleOptions, signal: AbortSignal): Promise<string> {
  if (options.oidcToken) return (await options.oidcToken({ signal })).trim()
  const runtime = runtimeOf(options)
  const path = runtime.env('ALIBABA_CLOUD_OIDC_TOKEN_FILE') || fail('ALIBABA_CLOUD_OIDC_TOKEN_FILE')
  return (await readTextFile(path, 'the OIDC token', runtime)).trim()
}

function stsOf(env: (name: string) => string | undefined): StsEndpoint {
  const vpc = env('ALIBABA_CLOUD_VPC_ENDPOINT_ENABLED')?.toLowerCase() === 'true'
  return { region: env('ALIBABA_CLOUD_STS_REGION') || undefined, vpc }
}

function fail(name: string): never {
  throw new ConfigurationError(
    'NOT_CONFIGURED',
    `Expected ${name} to be set, or the option in its place; found neither.`,
  )
}
