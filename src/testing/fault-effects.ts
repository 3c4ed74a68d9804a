/** What happens to a request in place of the right answer. */
export type FaultEffect =
  /** An error in OCI's shape, without the request being looked at. */
  | { readonly effect: 'status'; readonly status: number; readonly code?: string; readonly retryAfterSeconds?: number }
  /** A page of HTML, as a proxy or captive portal sends. */
  | { readonly effect: 'html'; readonly status?: number }
  /** Any other answer. */
  | { readonly effect: 'body'; readonly status?: number; readonly contentType?: string; readonly body: string }
  /** The right answer, later. */
  | { readonly effect: 'delay'; readonly ms: number }
  /** No answer, until the client gives up or the faults are cleared. */
  | { readonly effect: 'hang' }
  /** The connection breaks before the request is looked at. */
  | { readonly effect: 'disconnect' }
  /** The request is carried out, then the connection breaks. */
  | { readonly effect: 'lose-answer' }
  /** The first half of the right answer, as if it were whole. */
  | { readonly effect: 'truncate' }
  /** The first half of the right answer, then the connection breaks. */
  | { readonly effect: 'break-off' }
  /** The right answer, held back until a later request to the same surface is answered. */
  | { readonly effect: 'reorder' }

/** What a fault can do with the request it happens to. */
export interface FaultScene {
  /** The right answer. */
  answer(): Promise<Response>
  wait(ms: number): Promise<void>
  /** Never resolves. */
  hang(): Promise<never>
  /** Resolves when a later request to the same surface was answered. */
  hold(): Promise<void>
}

type Perform<Effect> = (fault: Effect, scene: FaultScene) => Promise<Response> | Response

const HTML = '<!DOCTYPE html>\n<html><head><title>502 Bad Gateway</title></head><body>Bad Gateway</body></html>\n'

const PERFORM: { readonly [Name in FaultEffect['effect']]: Perform<Extract<FaultEffect, { effect: Name }>> } = {
  status: ({ status, code = 'InjectedFault', retryAfterSeconds }) => {
    const body = JSON.stringify({ code, message: 'The emulator was told to fail.' })
    const response = answerOf(status, 'application/json', body)
    if (retryAfterSeconds !== undefined) response.headers.set('retry-after', String(retryAfterSeconds))
    return response
  },
  html: ({ status = 502 }) => answerOf(status, 'text/html', HTML),
  body: ({ body, status = 200, contentType = 'application/json' }) => answerOf(status, contentType, body),
  delay: async ({ ms }, scene) => {
    await scene.wait(ms)
    return scene.answer()
  },
  hang: (_, scene) => scene.hang(),
  disconnect: () => Promise.reject(connectionLost()),
  'lose-answer': async (_, scene) => {
    await scene.answer()
    throw connectionLost()
  },
  truncate: async (_, scene) => halfOf(await scene.answer(), (bytes) => bytes),
  'break-off': async (_, scene) => halfOf(await scene.answer(), brokenStream),
  reorder: async (_, scene) => {
    const response = await scene.answer()
    await scene.hold()
    return response
  },
}

// Answers with these cannot have a body.
const WITHOUT_BODY = [204, 205, 304]

function answerOf(status: number, contentType: string, body: string): Response {
  const headers = { 'content-type': contentType }
  return new Response(WITHOUT_BODY.includes(status) ? null : body, { status, headers })
}

/** The name of every effect. */
export const effectNames: readonly string[] = Object.keys(PERFORM)

/** Lets a fault happen. */
export async function perform(fault: FaultEffect, scene: FaultScene): Promise<Response> {
  const act = PERFORM[fault.effect] as Perform<FaultEffect>
  return act(fault, scene)
}

/** What `fetch` rejects with when the other side goes away. */
export function connectionLost(): TypeError {
  return new TypeError('fetch failed: the emulator broke the connection, as it was told to.')
}

type Bytes = Uint8Array<ArrayBuffer>

async function halfOf(response: Response, send: (bytes: Bytes) => BodyInit): Promise<Response> {
  const whole = new Uint8Array(await response.arrayBuffer())
  const headers = new Headers(response.headers)
  headers.delete('content-length')
  const half = WITHOUT_BODY.includes(response.status) ? null : send(whole.slice(0, Math.floor(whole.length / 2)))
  return new Response(half, { status: response.status, headers })
}

function brokenStream(first: Bytes): ReadableStream<Bytes> {
  let sent = false
  return new ReadableStream({
    pull(controller) {
      if (sent) return controller.error(connectionLost())
      sent = true
      controller.enqueue(first)
    },
  })
}
