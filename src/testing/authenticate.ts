import { VerificationError } from '../errors.js'
import type { CertificateKeyId } from '../verify/key-id.js'
import { type KeyResolver, type ParsedKeyId, type VerifiedOciRequest, verifyOci } from '../verify/oci.js'
import type { Principal } from './principal.js'
import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'

/** How an endpoint differs from the rule that everything is signed, by anyone. */
export interface AuthenticateOptions {
  /** The body may go unsigned, as in uploads. */
  readonly unsignedBody?: boolean
  /** The headers came alone: their signature is judged, and whoever has the body must compare it. */
  readonly absentBody?: boolean
  /** `host` may go unsigned, as in some SDKs' token calls. */
  readonly unsignedHost?: boolean
  /** Which kinds of principals may call; any by default, but for certificates. */
  readonly kinds?: readonly Principal['kind'][]
  /** Finds the public key of a certificate: such key ids are for the token service alone. */
  readonly resolveCertificate?: (keyId: CertificateKeyId) => Promise<Uint8Array<ArrayBuffer>>
}

/** What a verified signature proved. */
export interface Authenticated {
  readonly principal: Principal
  /** The token that signed, without `ST$`. */
  readonly token?: string
  readonly signedHeaders: readonly string[]
  readonly signingString: string
}

const MAX_BODY_BYTES = 2 ** 30
// OCI's window is five minutes to either side.
const WINDOW_MS = 300_000

/**
 * Verifies a request as OCI does, and tells who sent it. The `Host` received is the one that must be signed: clients with
 * built-in host names reach the emulator through a proxy.
 * @throws VerificationError with the reason; the router answers 401.
 */
export async function authenticate(
  request: ReceivedRequest,
  state: EmulatorState,
  options: AuthenticateOptions = {},
): Promise<Authenticated> {
  const { method, target, fields, body } = request
  const verified = await verifyOci(
    { method, target, headers: fields, body },
    {
      hosts: () => true,
      clock: state.clock,
      maxAgeMs: WINDOW_MS,
      maxFutureMs: WINDOW_MS,
      maxBodyBytes: MAX_BODY_BYTES,
      // `oci-common` lists header names as it spells them.
      allowMixedCaseNames: true,
      allowUnsignedHost: options.unsignedHost,
      allowUnsignedBody: options.unsignedBody,
      allowAbsentBody: options.absentBody,
      resolveKey: keyResolver(state, options),
      confirmToken: async (token) => (await state.tokens.read(token)) !== undefined,
    },
  )
  const principal = await principalOf(verified, request, state)
  const { signedHeaders, signingString, keyId } = verified
  Object.assign(state.notes(request), { subject: principal.subject, signedHeaders })
  requireKind(principal, options.kinds)
  return { principal, signedHeaders, signingString, ...(keyId.kind === 'token' ? { token: keyId.token } : {}) }
}

function keyResolver(state: EmulatorState, { resolveCertificate }: AuthenticateOptions): KeyResolver {
  return async (keyId) =>
    keyId.kind === 'certificate' ? resolveCertificate?.(keyId) : (await state.registry.find(textOf(keyId)))?.spki
}

async function principalOf(
  { keyId, subject, tenancy = '', claims }: VerifiedOciRequest,
  request: ReceivedRequest,
  state: EmulatorState,
): Promise<Principal> {
  const registered = keyId.kind === 'resource' ? await state.registry.find(textOf(keyId)) : undefined
  const delegation = request.headers.get('opc-obo-token')
  return {
    ...(registered?.principal ?? { kind: keyId.kind, subject, tenancy }),
    ...(claims === undefined ? {} : { claims }),
    ...(delegation === null ? {} : { onBehalfOf: await delegator(delegation, state) }),
  }
}

async function delegator(token: string, { tokens }: EmulatorState): Promise<string> {
  const { sub, ttype } = await tokens.read(token)
  if (ttype === 'obo' && typeof sub === 'string') return sub
  throw new VerificationError('TOKEN_REFUSED', 'Expected a delegation token in "opc-obo-token", found another.')
}

function requireKind({ kind }: Principal, kinds: AuthenticateOptions['kinds']): void {
  if (kinds === undefined || kinds.includes(kind)) return
  throw new VerificationError('PRINCIPAL_REFUSED', `Expected a signature by ${kinds.join(' or ')}, found ${kind}.`)
}

/** The key id as it was written: what the registry knows keys by. */
function textOf(keyId: Exclude<ParsedKeyId, { kind: 'token' | 'certificate' }>): string {
  if (keyId.kind === 'api-key') return `${keyId.tenancy}/${keyId.user}/${keyId.fingerprint}`
  const owner = keyId.tenancy === undefined ? '' : `${keyId.tenancy}/`
  return `resource/v${keyId.version}/${owner}${keyId.resource}`
}
