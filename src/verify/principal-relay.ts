import { runtime } from '#runtime'
import { VerificationError } from '../errors.js'
import { parseAuthorization } from './authorization.js'
import { assertChallenge, challengeHeaders } from './challenge.js'
import { type ApiKeyId, parseKeyId } from './key-id.js'
import { askOci } from './oci-answer.js'
import { checkPresigned, type PresignedRules, principalRefused, requireTenancies } from './presigned.js'
import { assertProofHeaders, headersFromJson, proofFields, proofFieldsOf } from './proof-json.js'
import { identityHost, type RelayRegionRules, relayRegion } from './relay-region.js'

/** What a client sends to prove which user it is: the headers of a signed Get User request that it does not send. */
export interface UserProof {
  /** The identifier of the region whose Identity service the request was signed for. */
  readonly region: string
  /** `authorization`, `host`, `x-date` or `date`, and the challenge if there was one; lower-case names. */
  readonly headers: Readonly<Record<string, string>>
}

/** Whose proofs are taken. */
export interface RelayOptions extends RelayRegionRules, Omit<PresignedRules, 'requiredHeaders'> {
  /** The OCIDs of the tenancies whose users may call. There is no default: every tenancy has a user of any name. */
  readonly tenancies: readonly string[]
  /**
   * The challenge that this client was given. Leave the option out to go without, and whoever sees a proof can use it for
   * five minutes; one that is there and undefined was not found, and is refused.
   */
  readonly challenge?: string
  /** @defaultValue the runtime's own `fetch` */
  readonly fetch?: typeof fetch | undefined
  /** @defaultValue 10 000 */
  readonly timeoutMs?: number | undefined
}

/** The user that OCI vouches for. */
export interface RelayedUser {
  readonly user: string
  readonly tenancy: string
  /** The user's name. Compare whole and case-sensitive, and never alone: names repeat between tenancies. */
  readonly name: string
  readonly email?: string
  readonly region: string
  /** When the proof was signed, in epoch milliseconds. */
  readonly time: number
}

/**
 * Finds out which OCI user is calling, without any right at OCI: the Get User request that the client signed is sent to
 * OCI, which checks the signature. The signer, the user asked about and the user in the answer must be one, or a user who
 * may read others could log in as them.
 *
 * @throws VerificationError with the reason, for your log: answer with one generic 401.
 * @throws ServiceError when OCI cannot be asked; UsageError `OPTION_INVALID` without tenancies.
 * @example
 * ```ts
 * import { readUserProof, verifyUserProof } from 'countersign/verify/principal-relay'
 *
 * declare const request: Request
 * const proof = await readUserProof(request)
 * const { user, name } = await verifyUserProof(proof, { tenancies: ['ocid1.tenancy.oc1..a'] })
 * ```
 */
export async function verifyUserProof(proof: UserProof, options: RelayOptions): Promise<RelayedUser> {
  requireTenancies(options.tenancies)
  const fields = proofFields(proof)
  const region = relayRegion(fields['region'], options)
  const headers = headersFromJson(fields['headers'])
  const { user, tenancy } = claimedUser(headers)
  if (!options.tenancies.includes(tenancy)) throw principalRefused('its tenancy is another')
  if (realmOf(user) !== region.realm || realmOf(tenancy) !== region.realm)
    throw principalRefused('its realm is another')
  const target = `/20160918/users/${user}`
  const requiredHeaders = challengeHeaders(options)
  const presigned = await checkPresigned({ method: 'GET', target, headers }, { ...options, requiredHeaders })
  assertProofHeaders(presigned.headers)
  assertChallenge(presigned.headers, options)
  const host = identityHost(presigned.headers['host'], region)
  await presigned.claim()
  const { fetch = runtime.fetch, timeoutMs } = options
  const answer = await askOci(forwarded(`https://${host}${target}`, presigned.headers), { fetch, timeoutMs })
  return { ...matchingUser(answer, user, tenancy), region: region.id, time: presigned.time }
}

/**
 * The proof in the JSON body of a request, of at most 64 KiB.
 *
 * @throws VerificationError `HEADERS_MALFORMED`, `BODY_TOO_LARGE`; UsageError `BODY_NOT_REPLAYABLE` for a body that was read.
 * @example
 * ```ts
 * import { readUserProof } from 'countersign/verify/principal-relay'
 *
 * declare const request: Request
 * const { region } = await readUserProof(request)
 * ```
 */
export async function readUserProof(request: Request): Promise<UserProof> {
  const { region, headers } = await proofFieldsOf(request)
  if (typeof region !== 'string')
    throw new VerificationError('HEADERS_MALFORMED', 'Expected JSON with "region" and "headers".')
  return { region, headers: Object.fromEntries(headersFromJson(headers)) }
}

/** The signed headers, and none that someone added. `fetch` derives `host` from the URL. */
export function forwarded(url: string, signed: Readonly<Record<string, string>>, init: RequestInit = {}): Request {
  const kept = Object.entries(signed).filter(([name]) => !['(request-target)', 'host', 'content-length'].includes(name))
  return new Request(url, { ...init, headers: kept })
}

// The URL is made of the key id's user, whose form has been checked, so signer and user asked about are one by making.
function claimedUser(headers: readonly (readonly [string, string])[]): ApiKeyId {
  const authorization = headers.filter(([name]) => name.toLowerCase() === 'authorization')
  const [value, ...more] = authorization.map(([, text]) => text)
  if (value === undefined || more.length > 0) {
    throw new VerificationError('AUTHORIZATION_MISSING', 'Expected one "authorization" among the headers.')
  }
  const keyId = parseKeyId(parseAuthorization(value).keyId)
  if (keyId.kind === 'api-key') return keyId
  throw new VerificationError('KEY_REFUSED', "Expected a user's API key: no other key id names a user.")
}

function matchingUser(
  answer: Readonly<Record<string, unknown>>,
  user: string,
  tenancy: string,
): Omit<RelayedUser, 'region' | 'time'> {
  const { id, compartmentId, name, email, lifecycleState } = answer
  if (id !== user) throw principalRefused('OCI answered with another user')
  if (compartmentId !== tenancy) throw principalRefused('OCI names another tenancy for it')
  if (lifecycleState !== 'ACTIVE') throw principalRefused('the user is not active')
  if (typeof name !== 'string' || name === '') throw principalRefused('OCI does not name it')
  return { user, tenancy, name, ...(typeof email === 'string' && { email }) }
}

function realmOf(ocid: string): string {
  return ocid.split('.')[2] ?? ''
}
