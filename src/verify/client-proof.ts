import { runtime } from '#runtime'
import { utf8 } from '../encoding/bytes.js'
import { asJsonObject, type JsonObject, readJsonText } from '../encoding/json.js'
import { VerificationError } from '../errors.js'
import { authEndpoint } from '../regions/regions.js'
import { type AuthenticatedClient, clientFrom } from './authenticate-client.js'
import { assertChallenge, CHALLENGE_HEADER } from './challenge.js'
import type { ParsedKeyId } from './key-id.js'
import { askOci } from './oci-answer.js'
import { checkPresigned, type Presigned, type PresignedRules, principalRefused, requireTenancies } from './presigned.js'
import { forwarded } from './principal-relay.js'
import { assertProofHeaders, headersFromJson, proofFields, proofFieldsOf } from './proof-json.js'
import { type RelayRegionRules, relayRegion } from './relay-region.js'

/** What a client sends to prove which principal it is: a signed call of `authenticateClient` that it does not make. */
export interface ClientProof {
  /** The identifier of the region whose token service the call was signed for. */
  readonly region: string
  /** The headers of the call, with the challenge; lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** The body of the call: the headers of an inner request, signed by the same principal over the same challenge. */
  readonly body: string
}

/** Whose proofs are taken. */
export interface ClientProofOptions extends RelayRegionRules, Omit<PresignedRules, 'requiredHeaders'> {
  /** The OCIDs of the tenancies whose principals may call. */
  readonly tenancies: readonly string[]
  /** The challenge that this client was given. */
  readonly challenge: string
  /** @defaultValue the runtime's own `fetch` */
  readonly fetch?: typeof fetch | undefined
  /** @defaultValue 10 000 */
  readonly timeoutMs?: number | undefined
}

const TARGET = '/v1/authentication/authenticateClient'

/**
 * Finds out which OCI principal is calling, of any kind, without any right at OCI: the call that asks is signed by the
 * caller, whose own policies must let it ask. The challenge is covered by both of its signatures.
 *
 * @throws VerificationError with the reason, for your log: answer with one generic 401.
 * @throws ServiceError when OCI cannot be asked; UsageError `OPTION_INVALID` without tenancies.
 * @example
 * ```ts
 * import { readClientProof, verifyClientProof } from 'countersign/verify/client-proof'
 *
 * declare const request: Request
 * declare const challenge: string // the one that newChallenge() made for this client
 * const proof = await readClientProof(request)
 * const { subject } = await verifyClientProof(proof, { challenge, tenancies: ['ocid1.tenancy.oc1..a'] })
 * ```
 */
export async function verifyClientProof(proof: ClientProof, options: ClientProofOptions): Promise<AuthenticatedClient> {
  requireTenancies(options.tenancies)
  const { region, headers, body } = proofFields(proof)
  if (typeof body !== 'string') throw malformed('"body" to be a text')
  const url = new URL(TARGET, authEndpoint(relayRegion(region, options)))
  const call = { method: 'POST', target: TARGET, headers: headersFromJson(headers), body: utf8(body) }
  const outer = await checkedProof(call, url.host, options)
  await checkInner(body, outer.keyId, url.host, options)
  await outer.claim()
  const { fetch = runtime.fetch, timeoutMs } = options
  const request = forwarded(url.href, outer.headers, { method: 'POST', body })
  const client = clientFrom(await askOci(request, { fetch, timeoutMs }), outer.time)
  requireSame(client, outer.keyId)
  if (!options.tenancies.includes(client.tenancy)) throw principalRefused('its tenancy is another')
  return client
}

/**
 * The proof in the JSON body of a request, of at most 64 KiB.
 *
 * @throws VerificationError `HEADERS_MALFORMED`, `BODY_TOO_LARGE`; UsageError `BODY_NOT_REPLAYABLE` for a body that was read.
 * @example
 * ```ts
 * import { readClientProof } from 'countersign/verify/client-proof'
 *
 * declare const request: Request
 * const { region } = await readClientProof(request)
 * ```
 */
export async function readClientProof(request: Request): Promise<ClientProof> {
  const { region, headers, body } = await proofFieldsOf(request)
  if (typeof region !== 'string' || typeof body !== 'string')
    throw malformed('JSON with "region", "headers" and "body"')
  return { region, headers: Object.fromEntries(headersFromJson(headers)), body }
}

async function checkedProof(
  request: Parameters<typeof checkPresigned>[0],
  host: string,
  options: ClientProofOptions,
): Promise<Presigned> {
  const presigned = await checkPresigned(request, { ...options, requiredHeaders: [CHALLENGE_HEADER] })
  if (presigned.headers['host']?.toLowerCase() !== host) {
    throw new VerificationError(
      'HOST_REFUSED',
      "Expected a request signed for the region's token service, found another host.",
    )
  }
  assertProofHeaders(presigned.headers)
  assertChallenge(presigned.headers, { challenge: options.challenge })
  return presigned
}

/** The inner request goes to OCI inside the body as it is: nothing may be in it that was not looked at here. */
async function checkInner(body: string, signer: ParsedKeyId, host: string, options: ClientProofOptions): Promise<void> {
  const headers = innerHeaders(body)
  const inner = await checkedProof({ method: 'GET', target: TARGET, headers }, host, options)
  if (!headers.every(([name, value]) => Object.hasOwn(inner.headers, name) && inner.headers[name] === value))
    throw malformed(
      'the inner request to have signed headers alone, in lower case, and no white space around their values',
    )
  if (JSON.stringify(inner.keyId) !== JSON.stringify(signer)) throw principalRefused('two of them signed')
}

// OCI takes each header as a list; one value is all that is right. The target that it looks at must be the one checked.
function innerHeaders(body: string): readonly (readonly [string, string])[] {
  const lists = Object.entries(asJsonObject(onlySpelling(body)['requestHeaders']) ?? {})
  const single = lists.map(([name, list]) => [name, Array.isArray(list) && list.length === 1 ? list[0] : undefined])
  const { '(request-target)': target, ...headers } = Object.fromEntries(single) as JsonObject
  if (target === `get ${TARGET}`) return headersFromJson(headers)
  throw malformed(`the inner request to be a GET of ${TARGET}`)
}

// Another reader may take another one of two equal names: only the one spelling that every reader reads alike is taken,
// which is what `clientProof` writes.
function onlySpelling(json: string): JsonObject {
  const parsed = asJsonObject(readJsonText(json)) ?? {}
  if (Object.keys(parsed).join() === 'requestHeaders' && JSON.stringify(parsed) === json) return parsed
  throw malformed(
    '"body" to be the JSON that clientProof writes: "requestHeaders" alone, no name twice, no white space',
  )
}

function malformed(expected: string): VerificationError {
  return new VerificationError('HEADERS_MALFORMED', `Expected ${expected}, found something else.`)
}

function requireSame({ subject, tenancy }: AuthenticatedClient, keyId: ParsedKeyId): void {
  if (keyId.kind !== 'api-key' || (keyId.user === subject && keyId.tenancy === tenancy)) return
  throw principalRefused('OCI answered with another one')
}
