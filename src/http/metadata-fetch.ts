import { sleep as machineSleep, type Sleep } from './retry.js'

/** An instance without a route for one address family does not refuse, it stays silent: so long is waited for it. */
const HEAD_START_MS = 500

/**
 * A `fetch` for requests to the first of several addresses of one service. Until one of them has answered, each request
 * tries them one after another, the next when the last has failed or been silent for half a second.
 */
export function metadataFetch(
  fetch: typeof globalThis.fetch,
  bases: readonly [string, ...string[]],
  sleep: Sleep = machineSleep,
): typeof globalThis.fetch {
  let known = bases.length === 1 ? bases[0] : undefined
  return async (input, init) => {
    const request = new Request(input, init)
    const at = (base: string, signal: AbortSignal = request.signal): Promise<Response> =>
      fetch(base + request.url.slice(bases[0].length), { headers: request.headers, redirect: 'manual', signal })
    if (known !== undefined) return at(known)
    return firstAnswer(bases, request.signal, sleep, async (base, signal) => {
      const response = await at(base, signal)
      known ??= base
      return response
    })
  }
}

async function firstAnswer(
  bases: readonly string[],
  signal: AbortSignal,
  sleep: Sleep,
  ask: (base: string, signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const losers = bases.map(() => new AbortController())
  let earlier: Promise<unknown> = Promise.resolve()
  const answers = bases.map((base, index) => {
    const own = losers[index]?.signal ?? signal
    const turn =
      index === 0 ? earlier : Promise.race([earlier, sleep(HEAD_START_MS * index, own)]).catch(() => undefined)
    const answer = turn.then(async () => {
      own.throwIfAborted()
      return { response: await ask(base, AbortSignal.any([signal, own])), index }
    })
    earlier = answer.then(never, () => undefined)
    return answer
  })
  try {
    const { response, index } = await Promise.any(answers)
    for (const [other, loser] of losers.entries()) if (other !== index) loser.abort()
    return response
  } catch (error) {
    throw error instanceof AggregateError ? error.errors[0] : error
  }
}

/** An address that has answered does not give the next one its turn. */
function never(): Promise<never> {
  return new Promise(() => undefined)
}
