import { ConfigurationError, UsageError } from '../errors.js'

/** What the signer refuses, and what it says then. No message repeats what may hold a secret. */
const REFUSALS = {
  BODY_LENGTH_UNKNOWN: (): UsageError =>
    usage(
      'BODY_LENGTH_UNKNOWN',
      'Expected the length of the stream, which OCI wants beforehand, found none, or one that is no whole number; pass contentLength as the number of bytes, or send a Blob or bytes.',
    ),
  BODY_NOT_ALLOWED: (method: string): UsageError =>
    usage('BODY_NOT_ALLOWED', `Expected no body in a ${method} request, found one; use POST, PUT or PATCH.`),
  BODY_NOT_REPLAYABLE: (): UsageError =>
    usage(
      'BODY_NOT_REPLAYABLE',
      'Expected a request whose body is unread, found one that was sent or read; make a new Request.',
    ),
  BODY_UNSUPPORTED: (tag: string): UsageError =>
    usage(
      'BODY_UNSUPPORTED',
      `Expected text, bytes, a Blob, FormData, URLSearchParams or a stream as body, found ${tag}; JSON.stringify() an object first.`,
    ),
  DIGEST_MISSING: (): UsageError =>
    usage(
      'BODY_UNSUPPORTED',
      'Expected the digest of the stream, which the signature covers, found none; pass contentSha256, bytes, or body: "exclude" where the operation allows it.',
    ),
  DIGEST_INVALID: (): UsageError =>
    usage(
      'OPTION_INVALID',
      'Expected contentSha256 as 44 characters of base64 (the SHA-256 of the body), found something else.',
    ),
  HEADER_INVALID: (name: string): UsageError =>
    usage(
      'HEADER_INVALID',
      `Expected a name without special characters and a value of printable ASCII, found another character in the header ${JSON.stringify(name)}; trim or encode it.`,
    ),
  HEADER_MISSING: (name: string): UsageError =>
    usage(
      'HEADER_INVALID',
      `Expected the header ${JSON.stringify(name)}, which is to be signed, found none; set it or take it off the list.`,
    ),
  KEY_ID_INVALID: (): UsageError =>
    usage(
      'KEY_ID_INVALID',
      'Expected a key id of printable ASCII without quotes and backslashes, found another character; trim a token read from a file.',
    ),
  KEY_UNSUPPORTED: (): ConfigurationError =>
    new ConfigurationError(
      'KEY_UNSUPPORTED',
      'Expected a private CryptoKey for RSASSA-PKCS1-v1_5 with SHA-256 or a function that signs, found another key; importPrivateKey() makes one from PEM.',
    ),
  METHOD_INVALID: (method: string, methods: readonly string[]): UsageError =>
    usage('METHOD_INVALID', `Expected one of ${methods.join(', ')}, found ${JSON.stringify(method)}.`),
  SIGNATURE_MISSING: (): ConfigurationError =>
    new ConfigurationError(
      'KEY_UNSUPPORTED',
      'Expected the bytes of a signature from the sign function, found none; decode base64, and return a Uint8Array.',
    ),
  URL_INVALID: (url: string | URL): UsageError =>
    usage(
      'URL_INVALID',
      `Expected an absolute http(s) URL that every parser reads alike, found ${findingIn(String(url))}.`,
    ),
} as const

// In the order in which they are looked for.
const URL_FINDINGS: readonly (readonly [RegExp, string])[] = [
  [/[\p{Cc}\\]/u, 'a backslash or a control character such as a tab or a line end; encode it, or trim the URL'],
  [/^(?!https?:)/i, 'another scheme or none; begin with https://'],
  [/^https?:\/*[^/?#]*@/i, 'userinfo in it; pass credentials apart'],
  [/^[^?#]*\/(\.|%2e){1,2}(?=[/?#]| *$)/i, 'a "." or ".." segment; encode what is beside it ("a%2F..%2Fb")'],
]

/** What is wrong with a URL. Nothing of it is repeated: it may hold a password. */
function findingIn(url: string): string {
  return URL_FINDINGS.find(([pattern]) => pattern.test(url))?.[1] ?? 'none; check host and port'
}

/** A reason for the signer to refuse. */
export type Refusal = keyof typeof REFUSALS

/** What the message of a refusal is made from. */
export type RefusalDetails<R extends Refusal> = Parameters<(typeof REFUSALS)[R]>

/** The error for a refusal. */
export function refusal<R extends Refusal>(reason: R, ...found: RefusalDetails<R>): UsageError | ConfigurationError {
  return (REFUSALS[reason] as (...found: unknown[]) => UsageError | ConfigurationError)(...found)
}

const usage = (code: UsageError['code'], message: string): UsageError => new UsageError(code, message)
