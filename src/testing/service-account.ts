import { VerificationError } from '../errors.js'
import type { Claims } from '../types.js'
import { requireCurrent, signJwt, verifyJwt } from './jwt.js'
import type { EmulatorState } from './state.js'

/** What may be chosen about a service account's token. */
export interface ServiceAccountTokenOptions {
  /** Milliseconds; an hour by default. Negative: expired already. */
  readonly lifeMs?: number
  readonly audience?: string
}

const AUDIENCE = 'https://kubernetes.default.svc.cluster.local'
const HOUR_MS = 3_600_000

/** A projected token of the emulated workload, signed by its cluster: what a pod finds in its file. */
export async function issueServiceAccountToken(
  state: EmulatorState,
  options: ServiceAccountTokenOptions = {},
): Promise<string> {
  const { lifeMs = HOUR_MS, audience = AUDIENCE } = options
  const { kubernetesNamespace: namespace, serviceAccount } = state.identities
  const now = Math.floor(state.clock() / 1000)
  return signJwt(await state.keys.get('cluster'), {
    iss: AUDIENCE,
    aud: [audience],
    sub: `system:serviceaccount:${namespace}:${serviceAccount}`,
    iat: now,
    nbf: now,
    exp: now + Math.ceil(lifeMs / 1000),
    jti: crypto.randomUUID(),
    'kubernetes.io': { namespace, serviceaccount: { name: serviceAccount } },
  })
}

/**
 * The claims of the service account whose token an `Authorization: Bearer` header carries.
 * @throws VerificationError `TOKEN_REFUSED` or `AUTHORIZATION_MISSING`.
 */
export async function readServiceAccount(authorization: string | null, state: EmulatorState): Promise<Claims> {
  const token = /^Bearer (\S+)$/.exec(authorization ?? '')?.[1]
  if (token === undefined)
    throw new VerificationError('AUTHORIZATION_MISSING', 'Expected "Authorization: Bearer <token>".')
  const claims = requireCurrent(await verifyJwt(await state.keys.get('cluster'), token), state.clock())
  const audience: unknown = claims['aud']
  if (audience === AUDIENCE || (Array.isArray(audience) && audience.includes(AUDIENCE))) return claims
  throw new VerificationError('TOKEN_REFUSED', 'The token is not meant for the cluster.')
}
