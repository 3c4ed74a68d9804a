// @ts-check
// What a process pays before its first signature: the import, each time in a new process whose module loader is up.
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { root } from '../../scripts/bundles.mjs'
import { median, medianRatio } from '../measure.mjs'

const execute = promisify(execFile)
const ROUNDS = 11

export async function start() {
  /** @type {{ ours: number[], theirs: number[] }} */
  const times = { ours: [], theirs: [] }
  for (let round = 0; round < ROUNDS; round++) {
    times.ours.push(await importTime('countersign'))
    times.theirs.push(await importTime('oci-common'))
  }
  return [
    { name: 'import countersign', value: median(times.ours), unit: 'ms' },
    { name: 'import oci-common', value: median(times.theirs), unit: 'ms' },
    { name: 'import faster than oci-common', value: medianRatio(times.theirs, times.ours), unit: '×', atLeast: 8 },
  ]
}

/** @param {string} name */
async function importTime(name) {
  const measured = `const start = performance.now(); await import('${name}'); console.log(performance.now() - start)`
  const script = `await import('data:text/javascript,'); ${measured}`
  const { stdout } = await execute(process.execPath, ['--input-type=module', '-e', script], { cwd: root })
  return Number(stdout)
}
