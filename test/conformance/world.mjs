// @ts-check
// What the runtimes are told: a served emulator, its identities and files, keys and vectors, as plain data.
import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { root } from '../../scripts/bundles.mjs'
import { out } from './bundles.mjs'

// By URL: the type check must not ask for what the build has yet to make.
const { serveEmulator } = await built('cli/serve.js')
const { emulatedPrincipals, emulatorEnvironment } = await built('testing/environment.js')

/** Starts the emulator that every runtime calls. */
export async function startWorld() {
  const served = await serveEmulator()
  const { identities, fingerprint, paths, http, https } = served
  const [{ opensslKeys, opensslIsMissing }, vectors, files] = await Promise.all([
    keys(),
    readVectors(),
    readFiles(paths),
  ])
  const environments = emulatedPrincipals.map((/** @type {string} */ principal) => [
    principal,
    emulatorEnvironment(served, principal),
  ])
  const world = {
    http,
    https,
    authority: files[paths.authority],
    apiKey: { tenancy: identities.tenancy, user: identities.user, fingerprint, privateKey: files[paths.apiKey] },
    region: identities.region.id,
    opensslKeys,
    environments: Object.fromEntries(environments),
    files,
    vectors,
  }
  return { world, opensslIsMissing, close: () => served.close() }
}

/** Keys fresh from the `openssl` command; where there is none, those it wrote earlier. */
async function keys() {
  const module = join(out, 'openssl-keys.mjs')
  const entry = resolve(root, 'test/fixtures/openssl-keys.ts')
  await build({ entryPoints: [entry], outfile: module, format: 'esm', platform: 'node', tsconfigRaw: {} })
  const { opensslKeys } = await import(module)
  try {
    return { opensslKeys: opensslKeys(), opensslIsMissing: false }
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
    const kept = await readFile(resolve(root, 'test/fixtures/openssl-keys.json'), 'utf8')
    return { opensslKeys: JSON.parse(kept), opensslIsMissing: true }
  }
}

/** @param {Readonly<Record<string, string>>} paths */
async function readFiles({ directory: _, ...paths }) {
  const entries = Object.values(paths).map(async (path) => [path, await readFile(path, 'utf8')])
  return Object.fromEntries(await Promise.all(entries))
}

async function readVectors() {
  const folder = resolve(root, 'test/vectors')
  const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
  const entries = names.map(async (name) => [
    name.slice(0, -'.json'.length),
    JSON.parse(await readFile(join(folder, name), 'utf8')),
  ])
  return Object.fromEntries(await Promise.all(entries))
}

/** @param {string} path */
function built(path) {
  return import(pathToFileURL(resolve(root, 'dist', path)).href)
}
