import { runtime as defaultRuntime } from '#runtime'
import type { Runtime } from '../../runtime/types.js'
import { tokenFile } from './file.js'
import { notConfigured, type SubjectTokenSource } from './source.js'

/** Where variables and files are read. */
export interface AzureWorkloadIdentityOptions {
  /** @defaultValue the runtime's own environment and files */
  readonly runtime?: Pick<Runtime, 'env' | 'files' | 'name'>
}

/**
 * The service account token that Azure's workload identity webhook projects into an AKS pod, at
 * `AZURE_FEDERATED_TOKEN_FILE`. Its issuer is the cluster's OIDC issuer. Read anew for each exchange.
 *
 * Rejects with ConfigurationError `NOT_CONFIGURED` when the variable or the file is missing.
 * @example
 * ```ts
 * import { azureWorkloadIdentity } from 'countersign/federation/subject-tokens/azure-workload-identity'
 *
 * const subjectToken = azureWorkloadIdentity()
 * ```
 * @see https://azure.github.io/azure-workload-identity/docs/
 */
export function azureWorkloadIdentity(options: AzureWorkloadIdentityOptions = {}): SubjectTokenSource {
  const { runtime = defaultRuntime } = options
  return async (context) => {
    const path = runtime.env('AZURE_FEDERATED_TOKEN_FILE')
    if (!path)
      throw notConfigured(
        'Expected AZURE_FEDERATED_TOKEN_FILE to be set, as the workload identity webhook of AKS does.',
      )
    return tokenFile(path, { runtime })(context)
  }
}
