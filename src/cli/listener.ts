import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import { answerAcrossOrigins } from '../testing/cors.js'
import type { Emulator } from '../testing/emulator.js'
import type { HeaderField } from '../testing/received.js'

/** Turns Node's requests into the emulator's, and its answers into Node's. */
export function emulatorListener(emulator: Pick<Emulator, 'handle'>, scheme: 'http' | 'https'): RequestListener {
  return (incoming, outgoing) => {
    void answer(emulator, scheme, incoming, outgoing).catch(() => outgoing.destroy())
  }
}

async function answer(
  emulator: Pick<Emulator, 'handle'>,
  scheme: 'http' | 'https',
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const target = originForm(incoming.url ?? '/')
  const fields = fieldsOf(incoming)
  const request = await requestFrom(incoming, outgoing, `${scheme}://${incoming.headers.host ?? 'localhost'}${target}`)
  const response = await answerAcrossOrigins(request, (received) => emulator.handle(received, { target, fields }))
  outgoing.writeHead(response.status, Object.fromEntries(response.headers))
  for await (const chunk of response.body ?? []) await written(outgoing, chunk)
  outgoing.end()
}

/** A client that takes the emulator for its proxy sends the whole URL; what it signed is the path and query alone. */
function originForm(target: string): string {
  return target.replace(/^https?:\/\/[^/]*(?=\/|$)/, '') || '/'
}

async function requestFrom(incoming: IncomingMessage, outgoing: ServerResponse, url: string): Promise<Request> {
  const chunks: Buffer[] = []
  for await (const chunk of incoming) chunks.push(chunk)
  const abort = new AbortController()
  outgoing.on('close', () => abort.abort(new DOMException('The client went away.', 'AbortError')))
  const { method = 'GET' } = incoming
  const body = method === 'GET' || method === 'HEAD' ? null : new Uint8Array(Buffer.concat(chunks))
  return new Request(url, {
    method,
    headers: fieldsOf(incoming).map(([name, value]): [string, string] => [name, value]),
    body,
    signal: abort.signal,
  })
}

function fieldsOf({ rawHeaders }: IncomingMessage): readonly HeaderField[] {
  return Array.from({ length: rawHeaders.length / 2 }, (_, index) => [
    rawHeaders[2 * index] ?? '',
    rawHeaders[2 * index + 1] ?? '',
  ])
}

/** Waits until the bytes are on their way: an answer that breaks off must show how far it came. */
function written(outgoing: ServerResponse, chunk: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    outgoing.write(chunk, (error) => (error ? reject(error) : resolve()))
  })
}
