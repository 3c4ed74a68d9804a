import { encodeBase64 } from '../../src/encoding/base64.js'
import { certificateFingerprint } from '../../src/keys/fingerprint.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import { type OciSignOptions, signOci } from '../../src/signers/oci.js'
import { certificateAuthority } from '../../src/testing/certificate-authority.js'
import type { Emulator } from '../../src/testing/emulator.js'
import type { OciCredentials } from '../../src/types.js'

// Clients of the emulator that know the wire and nothing of this library's providers.

export const AUTH = 'https://auth.us-phoenix-1.oraclecloud.com'
export const IDENTITY = 'https://identity.us-phoenix-1.oraclecloud.com'
export const METADATA = 'http://169.254.169.254/opc/v2'

/** The emulated user, with the API key that is uploaded for them. */
export async function userCredentials({ keys, identities }: Emulator): Promise<OciCredentials> {
  const { fingerprint, privateKey } = await keys.get('user')
  return { keyId: `${identities.tenancy}/${identities.user}/${fingerprint}`, key: privateKey }
}

/** Credentials of a token that is bound to a fixture's key. */
export async function tokenCredentials(emulator: Emulator, token: string, role: string): Promise<OciCredentials> {
  return { keyId: `ST$${token}`, token, key: (await emulator.keys.get(role)).privateKey }
}

export async function send(
  emulator: Emulator,
  request: Request | string,
  credentials: OciCredentials,
  options: OciSignOptions = {},
): Promise<Response> {
  const unsigned = request instanceof Request ? request : new Request(request)
  return emulator.fetch(await signOci(unsigned, credentials, { clock: emulator.clock, ...options }))
}

export function sendJson(
  emulator: Emulator,
  url: string,
  body: unknown,
  credentials: OciCredentials,
  options: OciSignOptions = {},
): Promise<Response> {
  const headers = { 'content-type': 'application/json' }
  return send(emulator, new Request(url, { method: 'POST', body: JSON.stringify(body), headers }), credentials, options)
}

export async function readMetadata(emulator: Emulator, path: string): Promise<Response> {
  return emulator.fetch(`${METADATA}/${path}`, { headers: { authorization: 'Bearer Oracle' } })
}

/** What a test wants different from an honest token request. */
export interface FederationChanges {
  readonly body?: Readonly<Record<string, unknown>>
  readonly keyId?: (honest: string) => string
  readonly options?: OciSignOptions
  readonly contentType?: string
}

/** Asks `/v1/x509` for a token as the instance, for the fixture key of a role. */
export async function federate(
  emulator: Emulator,
  role = 'session',
  changes: FederationChanges = {},
): Promise<Response> {
  const leaf = await emulator.of(certificateAuthority).current()
  const { publicKeyBase64 } = await emulator.keys.get(role)
  const honest = `${leaf.tenancy}/fed-x509-sha256/${await certificateFingerprint(leaf.certificate.der, 'SHA-256')}`
  const { key } = await importPrivateKey(leaf.privateKeyPem)
  const body = {
    certificate: encodeBase64(leaf.certificate.der),
    publicKey: publicKeyBase64,
    intermediateCertificates: [encodeBase64(leaf.intermediate.der)],
    fingerprintAlgorithm: 'SHA256',
    ...changes.body,
  }
  const headers = { 'content-type': changes.contentType ?? 'application/json' }
  const request = new Request(`${AUTH}/v1/x509`, { method: 'POST', headers, body: JSON.stringify(body) })
  return send(emulator, request, { keyId: changes.keyId?.(honest) ?? honest, key }, changes.options ?? {})
}

export async function instanceCredentials(emulator: Emulator, role = 'session'): Promise<OciCredentials> {
  const { token } = (await (await federate(emulator, role)).json()) as { token: string }
  return tokenCredentials(emulator, token, role)
}

/** The emulator's own words for a refusal. */
export function reason(response: Response): string | undefined {
  return response.headers.get('x-emulator-reason') ?? undefined
}
