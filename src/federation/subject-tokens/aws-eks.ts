import { runtime as defaultRuntime } from '#runtime'
import type { Runtime } from '../../runtime/types.js'
import { tokenFile } from './file.js'
import { notConfigured, type SubjectTokenSource } from './source.js'

/** Where variables and files are read. */
export interface AwsEksOptions {
  /** @defaultValue the runtime's own environment and files */
  readonly runtime?: Pick<Runtime, 'env' | 'files' | 'name'>
}

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
  const { runtime = defaultRuntime } = options
  return async (context) => {
    const path = runtime.env('AWS_WEB_IDENTITY_TOKEN_FILE')
    if (!path) throw notConfigured('Expected AWS_WEB_IDENTITY_TOKEN_FILE to be set, as EKS does for pods with a role.')
    return tokenFile(path, { runtime })(context)
  }
}
