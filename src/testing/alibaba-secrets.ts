import { alibabaAccount } from './alibaba-account.js'
import { refusal } from './answers.js'
import type { EmulatorState } from './state.js'

/** What `GetSecretValue` answers, whatever the protocol. */
export interface SecretAnswer {
  readonly [name: string]: string | readonly string[]
}

/**
 * The secret that somebody asks for. The RAM user whose own access key a secret holds may not read any.
 *
 * @throws ServiceError with the code of KMS.
 */
export function secretFor(secretName: string, stage: string, caller: string, state: EmulatorState): SecretAnswer {
  const account = state.of(alibabaAccount)
  const name = secretName.replace(`acs:kms:${account.region}:${account.id}:secret/`, '')
  if (caller.startsWith(account.userArn('user-of-'))) {
    throw refusal(403, 'Forbidden.NoPermission', 'This operation is forbidden by permission system.')
  }
  const secret = account.secret(name)
  if (secret === undefined || (stage !== '' && stage !== 'ACSCurrent')) {
    throw refusal(404, 'Forbidden.ResourceNotFound', 'The specified secret or version is not found.')
  }
  return {
    ...secret,
    RequestId: crypto.randomUUID(),
    SecretName: name,
    SecretDataType: 'text',
    VersionStages: ['ACSCurrent'],
  }
}
