import { equal, utf8 } from '../../encoding/bytes.js'
import type { RsaJwk } from '../../federation/security-token.js'
import { REQUEST_TARGET, requestTarget, signingString } from '../../signers/oci-signing-string.js'
import { found } from '../evidence.js'
import { headerValue, type Scene } from '../scene.js'
import type { CapturedRequest, Finding } from '../types.js'
import { type Lines, suppositions, targetOf } from './suppositions.js'

const rsa = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' } as const

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
  if (!names.every((name) => Object.hasOwn(sent, name))) return []
  if (await matches(signingString(names, sent))) return []
  for (const { code, lines, evidence, suffix = '' } of suppositions(request, sent)) {
    if (await matches(signingString(names, { ...sent, ...lines }) + suffix)) return [found(code, 'certain', evidence)]
  }
  return [found('SIGNED_WITH_OTHER_KEY', 'likely', `the signature does not cover: ${names.join(' ')} as sent`)]
}

/** Whether there is a signature, a key to compare it with, and every line that it covers. */
export function canCompareSignatures({ authorization, signingKey, token, request, url }: Scene): boolean {
  const names = authorization?.value?.headers
  if (names === undefined || request === undefined || url === undefined) return false
  const sent = sentLines(request)
  const isKnown = names.every((name) => Object.hasOwn(sent, name.toLowerCase()))
  return isKnown && (signingKey ?? token?.value?.jwk) !== undefined
}

/** PKCS#1 v1.5 signatures are deterministic, so a private key can compare as well as a public one can verify. */
async function comparer({ authorization, signingKey, token }: Scene): Promise<Matches | undefined> {
  const signature = authorization?.value?.signature
  if (signature === undefined) return undefined
  if (signingKey?.algorithm.name === rsa.name && signingKey.usages.includes('sign')) {
    return async (text) => equal(new Uint8Array(await crypto.subtle.sign(rsa.name, signingKey, utf8(text))), signature)
  }
  const jwk = token?.value?.jwk
  const key = jwk && (await publicKey(jwk))
  return key && ((text) => crypto.subtle.verify(rsa.name, key, signature, utf8(text)))
}

/** `undefined` for numbers that make no key: a token can say anything. */
async function publicKey({ n, e }: RsaJwk): Promise<CryptoKey | undefined> {
  try {
    return await crypto.subtle.importKey('jwk', { kty: 'RSA', n, e }, rsa, false, ['verify'])
  } catch {
    return undefined
  }
}

/** The lines as the other side builds them from what it receives. */
function sentLines(request: CapturedRequest): Lines {
  const headers = request.headers.map(([name]) => [name.toLowerCase(), headerValue(request, name.toLowerCase()) ?? ''])
  return {
    ...(!request.bodyIsUnknown && { 'content-length': String(request.body?.length ?? 0) }),
    host: new URL(request.url).host,
    ...Object.fromEntries(headers),
    [REQUEST_TARGET]: requestTarget(request.method, targetOf(request.url)),
  }
}
