import { fromEnvironment } from '../../credentials/environment.js'
import { CountersignError } from '../../errors.js'
import { type Examination, type Patient, reasonOf } from '../examination.js'

const name = 'environment'

const variables = [
  'OCI_CLI_AUTH',
  'OCI_CLI_CONFIG_FILE',
  'OCI_CLI_PROFILE',
  'OCI_CLI_TENANCY',
  'OCI_CLI_USER',
  'OCI_CLI_FINGERPRINT',
  'OCI_CLI_KEY_FILE',
  'OCI_CLI_KEY_CONTENT',
  'OCI_CLI_PASSPHRASE',
  'OCI_CLI_SECURITY_TOKEN_FILE',
  'OCI_CLI_REGION',
  'OCI_CONFIG_FILE',
  'OCI_METADATA_BASE_URL',
  'OCI_REGION',
  'OCI_RESOURCE_PRINCIPAL_VERSION',
  'OCI_RESOURCE_PRINCIPAL_REGION',
  'KUBERNETES_SERVICE_HOST',
  'TF_VAR_tenancy_ocid',
  'TF_VAR_user_ocid',
] as const

/** The variables that have a say, by name only, and whether they make up credentials. */
export async function examineEnvironment({ runtime, clock, signal }: Patient): Promise<Examination> {
  const set = variables.filter((variable) => (runtime.env(variable) ?? '') !== '')
  const says = [set.length === 0 ? 'no variable of OCI is set' : `set: ${set.join(', ')}`]
  try {
    await fromEnvironment({ runtime, clock })(signal && { signal })
    return { name, state: 'good', says: [...says, 'they make up credentials'] }
  } catch (failure) {
    const absent = failure instanceof CountersignError && failure.code === 'NOT_CONFIGURED'
    return absent ? { name, state: 'absent', says } : { name, state: 'faulty', says: [...says, reasonOf(failure)] }
  }
}
