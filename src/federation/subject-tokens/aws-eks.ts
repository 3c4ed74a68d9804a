import { type NamedTokenFileOptions, tokenFileNamedBy } from './file.js'
import type { SubjectTokenSource } from './source.js'

/** Where variables and files are read. */
export type AwsEksOptions = NamedTokenFileOptions

/**
 * The service account token that EKS projects into a pod, at `AWS_WEB_IDENTITY_TOKEN_FILE`. Its issuer is the cluster's
 * OIDC issuer, its audience `sts.amazonaws.com` unless annotated otherwise. Read anew for each exchange.
 *
 * Rejects with ConfigurationError `NOT_CONFIGURED` when the variable or the file is missing.
 * @example
 * ```ts
 * import { awsEks } from 'countersign/federation/subject-tokens/aws-eks'
 *
 * const subjectToken = awsEks()
 * ```
 * @see https://docs.aws.amazon.com/eks/latest/userguide/iam-roles-for-service-accounts.html
 */
export function awsEks(options: AwsEksOptions = {}): SubjectTokenSource {
  return tokenFileNamedBy('AWS_WEB_IDENTITY_TOKEN_FILE', 'EKS does for pods with a role', options)
}
