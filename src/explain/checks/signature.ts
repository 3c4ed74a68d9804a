import { decodeBase64Url } from '../../encoding/base64.js'
import { equal, utf8 } from '../../encoding/bytes.js'
import { REQUEST_TARGET, requestTarget, signingString } from '../../signers/oci-signing-string.js'
import type { CauseCode } from '../causes.js'
import { found } from '../evidence.js'
import { headerValue, type Scene } from '../scene.js'
import type { CapturedRequest, Finding } from '../types.js'

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

/** The lines that a signature covers, by name. */
type Lines = Readonly<Record<string, string>>

/** One way in which the signed lines may have differed from those that were sent. */
interface Supposition {
  readonly code: CauseCode
  readonly lines: Lines
  readonly evidence: string
  readonly suffix?: string
}

/** Tells whether the signature is over this text. */
type Matches = (text: string) => Promise<boolean>

/**
 * Re-makes the signature over the request as it was sent. Where that fails, supposes one difference after another until
 * a supposition fits: then it is known what was signed, and what became of it on the way.
 */
export async function checkSignature(scene: Scene): Promise<readonly Finding[]> {
  const { request, authorization } = scene
  const names = authorization?.value?.headers.map((name) => name.toLowerCase())
  const matches = await comparer(scene)
  if (scene.url === undefined || request === undefined || names === undefined || matches === undefined) return []
  const sent = sentLines(request)
  if (names.some((name) => sent[name] === undefined)) return []
  if (await matches(signingString(names, sent))) return []
  for (const { code, lines, evidence, suffix = '' } of suppositions(request, sent)) {
    if (await matches(signingString(names, { ...sent, ...lines }) + suffix)) return [found(code, 'certain', evidence)]
  }
  return [found('SIGNED_WITH_OTHER_KEY', 'likely', `the signature does not cover: ${names.join(' ')} as sent`)]
}

/** PKCS#1 v1.5 signatures are deterministic, so a private key can compare as well as a public one can verify. */
async function comparer({ authorization, signingKey, token }: Scene): Promise<Matches | undefined> {
  const signature = authorization?.value?.signature
  if (signature === undefined) return undefined
  if (signingKey !== undefined) {
    return async (text) => equal(new Uint8Array(await crypto.subtle.sign(rsa.name, signingKey, utf8(text))), signature)
  }
  const jwk = token?.value?.jwk
  if (jwk === undefined || decodeBase64Url(jwk.n) === undefined) return undefined
  const key = await crypto.subtle.importKey('jwk', { kty: 'RSA', n: jwk.n, e: jwk.e }, rsa, false, ['verify'])
  return (text) => crypto.subtle.verify(rsa.name, key, signature, utf8(text))
}

/** The lines as the other side builds them from what it receives. */
function sentLines(request: CapturedRequest): Lines {
  const headers = request.headers.map(([name]) => [name.toLowerCase(), headerValue(request, name.toLowerCase()) ?? ''])
  return {
    ...(request.body === undefined ? { 'content-length': '0' } : { 'content-length': String(request.body.length) }),
    host: new URL(request.url).host,
    ...Object.fromEntries(headers),
    [REQUEST_TARGET]: requestTarget(request.method, targetOf(request.url)),
  }
}

function suppositions(request: CapturedRequest, sent: Lines): readonly Supposition[] {
  return [
    ...hostSuppositions(request, sent),
    ...pathSuppositions(request),
    ...querySuppositions(request),
    ...methodSuppositions(request),
    ...contentTypeSuppositions(sent),
    { code: 'SIGNING_STRING_NEWLINE', lines: {}, suffix: '\n', evidence: 'it fits with a line break at the end' },
  ]
}

function hostSuppositions({ url }: CapturedRequest, sent: Lines): readonly Supposition[] {
  const { hostname, host } = new URL(url)
  const others = [
    host,
    hostname,
    `${hostname}:443`,
    `${hostname}:80`,
    hostname.toUpperCase(),
    sent['x-forwarded-host'] ?? '',
  ]
  return [...new Set(others)]
    .filter((other) => other !== '' && other !== sent['host'])
    .map((other) => ({
      code: 'HOST_REWRITTEN',
      lines: { host: other },
      evidence: `signed: ${other}; sent: ${sent['host']}`,
    }))
}

function pathSuppositions({ method, url }: CapturedRequest): readonly Supposition[] {
  const [path = '', query] = splitTarget(url)
  const spellings = [
    decoded(path),
    encodeURI(decoded(path)),
    strict(path),
    path.replace(/%2F/giu, '/'),
    withoutSlash(path),
    encodeURI(path),
  ]
  return variants(
    method,
    spellings,
    path,
    (other) => other + (query === undefined ? '' : `?${query}`),
    'PATH_REENCODED',
  )
}

function querySuppositions({ method, url }: CapturedRequest): readonly Supposition[] {
  const [path = '', query] = splitTarget(url)
  if (query === undefined) return []
  const pairs = query.split('&')
  const spellings = [
    query.replace(/\+/gu, '%20'),
    query.replace(/%20/gu, '+'),
    decoded(query),
    encodeURI(decoded(query)),
    [...pairs].sort().join('&'),
    [...pairs].reverse().join('&'),
    query.replace(/%27/gu, "'"),
  ]
  const reordered = variants(method, spellings, query, (other) => `${path}?${other}`, 'QUERY_REENCODED')
  return [...reordered, { code: 'QUERY_REENCODED', lines: target(method, path), evidence: 'signed: no query at all' }]
}

function methodSuppositions({ method, url }: CapturedRequest): readonly Supposition[] {
  return ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD']
    .filter((other) => other !== method.toUpperCase())
    .map((other) => ({
      code: 'METHOD_CHANGED',
      lines: target(other, targetOf(url)),
      evidence: `signed: ${other}; sent: ${method}`,
    }))
}

function contentTypeSuppositions(sent: Lines): readonly Supposition[] {
  const type = sent['content-type'] ?? ''
  const bare = type.split(';')[0] ?? ''
  const others = [
    bare,
    `${bare};charset=UTF-8`,
    `${bare}; charset=utf-8`,
    `${bare};charset=utf-8`,
    'application/json',
    'text/plain;charset=UTF-8',
    '',
  ]
  return others
    .filter((other) => other !== type)
    .map((other) => ({
      code: 'CONTENT_TYPE_CHANGED',
      lines: { 'content-type': other },
      evidence: `signed: ${other || 'empty'}; sent: ${type}`,
    }))
}

function variants(
  method: string,
  spellings: readonly string[],
  sent: string,
  whole: (spelling: string) => string,
  code: CauseCode,
): readonly Supposition[] {
  return [...new Set(spellings)]
    .filter((spelling) => spelling !== sent)
    .map((spelling) => ({
      code,
      lines: target(method, whole(spelling)),
      evidence: `signed: ${spelling}; sent: ${sent}`,
    }))
}

function target(method: string, pathAndQuery: string): Lines {
  return { [REQUEST_TARGET]: requestTarget(method, pathAndQuery) }
}

/** Path and query as the URL spells them: nothing is normalised, for that may be the very cause. */
function targetOf(url: string): string {
  return splitTarget(url)
    .filter((part) => part !== undefined)
    .join('?')
}

function splitTarget(url: string): readonly [path: string, query?: string] {
  const [, path = '/', query] = /^[a-z]+:\/\/[^/?#]*([^?#]*)(?:\?([^#]*))?/iu.exec(url) ?? []
  return query === undefined ? [path || '/'] : [path || '/', query]
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

/** Percent-encodes all but the unreserved characters of RFC 3986 in each segment. */
function strict(path: string): string {
  const percent = (letter: string): string => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`
  return path
    .split('/')
    .map((segment) => encodeURIComponent(decoded(segment)).replace(/[!'()*]/gu, percent))
    .join('/')
}

function withoutSlash(path: string): string {
  return path.endsWith('/') ? path.slice(0, -1) : `${path}/`
}
