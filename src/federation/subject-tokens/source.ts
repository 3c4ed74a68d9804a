import { ConfigurationError, ServiceError } from '../../errors.js'
import { RETRY, type RetryPolicy } from '../../http/retry.js'

/**
 * Gives the subject token to exchange: the JWT with which another identity provider vouches for this workload. It is
 * called anew for each exchange, so it must never keep a token for longer than that token lives.
 */
export type SubjectTokenSource = (context?: SubjectTokenContext) => Promise<string>

/** What a source is told. */
export interface SubjectTokenContext {
  readonly signal?: AbortSignal
}

/** Where a token came from, in words for a message: never its content. */
type Origin = string

/**
 * The token without the white space around it.
 *
 * @throws ConfigurationError `TOKEN_INVALID` when it is empty, a file path, PEM, or JSON.
 */
export function subjectTokenFrom(raw: unknown, origin: Origin): string {
  if (typeof raw !== 'string') throw invalid(origin, `a string was expected, got ${raw === null ? 'null' : typeof raw}`)
  const token = raw.trim()
  const mistake = MISTAKES.find(({ shows }) => shows(token))
  if (mistake !== undefined) throw invalid(origin, mistake.because)
  return token
}

const MISTAKES: readonly { readonly shows: (token: string) => boolean; readonly because: string }[] = [
  { shows: (token) => token === '', because: 'it is empty' },
  { shows: (token) => token.startsWith('-----BEGIN'), because: 'it is a PEM block, not a token' },
  {
    shows: (token) => /^(~|\.{0,2}[\\/]|[A-Za-z]:\\)/.test(token) && token.length < 4096,
    because: 'it is a file path: pass the content of the file, or use the file source',
  },
  { shows: (token) => /^[[{"]/.test(token), because: 'it is JSON: pass the token inside it' },
  { shows: (token) => /^Bearer\s/i.test(token), because: 'it starts with "Bearer": pass the token alone' },
  { shows: (token) => /\s/.test(token), because: 'it has white space inside' },
]

function invalid(origin: Origin, because: string): ConfigurationError {
  return new ConfigurationError('TOKEN_INVALID', `The subject token from ${origin} cannot be used: ${because}.`)
}

/**
 * The error for a variable that is not set, which lets a chain go on.
 */
export function notConfigured(expected: string): ConfigurationError {
  return new ConfigurationError('NOT_CONFIGURED', expected)
}

/**
 * The string member `name` of a JSON answer.
 *
 * @throws ServiceError `SERVICE_RESPONSE_INVALID` when the answer is not an object; ConfigurationError `TOKEN_INVALID`
 * when the member is no token.
 */
export function tokenMember(body: unknown, name: string, origin: Origin): string {
  if (typeof body !== 'object' || body === null || !(name in body)) {
    throw new ServiceError('SERVICE_RESPONSE_INVALID', `Expected a JSON object with "${name}" from ${origin}.`)
  }
  return subjectTokenFrom((body as Record<string, unknown>)[name], origin)
}

/** A job or a request waits for a subject token: few attempts, with short waits. */
export const SUBJECT_TOKEN_RETRY: RetryPolicy = {
  ...RETRY.FEDERATION,
  retryOn: (status) => status === undefined || status === 429 || status >= 500,
}
