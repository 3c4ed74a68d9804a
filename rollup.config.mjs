// @ts-check
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'

const emitted = resolve(import.meta.dirname, 'out/tsc')

/** Lets the maps point at the TypeScript sources rather than at what tsc made of them. */
const mapsOfTsc = {
  name: 'maps-of-tsc',
  /** @param {string} file */
  async load(file) {
    const [code, map] = await Promise.all([readFile(file, 'utf8'), readFile(`${file}.map`, 'utf8')])
    return { code: code.replace(/^\/\/# sourceMappingURL=.*$/m, ''), map: JSON.parse(map) }
  },
}

/** A module of types alone leaves nothing behind; that is what is wanted of it. */
const EXPECTED_WARNINGS = new Set(['EMPTY_BUNDLE'])

/** Every module is an entry, so that `dist/` mirrors `src/` and each file is a subpath of the package. */
export default {
  input: readdirSync(emitted, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.js'))
    .map((file) => join(emitted, file)),
  /** @param {string} name */
  external: (name) => !name.startsWith('.') && !name.startsWith('/'),
  plugins: [mapsOfTsc],
  treeshake: { moduleSideEffects: false },
  output: {
    dir: 'dist-next',
    format: 'es',
    generatedCode: 'es2015',
    hoistTransitiveImports: false,
    preserveModules: true,
    preserveModulesRoot: emitted,
    sourcemap: true,
  },
  /** @param {import('rollup').RollupLog} warning */
  onwarn(warning) {
    if (!EXPECTED_WARNINGS.has(warning.code ?? '')) throw new Error(`${warning.code}: ${warning.message}`)
  },
}
