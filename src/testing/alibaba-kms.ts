import { alibabaAccount } from './alibaba-account.js'
import { actionOf, answerOpenApi, answerOpenApiError, parameter, proveOpenApi } from './alibaba-open-api.js'
import { refusal } from './answers.js'
import type { EmulatorState } from './state.js'
import type { Surface } from './surface.js'

/** What both protocols of KMS answer. */
export type SecretAnswer = Readonly<Record<string, string | readonly string[]>>

/** What somebody asks KMS for. */
export interface SecretQuestion {
  /** The secret's name, or its ARN. */
  readonly name: string
  readonly stage: string
  readonly fetchExtendedConfig: boolean
}

const STAGES = ['', 'ACSCurrent']

/**
 * The Secrets Manager of KMS, by its Open API: `GetSecretValue` for access keys, temporary ones and client keys.
 * @see https://www.alibabacloud.com/help/en/kms/key-management-service/developer-reference/api-kms-2016-01-20-getsecretvalue
 */
export const alibabaKms: Surface = {
  name: 'alibaba-kms',
  matches: (request) => actionOf(request) === 'GetSecretValue',
  async handle(request, state) {
    const { arn } = await proveOpenApi(request, state)
    requireRights(arn, state)
    const question: SecretQuestion = {
      name: parameter(request, 'SecretName') ?? '',
      stage: parameter(request, 'VersionStage') ?? '',
      fetchExtendedConfig: parameter(request, 'FetchExtendedConfig') === 'true',
    }
    const { VersionStages = [], ...answer } = secretAnswer(question, state)
    return answerOpenApi({ ...answer, VersionStages: { VersionStage: VersionStages } })
  },
  answerError: answerOpenApiError,
}

/** The users whose access keys are kept as secrets cannot read secrets. @throws ServiceError 403. */
export function requireRights(arn: string, state: EmulatorState): void {
  if (!state.of(alibabaAccount).isManagedUser(arn)) return
  throw refusal(403, 'Forbidden.NoPermission', 'This operation is forbidden by permission system.')
}

/** The secret's current version. @throws ServiceError 400 without a name, 404 for what is not there. */
export function secretAnswer(question: SecretQuestion, state: EmulatorState): SecretAnswer {
  const { name, stage, fetchExtendedConfig } = question
  if (name === '') throw refusal(400, 'MissingParameter', 'The parameter SecretName is mandatory.')
  const account = state.of(alibabaAccount)
  const SecretName = name.replace(`acs:kms:${account.region}:${account.id}:secret/`, '')
  const secret = account.secret(SecretName)
  if (secret === undefined || !STAGES.includes(stage)) {
    throw refusal(404, 'Forbidden.ResourceNotFound', 'The specified secret or version is not found.')
  }
  const { ExtendedConfig, ...rest } = secret
  const extended = fetchExtendedConfig && ExtendedConfig !== undefined ? { ExtendedConfig } : {}
  return { ...rest, ...extended, SecretName, SecretDataType: 'text', VersionStages: ['ACSCurrent'] }
}
