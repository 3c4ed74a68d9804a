// @ts-check
// `npm run size`: what each entry weighs and reaches, as a table and as out/size.json.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { root, weigh } from './bundles.mjs'
import { PROMISES, portableEntries } from './entries.mjs'
import { chosenRows, withSizes } from './readme-sizes.mjs'

const { dependencies } = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'))
const others = portableEntries().map((name) => ({ name, entries: [name], beside: [], limit: undefined }))
/** @type {(Awaited<ReturnType<typeof weigh>> & { name: string, limit: number | undefined })[]} */
const rows = []
for (const row of [...PROMISES, ...others]) rows.push({ ...row, ...(await weigh(row)) })

mkdirSync(resolve(root, 'out'), { recursive: true })
writeFileSync(resolve(root, 'out/size.json'), `${JSON.stringify(rows, null, 2)}\n`)

const kilobytes = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1)
const width = Math.max(...rows.map(({ name }) => name.length))
console.log('Minified and gzipped, in kB, bundled for a browser; "later" is loaded only when it is needed.\n')
console.log(`${'entry'.padEnd(width)}  at once    limit    later  reaches at once (later)`)
for (const { name, size, limit, lazySize, packages, lazyPackages } of rows) {
  const reach = `${named(packages) || '-'}${lazyPackages.length > 0 ? ` (${named(lazyPackages)})` : ''}`
  const numbers = [kilobytes(size), limit ? kilobytes(limit) : '', kilobytes(lazySize)].map((text) => text.padStart(7))
  console.log(`${name.padEnd(width)}  ${numbers.join('  ')}  ${reach}`)
}

/** Our own dependencies: theirs are their business. @param {readonly string[]} packages */
function named(packages) {
  return packages.filter((name) => name in dependencies).join(' ')
}

const README_ENTRIES = [
  ...PROMISES.map(({ name }) => name),
  'countersign/auto',
  'countersign/credentials/config-file',
  'countersign/credentials/resource-principal',
  'countersign/credentials/oke-workload-identity',
  'countersign/credentials/workload-identity-federation',
  'countersign/verify/oci',
  'countersign/explain',
  'countersign/certificates',
  'countersign/testing',
]
if (process.argv.includes('--write')) {
  const cells = rows.map(({ name, size, lazySize, lazyPackages }) => ({
    name,
    cells: [kilobytes(size), kilobytes(lazySize), named(lazyPackages) || 'nothing'],
  }))
  const readme = resolve(root, 'README.md')
  writeFileSync(readme, withSizes(readFileSync(readme, 'utf8'), chosenRows(README_ENTRIES, cells)))
}

const heavy = rows.filter(({ size, limit }) => limit !== undefined && size > limit)
for (const { name } of heavy) console.error(`Too heavy: ${name}.`)
process.exitCode = heavy.length > 0 ? 1 : 0
