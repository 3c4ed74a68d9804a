// `npm run size`: what each entry weighs and reaches, as a table and as out/size.json.
import { mkdirSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { bundle, root } from './bundles.mjs'
import { PROMISES, portableEntries } from './entries.mjs'

const promised = PROMISES.map(({ name, entries, limit }) => ({ name, entries, limit }))
const others = portableEntries().map((name) => ({ name, entries: [name], limit: undefined }))
const rows = []
for (const { name, entries, limit } of [...promised, ...others]) rows.push({ name, limit, ...(await bundle(entries)) })

mkdirSync(resolve(root, 'out'), { recursive: true })
writeFileSync(resolve(root, 'out/size.json'), `${JSON.stringify(rows, null, 2)}\n`)

const kilobytes = (/** @type {number} */ bytes) => (bytes / 1000).toFixed(1)
const width = Math.max(...rows.map(({ name }) => name.length))
console.log('Minified and gzipped, in kB, bundled for a browser; "later" is loaded only when it is needed.\n')
console.log(`${'entry'.padEnd(width)}  at once    limit    later  reaches at once (later)`)
for (const { name, size, limit, lazySize, packages, lazyPackages } of rows) {
  const reach = `${packages.join(' ') || '-'}${lazyPackages.length > 0 ? ` (${lazyPackages.join(' ')})` : ''}`
  const numbers = [kilobytes(size), limit ? kilobytes(limit) : '', kilobytes(lazySize)].map((text) => text.padStart(7))
  console.log(`${name.padEnd(width)}  ${numbers.join('  ')}  ${reach}`)
}

const heavy = rows.filter(({ size, limit }) => limit !== undefined && size > limit)
for (const { name } of heavy) console.error(`Too heavy: ${name}.`)
process.exitCode = heavy.length > 0 ? 1 : 0
