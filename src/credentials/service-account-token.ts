import { ConfigurationError } from '../errors.js'
import { readSecurityToken } from '../federation/security-token.js'
import { readTextFile } from '../runtime/text-file.js'
import type { Runtime } from '../runtime/types.js'
import { type FileSource, isFile } from './session-source.js'

/** A Kubernetes service account's token, a function that gives it, or the file that holds it. */
export type ServiceAccountTokenSource = string | FileSource | (() => string | Promise<string>)

const MOUNTED = '/var/run/secrets/kubernetes.io/serviceaccount/token'
const TEXT_VARIABLE = 'OCI_KUBERNETES_SERVICE_ACCOUNT_TOKEN_STRING'
const PATH_VARIABLE = 'OCI_KUBERNETES_SERVICE_ACCOUNT_TOKEN_PATH'

/**
 * The service account's token as it is now: Kubernetes replaces it long before it expires.
 *
 * @throws ConfigurationError `TOKEN_INVALID` when it is no JWT or does not expire, `TOKEN_EXPIRED`, `CONFIG_MISSING`.
 */
export async function serviceAccountToken(
  source: ServiceAccountTokenSource | undefined,
  runtime: Runtime,
  clock: { now(): number },
): Promise<string> {
  const given = source ?? ofEnvironment(runtime)
  const origin = isFile(given) ? `the file ${given.file}` : 'the settings'
  const { token, expiresAt } = readSecurityToken(await textOf(given, runtime))
  if (expiresAt === undefined) throw invalid('TOKEN_INVALID', `to say when it expires, the one from ${origin} does not`)
  if (expiresAt > clock.now()) return token
  const when = new Date(expiresAt).toISOString()
  throw invalid('TOKEN_EXPIRED', `to be valid now, the one from ${origin} expired at ${when}`)
}

function ofEnvironment(runtime: Runtime): string | FileSource {
  const text = runtime.env(TEXT_VARIABLE)?.trim()
  return text || { file: runtime.env(PATH_VARIABLE)?.trim() || MOUNTED }
}

async function textOf(source: ServiceAccountTokenSource, runtime: Runtime): Promise<string> {
  if (isFile(source)) return readTextFile(source.file, "the service account's token", runtime)
  return typeof source === 'function' ? source() : source
}

function invalid(code: 'TOKEN_INVALID' | 'TOKEN_EXPIRED', expected: string): ConfigurationError {
  return new ConfigurationError(code, `Expected the service account's token ${expected}.`)
}
