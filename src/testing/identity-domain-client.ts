import { decodeBase64 } from '../encoding/base64.js'
import { text } from '../encoding/bytes.js'
import { refusal } from './answers.js'
import { authenticate } from './authenticate.js'
import { identityDomain } from './identity-domain.js'
import type { ReceivedRequest } from './received.js'
import type { ScimRecord } from './scim-types.js'
import type { EmulatorState } from './state.js'
import { type Slot, slot } from './surface.js'

/** Who called the token endpoint: an application by its secret, or an OCI principal by its signature. */
export type DomainClient =
  | { readonly kind: 'app'; readonly app: ScimRecord }
  | { readonly kind: 'signature'; readonly subject: string }

/** The access tokens with which an application administers the emulated domain. */
export const administratorTokens: Slot<Set<string>> = slot('administrator-tokens', () => new Set())

/**
 * Finds out who called, by HTTP Basic, by the form's fields, or by an OCI signature.
 *
 * @throws ServiceError 401 `invalid_client`; VerificationError for a signature.
 */
export async function authenticateDomainClient(
  request: ReceivedRequest,
  form: URLSearchParams,
  state: EmulatorState,
): Promise<DomainClient> {
  const authorization = request.headers.get('authorization') ?? ''
  if (/^Signature /i.test(authorization)) {
    return { kind: 'signature', subject: (await authenticate(request, state)).principal.subject }
  }
  const basic = /^Basic(?: |$)/i.test(authorization)
  const [id, secret] = basic ? basicPair(authorization) : [form.get('client_id'), form.get('client_secret')]
  const app = state
    .of(identityDomain)
    .all('Apps')
    .find((candidate) => candidate['name'] === id)
  if (app === undefined || app['clientSecret'] !== secret || app['active'] !== true || app['isOAuthClient'] !== true) {
    throw refusal(401, 'invalid_client', 'Client authentication failed.')
  }
  state.notes(request).subject = String(id)
  return { kind: 'app', app }
}

/** Whether an application has the administrator's role. */
export function isAdministrator(app: ScimRecord, state: EmulatorState): boolean {
  const domain = state.of(identityDomain)
  const roles = domain.all('AppRoles').map(({ id }) => id)
  return domain.all('Grants').some(({ grantee, entitlement }) => {
    const { value } = grantee as { value?: unknown }
    return value === app.id && roles.includes((entitlement as { attributeValue: string }).attributeValue)
  })
}

/** The two parts of an HTTP Basic header; none of a malformed one, which is then nobody's. */
function basicPair(authorization: string): readonly string[] {
  const [, encoded = ''] = /^Basic +(\S+) *$/i.exec(authorization) ?? []
  const [, ...parts] = /^([^:]*):(.*)$/s.exec(text(decodeBase64(encoded) ?? new Uint8Array())) ?? []
  return parts
}
