import { ServiceError } from '../errors.js'
import { type OciRequest, type OciSignOptions, signOciHeaders } from '../signers/oci.js'
import { type OciCredentials, systemClock } from '../types.js'
import { newRequestId } from './request-id.js'
import { type ServiceCallOptions, serviceCall } from './service-call.js'

/** A call of a token service. Its body is a string or bytes, so that it can be sent again. */
export type SignedCallRequest = Omit<OciRequest, 'body' | 'headers'> & {
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Uint8Array<ArrayBuffer>
}

export interface SignedCallOptions extends ServiceCallOptions {
  readonly sign?: Omit<OciSignOptions, 'clock'> | undefined
  /** Told the service's time in epoch milliseconds, from its `Date` header. */
  readonly learnServerTime?: ((serverTime: number) => void) | undefined
}

/** A clock that is off by less is not why a service refuses: signatures may be five minutes old. */
const NOTABLE_SKEW_MS = 60_000

/**
 * Makes one of the library's own calls that carry an OCI signature, signing each attempt anew. When the service refuses
 * the signature and its clock is another, one more attempt is signed by the service's clock.
 *
 * @example
 * ```ts
 * import type { OciCredentials } from 'countersign'
 * import { signedCall } from 'countersign/http/signed-call'
 *
 * declare const credentials: OciCredentials
 * const url = 'https://auth.eu-frankfurt-1.oraclecloud.com/v1/authentication/refresh'
 * const body = JSON.stringify({ currentToken: credentials.token })
 * const response = await signedCall({ method: 'POST', url, body }, credentials, { fetch })
 * ```
 * @throws ServiceError as `serviceCall` does.
 */
export async function signedCall(
  request: SignedCallRequest,
  credentials: OciCredentials,
  options: SignedCallOptions,
): Promise<Response> {
  const { clock = systemClock } = options
  let skew = 0
  const send = (): Promise<Response> =>
    serviceCall(() => signed(request, credentials, { ...options.sign, clock: () => clock() + skew }), {
      ...options,
      fetch: async (input, init) => {
        const response = await options.fetch(input, init)
        skew = skewOf(response, clock()) ?? skew
        return response
      },
    })
  try {
    return await send()
  } catch (error) {
    if (!(error instanceof ServiceError) || error.status !== 401 || Math.abs(skew) < NOTABLE_SKEW_MS) throw error
    return await send()
  } finally {
    if (skew !== 0) options.learnServerTime?.(clock() + skew)
  }
}

async function signed(request: SignedCallRequest, credentials: OciCredentials, sign: OciSignOptions): Promise<Request> {
  const headers = { 'content-type': 'application/json', 'opc-request-id': newRequestId(), ...request.headers }
  const { url, method, headers: signedHeaders, body } = await signOciHeaders({ ...request, headers }, credentials, sign)
  return new Request(url, { method, headers: signedHeaders, redirect: 'manual', ...(body && { body }) })
}

/** Only who has looked at the signature is believed: a gateway that fails may have any clock, and an answer an age. */
function skewOf({ ok, status, headers }: Response, now: number): number | undefined {
  if (!(ok || status === 401) || headers.has('age')) return undefined
  const date = Date.parse(headers.get('date') ?? '')
  return Number.isNaN(date) ? undefined : date - now
}
