import { CountersignError, ServiceError, VerificationError } from '../errors.js'
import { answerOciError } from './answers.js'
import type { ReceivedRequest, WireDetails } from './received.js'
import { receive } from './received.js'
import { logEntry } from './request-log.js'
import type { EmulatorState, StateOptions } from './state.js'
import { createState } from './state.js'
import type { Surface, SurfaceFailure } from './surface.js'
import { allSurfaces } from './surfaces.js'

export interface EmulatorOptions extends StateOptions {
  /** Endpoints of your own. They are asked before the built-in ones. */
  readonly surfaces?: readonly Surface[]
}

/** A cloud in a function. */
export interface Emulator extends EmulatorState {
  /** Answers requests; give it to whatever takes a `fetch`. */
  readonly fetch: typeof fetch
  /** The same for listeners, which know the request as it came over the wire. */
  handle(request: Request, details?: WireDetails): Promise<Response>
  /** The names of the endpoints: what faults and the log call them. */
  readonly surfaceNames: readonly string[]
  /** Lets go of every request that hangs. */
  close(): void
}

const NOT_AUTHENTICATED = 'The required information to complete authentication was not provided or was incorrect.'
/** The emulator's own reason for a refusal: a header that no real service sends. */
const REASON_HEADER = 'x-emulator-reason'

/**
 * An emulator of OCI's identity endpoints and of a few services behind them. It verifies everything it is sent, answers
 * in the services' shapes, fails when told to, and needs nothing but `fetch` types and WebCrypto. Keys are generated
 * when first needed.
 *
 * @example
 * ```ts
 * import { signOci } from 'countersign'
 * import { generateSessionKey } from 'countersign/keys/session-key'
 * import { createEmulator } from 'countersign/testing'
 *
 * const emulator = createEmulator()
 * const { privateKey: key, publicKey } = await generateSessionKey()
 * const { keyId } = emulator.registry.uploadApiKey({ publicKey })
 * const request = new Request('https://identity.us-phoenix-1.oraclecloud.com/20160918/regions')
 * const response = await emulator.fetch(await signOci(request, { keyId, key }))
 * ```
 * @see https://docs.oracle.com/en-us/iaas/Content/API/Concepts/signingrequests.htm
 */
export function createEmulator(options: EmulatorOptions = {}): Emulator {
  const surfaces = [...(options.surfaces ?? []), ...allSurfaces]
  const surfaceNames = surfaces.map(({ name }) => name)
  const state = createState(options, [...surfaceNames, unknownSurface.name])
  const handle = (request: Request, details?: WireDetails): Promise<Response> =>
    answer(request, details, surfaces, state)
  return {
    ...state,
    fetch: async (input, init) => abortable(new Request(input, init), handle),
    handle,
    surfaceNames,
    close: () => state.faults.clear(),
  }
}

async function answer(
  request: Request,
  details: WireDetails | undefined,
  surfaces: readonly Surface[],
  state: EmulatorState,
): Promise<Response> {
  const received = await receive(request, details).catch((error: unknown) => answerFailure(failureFrom(error)))
  if (received instanceof Response) return received
  const surface = surfaces.find((candidate) => candidate.matches(received)) ?? unknownSurface
  const done = state.counters.begin(surface.name)
  try {
    const response = await state.faults.apply(received, surface.name, request.signal, () =>
      attempt(surface, received, state),
    )
    return finish(response, surface, received, state)
  } finally {
    done()
  }
}

async function attempt(surface: Surface, request: ReceivedRequest, state: EmulatorState): Promise<Response> {
  try {
    return await surface.handle(request, state)
  } catch (error) {
    const failure = failureFrom(error)
    if (error instanceof VerificationError) state.counters.refused()
    state.notes(request).refusal = {
      code: error instanceof CountersignError ? error.code : failure.code,
      reason: failure.reason,
    }
    const response = (await surface.answerError?.(failure, request)) ?? answerFailure(failure)
    response.headers.set(REASON_HEADER, headerSafe(`${state.notes(request).refusal?.code}: ${failure.reason}`))
    return response
  }
}

function answerFailure({ status, code, message }: SurfaceFailure): Response {
  return answerOciError(status, code, message)
}

function failureFrom(error: unknown): SurfaceFailure {
  if (error instanceof VerificationError) {
    return { status: 401, code: 'NotAuthenticated', message: NOT_AUTHENTICATED, reason: error.message }
  }
  if (error instanceof ServiceError) {
    const { status = 500, serviceCode = 'InternalServerError', message } = error
    return { status, code: serviceCode, message, reason: message }
  }
  // Its message can hold whatever it was that broke: the log and the header name the error, and nothing more.
  const reason = error instanceof Error ? error.name : 'an unknown error'
  return { status: 500, code: 'InternalServerError', message: 'Internal server error.', reason }
}

function finish(response: Response, surface: Surface, request: ReceivedRequest, state: EmulatorState): Response {
  const headers = new Headers(response.headers)
  headers.set('date', new Date(state.clock()).toUTCString())
  headers.set('opc-request-id', requestId(request.headers.get('opc-request-id')))
  const { status, statusText } = response
  state.log.add(logEntry(request, { surface: surface.name, at: state.clock(), status, notes: state.notes(request) }))
  return new Response(response.body, { status, statusText, headers })
}

/** The client's request id with the server's part appended, as OCI echoes it. */
function requestId(given: string | null): string {
  const own = crypto.randomUUID().replaceAll('-', '').toUpperCase()
  return given === null ? own : `${given.split('/', 2).join('/')}/${own}`
}

function headerSafe(value: string): string {
  return value.replace(/[^\x20-\x7e]/g, '?').slice(0, 500)
}

const unknownSurface: Surface = {
  name: 'unknown',
  matches: () => true,
  handle: ({ method, url }) =>
    answerOciError(
      404,
      'NotFound',
      `The emulator has no endpoint for ${method} ${url.pathname}; GET /_emulator lists what controls it.`,
    ),
}

/** `fetch` rejects as soon as its signal aborts, whatever the other side is doing. */
function abortable(request: Request, handle: (request: Request) => Promise<Response>): Promise<Response> {
  const { signal } = request
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const abort = (): void => reject(signal.reason)
    signal.addEventListener('abort', abort, { once: true })
    handle(request)
      .then(resolve, reject)
      .finally(() => signal.removeEventListener('abort', abort))
  })
}
