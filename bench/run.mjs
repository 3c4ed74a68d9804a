// @ts-check
// `npm run bench`: every weight that the design promises, measured here and now, as a table and as out/bench.json.
// Runs on whichever Node starts it: `node24 bench/run.mjs`. Names of rows choose some: `npm run bench -- throughput`.
import { mkdirSync, writeFileSync } from 'node:fs'
import { availableParallelism, cpus } from 'node:os'
import { resolve } from 'node:path'
import { root } from '../scripts/bundles.mjs'
import { acs3 } from './rows/acs3.mjs'
import { coldStart } from './rows/cold-start.mjs'
import { javascript } from './rows/javascript.mjs'
import { signatures } from './rows/signatures.mjs'
import { start } from './rows/start.mjs'
import { throughput } from './rows/throughput.mjs'

/** @typedef {{ name: string, value: number, unit: string, atMost?: number, atLeast?: number, detail?: string }} Row */

/** @type {Readonly<Record<string, () => Promise<Row[]>>>} */
const groups = { signatures, javascript, throughput, start, 'cold-start': coldStart, acs3 }

const chosen = process.argv.slice(2)
const runtime = `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown'}`
console.log(
  `${runtime}\nTimes are medians of rounds in which the contenders take turns; ratios are taken round by round.`,
)

const rows = []
for (const [name, measure] of Object.entries(groups)) {
  if (chosen.length > 0 && !chosen.includes(name)) continue
  console.log(`\n${name}`)
  const measured = await measure()
  for (const row of measured) console.log(line(row))
  rows.push(...measured.map((row) => ({ group: name, ...row, met: isMet(row) })))
}

mkdirSync(resolve(root, 'out'), { recursive: true })
writeFileSync(resolve(root, 'out/bench.json'), `${JSON.stringify({ runtime, at: new Date(), rows }, null, 2)}\n`)
const weighed = rows.filter(({ met }) => met !== undefined)
console.log(`\n${weighed.filter(({ met }) => met).length} of ${weighed.length} weights kept on ${runtime}`)

/** @param {Row} row */
function isMet({ value, atMost, atLeast }) {
  if (atMost === undefined && atLeast === undefined) return undefined
  return value <= (atMost ?? Number.POSITIVE_INFINITY) && value >= (atLeast ?? 0)
}

/** @param {Row} row */
function line(row) {
  const { name, value, unit, atMost, atLeast, detail = '' } = row
  const amount = `${value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toFixed(2)} ${unit}`.trim()
  const weight = atMost === undefined ? (atLeast === undefined ? '' : `≥ ${atLeast}`) : `≤ ${atMost}`
  const verdict = { true: 'kept', false: 'MISSED', undefined: '' }[String(isMet(row))]
  return `  ${name.padEnd(54)} ${amount.padStart(12)}  ${weight.padEnd(7)} ${verdict} ${detail}`.trimEnd()
}
