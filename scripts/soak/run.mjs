// Signs a hundred thousand requests as four principals of an emulated cloud in which everything that can go wrong does:
// certificates, files and tokens rotate, tokens are revoked, services fail, hang, lose, cut, delay and reorder answers,
// callers give up. A judge that shares no code with the library verifies every signature. Run it with `npm run soak`.
//
//   npm run soak -- --requests 20000 --seed 7
//
// Fails when a request was signed by a key that its token is not bound to, with a token that had expired, when an error
// was of no known kind, or when a wave of requests did not come to an end.

import process from 'node:process'
import { parseArgs } from 'node:util'
import { createSignedFetch } from 'countersign'
import { makeJudge } from './judge.mjs'
import { report } from './report.mjs'
import { makeWeather } from './weather.mjs'
import { makeWorld } from './world.mjs'

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean' },
  },
})
const wanted = Number(values.requests)
const random = seeded(Number(values.seed))
const WAVE = 250
const LONGEST_WAVE_MS = 60_000
const MINUTE = 60_000

const started = performance.now()
const world = await makeWorld(random)
const weather = makeWeather(world, random)
const tally = { accepted: 0, refused: 0, aborted: 0, errors: {}, untyped: [], hung: 0, waves: 0 }
const clients = world.principals.map((principal) => ({
  ...principal,
  judge: makeJudge(principal, world.clock, random),
}))
const fetches = clients.map(({ provider, judge }) =>
  createSignedFetch({ credentials: provider, fetch: judge.fetch, clock: world.clock, random, sleep: async () => {} }),
)

while (tally.accepted < wanted && tally.hung === 0) {
  await weather.change(clients)
  const wave = Promise.all(Array.from({ length: WAVE }, (_, index) => send(fetches[index % fetches.length], index)))
  tally.hung += await Promise.race([wave.then(() => 0), timeLimit(LONGEST_WAVE_MS)])
  tally.waves += 1
  world.advance(random() < 0.02 ? random() * 30 * MINUTE : random() * 3 * MINUTE)
  if (tally.waves % 50 === 0 && !values.json) process.stderr.write(`  ${tally.accepted} of ${wanted}\r`)
}
weather.clear()
const passed = report({
  tally,
  clients,
  weather,
  world,
  wanted,
  ms: performance.now() - started,
  json: values.json === true,
})
process.exit(passed ? 0 : 1)

/** @param {typeof fetch} signedFetch @param {number} index */
async function send(signedFetch, index) {
  const controller = new AbortController()
  const givesUp = random() < 0.005
  if (givesUp) setTimeout(() => controller.abort(new Error('gave up')), random() * 5)
  const url = `https://iaas.us-phoenix-1.oraclecloud.com/20160918/instances?limit=${index}`
  const body = index % 5 === 0 ? { method: 'POST', body: JSON.stringify({ index }) } : {}
  try {
    const { status } = await signedFetch(url, { ...body, ...(givesUp && { signal: controller.signal }) })
    if (status === 200) tally.accepted += 1
    else tally.refused += 1
  } catch (error) {
    if (error === controller.signal.reason) tally.aborted += 1
    else if (typeof error?.code === 'string') tally.errors[error.code] = (tally.errors[error.code] ?? 0) + 1
    else tally.untyped.push(String(error))
  }
}

/** @param {number} ms */
function timeLimit(ms) {
  return new Promise((resolve) => setTimeout(() => resolve(1), ms))
}

/** Numbers from 0 to 1 that are the same for the same seed. @param {number} seed */
function seeded(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
