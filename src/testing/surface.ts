import type { ReceivedRequest } from './received.js'
import type { EmulatorState } from './state.js'

/**
 * One faked endpoint. A surface recognises its requests by their path (a served emulator has one address for all of
 * them), checks everything the real endpoint checks, and answers as it does. Its memory lives in a {@link Slot}.
 *
 * @example
 * ```ts
 * import { answerJson } from 'countersign/testing/answers'
 * import { authenticate } from 'countersign/testing/authenticate'
 * import type { Surface } from 'countersign/testing'
 *
 * export const ping: Surface = {
 *   name: 'ping',
 *   matches: ({ url }) => url.pathname === '/ping',
 *   handle: async (request, state) => answerJson({ pong: (await authenticate(request, state)).principal.subject }),
 * }
 * ```
 */
export interface Surface {
  /** Names it in the request log, in counters and in faults. */
  readonly name: string
  matches(request: ReceivedRequest): boolean
  /**
   * @throws VerificationError for a signature, token or secret that is not accepted: answered as 401.
   * @throws ServiceError with a status and a service code: answered in OCI's shape.
   */
  handle(request: ReceivedRequest, state: EmulatorState): Promise<Response> | Response
  /** How errors of this endpoint look, where they are not OCI's `{"code", "message"}`. */
  answerError?(failure: SurfaceFailure, request: ReceivedRequest): Promise<Response> | Response
}

/** What went wrong, ready to be put in an endpoint's own shape. */
export interface SurfaceFailure {
  readonly status: number
  /** OCI's code, such as `NotAuthenticated`. */
  readonly code: string
  /** What the real service would say: for 401, next to nothing. */
  readonly message: string
  /** What the emulator knows beyond that. */
  readonly reason: string
}

/** A piece of the emulator's memory that belongs to one surface. Made when first asked for. */
export interface Slot<T> {
  readonly name: string
  create(state: EmulatorState): T
}

/** Declares a piece of memory; the state holds one value of it per emulator. */
export function slot<T>(name: string, create: (state: EmulatorState) => T): Slot<T> {
  return { name, create }
}
