import { ConfigurationError } from '../../errors.js'

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
