// @ts-check
// The suite as each runtime loads it. Node, Deno and Bun import the package by its name; pages and Workers get what a
// bundler makes of it.
import { readdirSync } from 'node:fs'
import { mkdir, rm, symlink } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { build } from 'esbuild'
import { CONDITIONS, root } from '../../scripts/bundles.mjs'

export const out = resolve(root, 'out/conformance')
const here = import.meta.dirname

export async function bundleSuite() {
  await rm(out, { recursive: true, force: true })
  await Promise.all([
    suite('command', { platform: 'node', external: ['countersign', 'countersign/*', '#runtime'] }),
    suite('worker', { platform: 'browser', conditions: [...CONDITIONS.workers] }),
    suite('page', { platform: 'browser', conditions: [...CONDITIONS.browser] }),
  ])
  // Deno looks for a package in node_modules even when it is the one that asks.
  await mkdir(join(out, 'node_modules'))
  await symlink(root, join(out, 'node_modules/countersign'))
}

/** @param {'command' | 'worker' | 'page'} entry @param {import('esbuild').BuildOptions} options */
async function suite(entry, options) {
  await build({
    entryPoints: [join(here, `entry-${entry}.ts`)],
    outdir: join(out, entry),
    bundle: true,
    format: 'esm',
    splitting: true,
    sourcemap: 'inline',
    target: 'es2022',
    logLevel: 'warning',
    // Without the paths of tsconfig.json, which lead to the sources: it is the build that is tested.
    tsconfigRaw: {},
    plugins: [capabilities],
    ...options,
  })
}

/** `virtual:capabilities`: whatever the files in `cases/` export, in the order of their names. */
/** @type {import('esbuild').Plugin} */
const capabilities = {
  name: 'capabilities',
  setup(host) {
    host.onResolve({ filter: /^virtual:capabilities$/ }, ({ path }) => ({ path, namespace: 'capabilities' }))
    host.onLoad({ filter: /.*/, namespace: 'capabilities' }, () => {
      const files = readdirSync(join(here, 'cases')).filter((name) => name.endsWith('.ts'))
      const names = files.sort().map((file, index) => ({ name: `cases${index}`, file: basename(file) }))
      const imports = names.map(({ name, file }) => `import * as ${name} from './cases/${file}'`)
      const all = names.map(({ name }) => `...Object.values(${name})`).join(', ')
      return { contents: `${imports.join('\n')}\nexport const capabilities = [${all}]`, resolveDir: here }
    })
  },
}
