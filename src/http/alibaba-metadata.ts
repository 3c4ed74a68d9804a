import { ServiceError } from '../errors.js'
import type { AlibabaCredentials } from '../types.js'
import { endpointUrl } from './alibaba-endpoint.js'
import { type TemporaryCredentials, temporaryCredentials } from './alibaba-temporary-credentials.js'
import type { RetryPolicy } from './retry.js'
import { type ServiceCallOptions, serviceCall } from './service-call.js'

/** How to reach the metadata service of an ECS instance. */
export interface EcsMetadataOptions
  extends Pick<ServiceCallOptions, 'fetch' | 'onRequest' | 'random' | 'sleep' | 'clock' | 'retry' | 'timeoutMs'> {
  /** The RAM role of the instance. Default: the one the metadata service names. */
  readonly roleName?: string | undefined
  /** Whether to go on without a token when the token request fails. Default: true. */
  readonly allowV1?: boolean | undefined
  /** How long the metadata token is good for: 1 to 21600 seconds, the default. */
  readonly tokenTtlSeconds?: number | undefined
  /** Default: `http://100.100.100.200`. */
  readonly endpoint?: string | undefined
  readonly signal?: AbortSignal | undefined
}

const ENDPOINT = 'http://100.100.100.200'
const TOKEN_PATH = '/latest/api/token'
const ROLES_PATH = '/latest/meta-data/ram/security-credentials/'
const TOKEN_HEADER = 'x-aliyun-ecs-metadata-token'
const TTL_HEADER = 'x-aliyun-ecs-metadata-token-ttl-seconds'
/** The metadata service is a hop away or not there at all. */
const TIMEOUT_MS = 1_000

const RETRY_ONCE: RetryPolicy = {
  attempts: 2,
  totalMs: 5_000,
  baseMs: 200,
  maxMs: 1_000,
  retryOn: (status) => status === undefined || status === 429 || status >= 500,
}

/**
 * The credentials of the RAM role that an ECS instance has, from its metadata service.
 *
 * @throws ServiceError `SERVICE_ERROR`, `SERVICE_UNREACHABLE`, `SERVICE_RESPONSE_INVALID`, `TIMEOUT`; UsageError
 * `URL_INVALID` for an endpoint that is none.
 * @see https://www.alibabacloud.com/help/en/ecs/user-guide/attach-an-instance-ram-role
 */
export async function readEcsRamRole(options: EcsMetadataOptions): Promise<TemporaryCredentials & AlibabaCredentials> {
  const token = await metadataToken(options)
  try {
    return await readRole(options, token)
  } catch (error) {
    // Some instances answer the token request and then want to be asked without one.
    if (token === undefined || options.allowV1 === false || options.signal?.aborted) throw error
    return readRole(options, undefined)
  }
}

async function metadataToken(options: EcsMetadataOptions): Promise<string | undefined> {
  const headers = { [TTL_HEADER]: `${options.tokenTtlSeconds ?? 21_600}` }
  try {
    const token = await read(TOKEN_PATH, { method: 'PUT', headers }, options)
    if (/^[\x21-\x7e]+$/.test(token)) return token
    throw new ServiceError(
      'SERVICE_RESPONSE_INVALID',
      'Expected a token of one word from the ECS metadata service, found something else.',
    )
  } catch (error) {
    if (options.allowV1 === false || options.signal?.aborted) throw error
    return undefined
  }
}

async function readRole(options: EcsMetadataOptions, token: string | undefined): Promise<TemporaryCredentials> {
  const init = { headers: token === undefined ? {} : { [TOKEN_HEADER]: token } }
  const role = options.roleName ?? (await read(ROLES_PATH, init, options))
  if (role === '')
    throw new ServiceError(
      'SERVICE_RESPONSE_INVALID',
      'Expected the name of a RAM role from the ECS metadata service, found none; attach a role to the instance.',
    )
  const answer = await read(`${ROLES_PATH}${encodeURIComponent(role)}`, init, options)
  return temporaryCredentials(answer, 'the ECS metadata service', { code: 'Success' })
}

async function read(path: string, init: RequestInit, options: EcsMetadataOptions): Promise<string> {
  const { endpoint = ENDPOINT, fetch, onRequest, random, sleep, clock, signal } = options
  const { retry = RETRY_ONCE, timeoutMs = TIMEOUT_MS } = options
  const url = new URL(path, endpointUrl(endpoint))
  const call = { fetch, onRequest, random, sleep, clock, signal, retry, timeoutMs }
  const response = await serviceCall(() => new Request(url, init), call)
  return (await response.text()).trim()
}
