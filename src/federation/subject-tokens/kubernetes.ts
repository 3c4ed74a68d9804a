import { type TokenFileOptions, tokenFile } from './file.js'
import type { SubjectTokenSource } from './source.js'

/** Where Kubernetes mounts the token of a pod's service account unless the pod says otherwise. */
export const KUBERNETES_TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount/token'

/** Where the token is mounted. */
export interface KubernetesOptions extends TokenFileOptions {
  /** @defaultValue {@link KUBERNETES_TOKEN_PATH} */
  readonly path?: string
}

/**
 * A pod's projected service account token. Project one with an audience of its own (`serviceAccountToken.audience`) and
 * a life of an hour or less; the kubelet replaces the file, and it is read anew for each exchange. The issuer of a
 * private cluster cannot be reached by the identity domain: put its certificate into the trust in place of its key URL.
 *
 * Rejects as {@link tokenFile} does.
 * @example
 * ```ts
 * import { kubernetes } from 'countersign/federation/subject-tokens/kubernetes'
 *
 * const subjectToken = kubernetes({ path: '/var/run/secrets/oci/token' })
 * ```
 * @see https://kubernetes.io/docs/concepts/storage/projected-volumes/#serviceaccounttoken
 */
export function kubernetes(options: KubernetesOptions = {}): SubjectTokenSource {
  const { path = KUBERNETES_TOKEN_PATH, ...rest } = options
  return tokenFile(path, rest)
}
