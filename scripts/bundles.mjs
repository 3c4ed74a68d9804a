// @ts-check
// What a user's bundler makes of entries of the built package: sizes, warnings, and what they reach.
import { resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'

export const root = resolve(import.meta.dirname, '..')

/** The import conditions of each kind of bundle; `workers` is what wrangler passes, without `nodejs_compat`. */
export const CONDITIONS = /** @type {const} */ ({
  browser: ['browser'],
  workers: ['workerd', 'worker', 'browser'],
})

/** @typedef {keyof typeof CONDITIONS} Target */

/**
 * @typedef {object} Bundle
 * @property {number} size bytes that load at once, minified and gzipped
 * @property {number} lazySize bytes that may load later
 * @property {readonly string[]} packages dependencies that load at once
 * @property {readonly string[]} lazyPackages dependencies that may load later
 * @property {readonly string[]} modules files of ours that load at once, under `dist/`
 * @property {readonly string[]} warnings
 */

/**
 * Bundles everything that some entries export, as one page or Worker would that uses all of it.
 * @param {readonly string[]} entries such as `countersign` and `countersign/credentials/instance-principal`
 * @param {Target} [target]
 * @returns {Promise<Bundle>}
 */
export async function bundle(entries, target = 'browser') {
  const { outputFiles, metafile, warnings } = await build({
    stdin: { contents: entries.map(reexport).join('\n'), resolveDir: root, sourcefile: 'entry.mjs' },
    bundle: true,
    conditions: [...CONDITIONS[target]],
    format: 'esm',
    logLevel: 'silent',
    metafile: true,
    minify: true,
    outdir: resolve(root, 'out/bundles'),
    platform: 'browser',
    splitting: true,
    target: 'es2022',
    // Without the paths of tsconfig.json, which lead to the sources.
    tsconfigRaw: {},
    write: false,
  })
  const atOnce = reachable(metafile.outputs)
  const files = outputFiles.map(({ path, contents }) => ({ path: path.slice(root.length + 1), contents }))
  const chosen = files.filter(({ path }) => atOnce.has(path))
  const others = files.filter(({ path }) => !atOnce.has(path))
  const inputs = inputsOf(chosen, metafile.outputs)
  return {
    size: gzipped(chosen),
    lazySize: gzipped(others),
    packages: packagesOf(inputs),
    lazyPackages: packagesOf(inputsOf(others, metafile.outputs)),
    modules: inputs.filter((path) => path.startsWith('dist/')).map((path) => path.slice('dist/'.length)),
    warnings: warnings.map(({ text, location }) => `${location?.file ?? ''}: ${text}`),
  }
}

/**
 * What entries weigh where others are loaded already, in bytes that load at once.
 * @param {{ entries: readonly string[], beside: readonly string[] }} weighed
 * @param {Target} [target]
 */
export async function weigh({ entries, beside }, target = 'browser') {
  const whole = await bundle([...beside, ...entries], target)
  if (beside.length === 0) return whole
  const { size } = await bundle(beside, target)
  return { ...whole, size: whole.size - size }
}

/** @param {string} entry @param {number} index */
function reexport(entry, index) {
  return `export * as entry${index} from '${entry}'`
}

/**
 * The chunks that the entry loads at once.
 * @param {import('esbuild').Metafile['outputs']} outputs
 */
function reachable(outputs) {
  const start = Object.keys(outputs).find((path) => outputs[path]?.entryPoint === 'entry.mjs')
  const found = new Set(start ? [start] : [])
  for (const path of found) {
    for (const { kind, path: target } of outputs[path]?.imports ?? []) {
      if (kind === 'import-statement') found.add(target)
    }
  }
  return found
}

/** @param {readonly { path: string }[]} files @param {import('esbuild').Metafile['outputs']} outputs */
function inputsOf(files, outputs) {
  const used = files.flatMap(({ path }) => Object.entries(outputs[path]?.inputs ?? {}))
  return used.filter(([, { bytesInOutput }]) => bytesInOutput > 0).map(([path]) => path)
}

/** @param {readonly string[]} inputs */
function packagesOf(inputs) {
  const names = inputs.map((path) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1])
  return [...new Set(names.filter((name) => name !== undefined))].sort()
}

/** @param {readonly { contents: Uint8Array }[]} files */
function gzipped(files) {
  return files.length === 0 ? 0 : gzipSync(Buffer.concat(files.map(({ contents }) => contents)), { level: 9 }).length
}
