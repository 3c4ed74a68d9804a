import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build, type Plugin } from 'esbuild'
import { afterAll, describe, expect, it } from 'vitest'
import type * as principal from '../../src/credentials/instance-principal.js'
import { belongTogether, emulatedMachine } from './emulated.js'

const source = (path: string): string => fileURLToPath(new URL(`../../src/${path}`, import.meta.url))
const folder = mkdtempSync(join(tmpdir(), 'countersign-reach-'))
afterAll(() => rmSync(folder, { recursive: true }))

/** Puts a module that throws in the place of a package. */
const withoutPackages = (...names: readonly string[]): Plugin => ({
  name: 'without-packages',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /.*/ }, ({ path }) => (names.includes(path) ? { path, namespace: 'absent' } : undefined))
    onLoad({ filter: /.*/, namespace: 'absent' }, ({ path }) => ({ contents: `throw new Error('loaded ${path}')` }))
  },
})

async function bundled(...absent: readonly string[]): Promise<typeof principal> {
  const { outputFiles } = await build({
    entryPoints: [source('credentials/instance-principal.ts')],
    alias: { '#runtime': source('runtime/browser.ts') },
    plugins: [withoutPackages(...absent)],
    bundle: true,
    format: 'esm',
    platform: 'browser',
    target: 'es2022',
    tsconfigRaw: {},
    write: false,
  })
  const path = join(folder, `${absent.length}.mjs`)
  writeFileSync(path, outputFiles[0]?.contents ?? '')
  return (await import(/* @vite-ignore */ pathToFileURL(path).href)) as typeof principal
}

describe('the first token of an instance principal', () => {
  it('comes without the large certificate libraries ever being loaded', async () => {
    const { instancePrincipal } = await bundled('pkijs', '@peculiar/x509', 'reflect-metadata', 'undici', 'commander')
    const { settings } = await emulatedMachine('instance-principal')
    expect(await belongTogether(await instancePrincipal(settings)())).toBe(true)
  })

  it('would show it if one of them were', async () => {
    const { instancePrincipal } = await bundled('asn1js')
    const { settings } = await emulatedMachine('instance-principal')
    await expect(instancePrincipal(settings)()).rejects.toThrow('loaded asn1js')
  })
})
