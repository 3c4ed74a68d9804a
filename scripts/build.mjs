// @ts-check
// src/ → out/tsc (tsc: .js, .d.ts, maps) → dist-next (rollup: one module per source file) → dist/ in one step.
import { spawnSync } from 'node:child_process'
import { chmod, cp, rename, rm } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = resolve(import.meta.dirname, '..')
const emitted = resolve(root, 'out/tsc')
const built = resolve(root, 'dist-next')
const dist = resolve(root, 'dist')

await rm(emitted, { recursive: true, force: true })
run('typescript', 'bin/tsc', '-p', 'tsconfig.build.json')
await rm(built, { recursive: true, force: true })
run('rollup', 'dist/bin/rollup', '--silent', '-c')
await cp(emitted, built, { recursive: true, filter: (file) => !file.endsWith('.js') && !file.endsWith('.js.map') })
await chmod(resolve(built, 'cli/main.js'), 0o755).catch(unlessMissing)
await rm(dist, { recursive: true, force: true })
await rename(built, dist)

/** @param {string} name @param {string} program @param {string[]} parameters */
function run(name, program, ...parameters) {
  const folder = dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)))
  const { status } = spawnSync(process.execPath, [resolve(folder, program), ...parameters], {
    cwd: root,
    stdio: 'inherit',
  })
  if (status !== 0) process.exit(status ?? 1)
}

/** @param {NodeJS.ErrnoException} error */
function unlessMissing(error) {
  if (error.code !== 'ENOENT') throw error
}
