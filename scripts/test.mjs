// @ts-check
// `npm test`: every check and every suite, then one line that counts them all.
//   --no-skip   fails where something cannot run, as CI wants it
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

const root = resolve(import.meta.dirname, '..')
const noSkip = process.argv.includes('--no-skip')
const at = (/** @type {string} */ path) => resolve(root, path)
const bin = (/** @type {string} */ name) => at(`node_modules/.bin/${name}`)
/** What no run may print: private keys, security tokens, signatures. Failures print them only in tests that are wrong. */
const secrets = [
  /-----BEGIN [A-Z ]*PRIVATE KEY-----\s*[A-Za-z0-9+/]/,
  /eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{20,}/,
  /signature="[A-Za-z0-9+/=]{60}/,
]
const tally = { passed: 0, failed: 0, skipped: 0 }

if (!existsSync(at('test/runtimes/node_modules/.bin/deno'))) {
  check('runtimes', 'npm', ['install', '--no-audit', '--no-fund', '--loglevel=error', '--prefix', 'test/runtimes'])
}
mkdirSync(at('out'), { recursive: true })

check('format and lint', bin('biome'), ['ci', '.'])
check('types of the portable sources', bin('tsc'), ['-p', '.', '--noEmit'])
check('types of everything', bin('tsc'), ['-p', 'tsconfig.node.json', '--noEmit'])
check('types of the playground', bin('tsc'), ['-p', 'tsconfig.playground.json'])
const second = at('node_modules/typescript7/bin/tsc')
check('types, second opinion', process.execPath, [second, '-p', 'tsconfig.node.json', '--noEmit'])
const built = check('build', process.execPath, [at('scripts/build.mjs')])
check('unused code and dependencies', bin('knip'), [])
check('documentation', process.execPath, [at('scripts/docs.mjs')])
check('the Action is built from these sources', process.execPath, [at('scripts/action.mjs'), '--check'])
if (built) {
  check('package, linted', bin('publint'), ['--strict'])
  check('package, types resolve', bin('attw'), ['--pack', '.', '--profile', 'esm-only', '--quiet'])
}
const reporters = ['--reporter=default', '--reporter=json', '--outputFile.json=out/vitest.json']
await suite('vitest', bin('vitest'), ['run', ...reporters, ...withoutOpenssl()], {
  file: 'out/vitest.json',
  read: ({ numPassedTests, numFailedTests, numPendingTests, numTodoTests }) => ({
    passed: numPassedTests,
    failed: numFailedTests,
    skipped: numPendingTests + numTodoTests,
  }),
})
if (built) {
  await suite('conformance', process.execPath, [at('test/conformance/drive.mjs'), ...(noSkip ? ['--no-skip'] : [])], {
    file: 'out/conformance.json',
    read: ({ counts }) => counts,
  })
}

console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`)
process.exitCode = tally.failed > 0 || (noSkip && tally.skipped > 0) ? 1 : 0

/** Leaves out the files whose keys the `openssl` command makes where there is none; each counts as skipped. */
function withoutOpenssl() {
  if (spawnSync('openssl', ['version']).status === 0) return []
  const files = readdirSync(at('test'), { recursive: true, encoding: 'utf8' })
  const makers = files.filter((file) => file.endsWith('.ts') && mentions(`test/${file}`, 'openssl-keys.js'))
  const names = makers.map((file) => file.replace(/^.*\//, '').replace(/\.ts$/, '.js'))
  const left = files.filter(
    (file) =>
      file.endsWith('.test.ts') && (makers.includes(file) || names.some((name) => mentions(`test/${file}`, name))),
  )
  console.log(`skipped: ${left.length} files of tests whose keys openssl makes; there is no openssl here`)
  tally.skipped += left.length
  return left.map((file) => `--exclude=test/${file}`)
}

/** @param {string} file @param {string} text */
function mentions(file, text) {
  return readFileSync(at(file), 'utf8').includes(text)
}

/** A program that holds or does not: one passed or failed. @param {string} title @param {string} program @param {string[]} parameters */
function check(title, program, parameters) {
  const { ok, seconds, output } = run(program, parameters)
  console.log(`${ok ? '✓' : '✗'} ${title} (${seconds} s)`)
  if (!ok) console.log(output)
  tally[ok ? 'passed' : 'failed'] += 1
  return ok
}

/**
 * A runner with tests of its own, which it counts in a file.
 * @param {string} title @param {string} program @param {string[]} parameters
 * @param {{ file: string, read: (report: any) => typeof tally }} report
 */
async function suite(title, program, parameters, report) {
  console.log(`\n${title}`)
  const { ok, seconds, began, output } = await runAloud(program, parameters)
  const counts = countsOf(report, began)
  tally.passed += counts.passed
  tally.failed += counts.failed
  tally.skipped += counts.skipped
  // A runner can fail without a failed test: an error outside of any, an outdated table.
  if (!ok && counts.failed === 0 && !(noSkip && counts.skipped > 0)) tally.failed += 1
  console.log(`${ok ? '✓' : '✗'} ${title} (${seconds} s)`)
  searchForSecrets(title, output)
}

/** @param {string} title @param {string} output */
function searchForSecrets(title, output) {
  const clean = !secrets.some((secret) => secret.test(output))
  console.log(`${clean ? '✓' : '✗'} ${title}: no key, token or signature in ${output.length} characters of output`)
  tally[clean ? 'passed' : 'failed'] += 1
}

/** @param {{ file: string, read: (report: any) => typeof tally }} report @param {number} began */
function countsOf({ file, read }, began) {
  const none = { passed: 0, failed: 0, skipped: 0 }
  if (!existsSync(at(file)) || statSync(at(file)).mtimeMs < began) return none
  return read(JSON.parse(readFileSync(at(file), 'utf8')))
}

/**
 * Runs a program, shows what it prints as it prints it, and keeps that.
 * @param {string} program @param {string[]} parameters
 * @returns {Promise<{ ok: boolean, began: number, output: string, seconds: string }>}
 */
function runAloud(program, parameters) {
  const began = Date.now()
  return new Promise((resolve) => {
    const child = spawn(program, parameters, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    for (const [stream, copy] of /** @type {const} */ ([
      [child.stdout, process.stdout],
      [child.stderr, process.stderr],
    ])) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text
        copy.write(text)
      })
    }
    child.on('error', (error) => resolve({ ok: false, began, output: `${output}${error.message}`, seconds: '0' }))
    child.on('close', (status) => {
      resolve({ ok: status === 0, began, output, seconds: ((Date.now() - began) / 1000).toFixed(1) })
    })
  })
}

/** @param {string} program @param {string[]} parameters */
function run(program, parameters) {
  const began = Date.now()
  const { status, stdout, stderr, error } = spawnSync(program, parameters, { cwd: root, encoding: 'utf8' })
  const output = `${stdout ?? ''}${stderr ?? ''}${error?.message ?? ''}`
  return { ok: status === 0, began, output, seconds: ((Date.now() - began) / 1000).toFixed(1) }
}
