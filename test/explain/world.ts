import { type CapturedRequest, captureResponse, type Evidence, type SetUp } from '../../src/explain/index.js'
import { tokenCredentials } from '../../src/federation/security-token.js'
import { importPrivateKey } from '../../src/keys/import-private-key.js'
import { type OciRequest, type OciSignOptions, signOciHeaders } from '../../src/signers/oci.js'
import { createEmulator, type Emulator } from '../../src/testing/index.js'
import { issueDelegationToken, issueSessionToken } from '../../src/testing/session-fixtures.js'
import type { OciCredentials } from '../../src/types.js'

/** Noon of a fixed day: nothing here looks at the real clock. */
export const NOON = Date.UTC(2026, 0, 15, 12)
export const MINUTE = 60_000
export const HOST = 'https://identity.us-phoenix-1.oraclecloud.com'

/** An emulated tenancy, and what a user of it would hold. */
export interface World {
  readonly emulator: Emulator
  readonly apiKey: OciCredentials
  readonly session: OciCredentials
  readonly sessionKeyPem: string
  readonly delegationToken: string
  /** The right configuration. Provocations spoil one value of it. */
  readonly setUp: Required<Pick<SetUp, 'tenancy' | 'user' | 'fingerprint' | 'privateKey' | 'region'>>
}

export async function makeWorld(): Promise<World> {
  const emulator = createEmulator({ clock: () => NOON })
  const { tenancy, user } = emulator.identities
  const { privateKeyPem: privateKey, fingerprint } = await emulator.keys.get('user')
  const { key } = await importPrivateKey(privateKey)
  const { privateKeyPem: sessionKeyPem } = await emulator.keys.get('session')
  const sessionKey = await importPrivateKey(sessionKeyPem)
  const token = await issueSessionToken(emulator)
  return {
    emulator,
    apiKey: { keyId: `${tenancy}/${user}/${fingerprint}`, key },
    session: tokenCredentials({ token, key: sessionKey, source: 'session-token' }),
    sessionKeyPem,
    delegationToken: await issueDelegationToken(emulator),
    setUp: { tenancy, user, fingerprint, privateKey, region: 'us-phoenix-1' },
  }
}

export const getRegions: OciRequest = { method: 'GET', url: `${HOST}/20160918/regions` }
export const postEcho: OciRequest = {
  method: 'POST',
  url: `${HOST}/echo`,
  headers: { 'content-type': 'application/json' },
  body: '{"grüße":"aus Köln"}',
}

/** Signs, and gives the request as it would go over the wire. */
export async function signed(
  request: OciRequest,
  credentials: OciCredentials,
  options: OciSignOptions = {},
): Promise<CapturedRequest> {
  const { method, url, headers, body } = await signOciHeaders(request, credentials, { clock: () => NOON, ...options })
  return { method, url, headers: Object.entries(headers), ...(body instanceof Uint8Array && { body }) }
}

/** A copy with one header replaced, added, or (without a value) left out. */
export function withHeader(request: CapturedRequest, name: string, value?: string): CapturedRequest {
  const others = request.headers.filter(([sent]) => sent !== name)
  return { ...request, headers: value === undefined ? others : [...others, [name, value]] }
}

/** A copy whose Authorization header is rewritten. */
export function rewritten(request: CapturedRequest, rewrite: (authorization: string) => string): CapturedRequest {
  const authorization = request.headers.find(([name]) => name === 'authorization')?.[1] ?? ''
  return withHeader(request, 'authorization', rewrite(authorization))
}

/** Sends what the evidence holds to the emulator, and adds the answer to the evidence. */
export async function sent({ emulator }: World, evidence: Evidence & { request: CapturedRequest }): Promise<Evidence> {
  const { method, url, headers, body } = evidence.request
  const request = new Request(url, {
    method,
    headers: new Headers(headers.map(([name, value]): [string, string] => [name, value])),
    ...(body && { body }),
  })
  const target = url.replace(/^https:\/\/[^/]+/u, '')
  const response = await emulator.handle(request, { target })
  return { ...evidence, response: { ...(await captureResponse(response)), receivedAt: NOON } }
}
