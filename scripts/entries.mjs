// @ts-check
// The package's entries, and what may be reached from those whose weight is promised.
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { root } from './bundles.mjs'

/**
 * Weights to keep. `limit` is in bytes, minified and gzipped, without what loads lazily, and beyond what the entries in
 * `beside` weigh by themselves.
 * @type {readonly { name: string, entries: readonly string[], beside: readonly string[], limit: number }[]}
 */
export const PROMISES = [
  { name: 'root', entries: ['countersign'], beside: [], limit: 4000 },
  {
    name: 'instance principal, beside root',
    entries: ['countersign/credentials/instance-principal'],
    beside: ['countersign'],
    limit: 12_000,
  },
  { name: 'ACS3 signer', entries: ['countersign/signers/alibaba-acs3'], beside: [], limit: 3000 },
]

/** Files that live under a public folder and run on one platform alone. */
const ONE_PLATFORM = /^countersign\/runtime\/(node|deno|bun|local-.*)$/

/** Every entry that `exports` offers, by the name a user imports. */
export function entries() {
  const { exports } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
  return Object.keys(exports)
    .filter((key) => key !== './package.json')
    .flatMap((key) => (key.endsWith('/*') ? modulesIn(key.slice(2, -2)) : [`countersign${key.slice(1)}`]))
    .sort()
}

/** The entries that load on every platform. */
export function portableEntries() {
  return entries().filter((entry) => !ONE_PLATFORM.test(entry))
}

/** @param {string} folder */
function modulesIn(folder) {
  return readdirSync(resolve(root, 'dist', folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.js'))
    .map((path) => `countersign/${folder}/${path.slice(0, -'.js'.length)}`)
}
