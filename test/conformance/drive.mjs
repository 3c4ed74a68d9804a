// @ts-check
// Runs the conformance suite over the built package on every runtime.
//   node test/conformance/drive.mjs [targets…] [--write] [--no-skip]
import { spawn } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { root } from '../../scripts/bundles.mjs'
import { bundleSuite } from './bundles.mjs'
import { openDesk } from './desk.mjs'
import { markdownMatrix, textMatrix, withMatrix } from './matrix.mjs'
import { scratchFolder, targets } from './targets.mjs'
import { startWorld } from './world.mjs'

const TARGET_TIMEOUT = 180_000
const README = resolve(root, 'README.md')

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: { write: { type: 'boolean' }, 'no-skip': { type: 'boolean' } },
})
const chosen = targets.filter(({ name }) => positionals.length === 0 || positionals.includes(name))

await bundleSuite()
const { world, opensslIsMissing, close } = await startWorld()
const desk = await openDesk(world, chosen)
if (opensslIsMissing) console.log('No openssl here: its keys are those it wrote earlier.')

/** @type {import('./matrix.mjs').Run[]} */
const runs = []
for (const target of chosen) runs.push(await runTarget(target))
desk.close()
await close()
finish()

/** @param {import('./targets.mjs').Target} target @returns {Promise<import('./matrix.mjs').Run>} */
async function runTarget(target) {
  const skipped = target.missing()
  if (skipped) {
    console.log(`${target.title}: skipped, ${skipped}`)
    return { target, skipped }
  }
  const started = performance.now()
  const report = await launched(target)
  const failed = report.results.filter(({ error }) => error !== undefined)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  console.log(
    `${target.title}: ${report.results.length - failed.length} passed, ${failed.length} failed in ${seconds} s`,
  )
  for (const { capability, case: name, error } of failed) console.log(`  ✗ ${capability}: ${name}\n    ${error}`)
  return { target, report }
}

/** @param {import('./targets.mjs').Target} target @returns {Promise<import('./capability.js').Report>} */
async function launched(target) {
  const { folder, remove } = await scratchFolder()
  const { command, environment } = await target.launch(desk.base, folder)
  const [program = '', ...parameters] = command
  const child = spawn(program, parameters, {
    cwd: root,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment },
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (printed += chunk))
  /** @type {NodeJS.Timeout | undefined} */
  let timer
  try {
    return await Promise.race([
      desk.report(target.name),
      new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error(`no report in ${TARGET_TIMEOUT} ms`)), TARGET_TIMEOUT)
        // A report that was sent just before the end is still on its way.
        child.on('exit', (code) => setTimeout(() => reject(new Error(`it ended with ${code} and no report`)), 500))
        child.on('error', reject)
      }),
    ])
  } catch (error) {
    const why = `${error instanceof Error ? error.message : error}\n${printed.slice(-4000)}`
    return { userAgent: '', results: [{ capability: 'the suite', case: 'runs to its end', error: why }] }
  } finally {
    clearTimeout(timer)
    await stop(child)
    await remove()
  }
}

/** Ends the process and those it started: browsers are several. @param {import('node:child_process').ChildProcess} child */
async function stop(child) {
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, signal)
    } catch {
      return // the group is gone
    }
    await new Promise((done) => setTimeout(done, 300))
  }
}

function finish() {
  // Every runtime carries the same rows; those of the first report will do.
  const rows = runs.find(({ report }) => report?.rows)?.report?.rows ?? []
  console.log(`\n${textMatrix(runs, rows)}\n`)
  const results = runs.flatMap(({ report }) => report?.results ?? [])
  const failed = results.filter(({ error }) => error !== undefined).length
  const skipped = runs.filter((run) => run.skipped).length
  const counts = { passed: results.length - failed, failed, skipped }
  const plain = runs.map(({ target, report, skipped: reason }) => ({
    target: target.title,
    skipped: reason,
    ...report,
  }))
  mkdirSync(resolve(root, 'out'), { recursive: true })
  writeFileSync(resolve(root, 'out/conformance.json'), `${JSON.stringify({ counts, runs: plain }, null, 2)}\n`)
  // The README shows the oldest Node, which is the one to run this with.
  const isOldest = process.versions.node.startsWith('20.')
  const complete = isOldest && chosen.length === targets.length && skipped === 0 && failed === 0
  const outdated = complete && !readmeIsCurrent(rows)
  console.log(`conformance: ${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`)
  process.exitCode = failed > 0 || outdated || (options['no-skip'] && skipped > 0) ? 1 : 0
}

/** @param {readonly import('./matrix.mjs').Row[]} rows */
function readmeIsCurrent(rows) {
  const readme = readFileSync(README, 'utf8')
  const current = withMatrix(readme, markdownMatrix(runs, rows))
  if (readme === current) return true
  if (options.write) writeFileSync(README, current)
  else console.log('The matrix in README.md is not this one; run: npm run conformance -- --write')
  return options.write === true
}
