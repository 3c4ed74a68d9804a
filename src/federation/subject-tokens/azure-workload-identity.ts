import { type NamedTokenFileOptions, tokenFileNamedBy } from './file.js'
import type { SubjectTokenSource } from './source.js'

/** Where variables and files are read. */
export type AzureWorkloadIdentityOptions = NamedTokenFileOptions

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
  return tokenFileNamedBy('AZURE_FEDERATED_TOKEN_FILE', 'the workload identity webhook of AKS does', options)
}
