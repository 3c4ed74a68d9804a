// @ts-check
// Many signatures at once, and how long they keep everybody else waiting.
import { signOciHeaders } from 'countersign/signers/oci'
import { DefaultRequestSigner } from 'oci-common'
import { credentials, GET_URL, jsonHeaders, mebibyte, officialProvider, POST_URL } from '../fixtures.mjs'
import { median, medianRatio } from '../measure.mjs'

const official = new DefaultRequestSigner(officialProvider)
const headers = (/** @type {HeadersInit} */ init) => /** @type {any} */ (new Headers(init))
const big = { method: 'POST', url: POST_URL, headers: jsonHeaders, body: mebibyte }

const ours = {
  get: () => signOciHeaders({ method: 'GET', url: GET_URL }, credentials),
  megabyte: () => signOciHeaders(big, credentials),
}
const theirs = {
  get: () => official.signHttpRequest({ method: 'GET', uri: GET_URL, headers: headers({}) }),
  megabyte: () =>
    official.signHttpRequest({ method: 'POST', uri: POST_URL, headers: headers(jsonHeaders), body: mebibyte }),
}

export async function throughput() {
  const many = await compared(ours.get, theirs.get, { concurrency: 64, total: 640, rounds: 15 })
  const one = await compared(ours.megabyte, theirs.megabyte, { concurrency: 1, total: 8, rounds: 9 })
  const eight = await compared(ours.megabyte, theirs.megabyte, { concurrency: 8, total: 16, rounds: 9 })
  return [
    { name: 'signatures at 64 concurrent', value: many.ours, unit: '/s' },
    { name: 'the same, oci-common', value: many.theirs, unit: '/s' },
    { name: 'signatures at 64 concurrent over oci-common', value: many.ratio, unit: '×', atLeast: 4 },
    { name: 'worst event-loop delay at 64 concurrent', value: many.delay, unit: 'ms', atMost: 10 },
    { name: 'the same, oci-common', value: many.theirDelay, unit: 'ms' },
    { name: '1 MiB POSTs, one by one', value: one.ours, unit: '/s' },
    { name: '1 MiB POSTs over oci-common, one by one', value: one.ratio, unit: '×', atLeast: 15 },
    { name: '1 MiB POSTs, 8 concurrent', value: eight.ours, unit: '/s' },
    { name: '1 MiB POSTs over oci-common, 8 concurrent', value: eight.ratio, unit: '×', atLeast: 25 },
  ]
}

/**
 * @param {() => Promise<unknown>} our @param {() => Promise<unknown>} their
 * @param {{ concurrency: number, total: number, rounds: number }} load
 */
async function compared(our, their, load) {
  await run(our, load) // warms the compiler
  const rounds = []
  // Ours does more in each round, or it would be over before it can be measured.
  const longer = { ...load, total: load.total * 5 }
  for (let round = 0; round < load.rounds; round++) {
    rounds.push({ ours: await run(our, longer), theirs: await run(their, load) })
  }
  const [mine, others] = [rounds.map((round) => round.ours), rounds.map((round) => round.theirs)]
  return {
    ours: median(mine.map(({ rate }) => rate)),
    theirs: median(others.map(({ rate }) => rate)),
    ratio: medianRatio(
      mine.map(({ rate }) => rate),
      others.map(({ rate }) => rate),
    ),
    delay: median(mine.map(({ delay }) => delay)),
    theirDelay: median(others.map(({ delay }) => delay)),
  }
}

/** @param {() => Promise<unknown>} operation @param {{ concurrency: number, total: number }} load */
async function run(operation, { concurrency, total }) {
  let left = total
  const worker = async () => {
    while (left-- > 0) await operation()
  }
  const watch = watchDelays()
  const start = performance.now()
  await Promise.all(Array.from({ length: concurrency }, worker))
  const rate = (total * 1000) / (performance.now() - start)
  return { rate, delay: watch.stop() }
}

const PERIOD = 1

/** How late a timer came at worst, in milliseconds; work that never lets one run counts whole. */
function watchDelays() {
  let last = performance.now()
  let longest = 0
  const look = () => {
    longest = Math.max(longest, performance.now() - last - PERIOD)
    last = performance.now()
  }
  const timer = setInterval(look, PERIOD)
  return {
    stop: () => {
      clearInterval(timer)
      look()
      return longest
    },
  }
}
