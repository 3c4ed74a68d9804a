import { VerificationError } from '../../errors.js'
import { found } from '../evidence.js'
import { headerValues, type Scene } from '../scene.js'
import type { Finding } from '../types.js'

const knownKeyIds = [
  /^ST\$/u,
  /^resource\/v2\.1(\.[12])?\//u,
  /^[^/]+\/fed-x509(-sha256)?\/([0-9a-f]{2}:)+[0-9a-f]{2}$/iu,
  /^[^/]+\/[^/]+\/[^/]+$/u,
]

/** The Authorization header: there, once, a signature, well formed, with constants that OCI accepts. */
export function checkAuthorization({ request, authorization, response, keyId }: Scene): readonly Finding[] {
  if (request === undefined) return []
  const [header, ...more] = headerValues(request, 'authorization')
  if (header === undefined) {
    return response === undefined
      ? []
      : [found('AUTHORIZATION_MISSING', 'certain', 'no Authorization header among those sent')]
  }
  if (more.length > 0)
    return [found('AUTHORIZATION_MALFORMED', 'certain', `${more.length + 1} Authorization headers were sent`)]
  if (!/^signature\s/iu.test(header)) {
    return [found('AUTHORIZATION_NOT_SIGNATURE', 'certain', `scheme: ${header.split(/\s/u)[0]?.slice(0, 16)}`)]
  }
  if (authorization?.value === undefined) return [malformed(authorization?.failure)]
  return checkKeyId(keyId ?? '')
}

function malformed(failure: unknown): Finding {
  const known = failure instanceof VerificationError ? failure : undefined
  const wrongConstant = known?.code === 'ALGORITHM_REFUSED' || known?.code === 'VERSION_REFUSED'
  const evidence = known?.message ?? 'the header does not parse'
  return found(wrongConstant ? 'ALGORITHM_WRONG' : 'AUTHORIZATION_MALFORMED', 'certain', evidence)
}

function checkKeyId(keyId: string): readonly Finding[] {
  if (knownKeyIds.some((form) => form.test(keyId.trim()))) return []
  return [
    found(
      'KEY_ID_MALFORMED',
      'certain',
      `found ${keyId.split('/').length} parts with slashes between them, expected 3`,
    ),
  ]
}
