import { ServiceError } from '../errors.js'
import type { Claims } from '../types.js'
import { readSecurityToken } from './security-token.js'

/** A refusal, by what the domain says, and what is behind it. */
interface KnownFailure {
  readonly applies: (error: ServiceError) => boolean
  readonly cause: string
}

const says = (error: ServiceError, pattern: RegExp): boolean => pattern.test(error.message)

const KNOWN_FAILURES: readonly KnownFailure[] = [
  {
    applies: (error) => error.serviceCode === 'invalid_client',
    cause:
      'The client id or secret is wrong or was rotated, the application is not active, or they belong to another application (the one for administration, perhaps).',
  },
  {
    applies: (error) => says(error, /no rules? matched/i),
    cause:
      "No rule of the trust fits the token: compare the rules with the claims below, letter by letter. Quotes around a rule's value are a usual reason, and so are rules that were never stored.",
  },
  {
    applies: (error) => says(error, /not a service user/i),
    cause:
      'The user that the rule names was made without serviceUser: true, which cannot be changed: make another one.',
  },
  {
    applies: (error) => error.serviceCode === 'invalid_grant',
    cause:
      "The domain does not believe the subject token: it expired, its signature does not fit the trust's keys, or its issuer or audience is not the one that the trust names (compare byte for byte, slash at the end included).",
  },
  {
    applies: (error) => error.serviceCode === 'unauthorized_client',
    cause: "The application is not among the trust's oauthClients, or the trust is not active.",
  },
  {
    applies: (error) => error.status === 401 || error.status === 403,
    cause:
      "The application is not among the trust's oauthClients, the trust is not active, or the domain URL is another domain's.",
  },
]

/**
 * The error of an exchange with its usual cause and the claims that the trust looked at. The subject token itself,
 * the secret and the form stay out of it. Errors that are no refusals pass as they are.
 */
export function explainExchangeFailure(error: unknown, form: URLSearchParams): unknown {
  if (!(error instanceof ServiceError) || error.code !== 'SERVICE_ERROR') return error
  const known = KNOWN_FAILURES.find(({ applies }) => applies(error))
  if (known === undefined) return error
  const message = `${error.message} ${known.cause} ${describeSubject(form.get('subject_token') ?? '')}`
  return new ServiceError(error.code, message, error)
}

/** What a trust compares, and when the token ends: nothing with which anyone could act. */
function describeSubject(subjectToken: string): string {
  const claims = claimsOf(subjectToken)
  if (claims === undefined) return 'The subject token is not a JWT.'
  const shown = ['iss', 'sub', 'aud'].map((name) => `${name}=${shortText(claims[name])}`)
  return `Subject token: ${[...shown, `exp=${timeOf(claims['exp'])}`].join(', ')}.`
}

function claimsOf(subjectToken: string): Claims | undefined {
  try {
    return readSecurityToken(subjectToken).claims
  } catch {
    return undefined
  }
}

function shortText(value: unknown): string {
  const text = JSON.stringify(value) ?? '(absent)'
  return text.length > 300 ? `${text.slice(0, 300)}…` : text
}

function timeOf(seconds: unknown): string {
  // A token with another `exp` than a time was not read at all.
  return typeof seconds === 'number' ? new Date(seconds * 1000).toISOString() : '(absent)'
}
