import { runtime } from '#runtime'
import { utf8 } from '../encoding/bytes.js'
import { VerificationError } from '../errors.js'
import { authEndpoint } from '../regions/regions.js'
import { type AuthenticatedClient, clientFrom } from './authenticate-client.js'
import { assertChallenge, CHALLENGE_HEADER } from './challenge.js'
import type { ParsedKeyId } from './key-id.js'
import { askOci } from './oci-answer.js'
import {
  checkPresigned,
  headersFromJson,
  type Presigned,
  type PresignedRules,
  principalRefused,
  requireTenancies,
} from './presigned.js'
import { forwarded } from './principal-relay.js'
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
 * import { type ClientProof, verifyClientProof } from 'countersign/verify/client-proof'
 *
 * declare const proof: ClientProof
 * declare const challenge: string // the one that newChallenge() made for this client
 * const { subject } = await verifyClientProof(proof, { challenge, tenancies: ['ocid1.tenancy.oc1..a'] })
 * ```
 */
export async function verifyClientProof(proof: ClientProof, options: ClientProofOptions): Promise<AuthenticatedClient> {
  requireTenancies(options.tenancies)
  const url = new URL(TARGET, authEndpoint(relayRegion(proof.region, options)))
  const call = { method: 'POST', target: TARGET, headers: headersFromJson(proof.headers), body: bytesOf(proof.body) }
  const outer = await checkedProof(call, url.host, options)
  const inner = await checkedProof(
    { method: 'GET', target: TARGET, headers: innerHeaders(proof.body) },
    url.host,
    options,
  )
  if (JSON.stringify(inner.keyId) !== JSON.stringify(outer.keyId)) throw principalRefused('two of them signed')
  await outer.claim()
  const { fetch = runtime.fetch, timeoutMs } = options
  const answer = await askOci(forwarded(url.href, outer.headers, { method: 'POST', body: proof.body }), {
    fetch,
    timeoutMs,
  })
  const client = clientFrom(answer, outer.time)
  requireSame(client, outer.keyId)
  if (!options.tenancies.includes(client.tenancy)) throw principalRefused('its tenancy is another')
  return client
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
  assertChallenge(presigned.headers[CHALLENGE_HEADER], options.challenge)
  return presigned
}

function bytesOf(body: unknown): Uint8Array<ArrayBuffer> {
  if (typeof body === 'string') return utf8(body)
  throw new VerificationError('HEADERS_MALFORMED', 'Expected "body" to be a text.')
}

// OCI takes each header as a list; one value is all that is right. The target that it looks at must be the one checked.
function innerHeaders(body: string): readonly (readonly [string, string])[] {
  const { requestHeaders } = objectOf(body)
  const lists = typeof requestHeaders === 'object' && requestHeaders !== null ? Object.entries(requestHeaders) : []
  const single = lists.map(([name, list]) => [name, Array.isArray(list) && list.length === 1 ? list[0] : undefined])
  const { '(request-target)': target, ...headers } = Object.fromEntries(single) as Readonly<Record<string, unknown>>
  if (target === `get ${TARGET}`) return headersFromJson(headers)
  throw new VerificationError('HEADERS_MALFORMED', `Expected the inner request to be a GET of ${TARGET}.`)
}

// The text goes to OCI as it is, and another reader may take another one of two equal names: only the one spelling that
// every reader reads alike is taken, which is what `clientProof` writes.
function objectOf(json: string): { readonly requestHeaders?: unknown } {
  const parsed = parsedJson(json)
  const isPlain = typeof parsed === 'object' && parsed !== null && Object.keys(parsed).join() === 'requestHeaders'
  if (isPlain && JSON.stringify(parsed) === json) return parsed
  throw new VerificationError(
    'HEADERS_MALFORMED',
    'Expected "body" to be the JSON that clientProof writes: "requestHeaders" alone, no name twice, no white space.',
  )
}

function parsedJson(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch {
    throw new VerificationError('HEADERS_MALFORMED', 'Expected "body" to be JSON.')
  }
}

function requireSame({ subject, tenancy }: AuthenticatedClient, keyId: ParsedKeyId): void {
  if (keyId.kind !== 'api-key' || (keyId.user === subject && keyId.tenancy === tenancy)) return
  throw principalRefused('OCI answered with another one')
}
