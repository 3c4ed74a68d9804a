import { Buffer } from 'node:buffer'
import { createHash, createPublicKey, verify } from 'node:crypto'

/**
 * A service that verifies each request with `node:crypto` alone: the signature by the key that the token is bound to, and
 * the token by its times and by what the emulator has revoked.
 * @param {{ emulator: import('countersign/testing').Emulator }} principal
 * @param {() => number} clock
 * @param {() => number} random
 */
export function makeJudge({ emulator }, clock, random) {
  const keys = new Map()
  const verdicts = { verified: 0, mismatched: 0, expired: 0, revoked: 0, unbound: 0, failed: 0, confirmed: 0 }
  let revokedBefore = 0

  const keyOf = (token) => {
    const known = keys.get(token)
    if (known !== undefined) return known
    const claims = JSON.parse(Buffer.from(token.split('.')[1], 'base64url').toString())
    const jwk = typeof claims.jwk === 'string' ? JSON.parse(claims.jwk) : claims.jwk
    const entry = { claims, key: jwk && createPublicKey({ key: { kty: 'RSA', n: jwk.n, e: jwk.e }, format: 'jwk' }) }
    if (keys.size > 500) keys.clear()
    keys.set(token, entry)
    return entry
  }

  /** @param {Request} request */
  const judge = async (request) => {
    const { keyId, headers, signature } = parse(request.headers.get('authorization') ?? '')
    const { claims, key } = keyOf(keyId.replace(/^ST\$/, ''))
    if (key === undefined) return count('unbound', 401)
    const bytes = Buffer.from(signature, 'base64')
    const signed = Buffer.from(signingString(request, headers, await request.arrayBuffer()))
    if (!verify('RSA-SHA256', signed, key, bytes)) return count('mismatched', 401)
    if (claims.exp * 1000 <= clock()) return count('expired', 401)
    if (claims.iat * 1000 < revokedBefore) return count('revoked', 401)
    if (random() < 0.002) return count('failed', 503)
    return count('verified', 200)
  }
  /** Whether the emulator's own verifier finds nothing wrong with the signature. Not asked while it is told to fail. */
  const confirm = async (request) => {
    if (emulator.faults.list().length > 0) return 0
    const { status } = await emulator.handle(request).catch(() => ({ status: 0 }))
    return status === 200 || status === 404 ? 1 : 0
  }
  const count = (verdict, status) => {
    verdicts[verdict] += 1
    return new Response(status === 200 ? '{}' : '{"code":"NotAuthenticated","message":"judged"}', { status })
  }

  return {
    verdicts,
    tokensSeen: () => keys.size,
    /** Refuses every token issued before now. */
    revoke() {
      emulator.tokens.revoke()
      revokedBefore = Math.floor(clock() / 1000) * 1000
    },
    fetch: async (input, init) => {
      const request = new Request(input, init)
      // Some answers overtake others.
      if (random() < 0.1) await new Promise((resolve) => setImmediate(resolve))
      // A few go to the emulator's own verifier as well.
      if (random() < 0.01) verdicts.confirmed += await confirm(request.clone())
      return judge(request)
    },
  }
}

/** @param {string} authorization */
function parse(authorization) {
  const parameters = Object.fromEntries(
    [...authorization.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value]),
  )
  return {
    keyId: parameters.keyId ?? '',
    headers: (parameters.headers ?? '').split(' '),
    signature: parameters.signature ?? '',
  }
}

/** @param {Request} request @param {readonly string[]} names @param {ArrayBuffer} body */
function signingString(request, names, body) {
  const url = new URL(request.url)
  // What the network adds, and what the body itself says.
  const derived = {
    '(request-target)': `${request.method.toLowerCase()} ${url.pathname}${url.search}`,
    host: url.host,
    'content-length': body.byteLength,
    'x-content-sha256': createHash('sha256').update(Buffer.from(body)).digest('base64'),
  }
  return names.map((name) => `${name}: ${derived[name] ?? request.headers.get(name) ?? ''}`).join('\n')
}
