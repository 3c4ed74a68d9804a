import { UsageError } from '../errors.js'
import { type AlibabaCallOptions, alibabaCall } from '../http/alibaba-call.js'
import { type RegionalEndpoint, regionalUrl } from '../http/alibaba-endpoint.js'
import { type TemporaryCredentials, temporaryCredentials } from '../http/alibaba-temporary-credentials.js'
import { readJson } from '../http/service-call.js'
import { signAcs3 } from '../signers/alibaba-acs3.js'
import { isoSeconds } from '../signers/alibaba-request.js'
import type { AlibabaCredentials, Clock } from '../types.js'

/** The role to take on. */
export interface AssumedRole {
  /** `acs:ram::<account>:role/<name>`. */
  readonly roleArn: string
  /** Names the session in audit logs. */
  readonly roleSessionName: string
  /** How long the credentials are good for: at least 900. Default: 3600. */
  readonly durationSeconds?: number | undefined
  /** A policy, as JSON, that narrows what the session may do. */
  readonly policy?: string | undefined
}

/** Where the Security Token Service is. Default: `sts.aliyuncs.com`. */
export type StsEndpoint = RegionalEndpoint

const VERSION = '2015-04-01'
const FORM = 'application/x-www-form-urlencoded'

/** The shortest that STS lets the credentials of a role live, in seconds. */
export const SHORTEST_SECONDS = 900

/**
 * Exchanges an access key for temporary credentials of a role.
 *
 * @throws UsageError `OPTION_INVALID`; ServiceError as `serviceCall` does.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerole
 */
export async function assumeRole(
  role: AssumedRole & StsEndpoint & { readonly externalId?: string | undefined },
  caller: AlibabaCredentials,
  options: AlibabaCallOptions,
): Promise<TemporaryCredentials> {
  const form = formOf({ ...roleParameters(role), ExternalId: role.externalId })
  const request = (): Request =>
    new Request(stsUrl(role), { method: 'POST', headers: { 'content-type': FORM }, body: form })
  const sign = (clock: Clock): Promise<Request> =>
    signAcs3(request(), caller, { action: 'AssumeRole', version: VERSION, clock })
  return credentialsFrom(await alibabaCall(sign, options))
}

/**
 * Exchanges the token of an OIDC provider for temporary credentials of a role. The token is the proof: the call is not
 * signed.
 *
 * @throws UsageError `OPTION_INVALID`; ServiceError as `serviceCall` does.
 * @see https://www.alibabacloud.com/help/en/ram/developer-reference/api-sts-2015-04-01-assumerolewithoidc
 */
export async function assumeRoleWithOidc(
  role: AssumedRole & StsEndpoint & { readonly oidcProviderArn: string; readonly oidcToken: string },
  options: AlibabaCallOptions,
): Promise<TemporaryCredentials> {
  const { oidcProviderArn: OIDCProviderArn, oidcToken: OIDCToken } = role
  const form = formOf({ ...roleParameters(role), OIDCProviderArn, OIDCToken })
  const request = (clock: Clock): Request => {
    const url = stsUrl(role)
    const Timestamp = isoSeconds(clock())
    url.search = formOf({ Action: 'AssumeRoleWithOIDC', Version: VERSION, Format: 'JSON', Timestamp })
    return new Request(url, { method: 'POST', headers: { 'content-type': FORM }, body: form })
  }
  return credentialsFrom(await alibabaCall(request, options))
}

/**
 * The service's address: the one given, the region's, or the central one.
 *
 * @throws UsageError `URL_INVALID`.
 */
export function stsUrl(endpoint: StsEndpoint): URL {
  return regionalUrl('sts', endpoint)
}

function roleParameters(role: AssumedRole): Readonly<Record<string, string | undefined>> {
  const { roleArn, roleSessionName, durationSeconds = 3600, policy } = role
  if (!/^acs:ram::[^:]*:role\/./.test(roleArn)) {
    throw new UsageError(
      'OPTION_INVALID',
      `Expected roleArn like "acs:ram::<account>:role/<name>", found "${roleArn}".`,
    )
  }
  if (!Number.isInteger(durationSeconds) || durationSeconds < SHORTEST_SECONDS) {
    throw new UsageError(
      'OPTION_INVALID',
      `Expected durationSeconds of at least ${SHORTEST_SECONDS}, found ${durationSeconds}.`,
    )
  }
  return { RoleArn: roleArn, RoleSessionName: roleSessionName, DurationSeconds: `${durationSeconds}`, Policy: policy }
}

function formOf(fields: Readonly<Record<string, string | undefined>>): string {
  const present = Object.entries(fields).filter((field): field is [string, string] => field[1] !== undefined)
  return new URLSearchParams(present).toString()
}

async function credentialsFrom(response: Response): Promise<TemporaryCredentials> {
  const answer = await readJson(response, 'the credentials of the role')
  const credentials =
    typeof answer === 'object' && answer !== null && 'Credentials' in answer ? answer.Credentials : undefined
  return temporaryCredentials(credentials, 'the Security Token Service')
}
