import { type AlibabaCallOptions, alibabaCall } from '../http/alibaba-call.js'
import { readJson } from '../http/service-call.js'
import type { AlibabaClientKey } from '../keys/alibaba-client-key.js'
import { signAcs3 } from '../signers/alibaba-acs3.js'
import { signRpc } from '../signers/alibaba-rpc.js'
import type { AlibabaCredentials, CredentialsProvider } from '../types.js'
import { CURRENT_STAGE, type SecretSource, secretValue } from './alibaba-secret.js'

/** Where KMS is, and who asks. */
export interface KmsOptions extends AlibabaCallOptions {
  /** Such as `cn-hangzhou`. */
  readonly region: string
  /** A host. Default: the region's shared gateway. The gateway of a KMS instance takes the same calls. */
  readonly endpoint?: string | undefined
  /** Whether to use the region's endpoint inside of the VPC. */
  readonly vpc?: boolean | undefined
  /** An access key, temporary credentials, a role; or a client key. */
  readonly access: CredentialsProvider<AlibabaCredentials> | AlibabaClientKey
}

const VERSION = '2016-01-20'
const ACTION = 'GetSecretValue'

/**
 * Fetches secrets from Alibaba Cloud KMS by its Open API: with ACS3 signatures, or with RPC signatures of a client key.
 * One attempt each; `secretFailover` tries again.
 *
 * @throws ServiceError as `serviceCall` does; what the provider of the access throws.
 * @see https://www.alibabacloud.com/help/en/kms/key-management-service/developer-reference/api-kms-2016-01-20-getsecretvalue
 */
export function kmsSecrets(options: KmsOptions): SecretSource {
  return async (secretName, { signal } = {}) => {
    const response = await alibabaCall(() => signedRequest(secretName, options, signal), {
      ...options,
      signal,
      retry: false,
    })
    return secretValue(await readJson(response, 'the secret'))
  }
}

/** The address of KMS: the endpoint given, or the region's shared gateway. */
export function kmsUrl({ endpoint, region, vpc = false }: Pick<KmsOptions, 'endpoint' | 'region' | 'vpc'>): URL {
  const host = endpoint || `kms${vpc ? '-vpc' : ''}.${region}.aliyuncs.com`
  return new URL(/^https?:\/\//.test(host) ? host : `https://${host}/`)
}

async function signedRequest(
  secretName: string,
  options: KmsOptions,
  signal: AbortSignal | undefined,
): Promise<Request> {
  const { access, clock } = options
  const url = kmsUrl(options)
  url.search = new URLSearchParams({
    FetchExtendedConfig: 'true',
    SecretName: secretName,
    VersionStage: CURRENT_STAGE,
  }).toString()
  const request = new Request(url, { method: 'POST', headers: { accept: 'application/json' } })
  const sign = { action: ACTION, version: VERSION, ...(clock && { clock }) }
  return typeof access === 'function'
    ? signAcs3(request, await access(signal && { signal }), sign)
    : signRpc(request, access, sign)
}
