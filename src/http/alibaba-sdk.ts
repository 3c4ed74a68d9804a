import type { AlibabaCredentials, CredentialsProvider } from '../types.js'
import { type RenewalOptions, renewedCall } from './alibaba-renewal.js'

export { renewedCall } from './alibaba-renewal.js'

type Provider = CredentialsProvider<AlibabaCredentials>

/** What the consumers of `@alicloud/credentials` ask for each request. */
export interface SdkCredentialModel {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  readonly securityToken?: string
  readonly type: 'access_key' | 'sts'
}

/** The `credential` of an Alibaba Cloud SDK's configuration. */
export interface SdkCredential {
  getCredential(): Promise<SdkCredentialModel>
  getAccessKeyId(): Promise<string>
  getAccessKeySecret(): Promise<string>
  getSecurityToken(): Promise<string>
  getBearerToken(): string
  getType(): string
}

/**
 * Feeds an official SDK with live credentials: pass it as `credential` of the client's configuration.
 *
 * @example
 * ```ts
 * import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
 * import { sdkCredential } from 'countersign/http/alibaba-sdk'
 *
 * const credential = sdkCredential(alibabaManaged({ secretName: 'my-ram-secret' }))
 * const config = { credential, endpoint: 'ecs.cn-hangzhou.aliyuncs.com' } // new Ecs(new Config(config))
 * ```
 * @see https://github.com/aliyun/credentials-nodejs
 */
export function sdkCredential(provider: Provider): SdkCredential {
  return {
    getCredential: async () => {
      const { accessKeyId, accessKeySecret, securityToken } = await provider()
      const pair = { accessKeyId, accessKeySecret }
      return securityToken === undefined ? { ...pair, type: 'access_key' } : { ...pair, securityToken, type: 'sts' }
    },
    getAccessKeyId: async () => (await provider()).accessKeyId,
    getAccessKeySecret: async () => (await provider()).accessKeySecret,
    getSecurityToken: async () => (await provider()).securityToken ?? '',
    getBearerToken: () => '',
    // Clients read the token, where there is one, whatever the type says.
    getType: () => 'access_key',
  }
}

/** The methods through which all calls of a client of `@alicloud/openapi-core` go. */
const CALLS = ['callApi', 'execute'] as const

/**
 * Has every call of an official Open API client survive a rotation, as `renewedCall` does. The client is changed and
 * given back; build it with `sdkCredential` of the same provider.
 *
 * @example
 * ```ts
 * import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
 * import { renewedClient, sdkCredential } from 'countersign/http/alibaba-sdk'
 *
 * declare class Ecs { constructor(config: object); describeRegions(): Promise<object> }
 * const credentials = alibabaManaged({ secretName: 'my-ram-secret' })
 * const client = () => renewedClient(new Ecs({ credential: sdkCredential(credentials) }), credentials)
 * ```
 */
export function renewedClient<C extends object>(client: C, provider: Provider, options: RenewalOptions = {}): C {
  for (const name of CALLS) {
    const call: unknown = Reflect.get(client, name)
    if (typeof call !== 'function') continue
    const wrapped = (...args: readonly unknown[]): Promise<unknown> =>
      renewedCall(provider, async () => Reflect.apply(call, client, args), options)
    Reflect.set(client, name, wrapped)
  }
  return client
}

/** What is used of a client of `ali-oss`. */
export interface OssClient {
  options: object
  request(params: object): Promise<unknown>
}

/**
 * Gives a client of `ali-oss` live credentials before each of its requests, and has it survive a rotation. The client is
 * changed and given back. URLs that it signs by itself are signed with the access key of its last request.
 *
 * @example
 * ```ts
 * import { alibabaManaged } from 'countersign/credentials/alibaba-managed'
 * import { liveOssClient, type OssClient } from 'countersign/http/alibaba-sdk'
 *
 * declare class OSS implements OssClient { constructor(options: object); options: object; request(params: object): Promise<unknown> }
 * const credentials = alibabaManaged({ secretName: 'my-ram-secret' })
 * const client = async () => liveOssClient(new OSS({ ...(await credentials()), region: 'oss-cn-hangzhou' }), credentials)
 * ```
 * @see https://github.com/ali-sdk/ali-oss
 */
export function liveOssClient<C extends OssClient>(client: C, provider: Provider, options: RenewalOptions = {}): C {
  const request = client.request.bind(client)
  const send = async (params: object, credentials: AlibabaCredentials): Promise<unknown> => {
    const { accessKeyId, accessKeySecret, securityToken } = credentials
    // All in one step: the client reads them again for each signature.
    Object.assign(client.options, { accessKeyId, accessKeySecret, stsToken: securityToken })
    return request(params)
  }
  client.request = async (params) =>
    isStream(params)
      ? send(params, await provider())
      : renewedCall(provider, (credentials) => send(params, credentials), options)
  return client
}

/** A stream can be sent once. */
const isStream = (params: object): boolean => 'stream' in params && Boolean(params.stream)
