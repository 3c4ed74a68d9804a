// @ts-check
// Timing that survives a noisy machine: contenders take turns within each round, and ratios are taken round by round.

/** @typedef {() => unknown} Operation one call of what is measured, a promise or a plain value */

/**
 * Times every contender in turn, round after round.
 * @template {string} Name
 * @param {Readonly<Record<Name, Operation>>} contenders
 * @param {{ rounds?: number, calls?: number }} [size] `calls` of each contender per round
 * @returns {Promise<Record<Name, number[]>>} microseconds per call, one number for each round
 */
export async function interleaved(contenders, { rounds = 41, calls = 40 } = {}) {
  const names = /** @type {Name[]} */ (Object.keys(contenders))
  const times = /** @type {Record<Name, number[]>} */ (
    /** @type {unknown} */ (Object.fromEntries(names.map((name) => [name, []])))
  )
  for (const name of names) await timed(contenders[name], calls) // warms the compiler
  for (let round = 0; round < rounds; round++) {
    // Another order each time, so that nobody always runs after the same neighbour.
    const order = names.map((_, index) => names[(index + round) % names.length]).filter((name) => name !== undefined)
    for (const name of order) times[name].push(await timed(contenders[name], calls))
  }
  return times
}

/** @param {Operation} operation @param {number} calls microseconds per call */
async function timed(operation, calls) {
  const start = performance.now()
  for (let call = 0; call < calls; call++) await operation()
  return ((performance.now() - start) * 1000) / calls
}

/** @param {readonly number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** The median of `ours / theirs`, round by round. @param {readonly number[]} ours @param {readonly number[]} theirs */
export function medianRatio(ours, theirs) {
  return median(ours.map((time, round) => time / (theirs[round] ?? Number.NaN)))
}
