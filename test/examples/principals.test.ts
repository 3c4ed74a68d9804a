import { readdirSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { ServedEmulator } from '../../src/cli/serve.js'
import type { EmulatedPrincipal } from '../../src/testing/environment.js'
import { root } from '../package/source-modules.js'
import { BUN, DENO, environmentOf, run } from './machine.js'

let served: ServedEmulator
let folder = ''

beforeAll(async () => {
  const { serveEmulator } = await import(pathToFileURL(join(root, 'dist/cli/serve.js')).href)
  served = await serveEmulator()
  folder = await mkdtemp(join(tmpdir(), 'countersign-principals-'))
  await writeFile(join(folder, 'tsconfig.json'), '{}')
})

afterAll(async () => {
  await served?.close()
  await rm(folder, { recursive: true, force: true })
})

/** What runs an example. Bun would take the paths of tsconfig.json, which lead to the sources: the build is tested. */
const PROGRAMS: Readonly<Record<string, () => readonly string[]>> = {
  node: () => [process.execPath],
  deno: () => [DENO, 'run', '-A'],
  bun: () => [BUN, `--tsconfig-override=${join(folder, 'tsconfig.json')}`],
}

const EXAMPLES: readonly (readonly [file: string, principal: EmulatedPrincipal, says: RegExp])[] = [
  ['instance.mjs', 'instance-principal', /signs as ocid1\.instance\..*10 of 10 requests accepted/s],
  ['function.mjs', 'resource-principal-2.2', /tenancy: "?'?emulated.*type: "?'?fnfunc/s],
  ['pod.mjs', 'oke-workload-identity', /service account emulated-workload sees 200 emulatednamespace/],
  ['on-behalf-of.mjs', 'delegation-token', /^200 \d+ regions/m],
]

describe.each(Object.keys(PROGRAMS))('the examples of principals, with %s', (program) => {
  test.each(EXAMPLES)('%s signs as %s', async (file, principal, says) => {
    const command = [...(PROGRAMS[program]?.() ?? []), `examples/principals/${file}`]
    const env = { ...environmentOf(served, principal), NO_COLOR: '1', DENO_NO_UPDATE_CHECK: '1' }
    expect(await run(command, env)).toMatch(says)
  })
})

test('every example of a principal is run', () => {
  const files = readdirSync(join(root, 'examples/principals')).sort()
  expect(EXAMPLES.map(([file]) => file).sort()).toEqual(files)
})
