import { ConfigurationError, ServiceError, UsageError, VerificationError } from '../errors.js'

/** What a command's exit code means. These stay as they are: scripts depend on them. */
export const exitCodes = {
  ok: 0,
  /** The service answered with an HTTP status of 400 or more; or faults were looked for, and found. */
  refused: 1,
  /** The command line, or something it names, cannot be used. */
  usage: 2,
  /** The credentials' set-up cannot be used, or is not there. */
  configuration: 3,
  /** A remote service did not answer, or not as it should. */
  service: 4,
  /** A signature was not accepted. */
  verification: 5,
  /** A defect of this program. */
  defect: 70,
  /** Stopped by Ctrl-C. */
  interrupted: 130,
} as const

/** The meanings as the help shows them. */
export const exitCodeMeanings: readonly (readonly [code: number, meaning: string])[] = [
  [exitCodes.ok, 'done'],
  [exitCodes.refused, 'the service answered with an HTTP status of 400 or more; or faults were found'],
  [exitCodes.usage, 'the command line, or something it names, cannot be used'],
  [exitCodes.configuration, 'the credentials cannot be used, or there are none'],
  [exitCodes.service, 'a remote service did not answer, or not as it should'],
  [exitCodes.verification, 'the signature was not accepted'],
  [exitCodes.defect, 'a defect of this program'],
  [exitCodes.interrupted, 'interrupted'],
]

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return exitCodes.usage
  if (error instanceof ConfigurationError) return exitCodes.configuration
  if (error instanceof VerificationError) return exitCodes.verification
  if (error instanceof ServiceError || isNetworkFailure(error) || isTimeout(error)) return exitCodes.service
  return exitCodes.defect
}

/** Whether `fetch` itself failed: it throws a `TypeError` with the reason as its cause. */
export function isNetworkFailure(error: unknown): error is TypeError {
  return error instanceof TypeError && (error.cause instanceof Error || /fetch/i.test(error.message))
}

/** Whether a time limit that the user set has run out. */
export function isTimeout(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'TimeoutError'
}
