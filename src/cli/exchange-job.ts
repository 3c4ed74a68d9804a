import { workloadIdentityFederation } from '../credentials/workload-identity-federation.js'
import { ConfigurationError, UsageError } from '../errors.js'
import { type ProfilePaths, writeProfile } from '../federation/profile-files.js'
import type { SubjectTokenSource } from '../federation/subject-tokens/source.js'
import type { ExchangeClient } from '../federation/token-exchange.js'
import type { Runtime } from '../runtime/types.js'
import type { Clock, OciCredentials } from '../types.js'
import type { ExchangeSettings } from './exchange-settings.js'

/** Everything an exchange needs. */
export interface ExchangeJob {
  readonly settings: ExchangeSettings
  readonly client: ExchangeClient | undefined
  readonly subjectToken: SubjectTokenSource
  readonly runtime: Runtime
  readonly clock: Clock
  readonly signal?: AbortSignal
}

/** What an exchange left behind. */
export interface ExchangeResult {
  readonly credentials: OciCredentials
  readonly paths: ProfilePaths
}

/** Exchanges the subject token, and writes session token and key where the OCI CLI, Terraform and the SDKs find them. */
export async function exchangeToProfile(job: ExchangeJob): Promise<ExchangeResult> {
  const { settings, client, subjectToken, runtime, clock, signal } = job
  const { domain, region, retry, requestedTokenType, profile, directory } = settings
  const { resourceType, rpstExp } = settings
  if (client === undefined) {
    throw new UsageError(
      'OPTION_INVALID',
      'Expected oidc_client_identifier as id:secret (on the command line OIDC_CLIENT_IDENTIFIER, or --client-id with --client-secret-file), or --auth for OCI credentials that sign in its place.',
    )
  }
  if (region === undefined)
    throw new UsageError(
      'OPTION_INVALID',
      'Expected oci_region, the region that the profile is for; on the command line that is --region or OCI_REGION.',
    )
  const provider = workloadIdentityFederation({
    domain,
    client,
    subjectToken,
    region,
    retry,
    requestedTokenType,
    ...(resourceType !== undefined && { resourceType }),
    ...(rpstExp !== undefined && { rpstExp }),
    sessionKey: { extractable: true },
    runtime,
    clock,
  })
  const credentials = inTenancy(await provider(signal && { signal }), settings.tenancy)
  const paths = await writeProfile(credentials, {
    profile,
    region,
    runtime,
    ...(directory !== undefined && { directory }),
  })
  return { credentials, paths }
}

function inTenancy(credentials: OciCredentials, expected: string | undefined): OciCredentials {
  const { tenancy = expected } = credentials
  if (expected === undefined || tenancy === expected)
    return { ...credentials, ...(tenancy !== undefined && { tenancy }) }
  throw new ConfigurationError(
    'CONFIG_INVALID',
    `Expected a session in the tenancy ${expected}, got one in ${tenancy}.`,
  )
}
