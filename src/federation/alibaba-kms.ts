import { type AlibabaCallOptions, alibabaCall } from '../http/alibaba-call.js'
import { regionalUrl } from '../http/alibaba-endpoint.js'
import { renewedCall } from '../http/alibaba-renewal.js'
import { readJson } from '../http/service-call.js'
import type { AlibabaClientKey } from '../keys/alibaba-client-key.js'
import { signAcs3 } from '../signers/alibaba-acs3.js'
import { signRpc } from '../signers/alibaba-rpc.js'
import type { AlibabaCredentials, Clock, CredentialsProvider } from '../types.js'
import { CURRENT_STAGE, type SecretSource, type SecretValue, secretValue } from './alibaba-secret.js'

/** Where KMS is, and who asks. */
export interface KmsOptions extends Omit<AlibabaCallOptions, 'retry' | 'signal'> {
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
 * One attempt each; `secretFailover` tries again. An access key that KMS no longer knows is refreshed first, once.
 *
 * @throws ServiceError as `serviceCall` does; what the provider of the access throws.
 * @see https://www.alibabacloud.com/help/en/kms/key-management-service/developer-reference/api-kms-2016-01-20-getsecretvalue
 */
export function kmsSecrets(options: KmsOptions): SecretSource {
  const { access } = options
  return async (secretName, { signal } = {}) => {
    const ask = async (signer: AlibabaCredentials | AlibabaClientKey): Promise<SecretValue> => {
      const request = (clock: Clock): Promise<Request> => signedRequest(secretName, signer, { ...options, clock })
      const response = await alibabaCall(request, { ...options, signal, retry: false })
      return secretValue(await readJson(response, 'the secret'))
    }
    return typeof access === 'function' ? renewedCall(access, ask, { signal }) : ask(access)
  }
}

/**
 * The address of KMS: the endpoint given, or the region's shared gateway.
 *
 * @throws UsageError `URL_INVALID`.
 */
export function kmsUrl(options: Pick<KmsOptions, 'endpoint' | 'region' | 'vpc'>): URL {
  return regionalUrl('kms', options)
}

async function signedRequest(
  secretName: string,
  signer: AlibabaCredentials | AlibabaClientKey,
  options: KmsOptions & { readonly clock: Clock },
): Promise<Request> {
  const url = kmsUrl(options)
  url.search = new URLSearchParams({
    FetchExtendedConfig: 'true',
    SecretName: secretName,
    VersionStage: CURRENT_STAGE,
  }).toString()
  const request = new Request(url, { method: 'POST', headers: { accept: 'application/json' } })
  const sign = { action: ACTION, version: VERSION, clock: options.clock }
  return 'clientKeyId' in signer ? signRpc(request, signer, sign) : signAcs3(request, signer, sign)
}
