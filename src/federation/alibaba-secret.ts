import { asJsonObject, type JsonObject, readJsonText } from '../encoding/json.js'
import { ConfigurationError, ServiceError } from '../errors.js'

/** A secret as `GetSecretValue` gives it: the fields that are used, under the service's names in small letters. */
export interface SecretValue {
  readonly secretName: string
  /** `RAMCredentials` for managed RAM credentials. */
  readonly secretType: string
  /** The secret itself. Keep it out of messages. */
  readonly secretData: string
  readonly versionId?: string
  /** ISO time of the next rotation. */
  readonly nextRotationDate?: string
  /** Such as `604800s`. */
  readonly rotationInterval?: string
  /** JSON with `SecretSubType` and `UserName`. */
  readonly extendedConfig?: string
  readonly requestId?: string
}

/** Fetches a secret by its name. Throws a ServiceError that tells whether the failure may pass. */
export type SecretSource = (secretName: string, options?: { readonly signal?: AbortSignal }) => Promise<SecretValue>

/** The access key in a managed RAM credential, and what it says of its own life. */
export interface ManagedAccessKey {
  readonly accessKeyId: string
  readonly accessKeySecret: string
  /** Epoch milliseconds. */
  readonly expiresAt?: number
  /** Epoch milliseconds of the next rotation, when the secret itself tells it. */
  readonly rotatesAt?: number
  /** How long to keep it, in milliseconds, when the secret itself tells it. */
  readonly refreshIntervalMs?: number
}

/** The version stage that applications use. */
export const CURRENT_STAGE = 'ACSCurrent'

/**
 * Reads the answer of `GetSecretValue`, by whichever protocol it came.
 *
 * @throws ServiceError `SERVICE_RESPONSE_INVALID`, without the answer in its message.
 */
export function secretValue(answer: unknown): SecretValue {
  const fields = asJsonObject(answer) ?? {}
  const { SecretName: secretName, SecretType: secretType, SecretData: secretData } = fields
  if (!isText(secretName) || !isText(secretType) || !isText(secretData)) {
    throw new ServiceError(
      'SERVICE_RESPONSE_INVALID',
      'Expected "SecretName", "SecretType" and "SecretData" in the answer of KMS, found something else.',
    )
  }
  return {
    secretName,
    secretType,
    secretData,
    ...optional('versionId', fields['VersionId']),
    ...optional('nextRotationDate', fields['NextRotationDate']),
    ...optional('rotationInterval', fields['RotationInterval']),
    ...optional('extendedConfig', fields['ExtendedConfig']),
    ...optional('requestId', fields['RequestId']),
  }
}

/**
 * Reads the access key out of a managed RAM credential.
 *
 * @throws ConfigurationError `CONFIG_INVALID` when the secret is of another type or holds no access key; the secret is
 * not in the message.
 */
export function managedAccessKey(secret: SecretValue): ManagedAccessKey {
  const { secretName, secretType, secretData } = secret
  // The Java client writes RamCredentials.
  if (secretType.toLowerCase() !== 'ramcredentials') {
    throw notManaged(secretName, `a secret of type "${secretType}"; create it under "RAM Secrets" in the KMS console`)
  }
  const data = parsed(secretData)
  const accessKeyId = first(data, 'AccessKeyId', 'accessKey')
  const accessKeySecret = first(data, 'AccessKeySecret', 'accessSecret')
  if (!isText(accessKeyId) || !isText(accessKeySecret)) {
    throw notManaged(
      secretName,
      'one without "AccessKeyId" and "AccessKeySecret"; check that its rotation has not failed',
    )
  }
  return {
    accessKeyId,
    accessKeySecret,
    ...positive('expiresAt', timeOf(first(data, 'ExpireTimestamp'))),
    ...positive('rotatesAt', millisecondsOfSeconds(first(data, 'ScheduleRotateTimestamp'))),
    ...positive('refreshIntervalMs', millisecondsOfSeconds(first(data, 'RefreshInterval'))),
  }
}

/** Whether the secret is the access key of a RAM user, which KMS rotates; other kinds bring their own interval. */
export function isRamUserAccessKey({ extendedConfig }: SecretValue): boolean {
  if (extendedConfig === undefined) return true
  const subType = first(parsed(extendedConfig), 'SecretSubType')
  return typeof subType !== 'string' || subType.toLowerCase() === 'ramuseraccesskey'
}

/** Milliseconds of `604800s`, or of a number of seconds. `undefined` when it is neither, or not above zero. */
export function millisecondsOfSeconds(value: unknown): number | undefined {
  const seconds = typeof value === 'string' ? Number(/^\d+(?=s?$)/i.exec(value.trim())?.[0]) : value
  return typeof seconds === 'number' && Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : undefined
}

/** Epoch milliseconds of an ISO time. */
export function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isNaN(time) ? undefined : time
}

function notManaged(secretName: string, found: string): ConfigurationError {
  return new ConfigurationError(
    'CONFIG_INVALID',
    `Expected the secret "${secretName}" to be a managed RAM credential, found ${found}.`,
  )
}

/** The first member of one of these names, whatever the case. */
function first(data: JsonObject, ...names: readonly string[]): unknown {
  const wanted = names.map((name) => name.toLowerCase())
  return Object.entries(data).find(([name]) => wanted.includes(name.toLowerCase()))?.[1]
}

function parsed(json: string): JsonObject {
  return asJsonObject(readJsonText(json)) ?? {}
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== ''

function optional<K extends string>(name: K, value: unknown): { readonly [key in K]?: string } {
  return isText(value) ? ({ [name]: value } as { [key in K]: string }) : {}
}

function positive<K extends string>(name: K, value: number | undefined): { readonly [key in K]?: number } {
  return value !== undefined && value > 0 ? ({ [name]: value } as { [key in K]: number }) : {}
}
